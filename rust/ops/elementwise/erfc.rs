//! Complementary error function: `y = 1 - erf x`, `gx = -gy · 2/√π · e^(-x²)`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Expr, elementary};
use crate::kernels::math;
use crate::op::Unary;
use crate::ops::gauss;

/// Complementary error function: `y = 1 - erf x`, `gx = -gy · 2/√π · e^(-x²)`.
#[derive(Clone, Copy, Default)]
pub struct Erfc;

impl Unary for Erfc {
    const NAME: &'static str = "Erfc";
    const FUNCTION: &'static str = "erfc";
    const DOC: &'static str = "\
Complementary error function, element by element: ``1 - erf(x)`` without the rounding error of the
difference; the gradient is ``-gy * 2 / sqrt(pi) * exp(-x**2)``.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> print(F.erfc(Variable([0.5, 10.0])))
variable([4.79500122e-01, 2.08848758e-45])";
    const CLASS: Class = Class::Function;
    const GRAD_CLASS: Class = Class::Function;
    const KEEP: Keep = Keep::X;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x.call(*self)
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, x: E, _y: E, gy: E) -> E {
        -(gy * gauss(x))
    }
}

elementary!(Erfc, math::erfc_f64, math::erfc_f32);
