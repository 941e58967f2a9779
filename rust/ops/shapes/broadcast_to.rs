//! Broadcasting: repeats an array to a larger shape, without a copy; `gx = sum_to(gy)`.

use crate::error::{Kind, Result};
use crate::graph::{Ctx, Keep, Var, sum_in_batch};
use crate::op::{Forward, Grads, Op, Reach, Rule, one};
use crate::tensor::checked_size;

struct BroadcastTo;

impl Op for BroadcastTo {
    fn name(&self) -> &str {
        "BroadcastTo"
    }
    fn keeps(&self, _wants: &[bool]) -> Keep {
        Keep::NONE
    }
    fn batches(&self) -> bool {
        true
    }
    fn reach(&self, _i: usize) -> Reach {
        Reach::Copies
    }
    fn forward(&self, step: &Forward<'_>) -> Option<Result<Var>> {
        step.linear(|t| broadcast_to(step.g, t, step.output.shape()))
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        one(sum_in_batch(rule.g, rule.gy()?, rule.batch, rule.inputs[0].shape())?)
    }
}

/// A view of `x` with the given shape.
pub fn broadcast_to(g: &Ctx<'_>, x: &Var, shape: &[usize]) -> Result<Var> {
    if x.shape() == shape {
        return Ok(x.clone());
    }
    checked_size(shape, x.dtype().size())?;
    let Some(value) = x.value.broadcast_to(shape)? else {
        let (from, to) = (x.shape().into(), shape.into());
        return Err(Kind::BroadcastTo { op: "broadcast_to", from, to }.into());
    };
    Ok(g.record(BroadcastTo, &[x], value))
}
