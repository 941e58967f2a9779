//! Sum of exponentials, in logarithms: `z = ln(eˣ + eʸ)`, `gx = gz · sigmoid(x - y)`,
//! `gy = gz · sigmoid(y - x)`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::Expr;
use crate::op::Binary;
use crate::ops::{Abs, Sigmoid, Softplus};

/// Logarithm of the sum of exponentials.
#[derive(Clone, Copy, Default)]
pub struct Logaddexp;

/// `x - y`, and 0 where both are the same infinity.
#[inline(always)]
fn difference<E: Expr>(x: E, y: E) -> E {
    let (one, infinity) = (x.lit(1.0), x.lit(f64::INFINITY));
    let same = x.ge(y) * y.ge(x) * (x.ge(infinity) + (-x).ge(infinity));
    (x - y).gate(one - same)
}

impl Binary for Logaddexp {
    const NAME: &'static str = "Logaddexp";
    const FUNCTION: &'static str = "logaddexp";
    const DOC: &'static str = "\
Logarithm of the sum of exponentials, element by element: ``log(exp(x) + exp(y))`` without
overflow; the gradients are ``gz * sigmoid(x - y)`` and ``gz * sigmoid(y - x)``.

Where both operands are the same infinity, each takes half of the gradient.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> x = Variable(1000.0)
>>> z = F.logaddexp(x, 1000.0)
>>> z.backward()
>>> print(z, x.grad)
variable(1000.6931471805599) variable(0.5)";
    const CLASS: Class = Class::Function;
    const GRAD_CLASS: Class = Class::Function;
    const DX: Keep = Keep::X.and(Keep::Y);
    const DY: Keep = Keep::X.and(Keep::Y);

    #[inline(always)]
    fn f<E: Expr>(&self, x: E, y: E) -> E {
        x.maximum(y) + (-difference(x, y).call(Abs)).call(Softplus)
    }

    #[inline(always)]
    fn dx<E: Expr>(&self, x: E, y: E, _z: E, gz: E) -> E {
        gz * difference(x, y).call(Sigmoid)
    }

    #[inline(always)]
    fn dy<E: Expr>(&self, x: E, y: E, _z: E, gz: E) -> E {
        gz * difference(y, x).call(Sigmoid)
    }
}
