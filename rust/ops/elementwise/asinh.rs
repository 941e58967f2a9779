//! Inverse hyperbolic sine: `y = arsinh x`, `gx = gy / √(1 + x²)`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Expr, elementary};
use crate::kernels::math;
use crate::op::Unary;
use crate::ops::Hypot;

/// Inverse hyperbolic sine: `y = arsinh x`, `gx = gy / √(1 + x²)`.
#[derive(Clone, Copy, Default)]
pub struct Asinh;

impl Unary for Asinh {
    const NAME: &'static str = "Asinh";
    const FUNCTION: &'static str = "asinh";
    const DOC: &'static str = "\
Inverse hyperbolic sine, element by element; the gradient is ``gy / sqrt(1 + x**2)``.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> print(F.asinh(Variable([0.0, 1.0])))
variable([0.        , 0.88137359])";
    const CLASS: Class = Class::Function;
    const KEEP: Keep = Keep::X;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x.call(*self)
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, x: E, _y: E, gy: E) -> E {
        // Not by the square, which overflows.
        gy / x.call2(x.lit(1.0), Hypot)
    }
}

elementary!(Asinh, math::asinh_f64, math::asinh_f32);
