//! Multiplication: `z = x · y`, `gx = gz · y`, `gy = gz · x`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::Expr;
use crate::op::Binary;

/// Multiplication: `z = x · y`, `gx = gz · y`, `gy = gz · x`.
#[derive(Clone, Copy, Default)]
pub struct Mul;

impl Binary for Mul {
    const NAME: &'static str = "Mul";
    const FUNCTION: &'static str = "mul";
    const DOC: &'static str = "\
Product of two operands, element by element: ``x * y``; the gradients are ``gz * y`` and ``gz * x``.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> x = Variable([1.0, 2.0])
>>> y = F.mul(x, 3.0)
>>> y.backward()
>>> print(y, x.grad)
variable([3., 6.]) variable([3., 3.])";
    const CLASS: Class = Class::Arithmetic;
    const DX: Keep = Keep::Y;
    const DY: Keep = Keep::X;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E, y: E) -> E {
        x * y
    }

    #[inline(always)]
    fn dx<E: Expr>(&self, _x: E, y: E, _z: E, gz: E) -> E {
        gz * y
    }

    #[inline(always)]
    fn dy<E: Expr>(&self, x: E, _y: E, _z: E, gz: E) -> E {
        gz * x
    }
}
