//! Singular values and vectors: `A = U diag(s) Vᵀ`. With `E = 1 / (sⱼ² - sᵢ²)` off the diagonal,
//! `gA = U [(E ∘ (UᵀgU - gUᵀU)) S + S (E ∘ (VᵀgV - gVᵀV)) + diag(gs)] Vᵀ`, and where there are more
//! rows or columns than singular values, `(I - UUᵀ) gU S⁻¹ Vᵀ` or `U S⁻¹ gVᵀ (I - VVᵀ)`. (Townsend
//! 2016, "Differentiating the singular value decomposition".)

use super::eigh::reciprocal_distances;
use super::matmul::product;
use super::{
    as_row, columns, constant, flip, flipped, given, matrix, result, tolerance, with_matrices,
};
use crate::error::{Error, Result};
use crate::graph::{Ctx, Keep, OpRef, Var};
use crate::kernels::linalg;
use crate::op::{Grads, Op, Rule, binary, one};
use crate::ops;
use crate::tensor::Tensor;

struct Svd {
    u: Tensor,
    s: Tensor,
    vh: Tensor,
}

impl Op for Svd {
    fn name(&self) -> &str {
        "Svd"
    }
    fn keeps(&self, _wants: &[bool]) -> Keep {
        Keep::NONE
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        let g = rule.g;
        let k = self.s.shape()[self.s.ndim() - 1];
        let (u, vh) = (result(rule, 0, &self.u), result(rule, 2, &self.vh));
        let v = flip(g, &vh)?;
        let gv = given(rule, 2).map(|gvh| flip(g, gvh)).transpose()?;
        let (u1, v1) = (columns(g, &u, 0, k)?, columns(g, &v, 0, k)?);
        let (ut1, vt1) = (flip(g, &u1)?, flip(g, &v1)?);
        let mut sum = Sum::default();
        if let Some(gs) = given(rule, 1) {
            sum.add(g, product(g, &binary(g, ops::Mul, &u1, &as_row(g, gs)?)?, &vt1)?)?;
        }
        if given(rule, 0).is_none() && gv.is_none() {
            return sum.result();
        }
        let s = result(rule, 1, &self.s);
        let row = as_row(g, &s)?;
        let column = flip(g, &row)?;
        let distances = reciprocal_distances(g, &s, |g, sj, si| {
            let difference = binary(g, ops::Sub, sj, si)?;
            binary(g, ops::Mul, &difference, &binary(g, ops::Add, sj, si)?)
        })?;
        let inverse = flip(g, &as_row(g, &reciprocals(g, &s)?)?)?;
        if let Some(gu) = given(rule, 0) {
            let turned = turned(g, &ut1, &columns(g, gu, 0, k)?, &distances)?;
            let inside = binary(g, ops::Mul, &turned, &row)?;
            sum.add(g, product(g, &product(g, &u1, &inside)?, &vt1)?)?;
            let (outside, m) = (outside(g, &u, gu, k)?, u.shape()[u.ndim() - 2]);
            if m > k {
                sum.add(g, product(g, &outside, &binary(g, ops::Mul, &inverse, &vt1)?)?)?;
            }
        }
        if let Some(gv) = &gv {
            let turned = turned(g, &vt1, &columns(g, gv, 0, k)?, &distances)?;
            let inside = binary(g, ops::Mul, &turned, &column)?;
            sum.add(g, product(g, &product(g, &u1, &inside)?, &vt1)?)?;
            let n = v.shape()[v.ndim() - 2];
            if n > k {
                let outside = binary(g, ops::Mul, &flip(g, &outside(g, &v, gv, k)?)?, &inverse)?;
                sum.add(g, product(g, &u1, &outside)?)?;
            }
        }
        sum.result()
    }
}

/// Terms as they come.
#[derive(Default)]
struct Sum(Option<Var>);

impl Sum {
    fn add(&mut self, g: &Ctx<'_>, term: Var) -> Result<()> {
        self.0 = Some(match self.0.take() {
            None => term,
            Some(sum) => binary(g, ops::Add, &sum, &term)?,
        });
        Ok(())
    }

    fn result(self) -> Result<Grads> {
        self.0.map_or_else(|| Ok(Grads::new()), one)
    }
}

/// `E ∘ (UᵀgU - gUᵀU)`.
fn turned(g: &Ctx<'_>, ut: &Var, gu: &Var, distances: &Var) -> Result<Var> {
    let turn = product(g, ut, gu)?;
    let turn = binary(g, ops::Sub, &turn, &flip(g, &turn)?)?;
    binary(g, ops::Mul, &turn, distances)
}

/// What the gradient of `U` says of directions that none of its first `k` columns has. If `U` has
/// no others, `(I - UUᵀ) gU`; if it is square, `U₂ (U₂ᵀ gU₁ - gU₂ᵀ U₁)`, which also counts how
/// the other columns turn when the first ones do.
fn outside(g: &Ctx<'_>, u: &Var, gu: &Var, k: usize) -> Result<Var> {
    let (m, n) = (u.shape()[u.ndim() - 2], u.shape()[u.ndim() - 1]);
    if n == k {
        let within = product(g, u, &product(g, &flip(g, u)?, gu)?)?;
        return binary(g, ops::Sub, gu, &within);
    }
    let (u1, u2) = (columns(g, u, 0, k)?, columns(g, u, k, m)?);
    let (gu1, gu2) = (columns(g, gu, 0, k)?, columns(g, gu, k, m)?);
    let turn = product(g, &flip(g, &u2)?, &gu1)?;
    let back = product(g, &flip(g, &gu2)?, &u1)?;
    product(g, &u2, &binary(g, ops::Sub, &turn, &back)?)
}

/// `1 / s`, and 0 for values that are zero up to rounding.
fn reciprocals(g: &Ctx<'_>, s: &Var) -> Result<Var> {
    let k = s.shape()[s.ndim() - 1];
    let least = tolerance(s.dtype(), k);
    let values = s.value.to_vec()?;
    let of = |row: &[f64]| -> Vec<f64> {
        row.iter().map(|&x| if x > least * row[0] { 1.0 } else { 0.0 }).collect()
    };
    let mask: Vec<f64> = values.chunks(k.max(1)).flat_map(of).collect();
    let positive = constant(s.dtype(), &mask, s.shape())?;
    let one = Var::constant(Tensor::number(s.dtype(), 1.0));
    let zero = binary(g, ops::Sub, &one, &positive)?;
    binary(g, ops::Div, &positive, &binary(g, ops::Add, s, &zero)?)
}

/// `U`, the singular values in descending order, and `Vᵀ`. With `full`, `U` and `V` are square.
pub fn svd(g: &Ctx<'_>, a: &Var, full: bool) -> Result<[Var; 3]> {
    matrix("svd", a)?;
    let [ut, s, vh] = with_matrices!(a.dtype(), T => linalg::svd::<T>("svd", &a.value, full)?);
    let u = flipped(&ut)?;
    let op = OpRef::new(Svd { u: u.clone(), s: s.clone(), vh: vh.clone() });
    let results = g.record_many(op, &[a], vec![u, s, vh]);
    results.try_into().map_err(|_| Error::internal("an svd without three results"))
}
