//! The short way of a backward pass: as long as all values are float64 numbers and nobody watches.
//!
//! It stays in the arena all the time, and gradients on their way lie in the nodes. What it cannot do it
//! leaves to the general pass, with the gradients as far as they have come.

use std::cell::RefMut;
use std::collections::BinaryHeap;

use super::Graph;
use super::anomaly::watching;
use super::arena::Arena;
use super::backward::Options;
use super::node::{FREED, NodeId, Parents};
use crate::tensor::Tensor;

/// Nodes that a gradient is on its way to.
pub(super) struct Front {
    /// The next node to visit; the heap has the others. A chain never touches the heap.
    next: Option<(u64, NodeId)>,
    heap: BinaryHeap<(u64, NodeId)>,
    /// Leaves, in the order in which they were reached.
    leaves: Vec<NodeId>,
}

/// A node and the gradient that has come to it so far.
type Due = (NodeId, f64);

impl Graph {
    /// Does a pass over numbers, or the first part of one. What is left is a list of nodes with
    /// their gradients so far, none if the pass is done.
    pub(super) fn backward_numbers(&self, root: NodeId, seed: f64, options: Options) -> Vec<Due> {
        // A pass that is under way uses the places in the nodes.
        let plain = options.retain_graph && !options.create_graph && !options.retain_grad;
        if !plain || self.stamped.get() || watching() {
            return vec![(root, seed)];
        }
        let mut arena = self.arena();
        if arena.get(root).flags & FREED != 0 {
            return vec![(root, seed)];
        }
        let mut front = std::mem::replace(&mut arena.front, Front::new());
        let watched = self.has_hooks();
        front.reach(&mut arena, root, seed);
        while let Some(id) = front.pop() {
            if watched && has_hooks(&arena, id) || !front.visit(&mut arena, id) {
                front.put_back(&arena, id);
                break;
            }
        }
        let mut rest = Vec::new();
        if front.next.is_some() || !front.deliver(&mut arena) {
            rest = front.drain(&mut arena);
        }
        front.leaves.clear();
        arena.front = front;
        Self::leave(arena);
        rest
    }
}

fn has_hooks(arena: &RefMut<'_, Arena>, id: NodeId) -> bool {
    arena.get(id).slot.is_some_and(|s| !arena.slot(s).hooks.is_empty())
}

/// The value of an operand that is a number, and whether its gradient is wanted. For one whose graph was
/// freed there is an error, for the general pass to word.
#[inline(always)]
fn operand(arena: &Arena, id: NodeId) -> Option<(f64, bool)> {
    let node = arena.get(id);
    match node.value {
        Tensor::F64(x) if node.flags & FREED == 0 => Some((x, node.requires())),
        _ => None,
    }
}

impl Front {
    /// None.
    pub(super) const fn new() -> Self {
        Self { next: None, heap: BinaryHeap::new(), leaves: Vec::new() }
    }

    /// Adds to the gradient of a node.
    #[inline(always)]
    fn reach(&mut self, arena: &mut Arena, id: NodeId, gradient: f64) {
        let node = arena.get_mut(id);
        if node.work != 0 {
            node.gradient += gradient;
            return;
        }
        node.work = 1;
        node.gradient = gradient;
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

    #[inline(always)]
    fn pop(&mut self) -> Option<NodeId> {
        let (_, id) = self.next.take()?;
        if !self.heap.is_empty() {
            self.next = self.heap.pop();
        }
        Some(id)
    }

    /// Undoes the last `pop`.
    fn put_back(&mut self, arena: &Arena, id: NodeId) {
        self.heap.extend(self.next.replace((arena.get(id).seq, id)));
    }

    /// Passes the gradient of a node on to its inputs; `false`, with nothing done, where it takes
    /// more than numbers.
    #[inline(always)]
    fn visit(&mut self, arena: &mut Arena, id: NodeId) -> bool {
        let node = arena.get(id);
        let (Some(op), Tensor::F64(y)) = (&node.op, &node.value) else { return false };
        let (y, gy) = (*y, node.gradient);
        match node.parents {
            Parents::One([a]) => {
                let Some((x, wants)) = operand(arena, a) else { return false };
                let wants = [wants, false];
                let Some(gx) = op.get().backward_numbers([x, 0.0], y, gy, wants) else {
                    return false;
                };
                arena.get_mut(id).work = 0;
                if wants[0] {
                    self.reach(arena, a, gx[0]);
                }
            }
            Parents::Two([a, b]) => {
                let (Some((x, wants_x)), Some((z, wants_z))) =
                    (operand(arena, a), operand(arena, b))
                else {
                    return false;
                };
                let Some(gx) = op.get().backward_numbers([x, z], y, gy, [wants_x, wants_z]) else {
                    return false;
                };
                arena.get_mut(id).work = 0;
                if wants_x {
                    self.reach(arena, a, gx[0]);
                }
                if wants_z {
                    self.reach(arena, b, gx[1]);
                }
            }
            Parents::None | Parents::Many(_) => return false,
        }
        true
    }

    /// Gives the leaves their gradients; `false`, with nothing done, where one has a gradient that
    /// is no plain number, or it takes more than numbers.
    fn deliver(&mut self, arena: &mut Arena) -> bool {
        // The gradient that a leaf has, if it is a number; an error if it is anything else.
        let old = |arena: &Arena, id: NodeId| -> Result<Option<f64>, ()> {
            let Some(slot) = arena.get(id).slot.map(|s| arena.slot(s)) else { return Ok(None) };
            match slot.grad.map(|g| &arena.get(g).value) {
                _ if slot.nodes > 1 || !slot.hooks.is_empty() => Err(()),
                None => Ok(None),
                Some(Tensor::F64(x)) => Ok(Some(*x)),
                Some(_) => Err(()),
            }
        };
        if self.leaves.iter().any(|&id| old(arena, id).is_err()) {
            return false;
        }
        for &id in &self.leaves {
            let sum = match old(arena, id) {
                Ok(Some(old)) => old + arena.get(id).gradient,
                _ => arena.get(id).gradient,
            };
            arena.get_mut(id).work = 0;
            let slot = arena.slot_of(id);
            let grad = arena.leaf(Tensor::F64(sum), true);
            arena.set_grad(slot, Some(grad));
        }
        true
    }

    /// Takes out all nodes that a gradient is on its way to.
    fn drain(&mut self, arena: &mut Arena) -> Vec<Due> {
        let inner = self.next.take().into_iter().chain(self.heap.drain()).map(|(_, id)| id);
        let ids: Vec<NodeId> = inner.chain(self.leaves.drain(..)).collect();
        let due = |id: NodeId| {
            let node = arena.get_mut(id);
            node.work = 0;
            (id, node.gradient)
        };
        ids.into_iter().map(due).collect()
    }
}
