//! Several arrays in one; the gradient of each is its part of `gy`. And the reverse.

use crate::error::{Error, Kind, Result, room};
use crate::graph::{Ctx, Keep, Var};
use crate::kernels;
use crate::op::{Forward, Grad, Grads, Op, Reach, Rule};
use crate::ops;
use crate::tensor::{DType, Dims, Pick, Tensor, resolve_axis};

struct Concat {
    axis: usize,
    /// Whether each operand has one position on an axis that it does not have itself.
    stacked: bool,
}

impl Op for Concat {
    fn name(&self) -> &str {
        if self.stacked { "Stack" } else { "Concat" }
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
        // Parts that do not change have tangents of 0.
        let part = |(t, x): (&Option<Var>, &Var)| match t {
            Some(t) => Ok(t.clone()),
            None => Ok(Var::constant(Tensor::full(x.dtype(), 0.0, x.shape())?)),
        };
        let parts = step.tangents.iter().zip(step.inputs).map(part).collect::<Result<Vec<_>>>();
        let axis = self.axis as i64;
        Some(parts.and_then(|parts| match self.stacked {
            true => stack(step.g, &parts, axis),
            false => concat(step.g, "concat", &parts, Some(axis)),
        }))
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        let gy = rule.gy()?;
        let mut start = 0;
        let grad = |(i, x): (usize, &Var)| -> Result<Option<Grad>> {
            let len = if self.stacked { 1 } else { x.shape()[self.axis] };
            let pick = match self.stacked {
                true => Pick::At(start),
                false => Pick::Slice { start, step: 1, len },
            };
            start += len;
            let axis = rule.lead() + self.axis;
            let part = || ops::index(rule.g, gy, on_axis(gy.shape(), axis, pick));
            Ok(rule.wants(i).then(part).transpose()?.map(Grad::Value))
        };
        rule.inputs.iter().enumerate().map(grad).collect()
    }
}

/// An index that leaves the axes before `axis` whole.
pub fn on_axis(shape: &[usize], axis: usize, pick: Pick) -> Vec<Pick> {
    let whole = |&len: &usize| Pick::Slice { start: 0, step: 1, len };
    shape[..axis].iter().map(whole).chain([pick]).collect()
}

/// The operands in the widest of their dtypes.
fn promoted(g: &Ctx<'_>, op: &'static str, xs: &[Var]) -> Result<Vec<Var>> {
    if xs.is_empty() {
        return Err(Error::argument(op, "at least one array is wanted, got none"));
    }
    let wide = xs.iter().any(|x| x.dtype() != DType::F32);
    let dtype = if wide { DType::F64 } else { DType::F32 };
    xs.iter().map(|x| ops::cast(g, x, dtype)).collect()
}

fn total(
    op: &'static str,
    shape: &[usize],
    axis: usize,
    sizes: impl Iterator<Item = usize>,
) -> Result<Dims> {
    let mut out: Dims = shape.into();
    let too_large = || Error::argument(op, "the arrays are too large together");
    out[axis] =
        sizes.into_iter().try_fold(0usize, |n, d| n.checked_add(d)).ok_or_else(too_large)?;
    Ok(out)
}

/// The arrays one after another along an axis, all in one axis for `None`.
pub fn concat(g: &Ctx<'_>, op: &'static str, xs: &[Var], axis: Option<i64>) -> Result<Var> {
    let mut xs = promoted(g, op, xs)?;
    let axis = match axis {
        Some(axis) => resolve_axis(op, axis, xs[0].ndim())?,
        None => {
            xs = xs.iter().map(|x| ops::ravel(g, x)).collect::<Result<_>>()?;
            0
        }
    };
    let shape = xs[0].shape();
    for x in &xs[1..] {
        let alike = x.ndim() == shape.len()
            && x.shape().iter().zip(shape).enumerate().all(|(a, (m, n))| a == axis || m == n);
        if !alike {
            return Err(Error::argument(
                op,
                format!(
                    "arrays must have the same sizes except on axis {axis}, got shapes {} and {}",
                    crate::error::Tuple(shape),
                    crate::error::Tuple(x.shape())
                ),
            ));
        }
    }
    let shape = total(op, shape, axis, xs.iter().map(|x| x.shape()[axis]))?;
    let values: Vec<Tensor> = xs.iter().map(|x| x.value.clone()).collect();
    let value = kernels::concat::concat(&values, axis, &shape)?;
    let inputs: Vec<&Var> = xs.iter().collect();
    Ok(g.record(Concat { axis, stacked: false }, &inputs, value))
}

