//! Pseudoinverse: `P = A⁺`, and with `G` the gradient of `P`,
//! `gA = -Pᵀ G Pᵀ + (I - A P) Gᵀ P Pᵀ + Pᵀ P Gᵀ (I - P A)`. (Golub & Pereyra 1973, "The differentiation
//! of pseudo-inverses and nonlinear least squares problems whose variables separate", eq. 4.12.)

use super::matmul::product;
use super::{constant, flip, matrix, tolerance, with_matrices};
use crate::error::Result;
use crate::graph::{Ctx, Keep, Var};
use crate::kernels::linalg;
use crate::op::{Grads, Op, Rule, binary, one};
use crate::ops;
use crate::tensor::Dims;

struct Pinv;

impl Op for Pinv {
    fn name(&self) -> &str {
        "Pinv"
    }
    fn keeps(&self, _wants: &[bool]) -> Keep {
        Keep::X.and(Keep::OUTPUT)
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        let (g, a, p) = (rule.g, &rule.inputs[0], rule.output);
        let (pt, gt) = (flip(g, p)?, flip(g, rule.gy()?)?);
        let left = product(g, p, &pt)?;
        let right = product(g, &pt, p)?;
        let ga = product(g, &gt, &left)?;
        let outside = binary(g, ops::Sub, &ga, &product(g, a, &product(g, p, &ga)?)?)?;
        let gb = product(g, &right, &gt)?;
        let beside = binary(g, ops::Sub, &gb, &product(g, &product(g, &gb, p)?, a)?)?;
        let within = product(g, &product(g, &pt, rule.gy()?)?, &pt)?;
        one(binary(g, ops::Sub, &binary(g, ops::Add, &outside, &beside)?, &within)?)
    }
}

/// The pseudoinverse of each matrix. Singular values count as zero if they are not larger than
/// `rtol` times the largest, by default rounding.
pub fn pinv(g: &Ctx<'_>, a: &Var, rtol: Option<f64>) -> Result<Var> {
    let (m, n) = matrix("pinv", a)?;
    let [ut, s, vt] = with_matrices!(a.dtype(), T => linalg::svd::<T>("pinv", &a.value, false)?);
    let least = rtol.unwrap_or_else(|| tolerance(a.dtype(), m.max(n)));
    let (k, values) = (m.min(n), s.to_vec()?);
    let of = |row: &[f64]| -> Vec<f64> {
        row.iter().map(|&x| if x > least * row[0] { 1.0 / x } else { 0.0 }).collect()
    };
    let inverse: Vec<f64> = values.chunks(k.max(1)).flat_map(of).collect();
    let shape: Dims = s.shape().iter().copied().chain([1]).collect();
    let inverse = constant(a.dtype(), &inverse, &shape)?;
    let right = binary(g, ops::Mul, &Var::constant(ut), &inverse)?;
    let p = product(g, &flip(g, &Var::constant(vt))?, &right)?;
    Ok(g.record(Pinv, &[a], p.value))
}
