//! Arctangent: `y = arctan x`, `gx = gy / (1 + x²)`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Expr, elementary};
use crate::kernels::math;
use crate::op::Unary;

/// Arctangent: `y = arctan x`, `gx = gy / (1 + x²)`.
#[derive(Clone, Copy, Default)]
pub struct Atan;

impl Unary for Atan {
    const NAME: &'static str = "Atan";
    const FUNCTION: &'static str = "atan";
    const DOC: &'static str = "\
Arctangent, element by element, in radians; the gradient is ``gy / (1 + x**2)``.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> x = Variable(1.0)
>>> y = F.atan(x)
>>> y.backward()
>>> print(y, x.grad)
variable(0.7853981633974483) variable(0.5)";
    const CLASS: Class = Class::Function;
    const KEEP: Keep = Keep::X;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x.call(*self)
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, x: E, _y: E, gy: E) -> E {
        gy / (x.lit(1.0) + x * x)
    }
}

elementary!(Atan, math::atan_f64, math::atan_f32);
