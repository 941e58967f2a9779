//! Multiplication: `z = x · y`, `gx = gz · y`, `gy = gz · x`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::Expr;
use crate::op::Binary;

/// Multiplication: `z = x · y`, `gx = gz · y`, `gy = gz · x`.
#[derive(Clone, Copy, Default)]
pub struct Mul;

impl Binary for Mul {
    const NAME: &'static str = "Mul";
    const FUNCTION: &'static str = "mul";
    const DOC: &'static str = "\
mul(x, y, /)
--

Product of two operands, element by element: ``x * y``; the gradients are ``gz * y`` and ``gz * x``.

Parameters
----------
x, y : Variable or array_like
    Shapes that broadcast together. Numbers and arrays are constants; a Python number takes the
    dtype of the other operand, float32 with float64 gives float64.

Returns
-------
Variable
    The broadcast shape.

Raises
------
ValueError
    If the shapes do not broadcast together.
TypeError
    If an operand is no real array.

Examples
--------
>>> from autograd import Variable, functions as F
>>> x = Variable([1.0, 2.0])
>>> y = F.mul(x, 3.0)
>>> y.backward()
>>> print(y, x.grad)
variable([3., 6.]) variable([3., 3.])
";
    const CLASS: Class = Class::Arithmetic;
    const DX: Keep = Keep::Y;
    const DY: Keep = Keep::X;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E, y: E) -> E {
        x * y
    }

    #[inline(always)]
    fn dx<E: Expr>(&self, _x: E, y: E, _z: E, gz: E) -> E {
        gz * y
    }

    #[inline(always)]
    fn dy<E: Expr>(&self, x: E, _y: E, _z: E, gz: E) -> E {
        gz * x
    }
}
