//! Logarithm of the logistic function: `y = -ln(1 + e⁻ˣ)`, `gx = gy · sigmoid(-x)`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::Expr;
use crate::op::Unary;
use crate::ops::{Sigmoid, Softplus};

/// Logarithm of the logistic function: `y = -ln(1 + e⁻ˣ)`, `gx = gy · sigmoid(-x)`.
#[derive(Clone, Copy, Default)]
pub struct LogSigmoid;

impl Unary for LogSigmoid {
    const NAME: &'static str = "LogSigmoid";
    const FUNCTION: &'static str = "log_sigmoid";
    const DOC: &'static str = "\
Logarithm of the logistic function, element by element: ``-log(1 + exp(-x))`` without overflow; the
gradient is ``gy * sigmoid(-x)``.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> print(F.log_sigmoid(Variable([-1000.0, 0.0, 1000.0])))
variable([-1.00000000e+03, -6.93147181e-01, -0.00000000e+00])";
    const CLASS: Class = Class::Function;
    const GRAD_CLASS: Class = Class::Function;
    const KEEP: Keep = Keep::X;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        -(-x).call(Softplus)
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, x: E, _y: E, gy: E) -> E {
        gy * (-x).call(Sigmoid)
    }
}
