//! The graph: an arena of nodes, and the engine that walks it backwards.

mod accumulate;
mod anomaly;
mod arena;
mod backward;
mod batch;
mod ctx;
mod deliver;
mod fast;
mod front;
mod gradients;
mod hooks;
mod identity;
mod jacobian;
mod node;
mod noted;
mod numbers;
mod owed;
mod reach;
mod recorded;
mod scope;
mod slab;
mod tangents;
#[cfg(test)]
mod tests;
mod traced;
mod unchain;
mod var;

use std::cell::{Cell, RefCell, RefMut};
use std::sync::Arc;

pub use anomaly::set_where;
pub use backward::Options;
pub use batch::{broadcast_to as broadcast_in_batch, in_batch, sum_to as sum_in_batch};
pub use ctx::Ctx;
pub use gradients::Wish;
pub use hooks::Hook;
pub use node::{Keep, NodeId, OpRef};
pub use noted::Noted;
pub use scope::{Mode, Scope, get as mode, set as set_mode};
pub use tangents::total as total_tangent;
pub use traced::{Sheet, Traced};
pub use var::Var;

use crate::error::{Error, Kind, Result};
use crate::table::Map;
use crate::tensor::{DType, Dims, Tensor};
use arena::Arena;
use node::{ALIAS, FREED};

/// All nodes of a process, or of a test.
///
/// Nothing is borrowed between calls, so that an operation may release the interpreter's lock, or
/// call user code, in the middle of a pass while another pass goes on.
pub struct Graph {
    arena: RefCell<Arena>,
    /// Whether a pass uses the nodes' own places for its entries.
    stamped: Cell<bool>,
    spare: Cell<Option<Box<backward::Scratch>>>,
    /// How many hooks there have been.
    hooks: Cell<u64>,
    /// Where operations were called that were recorded while values were watched.
    places: RefCell<Option<anomaly::Places>>,
}

/// What [`Graph::stats`] tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GraphStats {
    /// Live nodes.
    pub nodes: usize,
    /// Places for nodes in memory.
    pub capacity: usize,
    /// Variables with a gradient or a name.
    pub slots: usize,
}

/// An operation as it was recorded.
pub struct Recorded {
    /// What it is.
    pub op: OpRef,
    /// From what, each held once for the caller.
    pub inputs: Vec<NodeId>,
    /// What it made and still lives, each held once for the caller.
    pub outputs: Vec<NodeId>,
}

impl Default for Graph {
    fn default() -> Self {
        Self::new()
    }
}

impl Graph {
    /// An empty graph.
    pub const fn new() -> Self {
        Self {
            arena: RefCell::new(Arena::new()),
            stamped: Cell::new(false),
            spare: Cell::new(None),
            hooks: Cell::new(0),
            places: RefCell::new(None),
        }
    }

