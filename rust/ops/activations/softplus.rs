//! Smooth rectifier: `y = ln(1 + eˣ)`, `gx = gy · sigmoid x`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Expr, elementary};
use crate::kernels::math;
use crate::op::Unary;
use crate::ops::Sigmoid;

/// Smooth rectifier: `y = ln(1 + eˣ)`, `gx = gy · sigmoid x`.
#[derive(Clone, Copy, Default)]
pub struct Softplus;

impl Unary for Softplus {
    const NAME: &'static str = "Softplus";
    const FUNCTION: &'static str = "softplus";
    const DOC: &'static str = "\
Smooth rectifier, element by element: ``log(1 + exp(x))`` without overflow; the gradient is
``gy * sigmoid(x)``.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> print(F.softplus(Variable([-1000.0, 0.0, 1000.0])))
variable([0.00000000e+00, 6.93147181e-01, 1.00000000e+03])";
    const CLASS: Class = Class::Function;
    const GRAD_CLASS: Class = Class::Function;
    const KEEP: Keep = Keep::X;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x.call(*self)
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, x: E, _y: E, gy: E) -> E {
        gy * x.call(Sigmoid)
    }
}

elementary!(Softplus, math::softplus_f64, math::softplus_f32);
