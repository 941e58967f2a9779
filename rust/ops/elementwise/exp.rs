//! Exponential: `y = eˣ`, `gx = gy · y`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::Expr;
use crate::op::Unary;

/// Exponential: `y = eˣ`, `gx = gy · y`.
#[derive(Clone, Copy, Default)]
pub struct Exp;

impl Unary for Exp {
    const NAME: &'static str = "Exp";
    const FUNCTION: &'static str = "exp";
    const DOC: &'static str = "\
Exponential, element by element; the gradient is ``gy * exp(x)``.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> print(F.exp(Variable([0.0, 1.0])))
variable([1.        , 2.71828183])";
    const CLASS: Class = Class::Function;
    const KEEP: Keep = Keep::OUTPUT;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x.exp()
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, _x: E, y: E, gy: E) -> E {
        gy * y
    }
}
