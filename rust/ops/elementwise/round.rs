//! The nearest integer, of two the even one; `gx = 0`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Expr, elementary, flat};
use crate::op::Unary;

/// The nearest integer, of two the even one; `gx = 0`.
#[derive(Clone, Copy, Default)]
pub struct Round;

impl Unary for Round {
    const NAME: &'static str = "Round";
    const FUNCTION: &'static str = "round";
    const DOC: &'static str = "\
The nearest integer, element by element; of two that are equally near, the even one.

It is constant but for jumps: the gradient is 0, at the jumps too.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> print(F.round(Variable([0.5, 1.5, -0.7])))
variable([ 0.,  2., -1.])";
    const CLASS: Class = Class::Arithmetic;
    const KEEP: Keep = Keep::NONE;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x.call(*self)
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, _x: E, _y: E, gy: E) -> E {
        flat(gy)
    }
}

elementary!(Round, f64::round_ties_even, f32::round_ties_even);
