//! Square root: `y = √x`, `gx = gy / 2y`, taken as 0 at 0, where the slope is infinite.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::Expr;
use crate::op::Unary;
use crate::ops::over;

/// Square root: `y = √x`, `gx = gy / 2y`, taken as 0 at 0, where the slope is infinite.
#[derive(Clone, Copy, Default)]
pub struct Sqrt;

impl Unary for Sqrt {
    const NAME: &'static str = "Sqrt";
    const FUNCTION: &'static str = "sqrt";
    const DOC: &'static str = "\
Square root, element by element; the gradient is ``gy / (2 * sqrt(x))``.

At 0, where the slope is infinite, the gradient is taken as 0, so that norms of zero vectors
do not spoil a whole gradient. Below 0 the value is NaN.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> x = Variable(4.0)
>>> y = F.sqrt(x)
>>> y.backward()
>>> print(y, x.grad)
variable(2.0) variable(0.25)";
    const CLASS: Class = Class::Arithmetic;
    const KEEP: Keep = Keep::OUTPUT;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x.sqrt()
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, _x: E, y: E, gy: E) -> E {
        over(gy, y + y)
    }
}
