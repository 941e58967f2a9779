//! The largest integer that is not above: `y = ⌊x⌋`, `gx = 0`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Expr, elementary, flat};
use crate::op::Unary;

/// The largest integer that is not above: `y = ⌊x⌋`, `gx = 0`.
#[derive(Clone, Copy, Default)]
pub struct Floor;

impl Unary for Floor {
    const NAME: &'static str = "Floor";
    const FUNCTION: &'static str = "floor";
    const DOC: &'static str = "\
The largest integer that is not above, element by element.

It is constant but for jumps: the gradient is 0, at the jumps too.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> print(F.floor(Variable([-1.5, 0.5, 2.0])))
variable([-2.,  0.,  2.])";
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

elementary!(Floor, f64::floor, f32::floor);
