//! Inverse hyperbolic cosine: `y = arcosh x`, `gx = gy / √(x² - 1)`, taken as 0 at 1, where the slope is infinite.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Expr, elementary};
use crate::kernels::math;
use crate::op::Unary;
use crate::ops::over;

/// Inverse hyperbolic cosine: `y = arcosh x`, `gx = gy / √(x² - 1)`, taken as 0 at 1, where the slope is infinite.
#[derive(Clone, Copy, Default)]
pub struct Acosh;

impl Unary for Acosh {
    const NAME: &'static str = "Acosh";
    const FUNCTION: &'static str = "acosh";
    const DOC: &'static str = "\
Inverse hyperbolic cosine, element by element; the gradient is ``gy / sqrt(x**2 - 1)``.

At 1, where the slope is infinite, the gradient is taken as 0; below the value is NaN.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> print(F.acosh(Variable([1.0, 2.0])))
variable([0.       , 1.3169579])";
    const CLASS: Class = Class::Function;
    const KEEP: Keep = Keep::X;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x.call(*self)
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, x: E, _y: E, gy: E) -> E {
        let one = x.lit(1.0);
        // A root of each factor: their product overflows.
        over(gy, (x - one).sqrt() * (x + one).sqrt())
    }
}

elementary!(Acosh, math::acosh_f64, math::acosh_f32);
