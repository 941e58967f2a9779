//! Orthogonal times triangular: `A = Q R`, `gA = (gQ + Q copyltu(M)) R⁻ᵀ` with
//! `M = R gRᵀ - gQᵀ Q`, where `copyltu` copies the lower triangle to the upper one. (Walter, Lehmann &
//! Lamour 2012, "On evaluating higher-order derivatives of the QR decomposition of tall matrices with
//! full column rank in forward and reverse mode algorithmic differentiation".)

use super::matmul::product;
use super::solve::solve_lower;
use super::{
    columns, constant, flip, flipped, given, matrices, matrix, pair, pattern, result, tolerance,
    with_matrices,
};
use crate::error::Result;
use crate::graph::{Ctx, Keep, OpRef, Var};
use crate::kernels::linalg;
use crate::op::{Grads, Op, Rule, binary, one, unary};
use crate::ops;
use crate::tensor::{Dims, Tensor};

struct Qr {
    q: Tensor,
    r: Tensor,
}

impl Op for Qr {
    fn name(&self) -> &str {
        "Qr"
    }
    fn keeps(&self, _wants: &[bool]) -> Keep {
        Keep::NONE
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        let g = rule.g;
        let (q, r) = (result(rule, 0, &self.q), result(rule, 1, &self.r));
        let n = r.shape()[r.ndim() - 1];
        let lower = pattern(r.dtype(), [n, n], |i, j| i >= j)?;
        let strict = pattern(r.dtype(), [n, n], |i, j| i > j)?;
        let (mut m, gq) = (None, given(rule, 0));
        if let Some(gr) = given(rule, 1) {
            // What lies below the diagonal is zero whatever `A` is.
            let grt = binary(g, ops::Gate, &flip(g, gr)?, &lower)?;
            m = Some(product(g, &r, &grt)?);
        }
        if let Some(gq) = gq {
            let qq = product(g, &flip(g, gq)?, &q)?;
            m = Some(match m {
                Some(m) => binary(g, ops::Sub, &m, &qq)?,
                None => unary(g, ops::Neg, &qq)?,
            });
        }
        let Some(m) = m else { return Ok(Grads::new()) };
        let upper = flip(g, &binary(g, ops::Gate, &m, &strict)?)?;
        let copied = binary(g, ops::Add, &binary(g, ops::Gate, &m, &lower)?, &upper)?;
        let mut left = product(g, &q, &copied)?;
        if let Some(gq) = gq {
            left = binary(g, ops::Add, &left, gq)?;
        }
        let (rt, regular) = regular(g, &flip(g, &r)?)?;
        let gat = solve_lower(g, &rt, true, &flip(g, &left)?)?;
        one(binary(g, ops::Gate, &flip(g, &gat)?, &regular)?)
    }
}

/// Triangular matrices with the unit matrix in place of singular ones, and a mask of the others.
fn regular(g: &Ctx<'_>, rt: &Var) -> Result<(Var, Var)> {
    let n = rt.shape()[rt.ndim() - 1];
    let lead = matrices(rt);
    let values = rt.value.to_vec()?;
    let full_rank = |m: &[f64]| {
        let diagonal = || m.iter().step_by(n + 1).map(|x| x.abs());
        let largest = diagonal().fold(0.0, f64::max);
        // NaN is to show.
        m.iter().any(|x| x.is_nan()) || diagonal().all(|x| x > largest * tolerance(rt.dtype(), n))
    };
    let count: usize = lead.iter().product();
    let mask: Vec<f64> = (0..count)
        .map(|i| if full_rank(&values[i * n * n..(i + 1) * n * n]) { 1.0 } else { 0.0 })
        .collect();
    let shape: Dims = lead.iter().copied().chain([1, 1]).collect();
    let mask = constant(rt.dtype(), &mask, &shape)?;
    Ok((super::or_unit(g, rt, &mask)?, mask))
}

/// Orthonormal columns and an upper triangular matrix whose diagonal is not negative; `Q` has as
/// many columns as `A` has rows or columns, whichever is less.
pub fn qr(g: &Ctx<'_>, a: &Var) -> Result<[Var; 2]> {
    let (m, n) = matrix("qr", a)?;
    if m >= n {
        let [qt, r] = with_matrices!(a.dtype(), T => linalg::qr::<T>("qr", &a.value)?);
        let q = flipped(&qt)?;
        let op = OpRef::new(Qr { q: q.clone(), r: r.clone() });
        return pair(g.record_many(op, &[a], vec![q, r]));
    }
    // The first columns determine `Q`.
    let [q, _] = qr(g, &columns(g, a, 0, m)?)?;
    let upper = pattern(a.dtype(), [m, n], |i, j| i <= j)?;
    let r = binary(g, ops::Gate, &product(g, &flip(g, &q)?, a)?, &upper)?;
    Ok([q, r])
}
