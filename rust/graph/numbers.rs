//! The short way of a backward pass: as long as all values are float64 numbers and nobody watches.
//!
//! Gradients on their way lie in the nodes. What this way cannot do it leaves to the general pass, with
//! the gradients as far as they have come.

use std::cell::RefMut;

use super::anomaly::watching;
use super::arena::Arena;
use super::backward::Options;
use super::front::Front;
use super::node::{FREED, NodeId, Parents};
use super::recorded::Recorded;
use super::{Graph, Var};
use crate::tensor::Tensor;

/// A node and the gradient that has come to it so far, held.
pub(super) type Due = (NodeId, Var);

/// A pass over numbers: plain, or [recorded](Recorded).
pub(super) trait Numbers {
    /// What is on its way.
    type Gradient;

    /// Adds to the gradient of a node.
    fn reach(&mut self, front: &mut Front, id: NodeId, gradient: Self::Gradient);
    /// Passes the gradient of a node on to its inputs; `false`, with nothing done, where it takes
    /// more than numbers.
    fn visit(&mut self, front: &mut Front, id: NodeId) -> bool;
    /// Gives the leaves their gradients; `false`, with nothing done, where one has a gradient that
    /// is no plain number, or it takes more than numbers.
    fn deliver(&mut self, front: &Front) -> bool;
    /// Takes the gradient out of a node.
    fn take(&mut self, id: NodeId) -> Var;
    /// Whether somebody wants to see the gradient of a node.
    fn has_hooks(&self, id: NodeId) -> bool;
}

impl Graph {
    /// Does a pass over numbers, or the first part of one, from a gradient of 1. What is left is a list of
    /// nodes with their gradients so far, none if the pass is done.
    pub(super) fn backward_numbers(&self, root: NodeId, options: Options) -> Vec<Due> {
        // A pass that is under way uses the places in the nodes.
        let simple = options.retain_graph && !options.retain_grad && !self.stamped.get();
        let mut arena = self.arena();
        if !simple || watching() || arena.get(root).flags & FREED != 0 {
            return vec![(root, Var::constant(Tensor::F64(1.0)))];
        }
        let hooks = self.has_hooks();
        let mut front = std::mem::replace(&mut arena.front, Front::new());
        let (rest, mut arena) = if options.create_graph {
            drop(arena);
            let mut pass = Recorded::new(self);
            let seed = pass.constant(1.0);
            (front.run(&mut pass, (root, seed), hooks), self.arena())
        } else {
            let mut pass = Plain { arena };
            (front.run(&mut pass, (root, 1.0), hooks), pass.arena)
        };
        arena.front = front;
        Self::leave(arena);
        rest
    }
}

impl Front {
    #[inline(always)]
    fn run<P: Numbers>(
        &mut self,
        pass: &mut P,
        (root, seed): (NodeId, P::Gradient),
        hooks: bool,
    ) -> Vec<Due> {
        pass.reach(self, root, seed);
        while let Some(item) = self.pop() {
            if hooks && pass.has_hooks(item.1) || !pass.visit(self, item.1) {
                self.put_back(item);
                break;
            }
        }
        if self.is_done() && pass.deliver(self) {
            self.leaves.clear();
            return Vec::new();
        }
        self.drain().into_iter().map(|id| (id, pass.take(id))).collect()
    }
}

/// The value of an operand that is a number, and whether its gradient is wanted. For one whose graph was
/// freed there is an error, for the general pass to word.
#[inline(always)]
pub(super) fn operand(arena: &Arena, id: NodeId) -> Option<(f64, bool)> {
    let node = arena.get(id);
    match node.value {
        Tensor::F64(x) if node.flags & FREED == 0 => Some((x, node.requires())),
        _ => None,
    }
}

/// Whether somebody wants to see the gradient of a node.
pub(super) fn has_hooks(arena: &Arena, id: NodeId) -> bool {
    arena.get(id).slot.is_some_and(|s| !arena.slot(s).hooks.is_empty())
}

/// The gradient that a leaf has already, if it is a number; an error if it is anything else, or there is
/// more to do than to add to it.
pub(super) fn earlier(arena: &Arena, id: NodeId) -> Result<Option<(NodeId, f64)>, ()> {
    let Some(slot) = arena.get(id).slot.map(|s| arena.slot(s)) else { return Ok(None) };
    match slot.grad.map(|g| (g, &arena.get(g).value)) {
        _ if slot.nodes > 1 || !slot.hooks.is_empty() => Err(()),
        None => Ok(None),
        Some((g, Tensor::F64(x))) => Ok(Some((g, *x))),
        Some(_) => Err(()),
    }
}

/// A pass that leaves nothing but gradients. It stays in the arena all the time.
struct Plain<'g> {
    arena: RefMut<'g, Arena>,
}

impl Numbers for Plain<'_> {
    type Gradient = f64;

    #[inline(always)]
    fn reach(&mut self, front: &mut Front, id: NodeId, gradient: f64) {
        let node = self.arena.get_mut(id);
        if node.work != 0 {
            node.gradient += gradient;
            return;
        }
        node.work = 1;
        node.gradient = gradient;
        front.queue(id, node);
    }

    #[inline(always)]
    fn visit(&mut self, front: &mut Front, id: NodeId) -> bool {
        let arena = &mut *self.arena;
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
                    self.reach(front, a, gx[0]);
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
                    self.reach(front, a, gx[0]);
                }
                if wants_z {
                    self.reach(front, b, gx[1]);
                }
            }
            Parents::None | Parents::Many(_) => return false,
        }
        true
    }

    fn deliver(&mut self, front: &Front) -> bool {
        let arena = &mut *self.arena;
        if front.leaves.iter().any(|&id| earlier(arena, id).is_err()) {
            return false;
        }
        for &id in &front.leaves {
            let sum = match earlier(arena, id) {
                Ok(Some((_, old))) => old + arena.get(id).gradient,
                _ => arena.get(id).gradient,
            };
            arena.get_mut(id).work = 0;
            let slot = arena.slot_of(id);
            let grad = arena.leaf(Tensor::F64(sum), true);
            arena.set_grad(slot, Some(grad));
        }
        true
    }

    fn take(&mut self, id: NodeId) -> Var {
        let node = self.arena.get_mut(id);
        node.work = 0;
        Var::constant(Tensor::F64(node.gradient))
    }

    fn has_hooks(&self, id: NodeId) -> bool {
        has_hooks(&self.arena, id)
    }
}
