//! Hyperbolic sine: `y = sinh x`, `gx = gy · cosh x`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Expr, elementary};
use crate::kernels::math;
use crate::op::Unary;
use crate::ops::Cosh;

/// Hyperbolic sine: `y = sinh x`, `gx = gy · cosh x`.
#[derive(Clone, Copy, Default)]
pub struct Sinh;

impl Unary for Sinh {
    const NAME: &'static str = "Sinh";
    const FUNCTION: &'static str = "sinh";
    const DOC: &'static str = "\
Hyperbolic sine, element by element; the gradient is ``gy * cosh(x)``.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> x = Variable([0.0, 1.0])
>>> y = F.sinh(x)
>>> y.backward()
>>> print(y, x.grad)
variable([0.        , 1.17520119]) variable([1.        , 1.54308063])";
    const CLASS: Class = Class::Function;
    const GRAD_CLASS: Class = Class::Function;
    const KEEP: Keep = Keep::X;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x.call(*self)
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, x: E, _y: E, gy: E) -> E {
        gy * x.call(Cosh)
    }
}

elementary!(Sinh, math::sinh_f64, math::sinh_f32);
