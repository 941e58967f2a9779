//! The short way of a backward pass through a node whose neighbours are all float64 numbers.

use super::Var;
use super::backward::{Flow, Pass};
use super::node::{FREED, NodeId};
use crate::tensor::Tensor;

impl Pass<'_> {
    /// Visits a node all of whose values are float64 numbers, in one stay in the arena; says
    /// whether it did.
    pub(super) fn visit_number(&mut self, id: NodeId) -> bool {
        if self.options.create_graph || self.options.retain_grad || !self.options.retain_graph {
            return false;
        }
        debug_assert!(self.within.is_none(), "partial passes visit nodes one by one");
        let graph = self.graph;
        let mut arena = graph.arena();
        let index = match &self.index {
            None => arena.get(id).work as usize - 1,
            Some(_) => return false,
        };
        let Flow::One(Var { value: Tensor::F64(gy), node: None, .. }) = self.s.entries[index].flow
        else {
            return false;
        };
        let node = arena.get(id);
        let hooked = || node.slot.is_some_and(|s| !arena.slot(s).hooks.is_empty());
        if self.watching || graph.has_hooks() && hooked() {
            return false;
        }
        let (Some(op), Tensor::F64(y)) = (&node.op, &node.value) else { return false };
        let parents = node.parents.as_slice();
        let (mut x, mut wants, mut ids) = ([0.0; 2], [false; 2], [id; 2]);
        if parents.len() > 2 {
            return false;
        }
        for (i, &p) in parents.iter().enumerate() {
            let parent = arena.get(p);
            let Tensor::F64(v) = parent.value else { return false };
            (x[i], wants[i], ids[i]) = (v, parent.requires(), p);
        }
        let Some(gx) = op.get().backward_numbers(x, *y, gy, wants) else { return false };
        // What is out of the ordinary is for the general visit, with nothing done yet: a freed
        // parent, which is an error, and gradients that are no plain numbers.
        let plain = |i: usize| {
            let parent = arena.get(ids[i]);
            let flow = (parent.work as usize).checked_sub(1).map(|at| &self.s.entries[at].flow);
            parent.flags & FREED == 0
                && match flow {
                    None | Some(Flow::Empty) => true,
                    Some(Flow::One(v)) => {
                        matches!(v, Var { value: Tensor::F64(_), node: None, .. })
                    }
                    Some(Flow::Many(_)) => false,
                }
        };
        if (0..2).any(|i| wants[i] && !plain(i)) {
            return false;
        }
        self.take(&mut arena, id);
        for i in 0..2 {
            if !wants[i] {
                continue;
            }
            let Ok(at) = self.entry(&mut arena, ids[i]) else { continue };
            let flow = &mut self.s.entries[at].flow;
            match flow {
                Flow::One(Var { value: Tensor::F64(sum), node: None, .. }) => *sum += gx[i],
                _ => *flow = Flow::One(Var::constant(Tensor::F64(gx[i]))),
            }
        }
        arena.release(id);
        // Releasing may have freed operations of foreign code: their turn comes at the next
        // release outside the arena.
        true
    }
}
