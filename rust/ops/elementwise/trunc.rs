//! The integer part, towards 0; `gx = 0`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Expr, elementary, flat};
use crate::op::Unary;

/// The integer part, towards 0; `gx = 0`.
#[derive(Clone, Copy, Default)]
pub struct Trunc;

impl Unary for Trunc {
    const NAME: &'static str = "Trunc";
    const FUNCTION: &'static str = "trunc";
    const DOC: &'static str = "\
The integer part, element by element: rounded towards 0.

It is constant but for jumps: the gradient is 0, at the jumps too.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> print(F.trunc(Variable([-1.5, 0.5, 2.0])))
variable([-1.,  0.,  2.])";
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

elementary!(Trunc, f64::trunc, f32::trunc);
