//! Eigenvalues and eigenvectors: `A = V diag(w) Vᵀ`, `gA = V (diag(gw) + F ∘ Vᵀ gV) Vᵀ`, where
//! `Fᵢⱼ = 1 / (wⱼ - wᵢ)` off the diagonal. (Giles 2008, 3.1.)

use super::matmul::product;
use super::{
    as_row, constant, flip, flipped, given, result, square, symmetric, tolerance, with_matrices,
};
use crate::error::Result;
use crate::graph::{Ctx, Keep, OpRef, Var};
use crate::kernels::linalg;
use crate::op::{Grads, Op, Rule, binary, one};
use crate::ops;
use crate::tensor::{Dims, Tensor};

struct Eigh {
    w: Tensor,
    v: Tensor,
}

impl Op for Eigh {
    fn name(&self) -> &str {
        "Eigh"
    }
    fn keeps(&self, _wants: &[bool]) -> Keep {
        Keep::NONE
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        let g = rule.g;
        let v = result(rule, 1, &self.v);
        let vt = flip(g, &v)?;
        let along = match given(rule, 0) {
            None => None,
            Some(gw) => Some(binary(g, ops::Mul, &v, &as_row(g, gw)?)?),
        };
        let across = match given(rule, 1) {
            None => None,
            Some(gv) => {
                let w = result(rule, 0, &self.w);
                let distances =
                    reciprocal_distances(g, &w, |g, wj, wi| binary(g, ops::Sub, wj, wi))?;
                let turned = product(g, &vt, gv)?;
                Some(product(g, &v, &binary(g, ops::Mul, &turned, &distances)?)?)
            }
        };
        let left = match (along, across) {
            (Some(a), Some(b)) => binary(g, ops::Add, &a, &b)?,
            (Some(a), None) | (None, Some(a)) => a,
            (None, None) => return Ok(Grads::new()),
        };
        one(symmetric(g, &product(g, &left, &vt)?)?)
    }
}

/// Eigenvalues in ascending order, and eigenvectors as columns, of symmetric matrices, of which the
/// lower or the upper triangle is given.
pub fn eigh(g: &Ctx<'_>, a: &Var, upper: bool) -> Result<[Var; 2]> {
    square("eigh", a)?;
    let [w, vt] = with_matrices!(a.dtype(), T => linalg::eigh::<T>("eigh", &a.value, upper)?);
    let v = flipped(&vt)?;
    let op = OpRef::new(Eigh { w: w.clone(), v: v.clone() });
    super::pair(g.record_many(op, &[a], vec![w, v]))
}

/// `1 / d(wⱼ, wᵢ)` in row `i` and column `j`; 0 where `wᵢ` and `wⱼ` are equal up to rounding, as on
/// the diagonal. `w` is sorted, one way or the other.
pub(super) fn reciprocal_distances(
    g: &Ctx<'_>,
    w: &Var,
    d: impl FnOnce(&Ctx<'_>, &Var, &Var) -> Result<Var>,
) -> Result<Var> {
    let apart = apart(&w.value)?;
    let wj = as_row(g, w)?;
    let wi = flip(g, &wj)?;
    let one = Var::constant(Tensor::number(w.dtype(), 1.0));
    let together = binary(g, ops::Sub, &one, &apart)?;
    binary(g, ops::Div, &apart, &binary(g, ops::Add, &d(g, &wj, &wi)?, &together)?)
}

/// 1 for pairs of values that differ by more than rounding, else 0.
fn apart(w: &Tensor) -> Result<Var> {
    let n = w.shape()[w.ndim() - 1];
    let (values, dtype) = (w.to_vec()?, w.dtype());
    let shape: Dims = w.shape().iter().copied().chain([n]).collect();
    let mut mask = Vec::with_capacity(values.len() * n);
    for w in values.chunks(n.max(1)) {
        let largest = w.iter().fold(0.0f64, |m, x| m.max(x.abs()));
        let least = largest * tolerance(dtype, n);
        for a in w {
            mask.extend(w.iter().map(|b| if (a - b).abs() > least { 1.0 } else { 0.0 }));
        }
    }
    constant(dtype, &mask, &shape)
}
