//! Tangent: `y = tan x`, `gx = gy · (1 + y²)`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Expr, elementary};
use crate::kernels::math;
use crate::op::Unary;

/// Tangent: `y = tan x`, `gx = gy · (1 + y²)`.
#[derive(Clone, Copy, Default)]
pub struct Tan;

impl Unary for Tan {
    const NAME: &'static str = "Tan";
    const FUNCTION: &'static str = "tan";
    const DOC: &'static str = "\
Tangent of an angle in radians, element by element; the gradient is ``gy * (1 + tan(x)**2)``.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> x = Variable(1.0)
>>> y = F.tan(x)
>>> y.backward()
>>> print(y, x.grad)
variable(1.5574077246549023) variable(3.42551882081476)";
    const CLASS: Class = Class::Trig;
    const KEEP: Keep = Keep::OUTPUT;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x.call(*self)
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, _x: E, y: E, gy: E) -> E {
        gy * (y.lit(1.0) + y * y)
    }
}

elementary!(Tan, math::tan_f64, math::tan_f32);
