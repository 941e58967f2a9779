//! Where a pass over numbers has come to.

use std::collections::BinaryHeap;

use super::node::{Node, NodeId};

/// A node, by when it was made.
pub(super) type Item = (u64, NodeId);

/// Nodes that a gradient is on its way to.
pub(super) struct Front {
    /// The next node to visit; the heap has the others. A chain never touches the heap.
    next: Option<Item>,
    heap: BinaryHeap<Item>,
    /// Leaves, in the order in which they were reached.
    pub leaves: Vec<NodeId>,
}

impl Front {
    /// None.
    pub const fn new() -> Self {
        Self { next: None, heap: BinaryHeap::new(), leaves: Vec::new() }
    }

    /// A gradient is on its way to one more node.
    #[inline(always)]
    pub fn queue(&mut self, id: NodeId, node: &Node) {
        if node.op.is_none() {
            self.leaves.push(id);
            return;
        }
        let item = (node.seq, id);
        match self.next {
            None => self.next = Some(item),
            Some(next) if item > next => {
                self.heap.push(next);
                self.next = Some(item);
            }
            Some(_) => self.heap.push(item),
        }
    }

    /// The next node to visit.
    #[inline(always)]
    pub fn pop(&mut self) -> Option<Item> {
        let item = self.next.take()?;
        if !self.heap.is_empty() {
            self.next = self.heap.pop();
        }
        Some(item)
    }

    /// Undoes the last `pop`.
    pub fn put_back(&mut self, item: Item) {
        self.heap.extend(self.next.replace(item));
    }

    /// Whether nothing is left to visit. There may be leaves.
    pub fn is_done(&self) -> bool {
        self.next.is_none()
    }

    /// Takes out all nodes.
    pub fn drain(&mut self) -> Vec<NodeId> {
        let inner = self.next.take().into_iter().chain(self.heap.drain()).map(|(_, id)| id);
        inner.chain(self.leaves.drain(..)).collect()
    }
}
