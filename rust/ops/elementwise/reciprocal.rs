//! Reciprocal: `y = 1 / x`, `gx = -gy · y²`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::Expr;
use crate::op::Unary;

/// Reciprocal: `y = 1 / x`, `gx = -gy · y²`.
#[derive(Clone, Copy, Default)]
pub struct Reciprocal;

impl Unary for Reciprocal {
    const NAME: &'static str = "Reciprocal";
    const FUNCTION: &'static str = "reciprocal";
    const DOC: &'static str = "\
Reciprocal, element by element: ``1 / x``; the gradient is ``-gy / x**2``.

At 0 value and gradient are infinite.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> x = Variable(2.0)
>>> y = F.reciprocal(x)
>>> y.backward()
>>> print(y, x.grad)
variable(0.5) variable(-0.25)";
    const CLASS: Class = Class::Arithmetic;
    const KEEP: Keep = Keep::OUTPUT;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x.lit(1.0) / x
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, _x: E, y: E, gy: E) -> E {
        -(gy * y * y)
    }
}
