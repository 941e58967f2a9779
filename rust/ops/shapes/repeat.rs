//! Elements and arrays several times; the gradient sums over the copies.

use crate::error::{Error, Kind, Result};
use crate::graph::{Ctx, Var};
use crate::ops;
use crate::ops::Selection;
use crate::tensor::{Dims, checked_size, resolve_axis};

fn count(op: &'static str, what: &str, n: i64) -> Result<usize> {
    let negative = |_| Error::argument(op, format!("{what} must not be negative, got {n}"));
    usize::try_from(n).map_err(negative)
}

fn product(shape: &[usize], size: usize, times: usize) -> Result<usize> {
    let too_large = || Kind::Memory { shape: shape.into(), bytes: None };
    Ok(size.checked_mul(times).ok_or_else(too_large)?)
}

/// The array `reps` times along each axis; axes and repetitions are aligned from the right.
pub fn tile(g: &Ctx<'_>, x: &Var, reps: &[i64]) -> Result<Var> {
    let reps = reps.iter().map(|&r| count("tile", "reps", r)).collect::<Result<Vec<_>>>()?;
    let ndim = x.ndim().max(reps.len());
    let (lead, skip) = (ndim - x.ndim(), ndim - reps.len());
    let size = |a: usize| if a < lead { 1 } else { x.shape()[a - lead] };
    let times = |a: usize| if a < skip { 1 } else { reps[a - skip] };
    let paired: Dims = (0..ndim).flat_map(|a| [1, size(a)]).collect();
    let wide: Dims = (0..ndim).flat_map(|a| [times(a), size(a)]).collect();
    checked_size(&wide, x.dtype().size())?;
    let merged = (0..ndim).map(|a| product(&wide, size(a), times(a))).collect::<Result<Dims>>()?;
    let copies = ops::broadcast_to(g, &ops::reshape(g, x, &paired)?, &wide)?;
    ops::reshape(g, &copies, &merged)
}

/// Each element several times in a row, along an axis or in one axis for `None`; one number of
/// times for all or one for each position.
pub fn repeat(g: &Ctx<'_>, x: &Var, times: &[i64], axis: Option<i64>) -> Result<Var> {
    let op = "repeat";
    let Some(axis) = axis else { return repeat(g, &ops::ravel(g, x)?, times, Some(0)) };
    let axis = resolve_axis(op, axis, x.ndim())?;
    let times = times.iter().map(|&n| count(op, "repeats", n)).collect::<Result<Vec<_>>>()?;
    let size = x.shape()[axis];
    if let [n] = times[..] {
        let mut unit: Dims = x.shape().into();
        unit.insert(axis + 1, 1);
        let mut wide = unit.clone();
        wide[axis + 1] = n;
        checked_size(&wide, x.dtype().size())?;
        let mut merged: Dims = x.shape().into();
        merged[axis] = product(&wide, size, n)?;
        let copies = ops::broadcast_to(g, &ops::reshape(g, x, &unit)?, &wide)?;
        return ops::reshape(g, &copies, &merged);
    }
    if times.len() != size {
        let message =
            format!("{} repeats for axis {axis} with size {size}: one or as many", times.len());
        return Err(Error::argument(op, message));
    }
    let mut shape: Dims = x.shape().into();
    let total = times.iter().try_fold(0usize, |n, &t| n.checked_add(t));
    shape[axis] = total.ok_or_else(|| Kind::Memory { shape: x.shape().into(), bytes: None })?;
    checked_size(&shape, size_of::<f64>())?;
    let mut rows = Vec::new();
    let no_memory = |_| Kind::Memory { shape: shape.clone(), bytes: None };
    rows.try_reserve_exact(shape[axis]).map_err(no_memory)?;
    rows.extend(times.iter().enumerate().flat_map(|(i, &n)| std::iter::repeat_n(i, n)));
    let spread = Dims::from_elem(rows.len(), 1);
    ops::select(g, x, Selection::along("Repeat", axis, rows, spread))
}
