//! Another shape for the same elements; `gx` is `gy` in the shape of `x`.

use crate::error::{Kind, Result};
use crate::graph::{Ctx, Keep, Var};
use crate::op::{Forward, Grads, Op, Reach, Rule, one};
use crate::tensor::{Dims, checked_size};

struct Reshape;

impl Op for Reshape {
    fn name(&self) -> &str {
        "Reshape"
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
        step.linear(|t| reshape(step.g, t, step.output.shape()))
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        one(reshape(rule.g, rule.gy()?, &rule.shape(rule.inputs[0].shape()))?)
    }
}

/// The elements of `x`, in row-major order, in another shape. A view where strides allow it.
pub fn reshape(g: &Ctx<'_>, x: &Var, shape: &[usize]) -> Result<Var> {
    if x.shape() == shape {
        return Ok(x.clone());
    }
    let value = x.value.reshape(shape)?;
    Ok(g.record(Reshape, &[x], value))
}

/// The shape that a user wrote, with one -1 allowed for "what is left".
pub fn infer_shape(from: &[usize], wanted: &[i64]) -> Result<Dims> {
    let misfit = || Kind::Reshape { from: from.into(), to: wanted.to_vec() };
    let size: usize = from.iter().product();
    let known: Vec<usize> = wanted.iter().filter(|&&d| d >= 0).map(|&d| d as usize).collect();
    let free = wanted.len() - known.len();
    if free > 1 || wanted.iter().any(|&d| d < -1) {
        return Err(misfit().into());
    }
    let product = checked_size(&known, 1).map_err(|_| misfit())?;
    let rest = match free {
        0 if product == size => 0,
        1 if product > 0 && size.is_multiple_of(product) => size / product,
        _ => return Err(misfit().into()),
    };
    Ok(wanted.iter().map(|&d| if d < 0 { rest } else { d as usize }).collect())
}
