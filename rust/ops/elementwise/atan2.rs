//! Angle of a point: `z = atan2(y, x)`, `gy = gz · x / (x² + y²)`, `gx = -gz · y / (x² + y²)`, taken
//! as 0 at the origin.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Elementary2, Expr};
use crate::kernels::math;
use crate::op::Binary;
use crate::ops::{Hypot, over};

/// Angle of a point. The ordinate is the first operand.
#[derive(Clone, Copy, Default)]
pub struct Atan2;

/// `x / (x² + y²)` without overflow, and 0 at the origin.
#[inline(always)]
fn slope<E: Expr>(x: E, y: E) -> E {
    let r = x.call2(y, Hypot);
    over(over(x, r), r)
}

impl Binary for Atan2 {
    const NAME: &'static str = "Atan2";
    const FUNCTION: &'static str = "atan2";
    const OPERANDS: &'static str = "y, x";
    const DOC: &'static str = "\
Angle of the point ``(x, y)`` with the axis of ``x``, element by element, in radians from -pi to
pi. The gradients are ``gz * x / (x**2 + y**2)`` of ``y`` and ``-gz * y / (x**2 + y**2)`` of ``x``.

At the origin the value depends on the signs of the zeros, as in NumPy, and both gradients are 0.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> y, x = Variable(2.0), Variable(0.0)
>>> z = F.atan2(y, x)
>>> z.backward()
>>> print(z, y.grad, x.grad)
variable(1.5707963267948966) variable(0.0) variable(-0.5)";
    const CLASS: Class = Class::Function;
    const DX: Keep = Keep::X.and(Keep::Y);
    const DY: Keep = Keep::X.and(Keep::Y);

    #[inline(always)]
    fn f<E: Expr>(&self, y: E, x: E) -> E {
        y.call2(x, *self)
    }

    #[inline(always)]
    fn dx<E: Expr>(&self, y: E, x: E, _z: E, gz: E) -> E {
        gz * slope(x, y)
    }

    #[inline(always)]
    fn dy<E: Expr>(&self, y: E, x: E, _z: E, gz: E) -> E {
        -(gz * slope(y, x))
    }
}

impl Elementary2 for Atan2 {
    #[inline(always)]
    fn f64(self, y: f64, x: f64) -> f64 {
        math::atan2_f64(y, x)
    }
    #[inline(always)]
    fn f32(self, y: f32, x: f32) -> f32 {
        math::atan2_f32(y, x)
    }
}
