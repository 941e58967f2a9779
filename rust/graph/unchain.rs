//! Cutting off what lies behind a node.

use smallvec::SmallVec;

use super::Graph;
use super::arena::Arena;
use super::node::NodeId;

impl Graph {
    /// Makes a node a leaf: what came before is forgotten.
    pub fn unchain(&self, id: NodeId) {
        let mut arena = self.arena();
        arena.unchain(id, 0);
        Self::leave(arena);
    }

    /// Makes every node behind this one a leaf; the node keeps its own inputs.
    pub fn unchain_backward(&self, id: NodeId) {
        let mut work: Vec<NodeId> = Vec::new();
        let mut arena = self.arena();
        // For one of several results, those of the operation that gave them all: that has no
        // value of its own to cut off.
        let parents = |arena: &Arena, id| {
            let mut node = arena.get(id);
            if node.op.as_ref().is_some_and(|op| op.get().output_index().is_some()) {
                node = arena.get(node.parents.as_slice()[0]);
            }
            node.parents.as_slice().to_vec()
        };
        for p in parents(&arena, id) {
            arena.hold(p);
            work.push(p);
        }
        while let Some(p) = work.pop() {
            for q in parents(&arena, p) {
                arena.hold(q);
                work.push(q);
            }
            // What lies behind one result of an operation is the operation with all its results.
            for result in Self::siblings(&arena, p) {
                arena.unchain(result, 0);
            }
            arena.unchain(p, 0);
            arena.release(p);
        }
        Self::leave(arena);
    }

    /// The results that live of the operation with several that gave this one; none for other nodes.
    pub(super) fn siblings(arena: &Arena, id: NodeId) -> SmallVec<[NodeId; 4]> {
        let node = arena.get(id);
        if node.op.as_ref().is_none_or(|op| op.get().output_index().is_none()) {
            return SmallVec::new();
        }
        let all =
            arena.get(node.parents.as_slice()[0]).slot.map(|s| arena.slot(s).outputs.as_slice());
        let live = |&&(id, seq): &&(NodeId, u64)| arena.find(id, seq).is_some();
        all.unwrap_or_default().iter().filter(live).map(|&(id, _)| id).collect()
    }
}
