//! Logarithm to base 10: `y = log₁₀ x`, `gx = gy / (x · ln 10)`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Expr, elementary};
use crate::kernels::math;
use crate::op::Unary;
use std::f64::consts::LOG10_E;

/// Logarithm to base 10: `y = log₁₀ x`, `gx = gy / (x · ln 10)`.
#[derive(Clone, Copy, Default)]
pub struct Log10;

impl Unary for Log10 {
    const NAME: &'static str = "Log10";
    const FUNCTION: &'static str = "log10";
    const DOC: &'static str = "\
Logarithm to base 10, element by element; the gradient is ``gy / (x * log(10))``.

At 0, a pole, the value is -inf and the gradient infinite; below, the value is NaN.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> print(F.log10(Variable([0.01, 1000.0])))
variable([-2.,  3.])";
    const CLASS: Class = Class::Function;
    const KEEP: Keep = Keep::X;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x.call(*self)
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, x: E, _y: E, gy: E) -> E {
        gy / x * x.lit(LOG10_E)
    }
}

elementary!(Log10, math::log10_f64, math::log10_f32);
