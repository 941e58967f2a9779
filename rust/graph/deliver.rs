//! The end of a backward pass: gradients go to the Variables that they are due to.

use smallvec::SmallVec;

use super::Var;
use super::backward::{Flow, Pass};
use super::node::{NodeId, SlotId};
use crate::error::Result;
use crate::kernels::defer::settle;
use crate::op::{Identity, binary};
use crate::ops;
use crate::tensor::Tensor;

/// The gradient that a Variable has at some moment: its node, and what tells it from a later one.
type Base = Option<(NodeId, u64)>;

impl Pass<'_> {
    /// Hands the gradients over to the leaves, after all else has gone well.
    pub(super) fn deliver(mut self) -> Result<()> {
        let leaves = std::mem::take(&mut self.s.leaves);
        let from = self.s.due.len();
        for &at in &leaves {
            self.promise(at)?;
            let entry = &mut self.s.entries[at];
            if let (Some(id), Flow::One(_)) = (entry.node, &entry.flow)
                && let Flow::One(v) = std::mem::replace(&mut entry.flow, Flow::Empty)
            {
                self.graph.hold(id);
                self.s.due.push((id, v));
            }
        }
        self.s.leaves = leaves;
        for i in from..self.s.due.len() {
            let (id, v) = &self.s.due[i];
            if let Some(changed) = self.hooked(*id, v)? {
                self.swap(i, changed);
            }
        }
        self.fold()?;
        // First what can fail, then what changes gradients.
        let total = |(id, v): &(NodeId, Var)| self.total(*id, v);
        let mut totals: SmallVec<[_; 4]> = self.s.due.iter().map(total).collect::<Result<_>>()?;
        // Gradients are there when the pass is over: later, it would be a surprise how long they take. But large
        // products wait for an optimizer.
        let news = self.s.due.iter().zip(&totals);
        settle(news.map(|((_, v), (_, sum))| &sum.as_ref().unwrap_or(v).value))?;
        for (due, (base, sum)) in self.s.due.iter().zip(&mut totals) {
            // Sums of large arrays release the interpreter's lock: another pass may have been
            // quicker, and its result counts too.
            while *base != self.base(due.0) {
                (*base, *sum) = self.total(due.0, &due.1)?;
            }
            self.store(due.0, sum.as_ref().unwrap_or(&due.1));
        }
        Ok(())
    }

    /// The gradient that a leaf has now.
    fn base(&self, id: NodeId) -> Base {
        let arena = self.graph.arena();
        let grad = arena.get(id).slot.and_then(|s| arena.slot(s).grad)?;
        Some((grad, arena.get(grad).seq))
    }

    /// Adds up the gradients for values of one Variable: it may have been given another one while
    /// a graph held on to the first.
    fn fold(&mut self) -> Result<()> {
        for i in (1..self.s.due.len()).rev() {
            let shared = {
                let arena = self.graph.arena();
                let slot = |i: usize| arena.get(self.s.due[i].0).slot;
                let several = |s: &SlotId| arena.slot(*s).nodes > 1;
                slot(i).filter(several).and_then(|s| (0..i).find(|&j| slot(j) == Some(s)))
            };
            if let Some(j) = shared {
                let sum = binary(&self.ctx, ops::Add, &self.s.due[j].1, &self.s.due[i].1)?;
                self.swap(j, sum);
                let (id, v) = self.s.due.swap_remove(i);
                self.graph.release(id);
                v.node.inspect(|&id| self.graph.release(id));
            }
        }
        Ok(())
    }

    /// Puts another gradient in the place of one that is due.
    fn swap(&mut self, i: usize, v: Var) {
        self.hold(&v);
        let old = std::mem::replace(&mut self.s.due[i].1, v);
        if let Some(id) = old.node {
            self.graph.release(id);
        }
    }

    /// The gradient that a leaf has, and the sum of it and the new one, if it has any.
    fn total(&self, id: NodeId, v: &Var) -> Result<(Base, Option<Var>)> {
        let base = self.base(id);
        let Some(old) = self.graph.grad(id) else { return Ok((base, None)) };
        let recording = self.options.create_graph;
        let mut old_var = Var {
            value: self.graph.value(old),
            node: recording.then_some(old),
            requires: recording && self.graph.requires(old),
        };
        let total = match (&mut old_var.value, &v.value) {
            (Tensor::F64(a), Tensor::F64(b)) if !recording => {
                *a += b;
                Ok(old_var)
            }
            _ => binary(&self.ctx, ops::Add, &old_var, v),
        };
        self.graph.release(old);
        Ok((base, Some(total?)))
    }

    fn store(&self, id: NodeId, v: &Var) {
        let slot = self.graph.arena().slot_of(id);
        let recorded = v.node.filter(|_| v.requires);
        let grad = match recorded.map(|n| (n, self.graph.arena().is_free(n))) {
            // Somebody else shows it, or it is somebody's gradient already.
            Some((_, false)) => self.ctx.record(Identity, &[v], v.value.clone()).node,
            other => other.map(|(n, _)| n),
        };
        let mut arena = self.graph.arena();
        let grad = match grad {
            // Nobody can see it, and nobody could break the circle that it may close.
            Some(_) if arena.slot(slot).owners == 0 => return,
            Some(n) => {
                arena.hold(n);
                n
            }
            None => arena.leaf(v.value.clone(), true),
        };
        arena.set_grad(slot, Some(grad));
    }
}
