//! Length of a vector of two: `z = √(x² + y²)`, `gx = gz · x / z`, `gy = gz · y / z`, taken as 0 at
//! the origin.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Elementary2, Expr};
use crate::op::Binary;
use crate::ops::over;

/// Length of a vector of two.
#[derive(Clone, Copy, Default)]
pub struct Hypot;

impl Binary for Hypot {
    const NAME: &'static str = "Hypot";
    const FUNCTION: &'static str = "hypot";
    const DOC: &'static str = "\
Length of a vector of two, element by element: ``sqrt(x**2 + y**2)`` without overflow; the
gradients are ``gz * x / z`` and ``gz * y / z``.

At the origin, a kink, both gradients are 0.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> x = Variable(3.0)
>>> z = F.hypot(x, 4.0)
>>> z.backward()
>>> print(z, x.grad)
variable(5.0) variable(0.6)";
    const CLASS: Class = Class::Arithmetic;
    const DX: Keep = Keep::X.and(Keep::OUTPUT);
    const DY: Keep = Keep::Y.and(Keep::OUTPUT);

    #[inline(always)]
    fn f<E: Expr>(&self, x: E, y: E) -> E {
        x.call2(y, *self)
    }

    #[inline(always)]
    fn dx<E: Expr>(&self, x: E, _y: E, z: E, gz: E) -> E {
        gz * over(x, z)
    }

    #[inline(always)]
    fn dy<E: Expr>(&self, _x: E, y: E, z: E, gz: E) -> E {
        gz * over(y, z)
    }
}

impl Elementary2 for Hypot {
    #[inline(always)]
    fn f64(self, x: f64, y: f64) -> f64 {
        const SMALL: f64 = f64::from_bits((1023 - 1000) << 52);
        const LARGE: f64 = f64::from_bits((1023 + 1000) << 52);
        let (x, y) = (x.abs(), y.abs());
        let larger = if x > y { x } else { y };
        let tame = if larger > SMALL { larger } else { SMALL };
        let tame = if tame < LARGE { tame } else { LARGE };
        // Scaled by a power of two, near to 1, which changes no bits and keeps the squares in range.
        let exponent = tame.to_bits() & (0x7ff << 52);
        let scale = f64::from_bits((2046 << 52) - exponent);
        let (a, b) = (x * scale, y * scale);
        let z = (a * a + b * b).sqrt() * f64::from_bits(exponent);
        // Beside an infinity even a NaN does not count.
        if x == f64::INFINITY || y == f64::INFINITY { f64::INFINITY } else { z }
    }
    #[inline(always)]
    fn f32(self, x: f32, y: f32) -> f32 {
        let (x, y) = (f64::from(x.abs()), f64::from(y.abs()));
        let z = (x * x + y * y).sqrt() as f32;
        if x == f64::INFINITY || y == f64::INFINITY { f32::INFINITY } else { z }
    }
}
