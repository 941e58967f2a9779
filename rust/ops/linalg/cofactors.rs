//! Cofactors of matrices that may be singular, differentiable to any order.
//!
//! `A = U B Vᵀ`, where the constants `U` and `V` are those of the singular value decomposition, and
//! `B` is diagonal here but may move. With `B₁₁` the block of the larger singular values,
//! `P = B₁₁⁻¹ B₁₂`, `Q = B₂₁ B₁₁⁻¹` and Schur's complement `S = B₂₂ - B₂₁ P`,
//!
//! `adj B = det B₁₁ · (E₁ det(S) B₁₁⁻¹ E₁ᵀ + (E₂ - E₁ P) adj(S) (E₂ - E₁ Qᵀ)ᵀ)`,
//!
//! where `E₁` and `E₂` are the first and the last columns of the unit matrix. The determinant and the
//! adjugate of `S`, which is small, are polynomials (Faddeev & Leverrier): nothing is divided by it.

use super::det::{det, threshold};
use super::inv::inv;
use super::matmul::product;
use super::{block, constant, flip, flipped, pattern, per_matrix, with_matrices};
use crate::error::Result;
use crate::graph::{Ctx, Var};
use crate::kernels::linalg::{self, Lu};
use crate::op::{binary, unary};
use crate::ops;
use crate::tensor::{Dims, Tensor};

/// The matrix of cofactors of each matrix: `det(A) A⁻ᵀ` where there is an inverse.
pub(super) fn cofactors(g: &Ctx<'_>, a: &Var) -> Result<Var> {
    let n = a.shape()[a.ndim() - 1];
    let (u, s, v, sign) = with_matrices!(a.dtype(), T => {
        let [ut, s, vt] = linalg::svd::<T>("det", &a.value, true)?;
        let [u, v] = [flipped(&ut)?, flipped(&vt)?];
        let sign_u = Lu::new::<T>("det", &u)?.slogdet::<T>()?[0].to_vec()?;
        let sign_v = Lu::new::<T>("det", &v)?.slogdet::<T>()?[0].to_vec()?;
        let sign: Vec<f64> = sign_u.iter().zip(sign_v).map(|(a, b)| a * b).collect();
        (Var::constant(u), s, Var::constant(v), sign)
    });
    let k = n - small(&s, threshold(a.dtype()))?;
    let b = product(g, &product(g, &flip(g, &u)?, a)?, &v)?;
    let adjugate = flip(g, &adjugate(g, &b, k)?)?;
    let shape: Dims = a.shape()[..a.ndim() - 2].iter().copied().chain([1, 1]).collect();
    let sign = constant(a.dtype(), &sign, &shape)?;
    let c = product(g, &product(g, &u, &adjugate)?, &flip(g, &v)?)?;
    binary(g, ops::Mul, &c, &sign)
}

/// How many singular values are small, in the matrix that has the most.
fn small(s: &Tensor, least: f64) -> Result<usize> {
    let values = s.to_vec()?;
    let n = s.shape()[s.ndim() - 1].max(1);
    let count = |s: &[f64]| s.iter().filter(|&&x| x <= least * s[0]).count();
    Ok(values.chunks(n).map(count).max().unwrap_or(0))
}

/// The adjugate of matrices whose first `k` rows and columns have an inverse.
fn adjugate(g: &Ctx<'_>, b: &Var, k: usize) -> Result<Var> {
    let n = b.shape()[b.ndim() - 1];
    let (first, last) = ((0, k), (k, n));
    let inverse = inv(g, &block(g, b, first, first)?)?;
    let p = product(g, &inverse, &block(g, b, first, last)?)?;
    let q = product(g, &block(g, b, last, first)?, &inverse)?;
    let correction = product(g, &block(g, b, last, first)?, &p)?;
    let s = binary(g, ops::Sub, &block(g, b, last, last)?, &correction)?;
    let (det_s, adj_s) = faddeev(g, &s)?;
    let e1 = pattern(b.dtype(), [n, k], |i, j| i == j)?;
    let e2 = pattern(b.dtype(), [n, n - k], |i, j| i == j + k)?;
    let left = binary(g, ops::Sub, &e2, &product(g, &e1, &p)?)?;
    let right = flip(g, &binary(g, ops::Sub, &e2, &product(g, &e1, &flip(g, &q)?)?)?)?;
    let large = product(g, &product(g, &e1, &inverse)?, &flip(g, &e1)?)?;
    let large = binary(g, ops::Mul, &large, &det_s)?;
    let whole = binary(g, ops::Add, &large, &product(g, &product(g, &left, &adj_s)?, &right)?)?;
    let factor = per_matrix(g, &det(g, &block(g, b, first, first)?)?)?;
    binary(g, ops::Mul, &whole, &factor)
}

/// The determinants, with two axes of size one, and the adjugates, without a division by elements:
/// `Mⱼ = S Mⱼ₋₁ + c I`, `c = -tr(S Mⱼ) / j`, from `M₁ = I`.
fn faddeev(g: &Ctx<'_>, s: &Var) -> Result<(Var, Var)> {
    let r = s.shape()[s.ndim() - 1];
    let number = |x: f64| Var::constant(Tensor::number(s.dtype(), x));
    let unit = pattern(s.dtype(), [r, r], |i, j| i == j)?;
    let (mut m, mut c) = (unit.clone(), number(1.0));
    for j in 1..=r {
        let sm = product(g, s, &m)?;
        let diagonal = binary(g, ops::Mul, &sm, &unit)?;
        let trace = ops::sum(g, &diagonal, Some(&[-1, -2]), true)?;
        c = binary(g, ops::Mul, &trace, &number(-1.0 / j as f64))?;
        if j < r {
            m = binary(g, ops::Add, &sm, &binary(g, ops::Mul, &c, &unit)?)?;
        }
    }
    // Both have the sign of the characteristic polynomial's end.
    let det = if r % 2 == 1 { unary(g, ops::Neg, &c)? } else { c };
    let adjugate = if r > 0 && r.is_multiple_of(2) { unary(g, ops::Neg, &m)? } else { m };
    Ok((det, adjugate))
}
