//! The logistic function and its logarithm, as the gradients and values of losses need them.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Elementary, Expr};
use crate::op::Unary;

/// `y = 1 / (1 + exp(-x))`, `gx = gy · y (1 - y)`; exact to the last digits at both ends.
#[derive(Clone, Copy, Default)]
pub struct Logistic;

#[inline(always)]
fn logistic<E: Expr>(x: E) -> E {
    let (zero, one) = (x.lit(0.0), x.lit(1.0));
    // The exponential of a number below 0 never overflows.
    let e = x.minimum(-x).exp();
    (one.gate(x.ge(zero)) + e.gate(zero.gt(x))) / (one + e)
}

impl Unary for Logistic {
    const NAME: &'static str = "Logistic";
    const FUNCTION: &'static str = "logistic";
    const CLASS: Class = Class::Function;
    const KEEP: Keep = Keep::OUTPUT;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x.call(*self)
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, _x: E, y: E, gy: E) -> E {
        gy * (y - y * y)
    }
}

impl Elementary for Logistic {
    #[inline(always)]
    fn f64(self, x: f64) -> f64 {
        logistic(x)
    }
    #[inline(always)]
    fn f32(self, x: f32) -> f32 {
        logistic(x)
    }
    #[inline(always)]
    fn fast_f64(self, x: f64) -> f64 {
        logistic(crate::kernels::expr::Fast(x)).0
    }
    #[inline(always)]
    fn fast_f32(self, x: f32) -> f32 {
        logistic(crate::kernels::expr::Fast(x)).0
    }
}

/// `log(1 + exp x)`, for values only: its derivative at 0 is that of no formula here.
#[inline(always)]
pub fn softplus<E: Expr>(x: E) -> E {
    let (zero, one) = (x.lit(0.0), x.lit(1.0));
    let e = x.minimum(-x).exp();
    // log(1 + e), with the part of e that the sum loses made good by a quotient (Kahan; Goldberg,
    // "What Every Computer Scientist Should Know About Floating-Point Arithmetic", theorem 4).
    let sum = one + e;
    let (part, lost) = (sum - one, one.ge(sum));
    let log = sum.log() * (e / (part + lost)) + e.gate(lost);
    x.maximum(zero) + log
}
