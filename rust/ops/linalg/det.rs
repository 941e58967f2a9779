//! Determinant: `y = det x`, `gx = gy · y x⁻ᵀ`, which is the matrix of cofactors. (Giles 2008, 2.2.4.)

use std::rc::Rc;

use super::cofactors::cofactors;
use super::inv::inverse;
use super::{flip, per_matrix, square, with_matrices};
use crate::error::Result;
use crate::graph::{Ctx, Keep, Var};
use crate::kernels::linalg::Lu;
use crate::op::{Grads, Op, Rule, binary, one};
use crate::ops;
use crate::tensor::DType;

struct Det {
    lu: Rc<Lu>,
    /// Some matrix is singular, or so nearly that its inverse says little.
    fragile: bool,
}

impl Op for Det {
    fn name(&self) -> &str {
        "Det"
    }
    fn keeps(&self, _wants: &[bool]) -> Keep {
        if self.fragile { Keep::X } else { Keep::OUTPUT }
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        let (g, x) = (rule.g, &rule.inputs[0]);
        let gy = per_matrix(g, rule.gy()?)?;
        if self.fragile {
            return one(binary(g, ops::Mul, &cofactors(g, x)?, &gy)?);
        }
        let factor = binary(g, ops::Mul, &gy, &per_matrix(g, rule.output)?)?;
        let inverse = inverse(g, &self.lu, x)?;
        one(binary(g, ops::Mul, &flip(g, &inverse)?, &factor)?)
    }
}

/// The determinant of each matrix.
pub fn det(g: &Ctx<'_>, x: &Var) -> Result<Var> {
    square("det", x)?;
    let (lu, value) = with_matrices!(x.dtype(), T => {
        let lu = Lu::new::<T>("det", &x.value)?;
        let value = lu.det::<T>()?;
        (lu, value)
    });
    let least = threshold(x.dtype());
    let fragile = lu.ratios().any(|r| r < least);
    Ok(g.record(Det { lu: Rc::new(lu), fragile }, &[x], value))
}

/// Matrices whose smallest pivot or singular value, relative to the largest, is below this count as
/// nearly singular: about the cube root of the rounding error.
pub(super) fn threshold(dtype: DType) -> f64 {
    if dtype == DType::F32 { 5e-3 } else { 1e-5 }
}
