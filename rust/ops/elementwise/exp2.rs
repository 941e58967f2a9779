//! Power of two: `y = 2ˣ`, `gx = gy · y · ln 2`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Expr, elementary};
use crate::op::Unary;
use std::f64::consts::LN_2;

/// Power of two: `y = 2ˣ`, `gx = gy · y · ln 2`.
#[derive(Clone, Copy, Default)]
pub struct Exp2;

impl Unary for Exp2 {
    const NAME: &'static str = "Exp2";
    const FUNCTION: &'static str = "exp2";
    const DOC: &'static str = "\
Two to the power ``x``, element by element; the gradient is ``gy * 2**x * log(2)``.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> print(F.exp2(Variable([-1.0, 0.5, 3.0])))
variable([0.5       , 1.41421356, 8.        ])";
    const CLASS: Class = Class::Library;
    const KEEP: Keep = Keep::OUTPUT;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x.call(*self)
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, _x: E, y: E, gy: E) -> E {
        gy * y * y.lit(LN_2)
    }
}

elementary!(Exp2, f64::exp2, f32::exp2);
