//! Inverse matrix: `y = x⁻¹`, `gx = -yᵀ gy yᵀ`. (Giles 2008, 2.2.3.)

use super::matmul::product;
use super::{square, with_matrices};
use crate::error::Result;
use crate::graph::{Ctx, Keep, Var};
use crate::kernels::linalg::Lu;
use crate::op::{Grads, Op, Rule, one, unary};
use crate::ops;

struct Inv;

impl Op for Inv {
    fn name(&self) -> &str {
        "Inv"
    }
    fn keeps(&self, _wants: &[bool]) -> Keep {
        Keep::OUTPUT
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        let (g, gy) = (rule.g, rule.gy()?);
        let yt = ops::swapaxes(g, rule.output, -1, -2)?;
        one(unary(g, ops::Neg, &product(g, &product(g, &yt, gy)?, &yt)?)?)
    }
}

/// The inverse of each matrix.
pub fn inv(g: &Ctx<'_>, x: &Var) -> Result<Var> {
    square("inv", x)?;
    let lu = with_matrices!(x.dtype(), T => Lu::new::<T>("inv", &x.value)?);
    inverse(g, &lu, x)
}

/// The same, from factors of `x`.
pub(super) fn inverse(g: &Ctx<'_>, lu: &Lu, x: &Var) -> Result<Var> {
    let value = with_matrices!(x.dtype(), T => lu.inverse::<T>()?);
    Ok(g.record(Inv, &[x], value))
}
