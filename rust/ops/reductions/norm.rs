//! Norms of vectors and matrices, composed of recorded functions. At 0 all derivatives are 0.

use crate::error::{Error, Kind, Result};
use crate::graph::{Ctx, Var};
use crate::kernels::compare;
use crate::op::{binary, unary};
use crate::ops::{self, away_from_zero};
use crate::tensor::{Tensor, reduced_shape, resolve_axes, resolve_axis};

/// Which norm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Order {
    /// The root of the sum of all squares, over any number of axes.
    Default,
    /// The same, of matrices.
    Frobenius,
    /// NumPy's number for a norm of vectors or of matrices.
    Number(f64),
}

/// `(Σ |x|²)^½` over axes.
fn euclidean(g: &Ctx<'_>, x: &Var, axes: &[i64], keepdims: bool) -> Result<Var> {
    let total = ops::sum(g, &unary(g, ops::Square, x)?, Some(axes), keepdims)?;
    away_from_zero(g, &total, |s| unary(g, ops::Sqrt, s))
}

/// `(Σ |x|ᵖ)^(1/p)` along an axis.
fn powers(g: &Ctx<'_>, x: &Var, p: f64, axis: i64, keepdims: bool) -> Result<Var> {
    let number = |c| Var::constant(Tensor::number(x.dtype(), c));
    let power = |x: &Var, c| away_from_zero(g, x, |x| binary(g, ops::Pow, x, &number(c)));
    let terms = power(&unary(g, ops::Abs, x)?, p)?;
    power(&ops::sum(g, &terms, Some(&[axis]), keepdims)?, 1.0 / p)
}

/// How many elements are not 0: constant between jumps.
fn count(g: &Ctx<'_>, x: &Var, axis: i64, keepdims: bool) -> Result<Var> {
    let zeros = compare::equal_mask(&x.value, &Tensor::number(x.dtype(), 0.0))?;
    let one = Var::constant(Tensor::number(x.dtype(), 1.0));
    let ones = binary(g, ops::Sub, &one, &Var::constant(zeros))?;
    // Of `x`, so that there is a gradient, which is 0.
    let none = Var::constant(Tensor::full(x.dtype(), 0.0, x.shape())?);
    let nothing = binary(g, ops::Gate, x, &none)?;
    ops::sum(g, &binary(g, ops::Add, &ones, &nothing)?, Some(&[axis]), keepdims)
}

fn vector(g: &Ctx<'_>, x: &Var, order: f64, axis: i64, keepdims: bool) -> Result<Var> {
    let abs = || unary(g, ops::Abs, x);
    match order {
        2.0 => euclidean(g, x, &[axis], keepdims),
        1.0 => ops::sum(g, &abs()?, Some(&[axis]), keepdims),
        0.0 => count(g, x, axis, keepdims),
        f64::INFINITY => ops::max(g, &abs()?, Some(&[axis]), keepdims),
        f64::NEG_INFINITY => ops::min(g, &abs()?, Some(&[axis]), keepdims),
        p if p > 0.0 => powers(g, x, p, axis, keepdims),
        p => Err(Error::argument(
            "norm",
            format!("ord of a vector norm must be None, 0, positive or an infinity, got {p}"),
        )),
    }
}

/// The largest or smallest sum of absolute values over the rows or columns of matrices.
fn matrix(g: &Ctx<'_>, x: &Var, order: f64, axes: [i64; 2], keepdims: bool) -> Result<Var> {
    let (summed, other) = match order.abs() {
        1.0 => (axes[0], axes[1]),
        f64::INFINITY => (axes[1], axes[0]),
        _ => {
            let message = format!(
                "ord of a matrix norm must be None, 'fro', 1, -1, inf or -inf, got {order}; norms \
                 of singular values are not supported"
            );
            return Err(Error::argument("norm", message));
        }
    };
    let sums = ops::sum(g, &unary(g, ops::Abs, x)?, Some(&[summed]), true)?;
    let extremum = if order > 0.0 { ops::max } else { ops::min };
    let norm = extremum(g, &sums, Some(&[other]), true)?;
    let over = resolve_axes("norm", Some(&axes), x.ndim())?;
    ops::reshape(g, &norm, &reduced_shape(x.shape(), &over, keepdims))
}

/// Norms over one axis (of vectors), two (of matrices), or all for `None`.
pub fn norm(
    g: &Ctx<'_>,
    x: &Var,
    order: Order,
    axes: Option<&[i64]>,
    keepdims: bool,
) -> Result<Var> {
    let over = resolve_axes("norm", axes, x.ndim())?;
    let all: Vec<i64> = (0..x.ndim() as i64).collect();
    let axes = axes.unwrap_or(&all);
    let empty = over.iter().any(|&a| x.shape()[a] == 0);
    if let (Order::Number(n), true) = (order, empty)
        && (n.is_infinite() || axes.len() == 2)
    {
        return Err(Kind::EmptyReduction {
            op: "norm",
            shape: x.shape().into(),
            axes: over.to_vec(),
        }
        .into());
    }
    match (order, axes) {
        (Order::Default, _) | (Order::Frobenius, [_, _]) => euclidean(g, x, axes, keepdims),
        (Order::Number(n), &[axis]) => {
            resolve_axis("norm", axis, x.ndim())?;
            vector(g, x, n, axis, keepdims)
        }
        (Order::Number(n), &[rows, columns]) => matrix(g, x, n, [rows, columns], keepdims),
        (Order::Frobenius, _) => Err(Error::argument(
            "norm",
            format!("ord='fro' is a norm of matrices: two axes are wanted, got {}", axes.len()),
        )),
        (Order::Number(n), _) => Err(Error::argument(
            "norm",
            format!(
                "ord={n} needs one axis, for vectors, or two, for matrices, got {}: axis is missing?",
                axes.len()
            ),
        )),
    }
}
