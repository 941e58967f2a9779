//! Cosine: `y = cos x`, `gx = -gy · sin x`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::Expr;
use crate::op::Unary;

/// Cosine: `y = cos x`, `gx = -gy · sin x`.
#[derive(Clone, Copy, Default)]
pub struct Cos;

impl Unary for Cos {
    const NAME: &'static str = "Cos";
    const FUNCTION: &'static str = "cos";
    const DOC: &'static str = "\
Cosine of an angle in radians, element by element; the gradient is ``-gy * sin(x)``.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> print(F.cos(Variable(0.0)))
variable(1.0)";
    const CLASS: Class = Class::Trig;
    const GRAD_CLASS: Class = Class::Trig;
    const KEEP: Keep = Keep::X;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x.cos()
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, x: E, _y: E, gy: E) -> E {
        -(gy * x.sin())
    }
}
