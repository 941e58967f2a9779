//! Digamma function: `y = ψ(x) = Γ'(x) / Γ(x)`, `gx = gy · ψ'(x)`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Elementary, Expr};
use crate::kernels::math;
use crate::op::Unary;
use crate::ops::Polygamma;

/// Digamma function: `y = ψ(x) = Γ'(x) / Γ(x)`, `gx = gy · ψ'(x)`.
#[derive(Clone, Copy, Default)]
pub struct Digamma;

impl Unary for Digamma {
    const NAME: &'static str = "Digamma";
    const FUNCTION: &'static str = "digamma";
    const DOC: &'static str = "\
Digamma function, element by element: the derivative of `lgamma`; its own, at any order, are
polygamma functions (NIST Digital Library of Mathematical Functions, 5.2 and 5.15).

The value is -inf at 0, inf at -0 and NaN at the negative integers, where the sides differ.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> print(F.digamma(Variable([1.0, 2.0])))
variable([-0.57721566,  0.42278434])";
    const CLASS: Class = Class::Library;
    const GRAD_CLASS: Class = Class::Library;
    const KEEP: Keep = Keep::X;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x.call(*self)
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, x: E, _y: E, gy: E) -> E {
        gy * x.call(Polygamma { n: 1 })
    }
}

impl Elementary for Digamma {
    #[inline(always)]
    fn f64(self, x: f64) -> f64 {
        math::digamma_f64(x)
    }
}
