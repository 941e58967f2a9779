//! Arcsine: `y = arcsin x`, `gx = gy / √(1 - x²)`, taken as 0 at ±1, where the slope is infinite.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Expr, elementary, one_minus_square};
use crate::kernels::math;
use crate::op::Unary;
use crate::ops::over;

/// Arcsine: `y = arcsin x`, `gx = gy / √(1 - x²)`, taken as 0 at ±1, where the slope is infinite.
#[derive(Clone, Copy, Default)]
pub struct Asin;

impl Unary for Asin {
    const NAME: &'static str = "Asin";
    const FUNCTION: &'static str = "asin";
    const DOC: &'static str = "\
Arcsine, element by element, in radians; the gradient is ``gy / sqrt(1 - x**2)``.

At -1 and 1, where the slope is infinite, the gradient is taken as 0; beyond the value is NaN.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> print(F.asin(Variable(1.0)))
variable(1.5707963267948966)";
    const CLASS: Class = Class::Function;
    const KEEP: Keep = Keep::X;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x.call(*self)
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, x: E, _y: E, gy: E) -> E {
        over(gy, one_minus_square(x).sqrt())
    }
}

elementary!(Asin, math::asin_f64, math::asin_f32);
