//! Sorting and the largest elements: the values are moved to their places by position, and the
//! gradient goes back the way they came. The positions are piecewise constant.

use crate::error::{Error, Kind, Result};
use crate::graph::{Ctx, Var};
use crate::kernels::order::{self, Ask};
use crate::ops;
use crate::ops::selection::select::{Selection, select};
use crate::tensor::{Tensor, resolve_axis};

/// The view of `x` with `axis` last, and the positions on it.
fn along(x: &Tensor, axis: usize, ask: Ask) -> Result<(Tensor, Tensor)> {
    let n = x.ndim();
    let order: Vec<usize> = (0..n).filter(|&a| a != axis).chain([axis]).collect();
    let view = x.transpose(&order)?;
    let positions = order::positions(&view, ask)?;
    Ok((view, positions))
}

/// The last axis of an integer array moved to `axis`.
fn back(positions: &Tensor, axis: usize) -> Result<Tensor> {
    let last = positions.ndim() - 1;
    let order: Vec<usize> = (0..axis).chain([last]).chain(axis..last).collect();
    positions.transpose(&order)
}

/// `x` with all axes in one for `None`, and the axis.
fn resolved(g: &Ctx<'_>, op: &'static str, x: &Var, axis: Option<i64>) -> Result<(Var, usize)> {
    match axis {
        Some(axis) => Ok((x.clone(), resolve_axis(op, axis, x.ndim())?)),
        None => Ok((ops::reshape(g, x, &[x.value.size()])?, 0)),
    }
}

/// The elements at positions on `axis`, and the positions.
fn moved(g: &Ctx<'_>, name: &'static str, x: &Var, axis: usize, ask: Ask) -> Result<(Var, Tensor)> {
    let (view, positions) = along(&x.value, axis, ask)?;
    let length = view.shape()[view.ndim() - 1];
    let width = positions.shape()[view.ndim() - 1];
    let array = positions.to_array()?;
    let found: &[i64] = array.as_slice().unwrap_or_default();
    let flat = |(i, &p): (usize, &i64)| i / width * length + p as usize;
    let mut rows = Vec::new();
    let bytes = Some(size_of_val(found));
    let no_memory = |_| Kind::Memory { shape: positions.dims(), bytes };
    rows.try_reserve_exact(found.len()).map_err(no_memory)?;
    rows.extend(found.iter().enumerate().map(flat));
    let (axis, last) = (&[axis as i64][..], &[-1][..]);
    let selection = Selection::flat(name, view.ndim(), rows, positions.dims());
    let y = select(g, &ops::moveaxis(g, x, axis, last)?, selection)?;
    Ok((ops::moveaxis(g, &y, last, axis)?, positions))
}

/// The elements in ascending order along `axis`, or all of them for `None`.
pub fn sort(g: &Ctx<'_>, x: &Var, axis: Option<i64>) -> Result<Var> {
    let (x, axis) = resolved(g, "sort", x, axis)?;
    Ok(moved(g, "Sort", &x, axis, Ask::Sorted)?.0)
}

/// The positions that sort the elements along `axis`, or all of them for `None`.
pub fn argsort(g: &Ctx<'_>, x: &Var, axis: Option<i64>) -> Result<Tensor> {
    let (x, axis) = resolved(g, "argsort", x, axis)?;
    back(&along(&x.value, axis, Ask::Sorted)?.1, axis)
}

/// The `k` largest elements along `axis`, in descending order, and their positions.
pub fn topk(g: &Ctx<'_>, x: &Var, k: usize, axis: i64) -> Result<(Var, Tensor)> {
    let axis = resolve_axis("topk", axis, x.ndim())?;
    let size = x.shape()[axis];
    if k > size {
        let message = format!("k must not exceed the size of axis {axis}, {size}, got {k}");
        return Err(Error::argument("topk", message));
    }
    let (y, positions) = moved(g, "TopK", x, axis, Ask::Largest(k))?;
    Ok((y, back(&positions, axis)?))
}

/// The positions of the first extremes along `axis`, or in all of `x` for `None`.
pub fn arg_extremum(
    op: &'static str,
    x: &Tensor,
    axis: Option<i64>,
    keepdims: bool,
    ask: Ask,
) -> Result<Tensor> {
    let at = axis.map(|axis| resolve_axis(op, axis, x.ndim())).transpose()?;
    let mut kept = x.dims();
    match at {
        Some(axis) => kept[axis] = 1,
        None => kept.iter_mut().for_each(|d| *d = 1),
    }
    if at.map_or(x.size(), |axis| x.shape()[axis]) == 0 {
        let axes = at.map_or_else(|| (0..x.ndim()).collect(), |axis| vec![axis]);
        return Err(Kind::EmptyReduction { op, shape: x.dims(), axes }.into());
    }
    let found = match at {
        Some(axis) => back(&along(x, axis, ask)?.1, axis)?,
        None => order::positions(&x.reshape(&[x.size()])?, ask)?,
    };
    if keepdims {
        return found.reshape(&kept);
    }
    let dropped: Vec<usize> =
        (0..x.ndim()).filter(|&a| at.is_some_and(|axis| a != axis)).map(|a| x.shape()[a]).collect();
    found.reshape(&dropped)
}
