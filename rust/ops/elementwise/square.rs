//! Square: `y = x²`, `gx = gy · 2x`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::Expr;
use crate::op::Unary;

/// Square: `y = x²`, `gx = gy · 2x`.
#[derive(Clone, Copy, Default)]
pub struct Square;

impl Unary for Square {
    const NAME: &'static str = "Square";
    const FUNCTION: &'static str = "square";
    const DOC: &'static str = "\
Square, element by element: ``x * x``; the gradient is ``gy * 2 * x``.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> x = Variable(3.0)
>>> y = F.square(x)
>>> y.backward()
>>> print(y, x.grad)
variable(9.0) variable(6.0)";
    const CLASS: Class = Class::Arithmetic;
    const KEEP: Keep = Keep::X;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x * x
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, x: E, _y: E, gy: E) -> E {
        gy * (x + x)
    }
}
