//! Gradients of many results at once: with one axis in front that the values themselves have not.
//!
//! Rules that are made of elementwise operations, or know how to make room for the axis, run once for
//! the whole batch; others once for each entry, and what they give is stacked.

use super::backward::Pass;
use super::{Ctx, Var};
use crate::error::{Error, Result};
use crate::op::{Grad, Grads, Op, Rule};
use crate::ops;
use crate::tensor::{Dims, Pick, Tensor};

impl Pass<'_> {
    /// Runs a rule.
    pub(super) fn rule(&self, op: &dyn Op, rule: &Rule<'_>) -> Result<Grads> {
        match rule.batch {
            Some(n) if !op.batches() => one_by_one(op, rule, n),
            _ => op.backward(rule),
        }
    }
}

/// A shape with the axis of a batch in front, if there is one.
pub fn in_batch(batch: Option<usize>, shape: &[usize]) -> Dims {
    batch.iter().chain(shape).copied().collect()
}

/// Sums `v` down to a shape that was broadcast, leaving the axis of a batch alone.
pub fn sum_to(g: &Ctx<'_>, v: &Var, batch: Option<usize>, shape: &[usize]) -> Result<Var> {
    let Some(n) = batch else { return ops::sum_to(g, v, shape) };
    let wide = spread(n, v.ndim(), shape)?;
    ops::reshape(g, &ops::sum_to(g, v, &wide)?, &in_batch(batch, shape))
}

/// Repeats `v` to a larger shape, leaving the axis of a batch alone.
pub fn broadcast_to(g: &Ctx<'_>, v: &Var, batch: Option<usize>, shape: &[usize]) -> Result<Var> {
    let Some(n) = batch else { return ops::broadcast_to(g, v, shape) };
    let wide = spread(n, shape.len() + 1, &v.shape()[1..])?;
    ops::broadcast_to(g, &ops::reshape(g, v, &wide)?, &in_batch(batch, shape))
}

/// A batch of the shape with as many axes of size 1 in between as make `ndim` axes.
fn spread(n: usize, ndim: usize, shape: &[usize]) -> Result<Dims> {
    let misfit = || Error::internal("a gradient with fewer axes than its operand");
    let ones = ndim.checked_sub(1 + shape.len()).ok_or_else(misfit)?;
    Ok([n].into_iter().chain(std::iter::repeat_n(1, ones)).chain(shape.iter().copied()).collect())
}

/// Runs a rule for each entry of the batch.
fn one_by_one(op: &dyn Op, rule: &Rule<'_>, n: usize) -> Result<Grads> {
    let mut columns: Vec<Vec<Option<Var>>> = vec![Vec::new(); rule.inputs.len()];
    for k in 0..n {
        let entry = |gy: &Option<Var>| -> Result<Option<Var>> {
            gy.as_ref().map(|gy| ops::index(rule.g, gy, vec![Pick::At(k)])).transpose()
        };
        let gys: Vec<Option<Var>> = rule.gys.iter().map(entry).collect::<Result<_>>()?;
        let alone = Rule { gys: &gys, batch: None, ..*rule };
        for ((grad, column), input) in
            op.backward(&alone)?.into_iter().zip(&mut columns).zip(rule.inputs)
        {
            column.push(match grad {
                None => None,
                Some(grad) => {
                    let v = grad.value(input.dtype(), input.shape())?;
                    match v.shape() == input.shape() {
                        true => Some(v),
                        false => Some(ops::sum_to(rule.g, &v, input.shape())?),
                    }
                }
            });
        }
    }
    let stacked = |(column, input): (Vec<Option<Var>>, &Var)| {
        if column.iter().all(Option::is_none) {
            return Ok(None);
        }
        // A rule of the user's may give none for some entries, and one for others.
        let zeros = Var::constant(Tensor::zeros(input.dtype(), input.shape())?);
        let all: Vec<Var> =
            column.into_iter().map(|v| v.unwrap_or_else(|| zeros.clone())).collect();
        Ok(Some(Grad::Value(ops::stack(rule.g, &all, 0)?)))
    };
    columns.into_iter().zip(rule.inputs).map(stacked).collect()
}
