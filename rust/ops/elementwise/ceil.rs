//! The smallest integer that is not below: `y = ⌈x⌉`, `gx = 0`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Expr, elementary, flat};
use crate::op::Unary;

/// The smallest integer that is not below: `y = ⌈x⌉`, `gx = 0`.
#[derive(Clone, Copy, Default)]
pub struct Ceil;

impl Unary for Ceil {
    const NAME: &'static str = "Ceil";
    const FUNCTION: &'static str = "ceil";
    const DOC: &'static str = "\
The smallest integer that is not below, element by element.

It is constant but for jumps: the gradient is 0, at the jumps too.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> print(F.ceil(Variable([-1.5, 0.5, 2.0])))
variable([-1.,  1.,  2.])";
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

elementary!(Ceil, f64::ceil, f32::ceil);
