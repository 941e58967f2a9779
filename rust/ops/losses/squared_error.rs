//! Mean squared error: `Σ (x - t)² / n`.

use super::mean_of;
use crate::error::Result;
use crate::graph::{Ctx, Keep, Var};
use crate::kernels::dispatch::Class;
use crate::kernels::expr::Expr;
use crate::op::Binary;

/// `z = (x - y)²`, `gx = 2 gz (x - y)`, `gy = -gx`.
#[derive(Clone, Copy, Default)]
pub struct SquaredError;

impl Binary for SquaredError {
    const NAME: &'static str = "SquaredError";
    const FUNCTION: &'static str = "mean_squared_error";
    const CLASS: Class = Class::Arithmetic;
    const DX: Keep = Keep::X.and(Keep::Y);
    const DY: Keep = Keep::X.and(Keep::Y);

    #[inline(always)]
    fn f<E: Expr>(&self, x: E, y: E) -> E {
        let error = x - y;
        error * error
    }

    #[inline(always)]
    fn dx<E: Expr>(&self, x: E, y: E, _z: E, gz: E) -> E {
        (gz + gz) * (x - y)
    }

    #[inline(always)]
    fn dy<E: Expr>(&self, x: E, y: E, _z: E, gz: E) -> E {
        (gz + gz) * (y - x)
    }
}

/// The mean of the squared differences. Of nothing it is NaN.
pub fn mean_squared_error(g: &Ctx<'_>, x0: &Var, x1: &Var) -> Result<Var> {
    mean_of(g, SquaredError, x0, x1)
}
