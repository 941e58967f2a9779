//! Gaussian error linear unit, by tanh: `y = x · s` with `s = sigmoid 2u = (1 + tanh u) / 2`,
//! `u = √(2/π) · (x + 0.044715 x³)`; `gx = gy · (s + x · s · (1 - s) · 2u')`.

use std::f64::consts::{FRAC_2_SQRT_PI, SQRT_2};

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Expr, clamp};
use crate::op::Unary;
use crate::ops::QuickSigmoid;

/// `2 √(2/π)`.
const SCALE: f64 = SQRT_2 * FRAC_2_SQRT_PI;
/// The weight of the cube.
const CUBIC: f64 = 0.044715;
/// From here on the function is 0 or `x`, to the last bit. Its formulas stand still there, so that
/// they do not meet 0 times infinity.
const SATURATED: f64 = 30.0;

/// Gaussian error linear unit, by tanh.
#[derive(Clone, Copy, Default)]
pub struct Gelu;

impl Unary for Gelu {
    const NAME: &'static str = "Gelu";
    const FUNCTION: &'static str = "gelu";
    const DOC: &'static str = "\
Gaussian error linear unit in its form by tanh, element by element:
``0.5 * x * (1 + tanh(u))`` with ``u = sqrt(2 / pi) * (x + 0.044715 * x**3)``. The gradient is
``gy * (s + x * s * (1 - s) * 2 * du/dx)`` with ``s = (1 + tanh(u)) / 2 = sigmoid(2 * u)``.

Hendrycks & Gimpel, Gaussian error linear units (GELUs), 2016, section 2.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> x = Variable([-1.0, 0.0, 1.0])
>>> y = F.gelu(x)
>>> y.backward()
>>> print(y, x.grad)
variable([-0.15880801,  0.        ,  0.84119199]) variable([-0.08296408,  0.5       ,  1.08296408])";
    const CLASS: Class = Class::Function;
    const GRAD_CLASS: Class = Class::Function;
    const KEEP: Keep = Keep::X;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x.maximum(x.lit(-SATURATED)) * share(clamp(x, -SATURATED, SATURATED))
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, x: E, _y: E, gy: E) -> E {
        let x = clamp(x, -SATURATED, SATURATED);
        let (s, one) = (share(x), x.lit(1.0));
        let slope = x.lit(SCALE) + x.lit(3.0 * SCALE * CUBIC) * x * x;
        gy * (s + x * s * (one - s) * slope)
    }
}

/// The share of `x` that passes. The logistic function keeps its relative accuracy far below 0,
/// where `1 + tanh u` cancels.
#[inline(always)]
fn share<E: Expr>(x: E) -> E {
    (x * (x.lit(SCALE) + x.lit(SCALE * CUBIC) * x * x)).call(QuickSigmoid)
}
