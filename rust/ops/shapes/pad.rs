//! Margins around an array; the gradient adds up what the margins repeat.

use crate::error::{Error, Kind, Result};
use crate::graph::{Ctx, Var};
use crate::ops;
use crate::ops::selection::Picks;
use crate::ops::shapes::view::inlay;
use crate::tensor::{Dims, Pick, checked_size};

/// What the margins hold.
pub enum Fill {
    /// Numbers, before and after, per axis.
    Constant(Vec<[f64; 2]>),
    /// The outermost element.
    Edge,
    /// The elements mirrored at the outermost, which is not repeated.
    Reflect,
    /// The elements from the other end.
    Wrap,
}

/// `x` with margins of `widths` elements before and after, per axis.
pub fn pad(g: &Ctx<'_>, x: &Var, widths: &[[usize; 2]], padding: &Fill) -> Result<Var> {
    let mut shape: Dims = x.shape().into();
    // Widths come from 64-bit integers with a sign, so that what saturates is too large below.
    for (d, w) in shape.iter_mut().zip(widths) {
        *d = d.saturating_add(w[0]).saturating_add(w[1]);
    }
    checked_size(&shape, x.dtype().size())?;
    match padding {
        Fill::Constant(fill) => constant(g, x, widths, fill, &shape),
        _ => widths.iter().enumerate().try_fold(x.clone(), |y, (axis, &w)| {
            if w == [0, 0] { Ok(y) } else { repeated(g, &y, axis, w, padding) }
        }),
    }
}

fn constant(
    g: &Ctx<'_>,
    x: &Var,
    widths: &[[usize; 2]],
    fill: &[[f64; 2]],
    shape: &[usize],
) -> Result<Var> {
    let lies = |w: &[[usize; 2]]| {
        let pick = |(&len, w): (&usize, &[usize; 2])| Pick::Slice { start: w[0], step: 1, len };
        Picks(x.shape().iter().zip(w).map(pick).collect())
    };
    let Some(&[first, _]) = fill.first() else { return Ok(x.clone()) };
    let same = |c: &f64| c.to_bits() == first.to_bits();
    if fill.iter().flatten().all(same) {
        return inlay(g, x, lies(widths), shape, first);
    }
    // Axis by axis, so that corners hold the number of the last axis, as NumPy has it.
    let mut y = x.clone();
    for (axis, (w, c)) in widths.iter().zip(fill).enumerate() {
        for (side, before) in [(0, w[0]), (1, 0)] {
            let mut wider: Dims = y.shape().into();
            wider[axis] += w[side];
            let whole = |&len: &usize| Pick::Slice { start: 0, step: 1, len };
            let mut picks: Vec<Pick> = y.shape().iter().map(whole).collect();
            picks[axis] = Pick::Slice { start: before, step: 1, len: y.shape()[axis] };
            y = inlay(g, &y, Picks(picks), &wider, c[side])?;
        }
    }
    Ok(y)
}

fn repeated(
    g: &Ctx<'_>,
    x: &Var,
    axis: usize,
    [before, after]: [usize; 2],
    padding: &Fill,
) -> Result<Var> {
    let n = x.shape()[axis];
    if n == 0 {
        let message = format!("axis {axis} has no elements that a margin could repeat");
        return Err(Error::argument("pad", message));
    }
    // Mirrored again and again, the elements come back after a there and back.
    let period = if n > 1 { 2 * (n - 1) } else { 1 };
    // How far before the start, brought into one period.
    let place = |i: usize| match padding {
        Fill::Edge | Fill::Constant(_) => i.saturating_sub(before).min(n - 1),
        Fill::Wrap => (i + (n - before % n)) % n,
        Fill::Reflect => {
            let at = (i + (period - before % period)) % period;
            if at < n { at } else { period - at }
        }
    };
    let margin = |from: usize, size: usize| -> Result<Var> {
        let mut rows = Vec::new();
        let no_memory = |_| {
            let mut shape: Dims = x.shape().into();
            shape[axis] = before + n + after;
            Kind::Memory { shape, bytes: None }
        };
        rows.try_reserve_exact(size).map_err(no_memory)?;
        rows.extend((from..from + size).map(place));
        let spread = Dims::from_elem(size, 1);
        ops::select(g, x, ops::Selection::along("Pad", axis, rows, spread))
    };
    // Nothing between the margins is chosen by position.
    let mut parts = Vec::with_capacity(3);
    if before > 0 {
        parts.push(margin(0, before)?);
    }
    parts.push(x.clone());
    if after > 0 {
        parts.push(margin(before + n, after)?);
    }
    ops::concat(g, "pad", &parts, Some(axis as i64))
}
