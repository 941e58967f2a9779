//! Tangent: `y = tan x`, `gx = gy · (1 + y²)`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Elementary, Expr};
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
>>> x = Variable([0.0, 1.0])
>>> y = F.tan(x)
>>> y.backward()
>>> print(y, x.grad)
variable([0.        , 1.55740772]) variable([1.        , 3.42551882])";
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

impl Elementary for Tan {
    #[inline(always)]
    fn f64(self, x: f64) -> f64 {
        x.tan()
    }
    #[inline(always)]
    fn f32(self, x: f32) -> f32 {
        x.tan()
    }
    #[inline(always)]
    fn fast_f64(self, x: f64) -> f64 {
        math::tan_f64(x)
    }
    #[inline(always)]
    fn fast_f32(self, x: f32) -> f32 {
        math::tan_f32(x)
    }
}
