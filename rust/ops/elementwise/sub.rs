//! Subtraction: `z = x - y`, `gx = gz`, `gy = -gz`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::Expr;
use crate::op::Binary;

/// Subtraction: `z = x - y`, `gx = gz`, `gy = -gz`.
#[derive(Clone, Copy, Default)]
pub struct Sub;

impl Binary for Sub {
    const NAME: &'static str = "Sub";
    const FUNCTION: &'static str = "sub";
    const DOC: &'static str = "\
Difference of two operands, element by element: ``x - y``; the gradients are ``gz`` and ``-gz``.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> print(F.sub(1.0, Variable([1.0, 2.0])))
variable([ 0., -1.])";
    const CLASS: Class = Class::Arithmetic;
    const DX: Keep = Keep::NONE;
    const DY: Keep = Keep::NONE;
    const DX_IS_GZ: bool = true;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E, y: E) -> E {
        x - y
    }

    #[inline(always)]
    fn dx<E: Expr>(&self, _x: E, _y: E, _z: E, gz: E) -> E {
        gz
    }

    #[inline(always)]
    fn dy<E: Expr>(&self, _x: E, _y: E, _z: E, gz: E) -> E {
        -gz
    }
}
