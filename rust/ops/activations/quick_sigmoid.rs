//! The logistic function inside of other formulas, whose roundings outweigh its own: in half the time, with
//! an error of up to two units in the last place.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Expr, elementary};
use crate::kernels::math;
use crate::op::Unary;
use crate::ops::Sigmoid;

/// The logistic function, to two units in the last place; for users it is [`Sigmoid`].
#[derive(Clone, Copy)]
pub struct QuickSigmoid;

impl Unary for QuickSigmoid {
    const NAME: &'static str = Sigmoid::NAME;
    const FUNCTION: &'static str = Sigmoid::FUNCTION;
    const CLASS: Class = Sigmoid::CLASS;
    const KEEP: Keep = Sigmoid::KEEP;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x.call(*self)
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, x: E, y: E, gy: E) -> E {
        Sigmoid.vjp(x, y, gy)
    }
}

elementary!(QuickSigmoid, math::quick_sigmoid_f64, math::quick_sigmoid_f32);
