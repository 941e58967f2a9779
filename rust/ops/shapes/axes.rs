//! Axes of size one come and go, and several become one.

use crate::error::{Error, Result};
use crate::graph::{Ctx, Var};
use crate::ops;
use crate::ops::shapes::concat::on_axis;
use crate::tensor::{Pick, resolve_axes, resolve_axis};

/// Without the given axes of size one, or all of them for `None`.
pub fn squeeze(g: &Ctx<'_>, x: &Var, axes: Option<&[i64]>) -> Result<Var> {
    let gone = match axes {
        Some(axes) => resolve_axes("squeeze", Some(axes), x.ndim())?,
        None => (0..x.ndim()).filter(|&a| x.shape()[a] == 1).collect(),
    };
    if let Some(&axis) = gone.iter().find(|&&a| x.shape()[a] != 1) {
        let message = format!("axis {axis} has size {}, not 1", x.shape()[axis]);
        return Err(Error::argument("squeeze", message));
    }
    let kept = (0..x.ndim()).filter(|a| !gone.contains(a)).map(|a| x.shape()[a]);
    ops::reshape(g, x, &kept.collect::<Vec<_>>())
}

/// With new axes of size one at the given places of the result.
pub fn expand_dims(g: &Ctx<'_>, op: &'static str, x: &Var, axes: &[i64]) -> Result<Var> {
    let ndim = x.ndim() + axes.len();
    let new = resolve_axes(op, Some(axes), ndim)?;
    let mut old = x.shape().iter();
    let size = |a: usize| if new.contains(&a) { Some(1) } else { old.next().copied() };
    ops::reshape(g, x, &(0..ndim).filter_map(size).collect::<Vec<_>>())
}

/// All elements in one axis.
pub fn ravel(g: &Ctx<'_>, x: &Var) -> Result<Var> {
    ops::reshape(g, x, &[x.value.size()])
}

/// Arrays with at least `ndim` axes: a vector becomes a row, and a third axis comes last, as NumPy
/// has it.
pub fn at_least(g: &Ctx<'_>, xs: &[Var], ndim: usize) -> Result<Vec<Var>> {
    let each = |x: &Var| match (x.shape(), ndim) {
        (&[], n) => ops::reshape(g, x, &vec![1; n]),
        (&[d], 2) => ops::reshape(g, x, &[1, d]),
        (&[d], 3) => ops::reshape(g, x, &[1, d, 1]),
        (&[n, m], 3) => ops::reshape(g, x, &[n, m, 1]),
        _ => Ok(x.clone()),
    };
    xs.iter().map(each).collect()
}

/// The order of elements reversed along axes, all of them for `None`.
pub fn flip(g: &Ctx<'_>, x: &Var, axes: Option<&[i64]>) -> Result<Var> {
    let axes = resolve_axes("flip", axes, x.ndim())?;
    let pick = |(a, &len): (usize, &usize)| match axes.contains(&a) && len > 0 {
        true => Pick::Slice { start: len - 1, step: -1, len },
        false => Pick::Slice { start: 0, step: 1, len },
    };
    ops::index(g, x, x.shape().iter().enumerate().map(pick).collect())
}

/// Elements shifted along axes, from the end to the start again; in row-major order for `None`.
pub fn roll(g: &Ctx<'_>, x: &Var, shifts: &[i64], axes: Option<&[i64]>) -> Result<Var> {
    let op = "roll";
    let Some(axes) = axes else {
        let flat = ravel(g, x)?;
        let rolled = shifts.iter().try_fold(flat, |y, &s| roll_axis(g, &y, s, 0))?;
        return ops::reshape(g, &rolled, x.shape());
    };
    // One shift does for all axes, and one axis for all shifts.
    let n = shifts.len().max(axes.len());
    if (shifts.len() != n && shifts.len() != 1) || (axes.len() != n && axes.len() != 1) {
        let message = format!("{} shifts for {} axes", shifts.len(), axes.len());
        return Err(Error::argument(op, message));
    }
    let mut y = x.clone();
    for i in 0..n {
        let axis = resolve_axis(op, axes[i % axes.len()], x.ndim())?;
        y = roll_axis(g, &y, shifts[i % shifts.len()], axis)?;
    }
    Ok(y)
}

fn roll_axis(g: &Ctx<'_>, x: &Var, shift: i64, axis: usize) -> Result<Var> {
    let size = x.shape()[axis];
    let shift = match size {
        0 => 0,
        n => shift.rem_euclid(n as i64) as usize,
    };
    if shift == 0 {
        return Ok(x.clone());
    }
    let part = |start: usize, len: usize| {
        ops::index(g, x, on_axis(x.shape(), axis, Pick::Slice { start, step: 1, len }))
    };
    let parts = [part(size - shift, shift)?, part(0, size - shift)?];
    ops::concat(g, "roll", &parts, Some(axis as i64))
}
