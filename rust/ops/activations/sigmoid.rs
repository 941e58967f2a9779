//! Logistic function: `y = 1 / (1 + e⁻ˣ)`, `gx = gy · y · (1 - y)`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Expr, elementary, quick};
use crate::kernels::math;
use crate::op::Unary;

/// Logistic function: `y = 1 / (1 + e⁻ˣ)`, `gx = gy · y · (1 - y)`.
#[derive(Clone, Copy, Default)]
pub struct Sigmoid;

impl Unary for Sigmoid {
    const NAME: &'static str = "Sigmoid";
    const FUNCTION: &'static str = "sigmoid";
    const DOC: &'static str = "\
Logistic function, element by element: ``1 / (1 + exp(-x))`` without overflow; the gradient is
``gy * y * (1 - y)``.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> x = Variable(0.0)
>>> y = F.sigmoid(x)
>>> y.backward()
>>> print(y, x.grad)
variable(0.5) variable(0.25)";
    const CLASS: Class = Class::Function;
    const KEEP: Keep = Keep::OUTPUT;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x.call(*self)
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, _x: E, y: E, gy: E) -> E {
        gy * y * (y.lit(1.0) - y)
    }
}

elementary!(Sigmoid, math::sigmoid_f64, math::sigmoid_f32);

quick! {
    /// The logistic function within other formulas, whose roundings outweigh its own: in half the time, to two
    /// units in the last place.
    QuickSigmoid for Sigmoid, math::quick_sigmoid_f64, math::quick_sigmoid_f32
}
