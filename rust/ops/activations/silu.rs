//! Sigmoid-weighted linear unit: `y = x · s`, `gx = gy · s · (1 + x · (1 - s))` with `s = sigmoid x`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Expr, clamp};
use crate::op::Unary;
use crate::ops::Sigmoid;

/// From here on the function is 0 or `x`, to the last bit. Its formulas stand still there, so that
/// they do not meet 0 times infinity.
const SATURATED: f64 = 1000.0;

/// Sigmoid-weighted linear unit: `y = x · s`, `gx = gy · s · (1 + x · (1 - s))` with `s = sigmoid x`.
#[derive(Clone, Copy, Default)]
pub struct Silu;

impl Unary for Silu {
    const NAME: &'static str = "Silu";
    const FUNCTION: &'static str = "silu";
    const DOC: &'static str = "\
Sigmoid-weighted linear unit, element by element: ``x * sigmoid(x)``; the gradient is
``gy * s * (1 + x * (1 - s))`` with ``s = sigmoid(x)``.

Elfwing, Uchibe & Doya, Sigmoid-weighted linear units for neural network function approximation in
reinforcement learning, 2018.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> x = Variable([-1.0, 0.0, 1.0])
>>> y = F.silu(x)
>>> y.backward()
>>> print(y, x.grad)
variable([-0.26894142,  0.        ,  0.73105858]) variable([0.07232949, 0.5       , 0.92767051])";
    const CLASS: Class = Class::Function;
    const GRAD_CLASS: Class = Class::Function;
    const KEEP: Keep = Keep::X;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x.maximum(x.lit(-SATURATED)) * x.call(Sigmoid)
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, x: E, _y: E, gy: E) -> E {
        let x = clamp(x, -SATURATED, SATURATED);
        let (s, one) = (x.call(Sigmoid), x.lit(1.0));
        gy * s * (one + x * (one - s))
    }
}
