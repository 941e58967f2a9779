//! Exponential: `y = eˣ`, `gx = gy · y`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::Expr;
use crate::op::Unary;

/// Exponential: `y = eˣ`, `gx = gy · y`.
#[derive(Clone, Copy, Default)]
pub struct Exp;

impl Unary for Exp {
    const NAME: &'static str = "Exp";
    const DOC: &'static str = "\
exp(x, /)
--

Exponential, element by element; the gradient is ``gy * exp(x)``.

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
>>> print(F.exp(Variable([0.0, 1.0])))
variable([1.        , 2.71828183])
";
    const CLASS: Class = Class::Function;
    const KEEP: Keep = Keep::OUTPUT;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x.exp()
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, _x: E, y: E, gy: E) -> E {
        gy * y
    }
}
