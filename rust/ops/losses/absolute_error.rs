//! Mean absolute error: `Σ |x - t| / n`.

use super::mean_of;
use crate::error::Result;
use crate::graph::{Ctx, Keep, Var};
use crate::kernels::dispatch::Class;
use crate::kernels::expr::Expr;
use crate::op::Binary;
use crate::ops;

/// `z = |x - y|`, `gx = gz · sign(x - y)`, `gy = -gx`.
#[derive(Clone, Copy, Default)]
pub struct AbsoluteError;

impl Binary for AbsoluteError {
    const NAME: &'static str = "AbsoluteError";
    const FUNCTION: &'static str = "mean_absolute_error";
    const CLASS: Class = Class::Arithmetic;
    const DX: Keep = Keep::X.and(Keep::Y);
    const DY: Keep = Keep::X.and(Keep::Y);

    #[inline(always)]
    fn f<E: Expr>(&self, x: E, y: E) -> E {
        (x - y).call(ops::Abs)
    }

    #[inline(always)]
    fn dx<E: Expr>(&self, x: E, y: E, _z: E, gz: E) -> E {
        gz * (x.gt(y) - y.gt(x))
    }

    #[inline(always)]
    fn dy<E: Expr>(&self, x: E, y: E, _z: E, gz: E) -> E {
        gz * (y.gt(x) - x.gt(y))
    }
}

/// The mean of the absolute differences. Of nothing it is NaN.
pub fn mean_absolute_error(g: &Ctx<'_>, x0: &Var, x1: &Var) -> Result<Var> {
    mean_of(g, AbsoluteError, x0, x1)
}
