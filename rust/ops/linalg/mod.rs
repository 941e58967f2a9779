//! Products and factorisations of matrices.

mod cholesky;
mod cofactors;
mod det;
mod dot;
mod eigh;
mod inv;
mod linear;
mod matmul;
mod pinv;
mod qr;
mod slogdet;
mod solve;
mod sum_of_products;
mod svd;
mod tensordot;

pub use cholesky::cholesky;
pub use det::det;
pub use dot::{dot, inner, outer, vdot};
pub use eigh::eigh;
pub use inv::inv;
pub use linear::linear;
pub use matmul::matmul;
pub use pinv::pinv;
pub use qr::qr;
pub use slogdet::slogdet;
pub use solve::solve;
pub use svd::svd;
pub use tensordot::tensordot;

use crate::error::{Error, Kind, Result, Tuple};
use crate::graph::{Ctx, Var};
use crate::op::{Rule, binary};
use crate::ops;
use crate::tensor::{Array, DType, Dims, Pick, Tensor};

/// As [`crate::with_float`], for operands that are known to be floats.
macro_rules! with_matrices {
    ($dtype:expr, $T:ident => $body:expr) => {
        $crate::with_float!($dtype, $T => $body,
            else return Err($crate::error::Error::internal("a matrix of integers")))
    };
}
use with_matrices;

/// The leading axes of a stack of matrices.
fn matrices(v: &Var) -> &[usize] {
    &v.shape()[..v.ndim() - 2]
}

/// The last two sizes, if there are as many axes.
fn matrix(op: &'static str, x: &Var) -> Result<(usize, usize)> {
    match *x.shape() {
        [.., m, n] => Ok((m, n)),
        _ => {
            let shape = Tuple(x.shape());
            let message = format!("a matrix or a stack of matrices is wanted, got shape {shape}");
            Err(Kind::LinAlg { op, message }.into())
        }
    }
}

/// The size of square matrices.
fn square(op: &'static str, x: &Var) -> Result<usize> {
    let (m, n) = matrix(op, x)?;
    if m != n {
        let message = format!("square matrices are wanted, got shape {}", Tuple(x.shape()));
        return Err(Kind::LinAlg { op, message }.into());
    }
    Ok(n)
}

/// A constant matrix of ones where `on(row, column)` holds, and zeros.
fn pattern(dtype: DType, [m, n]: [usize; 2], on: impl Fn(usize, usize) -> bool) -> Result<Var> {
    let mut matrix = Array::zeros(&[m, n], dtype)?;
    with_matrices!(dtype, T => {
        let elements = matrix.as_mut_slice::<T>().unwrap_or_default();
        for (at, x) in elements.iter_mut().enumerate() {
            if on(at / n, at % n) {
                *x = <T as crate::tensor::Float>::ONE;
            }
        }
    });
    Ok(Var::constant(matrix.into()))
}

/// A constant number for each matrix of a stack, or for each row of one: `shape` has ones after.
fn constant(dtype: DType, values: &[f64], shape: &[usize]) -> Result<Var> {
    let array: Tensor = Array::from_slice(values, shape)?.into();
    Ok(Var::constant(crate::kernels::copy::cast(&array, dtype)?))
}

/// The transposes of matrices.
fn flip(g: &Ctx<'_>, x: &Var) -> Result<Var> {
    ops::swapaxes(g, x, -1, -2)
}

/// The same for values.
fn flipped(x: &Tensor) -> Result<Tensor> {
    let mut axes: Vec<usize> = (0..x.ndim()).collect();
    let n = axes.len();
    axes.swap(n - 2, n - 1);
    x.transpose(&axes)
}

/// Half of the sum of a matrix and its transpose.
fn symmetric(g: &Ctx<'_>, x: &Var) -> Result<Var> {
    let sum = binary(g, ops::Add, x, &flip(g, x)?)?;
    binary(g, ops::Mul, &sum, &Var::constant(Tensor::number(x.dtype(), 0.5)))
}

/// Matrices with the unit matrix in place of those where the mask is 0.
fn or_unit(g: &Ctx<'_>, x: &Var, mask: &Var) -> Result<Var> {
    let n = x.shape()[x.ndim() - 1];
    let one = Var::constant(Tensor::number(x.dtype(), 1.0));
    let unit = pattern(x.dtype(), [n, n], |i, j| i == j)?;
    let instead = binary(g, ops::Mul, &binary(g, ops::Sub, &one, mask)?, &unit)?;
    binary(g, ops::Add, &binary(g, ops::Gate, x, mask)?, &instead)
}

/// Columns `from..to` of matrices.
fn columns(g: &Ctx<'_>, x: &Var, from: usize, to: usize) -> Result<Var> {
    let m = x.shape()[x.ndim() - 2];
    block(g, x, (0, m), (from, to))
}

/// Some rows and columns of matrices.
fn block(g: &Ctx<'_>, x: &Var, rows: (usize, usize), columns: (usize, usize)) -> Result<Var> {
    let (m, n) = (x.shape()[x.ndim() - 2], x.shape()[x.ndim() - 1]);
    if (rows, columns) == ((0, m), (0, n)) {
        return Ok(x.clone());
    }
    let part = |(from, to)| Pick::Slice { start: from, step: 1, len: to - from };
    let mut picks: Vec<Pick> = matrices(x).iter().map(|&d| part((0, d))).collect();
    picks.extend([part(rows), part(columns)]);
    ops::index(g, x, picks)
}

/// Two results.
fn pair(results: Vec<Var>) -> Result<[Var; 2]> {
    results.try_into().map_err(|_| Error::internal("not two results"))
}

/// Vectors as rows: an axis of size one before the last.
fn as_row(g: &Ctx<'_>, v: &Var) -> Result<Var> {
    let n = v.shape()[v.ndim() - 1];
    let shape: Dims = v.shape()[..v.ndim() - 1].iter().copied().chain([1, n]).collect();
    ops::reshape(g, v, &shape)
}

/// Numbers, one for each matrix, with two axes of size one.
fn per_matrix(g: &Ctx<'_>, v: &Var) -> Result<Var> {
    let shape: Dims = v.shape().iter().copied().chain([1, 1]).collect();
    ops::reshape(g, v, &shape)
}

/// Result `k` of an operation with several, for its gradient rule: part of the graph where the
/// rule is recorded.
fn result(rule: &Rule<'_>, k: usize, value: &Tensor) -> Var {
    match rule.output.node {
        Some(operation) if rule.g.is_recording() => {
            let node = rule.g.output_of(operation, k, value.clone());
            Var { value: value.clone(), node: Some(node), requires: true }
        }
        _ => Var::constant(value.clone()),
    }
}

/// The gradient of result `k`, where something was computed from it.
fn given<'r>(rule: &'r Rule<'_>, k: usize) -> Option<&'r Var> {
    rule.gys.get(k).and_then(Option::as_ref)
}

/// Relative distances up to this count as rounding, for matrices of size `n`.
fn tolerance(dtype: DType, n: usize) -> f64 {
    let eps = if dtype == DType::F32 { f64::from(f32::EPSILON) } else { f64::EPSILON };
    n as f64 * eps
}
