//! Cholesky's factor: `A = L Lᵀ`, `gA = sym(L⁻ᵀ Φ(Lᵀ gL) L⁻¹)`, where `Φ` takes the lower triangle and
//! half of the diagonal. (Murray 2016, "Differentiation of the Cholesky decomposition", eq. 9 and 10.)

use super::matmul::product;
use super::solve::solve_lower;
use super::{flip, flipped, pattern, square, symmetric, with_matrices};
use crate::error::Result;
use crate::graph::{Ctx, Keep, Var};
use crate::kernels::linalg;
use crate::op::{Grads, Op, Rule, binary, one};
use crate::ops;
use crate::tensor::Tensor;

struct Cholesky;

impl Op for Cholesky {
    fn name(&self) -> &str {
        "Cholesky"
    }
    fn keeps(&self, _wants: &[bool]) -> Keep {
        Keep::OUTPUT
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        let (g, l) = (rule.g, rule.output);
        let n = l.shape()[l.ndim() - 1];
        let lower = pattern(l.dtype(), [n, n], |i, j| i >= j)?;
        let strict = pattern(l.dtype(), [n, n], |i, j| i > j)?;
        let half = Var::constant(Tensor::number(l.dtype(), 0.5));
        let phi = binary(g, ops::Mul, &binary(g, ops::Add, &lower, &strict)?, &half)?;
        // What lies above the diagonal is zero whatever `A` is.
        let gl = binary(g, ops::Gate, rule.gy()?, &lower)?;
        let p = binary(g, ops::Mul, &product(g, &flip(g, l)?, &gl)?, &phi)?;
        let s = solve_lower(g, l, true, &p)?;
        let s = solve_lower(g, l, true, &flip(g, &s)?)?;
        one(symmetric(g, &s)?)
    }
}

/// The lower triangular factors of positive definite matrices, from their lower triangles.
pub fn cholesky(g: &Ctx<'_>, a: &Var) -> Result<Var> {
    square("cholesky", a)?;
    let lt = with_matrices!(a.dtype(), T => linalg::cholesky::<T>("cholesky", &a.value)?);
    Ok(g.record(Cholesky, &[a], flipped(&lt)?))
}
