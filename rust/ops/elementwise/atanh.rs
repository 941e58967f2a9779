//! Inverse hyperbolic tangent: `y = artanh x`, `gx = gy / (1 - x²)`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Expr, elementary, one_minus_square};
use crate::kernels::math;
use crate::op::Unary;

/// Inverse hyperbolic tangent: `y = artanh x`, `gx = gy / (1 - x²)`.
#[derive(Clone, Copy, Default)]
pub struct Atanh;

impl Unary for Atanh {
    const NAME: &'static str = "Atanh";
    const FUNCTION: &'static str = "atanh";
    const DOC: &'static str = "\
Inverse hyperbolic tangent, element by element; the gradient is ``gy / (1 - x**2)``.

At -1 and 1, which are poles, value and gradient are infinite; beyond, the value is NaN.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> print(F.atanh(Variable([0.0, 0.5])))
variable([0.        , 0.54930614])";
    const CLASS: Class = Class::Function;
    const KEEP: Keep = Keep::X;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x.call(*self)
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, x: E, _y: E, gy: E) -> E {
        gy / one_minus_square(x)
    }
}

elementary!(Atanh, math::atanh_f64, math::atanh_f32);
