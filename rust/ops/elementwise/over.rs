//! The quotient of formulas: `z = x / y`, and 0 where `y` is 0; its gradients likewise.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Elementary2, Expr};
use crate::op::Binary;

/// `x / y`, and 0 where `y` is 0. Its derivatives are of its own kind, so that they are 0 there at
/// every order, where those of a gated quotient would meet 0 times infinity.
#[derive(Clone, Copy, Default)]
pub struct Over;

/// `x / y`, and 0 where `y` is 0.
#[inline(always)]
pub fn over<E: Expr>(x: E, y: E) -> E {
    x.call2(y, Over)
}

impl Binary for Over {
    const NAME: &'static str = "Over";
    const FUNCTION: &'static str = "over";
    const CLASS: Class = Class::Arithmetic;
    const DX: Keep = Keep::Y;
    const DY: Keep = Keep::Y.and(Keep::OUTPUT);

    #[inline(always)]
    fn f<E: Expr>(&self, x: E, y: E) -> E {
        over(x, y)
    }

    #[inline(always)]
    fn dx<E: Expr>(&self, _x: E, y: E, _z: E, gz: E) -> E {
        over(gz, y)
    }

    #[inline(always)]
    fn dy<E: Expr>(&self, _x: E, y: E, z: E, gz: E) -> E {
        -over(gz * z, y)
    }
}

impl Elementary2 for Over {
    #[inline(always)]
    fn f64(self, x: f64, y: f64) -> f64 {
        if y == 0.0 { 0.0 } else { x / y }
    }
    #[inline(always)]
    fn f32(self, x: f32, y: f32) -> f32 {
        if y == 0.0 { 0.0 } else { x / y }
    }
}
