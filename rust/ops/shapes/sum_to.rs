//! The adjoint of broadcasting: sums an array down to a smaller shape.

use crate::error::{Kind, Result};
use crate::graph::{Ctx, Keep, Var, broadcast_in_batch};
use crate::kernels::reduce;
use crate::op::{Forward, Grads, Op, Reach, Rule, one};
use crate::tensor::Axes;

struct SumTo;

impl Op for SumTo {
    fn name(&self) -> &str {
        "SumTo"
    }
    fn keeps(&self, _wants: &[bool]) -> Keep {
        Keep::NONE
    }
    fn batches(&self) -> bool {
        true
    }
    fn reach(&self, _i: usize) -> Reach {
        Reach::Sums
    }
    fn forward(&self, step: &Forward<'_>) -> Option<Result<Var>> {
        step.linear(|t| sum_to(step.g, t, step.output.shape()))
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        one(broadcast_in_batch(rule.g, rule.gy()?, rule.batch, rule.inputs[0].shape())?)
    }
}

/// Sums over the axes along which `shape` would broadcast to the shape of `x`.
pub fn sum_to(g: &Ctx<'_>, x: &Var, shape: &[usize]) -> Result<Var> {
    if x.shape() == shape {
        return Ok(x.clone());
    }
    let misfit = || Kind::BroadcastTo { op: "sum_to", from: x.shape().into(), to: shape.into() };
    let lead = x.ndim().checked_sub(shape.len()).ok_or_else(misfit)?;
    let mut axes: Axes = (0..lead).collect();
    for (i, (&from, &to)) in x.shape()[lead..].iter().zip(shape).enumerate() {
        match to {
            _ if from == to => {}
            1 => axes.push(lead + i),
            _ => return Err(misfit().into()),
        }
    }
    // Mostly this is the wanted shape already.
    let sums = reduce::reduce::<reduce::Sum>(&x.value, &axes, lead == 0)?;
    let value = sums.reshape(shape)?;
    Ok(g.record(SumTo, &[x], value))
}
