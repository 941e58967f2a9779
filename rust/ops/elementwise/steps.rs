//! Functions that are constant but for jumps: `gx = 0`, at the jumps too.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Expr, elementary, flat};
use crate::op::Unary;

macro_rules! step {
    ($(#[$about:meta])* $Op:ident, $function:literal, $f64:expr, $f32:expr, $doc:literal, $example:literal) => {
        $(#[$about])*
        #[derive(Clone, Copy, Default)]
        pub struct $Op;

        impl Unary for $Op {
            const NAME: &'static str = stringify!($Op);
            const FUNCTION: &'static str = $function;
            const DOC: &'static str = concat!(
                $doc,
                "\n\nIt is constant but for jumps: the gradient is 0, at the jumps too."
            );
            const EXAMPLE: &'static str = $example;
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

        elementary!($Op, $f64, $f32);
    };
}

step!(
    /// The smallest integer that is not below: `y = ⌈x⌉`, `gx = 0`.
    Ceil,
    "ceil",
    f64::ceil,
    f32::ceil,
    "The smallest integer that is not below, element by element.",
    "\
>>> from autograd import Variable, functions as F
>>> print(F.ceil(Variable([-1.5, 0.5, 2.0])))
variable([-1.,  1.,  2.])"
);

step!(
    /// The largest integer that is not above: `y = ⌊x⌋`, `gx = 0`.
    Floor,
    "floor",
    f64::floor,
    f32::floor,
    "The largest integer that is not above, element by element.",
    "\
>>> from autograd import Variable, functions as F
>>> print(F.floor(Variable([-1.5, 0.5, 2.0])))
variable([-2.,  0.,  2.])"
);

step!(
    /// The nearest integer, of two the even one; `gx = 0`.
    Round,
    "round",
    f64::round_ties_even,
    f32::round_ties_even,
    "The nearest integer, element by element; of two that are equally near, the even one.",
    "\
>>> from autograd import Variable, functions as F
>>> print(F.round(Variable([0.5, 1.5, -0.7])))
variable([ 0.,  2., -1.])"
);

step!(
    /// The sign: -1, 0 or 1; `gx = 0`.
    Sign,
    "sign",
    sign_f64,
    sign_f32,
    "The sign, element by element: -1, 0 or 1, and NaN for NaN.",
    "\
>>> from autograd import Variable, functions as F
>>> print(F.sign(Variable([-2.0, 0.0, 3.0])))
variable([-1.,  0.,  1.])"
);

step!(
    /// The integer part, towards 0; `gx = 0`.
    Trunc,
    "trunc",
    f64::trunc,
    f32::trunc,
    "The integer part, element by element: rounded towards 0.",
    "\
>>> from autograd import Variable, functions as F
>>> print(F.trunc(Variable([-1.5, 0.5, 2.0])))
variable([-1.,  0.,  2.])"
);

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
