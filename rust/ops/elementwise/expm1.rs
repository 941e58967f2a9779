//! Exponential near 0: `y = eˣ - 1`, `gx = gy · eˣ`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Expr, elementary};
use crate::kernels::math;
use crate::op::Unary;

/// Exponential near 0: `y = eˣ - 1`, `gx = gy · eˣ`.
#[derive(Clone, Copy, Default)]
pub struct Expm1;

impl Unary for Expm1 {
    const NAME: &'static str = "Expm1";
    const FUNCTION: &'static str = "expm1";
    const DOC: &'static str = "\
``exp(x) - 1``, element by element, exact for small ``x`` too; the gradient is ``gy * exp(x)``.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> x = Variable(1e-20)
>>> y = F.expm1(x)
>>> y.backward()
>>> print(y, x.grad)
variable(1e-20) variable(1.0)";
    const CLASS: Class = Class::Function;
    const GRAD_CLASS: Class = Class::Function;
    const KEEP: Keep = Keep::X;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x.call(*self)
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, x: E, _y: E, gy: E) -> E {
        // From the value the small slopes far below 0 could not be told.
        gy * x.exp()
    }
}

elementary!(Expm1, math::expm1_f64, math::expm1_f32);
