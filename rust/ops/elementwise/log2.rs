//! Logarithm to base 2: `y = log₂ x`, `gx = gy / (x · ln 2)`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Expr, elementary};
use crate::kernels::math;
use crate::op::Unary;
use std::f64::consts::LOG2_E;

/// Logarithm to base 2: `y = log₂ x`, `gx = gy / (x · ln 2)`.
#[derive(Clone, Copy, Default)]
pub struct Log2;

impl Unary for Log2 {
    const NAME: &'static str = "Log2";
    const FUNCTION: &'static str = "log2";
    const DOC: &'static str = "\
Logarithm to base 2, element by element; the gradient is ``gy / (x * log(2))``.

At 0, a pole, the value is -inf and the gradient infinite; below, the value is NaN.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> print(F.log2(Variable([0.25, 8.0])))
variable([-2.,  3.])";
    const CLASS: Class = Class::Function;
    const KEEP: Keep = Keep::X;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x.call(*self)
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, x: E, _y: E, gy: E) -> E {
        gy / x * x.lit(LOG2_E)
    }
}

elementary!(Log2, math::log2_f64, math::log2_f32);
