//! Division: `z = x / y`, `gx = gz / y`, `gy = -gz · z / y`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::Expr;
use crate::op::Binary;

/// Division: `z = x / y`, `gx = gz / y`, `gy = -gz · z / y`.
#[derive(Clone, Copy, Default)]
pub struct Div;

impl Binary for Div {
    const NAME: &'static str = "Div";
    const FUNCTION: &'static str = "div";
    const DOC: &'static str = "\
Quotient of two operands, element by element: ``x / y``; the gradients are ``gz / y`` and
``-gz * x / y**2``.

Division by 0 follows IEEE 754: infinities and NaN, no exception.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> x = Variable(2.0)
>>> y = F.div(1.0, x)
>>> y.backward()
>>> print(y, x.grad)
variable(0.5) variable(-0.25)";
    const CLASS: Class = Class::Arithmetic;
    const DX: Keep = Keep::Y;
    const DY: Keep = Keep::Y.and(Keep::OUTPUT);

    #[inline(always)]
    fn f<E: Expr>(&self, x: E, y: E) -> E {
        x / y
    }

    #[inline(always)]
    fn dx<E: Expr>(&self, _x: E, y: E, _z: E, gz: E) -> E {
        gz / y
    }

    #[inline(always)]
    fn dy<E: Expr>(&self, _x: E, y: E, z: E, gz: E) -> E {
        -(gz * z / y)
    }
}
