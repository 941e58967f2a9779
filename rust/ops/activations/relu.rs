//! Rectifier: `y = max(x, 0)`; the gradient passes where `x > 0`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::Expr;
use crate::op::Unary;

/// Rectifier: `y = max(x, 0)`; the gradient passes where `x > 0`.
#[derive(Clone, Copy, Default)]
pub struct Relu;

impl Unary for Relu {
    const NAME: &'static str = "Relu";
    const FUNCTION: &'static str = "relu";
    const DOC: &'static str = "\
Rectifier, element by element: ``maximum(x, 0)``; the gradient is ``gy`` where ``x > 0`` and 0
elsewhere, at 0 too.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> x = Variable([-1.0, 0.0, 2.0])
>>> y = F.relu(x)
>>> y.backward()
>>> print(y, x.grad)
variable([0., 0., 2.]) variable([0., 0., 1.])";
    const CLASS: Class = Class::Arithmetic;
    const KEEP: Keep = Keep::OUTPUT;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x.lit(0.0).maximum(x)
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, _x: E, y: E, gy: E) -> E {
        gy.gate(y.gt(y.lit(0.0)))
    }
}
