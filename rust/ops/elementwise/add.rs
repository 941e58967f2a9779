//! Addition: `z = x + y`, `gx = gz`, `gy = gz`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::Expr;
use crate::op::Binary;

/// Addition: `z = x + y`, `gx = gz`, `gy = gz`.
#[derive(Clone, Copy, Default)]
pub struct Add;

impl Binary for Add {
    const NAME: &'static str = "Add";
    const FUNCTION: &'static str = "add";
    const DOC: &'static str = "\
Sum of two operands, element by element: ``x + y``; both gradients are ``gz``.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> print(F.add(Variable([1.0, 2.0]), 10.0))
variable([11., 12.])";
    const CLASS: Class = Class::Arithmetic;
    const DX: Keep = Keep::NONE;
    const DY: Keep = Keep::NONE;
    const DX_IS_GZ: bool = true;
    const DY_IS_GZ: bool = true;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E, y: E) -> E {
        x + y
    }

    #[inline(always)]
    fn dx<E: Expr>(&self, _x: E, _y: E, _z: E, gz: E) -> E {
        gz
    }

    #[inline(always)]
    fn dy<E: Expr>(&self, _x: E, _y: E, _z: E, gz: E) -> E {
        gz
    }
}
