//! Arccosine: `y = arccos x`, `gx = -gy / √(1 - x²)`, taken as 0 at ±1, where the slope is infinite.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Expr, elementary, one_minus_square};
use crate::kernels::math;
use crate::op::Unary;
use crate::ops::over;

/// Arccosine: `y = arccos x`, `gx = -gy / √(1 - x²)`, taken as 0 at ±1, where the slope is infinite.
#[derive(Clone, Copy, Default)]
pub struct Acos;

impl Unary for Acos {
    const NAME: &'static str = "Acos";
    const FUNCTION: &'static str = "acos";
    const DOC: &'static str = "\
Arccosine, element by element, in radians; the gradient is ``-gy / sqrt(1 - x**2)``.

At -1 and 1, where the slope is infinite, the gradient is taken as 0; beyond the value is NaN.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> print(F.acos(Variable(0.0)))
variable(1.5707963267948966)";
    const CLASS: Class = Class::Function;
    const KEEP: Keep = Keep::X;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x.call(*self)
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, x: E, _y: E, gy: E) -> E {
        -over(gy, one_minus_square(x).sqrt())
    }
}

elementary!(Acos, math::acos_f64, math::acos_f32);
