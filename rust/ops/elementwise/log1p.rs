//! Logarithm near 1: `y = ln(1 + x)`, `gx = gy / (1 + x)`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Expr, elementary};
use crate::kernels::math;
use crate::op::Unary;

/// Logarithm near 1: `y = ln(1 + x)`, `gx = gy / (1 + x)`.
#[derive(Clone, Copy, Default)]
pub struct Log1p;

impl Unary for Log1p {
    const NAME: &'static str = "Log1p";
    const FUNCTION: &'static str = "log1p";
    const DOC: &'static str = "\
Natural logarithm of ``1 + x``, element by element, exact for small ``x`` too; the gradient is
``gy / (1 + x)``.

At -1, a pole, the value is -inf and the gradient infinite; below, the value is NaN.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> x = Variable(1e-20)
>>> y = F.log1p(x)
>>> y.backward()
>>> print(y, x.grad)
variable(1e-20) variable(1.0)";
    const CLASS: Class = Class::Function;
    const KEEP: Keep = Keep::X;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x.call(*self)
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, x: E, _y: E, gy: E) -> E {
        gy / (x.lit(1.0) + x)
    }
}

elementary!(Log1p, math::log1p_f64, math::log1p_f32);