    #[inline(always)]
    fn arena(&self) -> RefMut<'_, Arena> {
        self.arena.borrow_mut()
    }

    /// Gives the arena back, and then drops what may run foreign code, which may come here again.
    #[inline(always)]
    fn leave(mut arena: RefMut<'_, Arena>) {
        if arena.graves.is_empty() {
            return;
        }
        let graves = std::mem::take(&mut arena.graves);
        drop(arena);
        drop(graves);
    }

    /// A new leaf, held once by the caller.
    pub fn leaf(&self, value: Tensor, requires: bool) -> NodeId {
        self.arena().leaf(value, requires)
    }

    /// A leaf that stands for `target` while that lives: what is computed from it is recorded as
    /// computed from `target`, which it does not keep alive. It has the value, which `target` may have let go.
    pub fn alias(&self, target: NodeId, value: Tensor) -> NodeId {
        let mut arena = self.arena();
        let node = arena.get(target);
        let (requires, seq) = (node.requires(), node.seq);
        let id = arena.leaf(value, requires);
        Self::point(&mut arena, id, (target, seq));
        id
    }

    /// Makes a leaf stand for `target`, as [`Graph::alias`].
    pub fn make_alias(&self, id: NodeId, target: NodeId) {
        let mut arena = self.arena();
        let seq = arena.get(target).seq;
        Self::point(&mut arena, id, (target, seq));
    }

    fn point(arena: &mut Arena, id: NodeId, target: (NodeId, u64)) {
        arena.get_mut(id).flags |= ALIAS;
        let slot = arena.slot_of(id);
        arena.slot_mut(slot).alias = Some(target);
    }

    /// What tells a node from a later one in its place.
    pub fn stamp(&self, id: NodeId) -> (NodeId, u64) {
        (id, self.arena().get(id).seq)
    }

    /// The value of an alias that lives, while what it stands for does not.
    pub fn orphan(&self, (id, seq): (NodeId, u64)) -> Option<Tensor> {
        let arena = self.arena();
        let node = arena.find(id, seq)?;
        let (target, seq) = arena.slot(node.slot?).alias?;
        arena.find(target, seq).is_none().then(|| node.value.clone())
    }

    /// The node that an alias stands for, if that still lives; else the node itself.
    #[inline]
    pub fn resolve(&self, id: NodeId) -> NodeId {
        let arena = self.arena();
        let node = arena.get(id);
        if node.flags & ALIAS == 0 {
            return id;
        }
        match node.slot.and_then(|s| arena.slot(s).alias) {
            Some((target, seq)) if arena.find(target, seq).is_some() => target,
            _ => id,
        }
    }

    /// A node as an operand.
    #[inline]
    pub fn var(&self, id: NodeId) -> Var {
        let place = self.resolve(id);
        let arena = self.arena();
        let node = arena.get(place);
        Var { value: arena.get(id).value.clone(), node: Some(place), requires: node.requires() }
    }

    /// The sequence number of the latest node: later nodes have larger ones.
    pub fn seq(&self) -> u64 {
        self.arena().seq()
    }

    /// Whether a node is a leaf, no alias, and made after the given moment.
    pub fn is_fresh_leaf(&self, id: NodeId, since: u64) -> bool {
        let arena = self.arena();
        let node = arena.get(id);
        node.op.is_none() && node.flags & ALIAS == 0 && node.seq > since
    }

    /// Whether a node was computed from exactly these, and still knows it.
    pub fn is_of(&self, id: NodeId, inputs: &[NodeId]) -> bool {
        let arena = self.arena();
        let node = arena.get(id);
        node.op.is_some() && node.parents.as_slice() == inputs
    }

    /// The value of a node.
    pub fn value(&self, id: NodeId) -> Tensor {
        self.arena().get(id).value.clone()
    }

    /// A zero-dimensional float64's value.
    #[inline(always)]
    pub fn number(&self, id: NodeId) -> Option<f64> {
        match self.arena().get(id).value {
            Tensor::F64(x) => Some(x),
            _ => None,
        }
    }

    /// Shape and dtype of a node.
    pub fn describe(&self, id: NodeId) -> (Dims, DType) {
        let arena = self.arena();
        let value = &arena.get(id).value;
        (value.dims(), value.dtype())
    }

    /// Whether a node takes part in differentiation.
    pub fn requires(&self, id: NodeId) -> bool {
        self.arena().get(id).requires()
    }

    /// The length of the longest path to a leaf. Found by a walk over all that lies behind.
    pub fn generation(&self, id: NodeId) -> usize {
        let arena = self.arena();
        let root = id;
        let mut known: Map<NodeId, usize> = Map::default();
        let mut work = vec![root];
        while let Some(&id) = work.last() {
            let parents = arena.get(id).parents.as_slice();
            let before = work.len();
            work.extend(parents.iter().filter(|p| !known.contains_key(p)));
            if work.len() == before {
                let longest = parents.iter().filter_map(|p| known.get(p)).max();
                known.insert(id, longest.map_or(0, |n| n + 1));
                work.pop();
            }
        }
        known.get(&root).copied().unwrap_or(0)
    }

    /// What made a node. For one of several results, the operation that gave them all.
    pub fn creator(&self, id: NodeId) -> Option<Recorded> {
        let id = self.resolve(id);
        let mut arena = self.arena();
        let mut node = arena.get(id);
        let mut outputs = vec![id];
        if node.op.as_ref()?.get().output_index().is_some() {
            outputs = Self::siblings(&arena, id).into_vec();
            node = arena.get(node.parents.as_slice()[0]);
        }
        let op = node.op.clone()?;
        let inputs = node.parents.as_slice().to_vec();
        for &i in inputs.iter().chain(&outputs) {
            arena.hold(i);
        }
        Some(Recorded { op, inputs, outputs })
    }

    /// Tells which object shows a node, to find it again.
    #[inline(always)]
    pub fn set_owner(&self, id: NodeId, owner: usize) {
        self.arena().set_owner(id, owner);
    }

    /// The object that shows a node, or 0.
    #[inline(always)]
    pub fn owner(&self, id: NodeId) -> usize {
        self.arena().get(id).owner
    }

    /// The object that showed a node, and held it once, is gone.
    #[inline]
    pub fn disown(&self, id: NodeId, owner: usize) {
        let mut arena = self.arena();
        arena.disown(id, owner);
        Self::leave(arena);
    }

    /// One more holder.
    pub fn hold(&self, id: NodeId) {
        self.arena().hold(id);
    }

    /// One holder less.
    pub fn release(&self, id: NodeId) {
        self.release_all(&[id]);
    }

    /// One holder less for each.
    pub fn release_all(&self, ids: &[NodeId]) {
        let mut arena = self.arena();
        ids.iter().for_each(|&id| arena.release(id));
        Self::leave(arena);
    }

    /// Gives a Variable another value; see the rules of `Variable.data`. Returns the node that now
    /// has the caller's hold.
    pub fn assign(&self, id: NodeId, value: Tensor) -> Result<NodeId> {
        let mut arena = self.arena();
        let old = &arena.get(id).value;
        if old.shape() != value.shape() {
            let (want, got) = (old.dims(), value.dims());
            let what = "the new value";
            return Err(Kind::ShapeMismatch { op: "data", what, want, got }.into());
        }
        let new = arena.assign(id, value);
        Self::leave(arena);
        Ok(new)
    }

    /// The gradient of a Variable, held once for the caller.
    pub fn grad(&self, id: NodeId) -> Option<NodeId> {
        let id = self.resolve(id);
        let mut arena = self.arena();
        let grad = arena.get(id).slot.and_then(|s| arena.slot(s).grad)?;
        arena.hold(grad);
        Some(grad)
    }

    /// Replaces the gradient of a Variable.
    pub fn set_grad(&self, id: NodeId, grad: Option<NodeId>) -> Result<()> {
        let id = self.resolve(id);
        let mut arena = self.arena();
        if let Some(g) = grad {
            let (want, got) = (arena.get(id).value.dims(), arena.get(g).value.dims());
            if want != got {
                let what = "the gradient";
                return Err(Kind::ShapeMismatch { op: "grad", what, want, got }.into());
            }
            arena.hold(g);
            let slot = arena.slot_of(id);
            arena.set_grad(slot, grad);
        } else if let Some(slot) = arena.get(id).slot {
            arena.set_grad(slot, None);
        }
        Self::leave(arena);
        Ok(())
    }

    /// The name of a Variable.
    pub fn name(&self, id: NodeId) -> Option<Arc<str>> {
        let arena = self.arena();
        arena.get(id).slot.and_then(|s| arena.slot(s).name.clone())
    }

    /// Names a Variable.
    pub fn set_name(&self, id: NodeId, name: Option<&str>) {
        let mut arena = self.arena();
        let slot = arena.slot_of(id);
        arena.slot_mut(slot).name = name.map(Arc::from);
    }

    /// Sizes, for those who watch memory.
    pub fn stats(&self) -> GraphStats {
        let arena = self.arena();
        let (nodes, capacity) = arena.counts();
        GraphStats { nodes, capacity, slots: arena.slot_count() }
    }

    fn check_differentiable(&self, id: NodeId) -> Result<()> {
        let arena = self.arena();
        let node = arena.get(id);
        if node.flags & FREED != 0 {
            return Err(Kind::Freed { what: backward::FREED_GRAPH }.into());
        }
        if !node.requires() {
            return Err(Error::from(Kind::Freed {
                what: "backward: this Variable takes no part in differentiation \
                       (requires_grad=False, or computed from such Variables and constants only)",
            }));
        }
        Ok(())
    }
}
