//! Axes in another order, without a copy; `gx` is `gy` with the order undone.

use crate::error::{Error, Kind, Result};
use crate::graph::{Ctx, Keep, Var};
use crate::op::{Forward, Grads, Op, Reach, Rule, one};
use crate::tensor::{Axes, resolve_axes, resolve_axis};

struct Transpose {
    axes: Axes,
}

impl Op for Transpose {
    fn name(&self) -> &str {
        "Transpose"
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
        step.linear(|t| permute(step.g, t, self.axes.clone()))
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        let lead = rule.lead();
        let mut inverse: Axes = (0..lead + self.axes.len()).collect();
        for (i, &a) in self.axes.iter().enumerate() {
            inverse[lead + a] = lead + i;
        }
        one(permute(rule.g, rule.gy()?, inverse)?)
    }
}

fn permute(g: &Ctx<'_>, x: &Var, axes: Axes) -> Result<Var> {
    let value = x.value.transpose(&axes)?;
    Ok(g.record(Transpose { axes }, &[x], value))
}

/// Axis `i` of the result is axis `axes[i]` of `x`; reversed for `None`.
pub fn transpose(g: &Ctx<'_>, x: &Var, axes: Option<&[i64]>) -> Result<Var> {
    let ndim = x.ndim();
    let Some(axes) = axes else { return permute(g, x, (0..ndim).rev().collect()) };
    let misfit = || Kind::Permutation { axes: axes.to_vec(), ndim };
    let mut seen = vec![false; ndim];
    let mut order = Axes::new();
    for &axis in axes {
        let a = resolve_axis("transpose", axis, ndim).map_err(|_| misfit())?;
        if std::mem::replace(&mut seen[a], true) {
            return Err(misfit().into());
        }
        order.push(a);
    }
    if order.len() != ndim {
        return Err(misfit().into());
    }
    permute(g, x, order)
}

/// Two axes exchanged.
pub fn swapaxes(g: &Ctx<'_>, x: &Var, a: i64, b: i64) -> Result<Var> {
    let mut axes: Axes = (0..x.ndim()).collect();
    let a = resolve_axis("swapaxes", a, x.ndim())?;
    let b = resolve_axis("swapaxes", b, x.ndim())?;
    axes.swap(a, b);
    permute(g, x, axes)
}

/// Axes `source` moved to the places `destination`; the others keep their order.
pub fn moveaxis(g: &Ctx<'_>, x: &Var, source: &[i64], destination: &[i64]) -> Result<Var> {
    let n = x.ndim();
    let resolve = |axes: &[i64]| -> Result<Vec<usize>> {
        resolve_axes("moveaxis", Some(axes), n)?;
        Ok(axes.iter().map(|&a| if a < 0 { a + n as i64 } else { a } as usize).collect())
    };
    let (from, to) = (resolve(source)?, resolve(destination)?);
    if from.len() != to.len() {
        let message = format!("{} axes to move to {} places", from.len(), to.len());
        return Err(Error::argument("moveaxis", message));
    }
    let mut rest = (0..n).filter(|a| !from.contains(a));
    let mut order = Axes::new();
    for place in 0..n {
        let moved = to.iter().position(|&t| t == place).map(|i| from[i]);
        order.extend(moved.or_else(|| rest.next()));
    }
    if order.is_sorted() {
        return Ok(x.clone());
    }
    permute(g, x, order)
}
