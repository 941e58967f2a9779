//! Sum over axes: `y = Σ x`, `gx = gy` repeated along the axes that went.

use crate::error::Result;
use crate::graph::{Ctx, Keep, Var};
use crate::kernels::reduce;
use crate::op::{Forward, Grads, Op, Reach, Rule, one};
use crate::ops;
use crate::tensor::{Axes, Tensor, reduced_shape, resolve_axes};

struct Sum {
    axes: Axes,
}

impl Op for Sum {
    fn name(&self) -> &str {
        "Sum"
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
        let axes: Vec<i64> = self.axes.iter().map(|&a| a as i64).collect();
        step.linear(|t| {
            ops::reshape(step.g, &sum(step.g, t, Some(&axes), false)?, step.output.shape())
        })
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        let shape = rule.inputs[0].shape();
        let gy = rule.gy()?;
        if gy.ndim() == 0 {
            return one(ops::broadcast_to(rule.g, gy, shape)?);
        }
        let kept = rule.shape(&reduced_shape(shape, &self.axes, true));
        let gy = ops::reshape(rule.g, gy, &kept)?;
        one(ops::broadcast_to(rule.g, &gy, &rule.shape(shape))?)
    }
}

/// Sums over `axes`, all of them for `None`.
pub fn sum(g: &Ctx<'_>, x: &Var, axes: Option<&[i64]>, keepdims: bool) -> Result<Var> {
    let axes = resolve_axes("sum", axes, x.ndim())?;
    let value = reduce::reduce::<reduce::Sum>(&x.value, &axes, keepdims)?;
    Ok(g.record(Sum { axes }, &[x], value))
}

/// The arithmetic mean over `axes`: the sum over the count. Of nothing it is NaN.
pub fn mean(g: &Ctx<'_>, x: &Var, axes: Option<&[i64]>, keepdims: bool) -> Result<Var> {
    let over = resolve_axes("mean", axes, x.ndim())?;
    let count: usize = over.iter().map(|&a| x.shape()[a]).product();
    let total = sum(g, x, axes, keepdims)?;
    let count = Var::constant(Tensor::number(x.dtype(), count as f64));
    crate::op::binary(g, ops::Div, &total, &count)
}
