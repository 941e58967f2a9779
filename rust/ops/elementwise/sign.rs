//! The sign: -1, 0 or 1; `gx = 0`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Expr, elementary, flat};
use crate::op::Unary;

/// The sign: -1, 0 or 1; `gx = 0`.
#[derive(Clone, Copy, Default)]
pub struct Sign;

impl Unary for Sign {
    const NAME: &'static str = "Sign";
    const FUNCTION: &'static str = "sign";
    const DOC: &'static str = "\
The sign, element by element: -1, 0 or 1, and NaN for NaN.

It is constant but for jumps: the gradient is 0, at the jumps too.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> print(F.sign(Variable([-2.0, 0.0, 3.0])))
variable([-1.,  0.,  1.])";
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

elementary!(Sign, sign_f64, sign_f32);

macro_rules! signs {
    ($name:ident, $T:ident) => {
        #[inline(always)]
        fn $name(x: $T) -> $T {
            if x > 0.0 {
                1.0
            } else if x < 0.0 {
                -1.0
            } else {
                // Without the sign of a zero, but NaN as it is.
                x + 0.0
            }
        }
    };
}
signs!(sign_f64, f64);
signs!(sign_f32, f32);
