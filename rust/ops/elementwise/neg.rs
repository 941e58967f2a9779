//! Negation: `y = -x`, `gx = -gy`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::Expr;
use crate::op::Unary;

/// Negation: `y = -x`, `gx = -gy`.
#[derive(Clone, Copy, Default)]
pub struct Neg;

impl Unary for Neg {
    const NAME: &'static str = "Neg";
    const FUNCTION: &'static str = "neg";
    const DOC: &'static str = "\
Negation, element by element: ``-x``; the gradient is ``-gy``.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> print(F.neg(Variable([1.0, -2.0])))
variable([-1.,  2.])";
    const CLASS: Class = Class::Arithmetic;
    const KEEP: Keep = Keep::NONE;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        -x
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, _x: E, _y: E, gy: E) -> E {
        -gy
    }
}
