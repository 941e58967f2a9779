//! Logarithm of the gamma function: `y = ln |Γ(x)|`, `gx = gy · ψ(x)`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Elementary, Expr};
use crate::kernels::math;
use crate::op::Unary;
use crate::ops::Digamma;

/// Logarithm of the gamma function: `y = ln |Γ(x)|`, `gx = gy · ψ(x)`.
#[derive(Clone, Copy, Default)]
pub struct Lgamma;

impl Unary for Lgamma {
    const NAME: &'static str = "Lgamma";
    const FUNCTION: &'static str = "lgamma";
    const DOC: &'static str = "\
Logarithm of the absolute value of the gamma function, element by element; the gradient is
``gy * digamma(x)``.

At 0 and the negative integers, which are poles, the value is inf and the gradient infinite or NaN,
as `digamma` is there.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> x = Variable([1.0, 4.0])
>>> y = F.lgamma(x)
>>> y.backward()
>>> print(y, x.grad)
variable([0.        , 1.79175947]) variable([-0.57721566,  1.25611767])";
    const CLASS: Class = Class::Library;
    const GRAD_CLASS: Class = Class::Library;
    const KEEP: Keep = Keep::X;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x.call(*self)
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, x: E, _y: E, gy: E) -> E {
        gy * x.call(Digamma)
    }
}

impl Elementary for Lgamma {
    #[inline(always)]
    fn f64(self, x: f64) -> f64 {
        math::lgamma_f64(x)
    }
}
