//! Hyperbolic cosine: `y = cosh x`, `gx = gy · sinh x`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Expr, elementary};
use crate::kernels::math;
use crate::op::Unary;
use crate::ops::Sinh;

/// Hyperbolic cosine: `y = cosh x`, `gx = gy · sinh x`.
#[derive(Clone, Copy, Default)]
pub struct Cosh;

impl Unary for Cosh {
    const NAME: &'static str = "Cosh";
    const FUNCTION: &'static str = "cosh";
    const DOC: &'static str = "\
Hyperbolic cosine, element by element; the gradient is ``gy * sinh(x)``.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> x = Variable([0.0, 1.0])
>>> y = F.cosh(x)
>>> y.backward()
>>> print(y, x.grad)
variable([1.        , 1.54308063]) variable([0.        , 1.17520119])";
    const CLASS: Class = Class::Function;
    const GRAD_CLASS: Class = Class::Function;
    const KEEP: Keep = Keep::X;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x.call(*self)
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, x: E, _y: E, gy: E) -> E {
        gy * x.call(Sinh)
    }
}

elementary!(Cosh, math::cosh_f64, math::cosh_f32);
