//! Sine: `y = sin x`, `gx = gy · cos x`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::Expr;
use crate::op::Unary;

/// Sine: `y = sin x`, `gx = gy · cos x`.
#[derive(Clone, Copy, Default)]
pub struct Sin;

impl Unary for Sin {
    const NAME: &'static str = "Sin";
    const FUNCTION: &'static str = "sin";
    const DOC: &'static str = "\
Sine of an angle in radians, element by element; the gradient is ``gy * cos(x)``.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> x = Variable(1.0)
>>> y = F.sin(x)
>>> y.backward()
>>> print(y, x.grad)
variable(0.8414709848078965) variable(0.5403023058681398)";
    const CLASS: Class = Class::Trig;
    const GRAD_CLASS: Class = Class::Trig;
    const KEEP: Keep = Keep::X;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x.sin()
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, x: E, _y: E, gy: E) -> E {
        gy * x.cos()
    }
}
