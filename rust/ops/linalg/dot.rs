//! Products of vectors and arrays: `dot`, `vdot`, `inner`, `outer`.

use super::matmul::{matmul, product};
use super::tensordot::tensordot;
use crate::error::{Error, Result, Tuple};
use crate::graph::{Ctx, Var};
use crate::op::binary;
use crate::ops;

fn misfit(op: &'static str, x: &Var, y: &Var, why: &str) -> Error {
    let (x, y) = (Tuple(x.shape()), Tuple(y.shape()));
    Error::argument(op, format!("shapes {x} and {y} do not fit: {why}"))
}

fn flat(g: &Ctx<'_>, x: &Var) -> Result<Var> {
    ops::reshape(g, x, &[x.value.size()])
}

/// Sums over the last axis of `x` and the second-last (or only) axis of `y`.
pub fn dot(g: &Ctx<'_>, x: &Var, y: &Var) -> Result<Var> {
    let (n, m) = (x.ndim(), y.ndim());
    if n == 0 || m == 0 {
        return binary(g, ops::Mul, x, y);
    }
    let over = if m == 1 { 0 } else { m - 2 };
    if x.shape()[n - 1] != y.shape()[over] {
        let why = "the last size of the first must equal the second-last (or only) size of the \
                   second; is a transpose missing?";
        return Err(misfit("dot", x, y, why));
    }
    if m <= 2 {
        return matmul(g, x, y);
    }
    tensordot(g, "dot", x, y, [&[n as i64 - 1], &[over as i64]])
}

/// The sum of the products of all elements.
pub fn vdot(g: &Ctx<'_>, x: &Var, y: &Var) -> Result<Var> {
    if x.value.size() != y.value.size() {
        return Err(misfit("vdot", x, y, "they must have the same number of elements"));
    }
    matmul(g, &flat(g, x)?, &flat(g, y)?)
}

/// Sums over the last axes.
pub fn inner(g: &Ctx<'_>, x: &Var, y: &Var) -> Result<Var> {
    let (n, m) = (x.ndim(), y.ndim());
    if n == 0 || m == 0 {
        return binary(g, ops::Mul, x, y);
    }
    if x.shape()[n - 1] != y.shape()[m - 1] {
        return Err(misfit("inner", x, y, "the last sizes must be equal"));
    }
    tensordot(g, "inner", x, y, [&[n as i64 - 1], &[m as i64 - 1]])
}

/// The products of each element of one with each of the other.
pub fn outer(g: &Ctx<'_>, x: &Var, y: &Var) -> Result<Var> {
    let (x, y) = ops::promote(g, x, y)?;
    let x = ops::reshape(g, &x, &[x.value.size(), 1])?;
    product(g, &x, &ops::reshape(g, &y, &[1, y.value.size()])?)
}
