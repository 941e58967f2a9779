//! The short way of a backward pass that is itself recorded, so that gradients can be differentiated: see
//! [`numbers`](super::numbers).

use super::arena::Arena;
use super::front::Front;
use super::node::{Node, NodeId, OpRef, Parents};
use super::noted::Noted;
use super::numbers::{Numbers, earlier, has_hooks, operand};
use super::{Graph, Var};
use crate::op::Identity;
use crate::tensor::Tensor;

/// What [`Node::work`] says of [`Node::gradient`]: it is a number,
const NUMBER: u32 = 1;
/// or names a node, which is held.
const NODE: u32 = 2;

/// A pass that leaves nodes. It enters the arena for each step.
pub(super) struct Recorded<'g> {
    graph: &'g Graph,
}

impl<'g> Recorded<'g> {
    pub fn new(graph: &'g Graph) -> Self {
        Self { graph }
    }

    /// A number that is no node.
    pub fn constant(&self, value: f64) -> Noted<'g> {
        Noted { graph: self.graph, value, node: None, requires: false }
    }

    /// A node with its number.
    fn node(&self, id: NodeId, (value, requires): (f64, bool)) -> Noted<'g> {
        Noted { graph: self.graph, value, node: Some(id), requires }
    }

    /// The number of an operand that has one.
    fn operand(&self, arena: &Arena, id: NodeId) -> Option<Noted<'g>> {
        operand(arena, id).map(|number| self.node(id, number))
    }

    /// The gradient on its way to a node.
    fn gradient(&self, arena: &Arena, node: &Node) -> Noted<'g> {
        if node.work == NUMBER {
            return self.constant(node.gradient);
        }
        let id = NodeId::from_raw(node.gradient.to_bits() as u32);
        let gradient = arena.get(id);
        let value = gradient.value.item().unwrap_or(f64::NAN);
        self.node(id, (value, gradient.requires()))
    }

    /// Takes it out; whoever does has its hold.
    fn take_noted(&self, id: NodeId) -> Noted<'g> {
        let mut arena = self.graph.arena();
        let gradient = self.gradient(&arena, arena.get(id));
        arena.get_mut(id).work = 0;
        gradient
    }

    /// Puts a gradient into a node. A node of its own is held.
    fn put(&self, arena: &mut Arena, id: NodeId, gradient: Noted<'g>) {
        let (work, bits) = match gradient.node {
            None => (NUMBER, gradient.value),
            Some(g) => {
                arena.hold(g);
                (NODE, f64::from_bits(u64::from(g.to_raw())))
            }
        };
        let node = arena.get_mut(id);
        (node.work, node.gradient) = (work, bits);
    }

    /// Puts a gradient into a node in the place of one that is there.
    fn replace(&self, id: NodeId, old: Noted<'g>, new: Noted<'g>) {
        let mut arena = self.graph.arena();
        self.put(&mut arena, id, new);
        if let Some(old) = old.node {
            arena.release(old);
        }
    }

    /// Lets go of what was made on the way: what is of use is held by others now.
    fn release_made(arena: &mut Arena) {
        while let Some(id) = arena.made.pop() {
            arena.release(id);
        }
    }

    /// Gives a leaf its gradient, if anybody could see it.
    fn store(&self, id: NodeId, total: Noted<'g>) {
        let mut arena = self.graph.arena();
        let slot = arena.slot_of(id);
        let grad = match total.node.filter(|_| total.requires) {
            // Nobody could break the circle that it may close.
            Some(_) if arena.slot(slot).owners == 0 => return,
            Some(n) if arena.is_free(n) => {
                arena.hold(n);
                n
            }
            // Somebody else shows it, or it is somebody's gradient already.
            Some(n) => {
                let op = OpRef::new(Identity);
                arena.insert_number(total.value, op, [Ok(n)], Parents::One)
            }
            None => arena.leaf(Tensor::F64(total.value), true),
        };
        arena.set_grad(slot, Some(grad));
    }
}

impl<'g> Numbers for Recorded<'g> {
    type Gradient = Noted<'g>;

    fn reach(&mut self, front: &mut Front, id: NodeId, gradient: Noted<'g>) {
        let mut arena = self.graph.arena();
        let node = arena.get(id);
        if node.work == 0 {
            front.queue(id, node);
            return self.put(&mut arena, id, gradient);
        }
        let old = self.gradient(&arena, node);
        drop(arena);
        self.replace(id, old, old + gradient);
    }

    fn visit(&mut self, front: &mut Front, id: NodeId) -> bool {
        let arena = self.graph.arena();
        let node = arena.get(id);
        let (Some(op), Some(y)) = (&node.op, self.operand(&arena, id)) else { return false };
        let (op, gy) = (op.clone(), self.gradient(&arena, node));
        let (parents, both) = match node.parents {
            Parents::One([a]) => ([a, a], false),
            Parents::Two(parents) => (parents, true),
            Parents::None | Parents::Many(_) => return false,
        };
        let [Some(x), Some(z)] = parents.map(|p| self.operand(&arena, p)) else { return false };
        drop(arena);
        let wants = [x.requires, both && z.requires];
        let gradients = op.get().backward_recorded([x, z], y, gy, wants);
        if let Some(gradients) = gradients {
            self.graph.arena().get_mut(id).work = 0;
            for i in 0..2 {
                if wants[i] {
                    self.reach(front, parents[i], gradients[i]);
                }
            }
        }
        let mut arena = self.graph.arena();
        if let (Some(_), Some(gy)) = (gradients, gy.node) {
            arena.release(gy);
        }
        Self::release_made(&mut arena);
        gradients.is_some()
    }

    fn deliver(&mut self, front: &Front) -> bool {
        let arena = self.graph.arena();
        if front.leaves.iter().any(|&id| earlier(&arena, id).is_err()) {
            return false;
        }
        drop(arena);
        // All sums before any gradient changes: one may be an operand of another.
        for &id in &front.leaves {
            let arena = self.graph.arena();
            if let Ok(Some((old, value))) = earlier(&arena, id) {
                // Its own graph may have been freed: then the sum can be used, though not differentiated.
                let old = self.node(old, (value, arena.get(old).requires()));
                let gradient = self.gradient(&arena, arena.get(id));
                drop(arena);
                self.replace(id, gradient, old + gradient);
                Self::release_made(&mut self.graph.arena());
            }
        }
        for &id in &front.leaves {
            let gradient = self.take_noted(id);
            self.store(id, gradient);
            if let Some(gradient) = gradient.node {
                self.graph.arena().release(gradient);
            }
        }
        true
    }

    fn take(&mut self, id: NodeId) -> Var {
        self.take_noted(id).var()
    }

    fn has_hooks(&self, id: NodeId) -> bool {
        has_hooks(&self.graph.arena(), id)
    }
}
