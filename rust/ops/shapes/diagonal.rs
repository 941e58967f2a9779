//! Diagonals, as a view without a copy.

use crate::error::{Kind, Result};
use crate::graph::{Ctx, Var};
use crate::ops;
use crate::ops::shapes::view::{Relayout, inlay, view};
use crate::tensor::{Layout, checked_size, resolve_axis};

/// The elements `(i, i + offset)` of two axes; they become the last axis.
#[derive(Clone)]
struct Diagonal {
    offset: i64,
    axes: [usize; 2],
}

impl Relayout for Diagonal {
    const NAME: &'static str = "Diagonal";
    const ADJOINT: &'static str = "DiagonalGrad";

    fn of(&self, layout: &Layout) -> Layout {
        let [a, b] = self.axes;
        let (rows, columns) = (layout.shape[a], layout.shape[b]);
        let skip = self.offset.unsigned_abs() as usize;
        let (below, right) = if self.offset < 0 { (skip, 0) } else { (0, skip) };
        let len = rows.saturating_sub(below).min(columns.saturating_sub(right));
        let (sa, sb) = (layout.strides[a], layout.strides[b]);
        let mut out = layout.clone();
        if len > 0 {
            let start = below as isize * sa + right as isize * sb;
            out.offset = out.offset.wrapping_add_signed(start);
        }
        for axis in [a.max(b), a.min(b)] {
            out.shape.remove(axis);
            out.strides.remove(axis);
        }
        out.shape.push(len);
        out.strides.push(if len > 1 { sa + sb } else { 1 });
        if out.shape.contains(&0) {
            out.offset = layout.offset;
        }
        out
    }
}

/// The diagonal `offset` columns right of the main one, of the matrices over two axes.
pub fn diagonal(g: &Ctx<'_>, x: &Var, offset: i64, axis1: i64, axis2: i64) -> Result<Var> {
    of(g, x, "diagonal", offset, axis1, axis2)
}

fn of(g: &Ctx<'_>, x: &Var, op: &'static str, offset: i64, axis1: i64, axis2: i64) -> Result<Var> {
    let (a, b) = (resolve_axis(op, axis1, x.ndim())?, resolve_axis(op, axis2, x.ndim())?);
    if a == b {
        return Err(Kind::RepeatedAxis { op, axis: axis2 }.into());
    }
    view(g, x, Diagonal { offset, axes: [a, b] })
}

/// The sum of a diagonal.
pub fn trace(g: &Ctx<'_>, x: &Var, offset: i64, axis1: i64, axis2: i64) -> Result<Var> {
    ops::sum(g, &of(g, x, "trace", offset, axis1, axis2)?, Some(&[-1]), false)
}

/// A matrix with `x` on a diagonal and zeros elsewhere.
pub fn diagonal_matrix(g: &Ctx<'_>, x: &Var, offset: i64) -> Result<Var> {
    let too_large =
        || -> crate::error::Error { Kind::Memory { shape: x.shape().into(), bytes: None }.into() };
    let skip = usize::try_from(offset.unsigned_abs()).map_err(|_| too_large())?;
    let n = x.value.size().checked_add(skip).ok_or_else(too_large)?;
    checked_size(&[n, n], x.dtype().size())?;
    inlay(g, x, Diagonal { offset, axes: [0, 1] }, &[n, n], 0.0)
}
