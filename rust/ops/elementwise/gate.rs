//! The gate of formulas: `y = x` where the mask is not 0, else 0, `gx` likewise.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::Expr;
use crate::op::Binary;

/// `x` where the mask `y` is not 0, and exactly 0 elsewhere, be `x` infinite or NaN there. The mask
/// counts as a constant.
#[derive(Clone, Copy, Default)]
pub struct Gate;

impl Binary for Gate {
    const NAME: &'static str = "Gate";
    const FUNCTION: &'static str = "gate";
    const CLASS: Class = Class::Arithmetic;
    const DX: Keep = Keep::Y;
    const DY: Keep = Keep::NONE;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E, y: E) -> E {
        x.gate(y)
    }

    #[inline(always)]
    fn dx<E: Expr>(&self, _x: E, y: E, _z: E, gz: E) -> E {
        gz.gate(y)
    }

    #[inline(always)]
    fn dy<E: Expr>(&self, _x: E, _y: E, _z: E, gz: E) -> E {
        gz.lit(0.0)
    }
}