/// The arrays along a new axis.
pub fn stack(g: &Ctx<'_>, xs: &[Var], axis: i64) -> Result<Var> {
    let xs = promoted(g, "stack", xs)?;
    let axis = resolve_axis("stack", axis, xs[0].ndim() + 1)?;
    let first = xs[0].value.dims();
    if let Some(other) = xs.iter().find(|x| x.shape() != first.as_slice()) {
        let (what, got) = ("every array", other.value.dims());
        return Err(Kind::ShapeMismatch { op: "stack", what, want: first, got }.into());
    }
    let mut unit = first;
    unit.insert(axis, 1);
    let shape = total("stack", &unit, axis, xs.iter().map(|_| 1))?;
    let values = xs.iter().map(|x| x.value.reshape(&unit)).collect::<Result<Vec<_>>>()?;
    let value = kernels::concat::concat(&values, axis, &shape)?;
    let inputs: Vec<&Var> = xs.iter().collect();
    Ok(g.record(Concat { axis, stacked: true }, &inputs, value))
}

/// How an axis is cut.
pub enum Cuts {
    /// Into that many equal parts.
    Equal(i64),
    /// Into parts of these sizes.
    Sizes(Vec<i64>),
}

/// The parts of `x` along an axis, as views. Their number is not bounded by memory: views repeat elements, and
/// an empty axis has any number of parts.
pub fn split(g: &Ctx<'_>, x: &Var, cuts: &Cuts, axis: i64) -> Result<Vec<Var>> {
    let op = "split";
    let axis = resolve_axis(op, axis, x.ndim())?;
    let size = x.shape()[axis];
    let sizes: Vec<usize> = match cuts {
        Cuts::Equal(n) => match usize::try_from(*n) {
            Ok(n) if n > 0 && size.is_multiple_of(n) => {
                // Only an axis of size 0 has more parts than positions.
                let mut parts = room(n)?;
                parts.resize(n, size / n);
                parts
            }
            _ => {
                let message = format!("axis {axis} with size {size} has no {n} equal parts");
                return Err(Error::argument(op, message));
            }
        },
        Cuts::Sizes(sizes) => {
            let misfit = || {
                let listed = crate::error::Tuple(sizes);
                let message = format!(
                    "sizes must add up to the size of axis {axis}, {size}, and not be negative, \
                     got {listed}"
                );
                Error::argument(op, message)
            };
            let parts: Option<Vec<usize>> =
                sizes.iter().map(|&d| usize::try_from(d).ok()).collect();
            let parts = parts.ok_or_else(misfit)?;
            match parts.iter().try_fold(0usize, |n, &d| n.checked_add(d)) {
                Some(n) if n == size => parts,
                _ => return Err(misfit()),
            }
        }
    };
    let mut start = 0;
    let mut parts = room(sizes.len())?;
    for len in sizes {
        let pick = Pick::Slice { start, step: 1, len };
        start += len;
        parts.push(ops::index(g, x, on_axis(x.shape(), axis, pick))?);
    }
    Ok(parts)
}

/// The positions of an axis, each as an array without it; views.
pub fn unstack(g: &Ctx<'_>, x: &Var, axis: i64) -> Result<Vec<Var>> {
    let axis = resolve_axis("unstack", axis, x.ndim())?;
    let mut parts = room(x.shape()[axis])?;
    for i in 0..x.shape()[axis] {
        parts.push(ops::index(g, x, on_axis(x.shape(), axis, Pick::At(i)))?);
    }
    Ok(parts)
}
