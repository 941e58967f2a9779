//! Sign of the determinant and logarithm of its absolute value: `y = log |det x|`, `gx = gy x⁻ᵀ`.
//! (Giles 2008, 2.2.4.)

use super::inv::{inv, inverse};
use super::{constant, flip, or_unit, per_matrix, square, with_matrices};
use crate::error::Result;
use crate::graph::{Ctx, Keep, Var};
use crate::kernels::linalg::Lu;
use crate::op::{Grads, Op, Rule, binary, one};
use crate::ops;
use crate::tensor::Dims;

struct SlogDet {
    lu: Lu,
}

impl SlogDet {
    fn some_singular(&self) -> bool {
        self.lu.ratios().any(|r| r == 0.0)
    }
}

impl Op for SlogDet {
    fn name(&self) -> &str {
        "SlogDet"
    }
    fn keeps(&self, _wants: &[bool]) -> Keep {
        if self.some_singular() { Keep::X } else { Keep::NONE }
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        let (g, x, gy) = (rule.g, &rule.inputs[0], per_matrix(rule.g, rule.gy()?)?);
        if !self.some_singular() {
            let inverse = inverse(g, &self.lu, x)?;
            return one(binary(g, ops::Mul, &flip(g, &inverse)?, &gy)?);
        }
        let shape: Dims = self.lu.batch().iter().copied().chain([1, 1]).collect();
        let regular = |r: f64| if r == 0.0 { 0.0 } else { 1.0 };
        let mask: Vec<f64> = self.lu.ratios().map(regular).collect();
        let mask = constant(x.dtype(), &mask, &shape)?;
        let inverse = inv(g, &or_unit(g, x, &mask)?)?;
        let gx = binary(g, ops::Mul, &flip(g, &inverse)?, &gy)?;
        one(binary(g, ops::Gate, &gx, &mask)?)
    }
}

/// The signs, which are constants, and the logarithms.
pub fn slogdet(g: &Ctx<'_>, x: &Var) -> Result<[Var; 2]> {
    square("slogdet", x)?;
    let (lu, [sign, log]) = with_matrices!(x.dtype(), T => {
        let lu = Lu::new::<T>("slogdet", &x.value)?;
        let values = lu.slogdet::<T>()?;
        (lu, values)
    });
    Ok([Var::constant(sign), g.record(SlogDet { lu }, &[x], log)])
}
