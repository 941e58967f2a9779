//! Gradients on their way: each is brought to its input's shape and dtype, and added to what is there.

use super::backward::{Flow, Pass};
use super::node::NodeId;
use super::{Var, batch};
use crate::error::{Error, Result};
use crate::kernels::copy;
use crate::kernels::defer::is_pending;
use crate::op::{AddInto, Grad, add_part, binary};
use crate::ops;
use crate::tensor::{DType, Dims, Tensor};

impl Pass<'_> {
    /// Adds a gradient to those of a node.
    pub(super) fn add(&mut self, id: NodeId, output: Option<usize>, grad: Grad) -> Result<()> {
        let graph = self.graph;
        let (i, shape, dtype) = {
            let mut arena = graph.arena();
            let i = self.entry(&mut arena, id)?;
            match (&arena.get(id).value, &grad) {
                // A number for a number fits as it is.
                (Tensor::F64(_), Grad::Value(Var { value: Tensor::F64(_), .. })) => {
                    (i, Dims::new(), DType::F64)
                }
                (value, _) => (i, value.dims(), value.dtype()),
            }
        };
        let grad = match grad {
            Grad::Products(pairs) => return self.owe(i, (shape, dtype), pairs),
            Grad::Part(part) if self.waits(i, &part.1) => {
                return self.owe_part(i, (shape, dtype), *part);
            }
            Grad::Part(part) => Grad::Into(add_part(part)),
            other => other,
        };
        self.pay(i)?;
        let old = self.pull(i, output);
        let held = old.as_ref().and_then(|v| v.node);
        let sum = match grad {
            Grad::Into(add) => {
                Self::add_into(add, old, &batch::in_batch(self.batch, &shape), dtype)
            }
            Grad::Part(..) | Grad::Products(_) => {
                Err(Error::internal("a gradient that was owed already"))
            }
            Grad::Value(v) if output.is_some() => self.add_value(v, old),
            Grad::Value(v) => self.fit(v, &shape, dtype).and_then(|v| self.add_value(v, old)),
        };
        if let Ok(sum) = &sum {
            self.hold(sum);
        }
        if let Some(id) = held {
            graph.release(id);
        }
        self.push(i, output, sum?);
        Ok(())
    }

    /// A gradient of its input's shape and dtype: what broadcasting repeated is summed up.
    fn fit(&self, v: Var, shape: &[usize], dtype: DType) -> Result<Var> {
        let v = match self.batch {
            None if v.shape() == shape => v,
            Some(_) if v.shape()[1..] == *shape => v,
            batch => batch::sum_to(&self.ctx, &v, batch, shape)?,
        };
        if v.dtype() == dtype { Ok(v) } else { ops::cast(&self.ctx, &v, dtype) }
    }

    pub(super) fn add_value(&self, v: Var, old: Option<Var>) -> Result<Var> {
        let Some(mut old) = old else { return Ok(v) };
        // What waits is added up when it is computed, in the same pass over memory.
        let waits = is_pending(&old.value) || is_pending(&v.value);
        if !self.options.create_graph && !waits && copy::add_assign(&mut old.value, &v.value)? {
            return Ok(old);
        }
        binary(&self.ctx, ops::Add, &old, &v)
    }

    /// Lets a rule add to memory that starts with what has come so far.
    fn add_into(add: AddInto, old: Option<Var>, shape: &[usize], dtype: DType) -> Result<Var> {
        let mut total = match old {
            Some(old) => copy::owned(old.value)?,
            None => Tensor::zeros(dtype, shape)?,
        };
        add(&mut total)?;
        Ok(Var::constant(total))
    }

    /// Takes out what has come for a node so far.
    pub(super) fn pull(&mut self, i: usize, output: Option<usize>) -> Option<Var> {
        let flow = &mut self.s.entries[i].flow;
        match (output, flow) {
            (Some(k), Flow::Many(v)) => v.get_mut(k).and_then(Option::take),
            (None, flow @ Flow::One(_)) => match std::mem::replace(flow, Flow::Empty) {
                Flow::One(v) => Some(v),
                _ => None,
            },
            _ => None,
        }
    }

    /// Puts it back.
    pub(super) fn push(&mut self, i: usize, output: Option<usize>, sum: Var) {
        let flow = &mut self.s.entries[i].flow;
        match (output, &mut *flow) {
            (None, _) => *flow = Flow::One(sum),
            (Some(k), Flow::Many(v)) => {
                if v.len() <= k {
                    v.resize(k + 1, None);
                }
                v[k] = Some(sum);
            }
            (Some(k), _) => {
                let mut v = vec![None; k + 1];
                v[k] = Some(sum);
                *flow = Flow::Many(v);
            }
        }
    }
}
