//! Negation: `y = -x`, `gx = -gy`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::Expr;
use crate::op::Unary;

/// Negation: `y = -x`, `gx = -gy`.
#[derive(Clone, Copy, Default)]
pub struct Neg;

impl Unary for Neg {
    const NAME: &'static str = "Neg";
    const DOC: &'static str = "\
neg(x, /)
--

Negation, element by element: ``-x``; the gradient is ``-gy``.

Parameters
----------
x : Variable or array_like
    Any shape; float32 stays float32.

Returns
-------
Variable
    The shape and dtype of ``x``.

Raises
------
TypeError
    If ``x`` is no real array.

Examples
--------
>>> from autograd import Variable, functions as F
>>> print(F.neg(Variable([1.0, -2.0])))
variable([-1.,  2.])
";
    const CLASS: Class = Class::Arithmetic;
    const KEEP: Keep = Keep::NONE;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        -x
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, _x: E, _y: E, gy: E) -> E {
        -gy
    }
}
