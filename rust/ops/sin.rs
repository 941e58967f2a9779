//! Sine: `y = sin x`, `gx = gy · cos x`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::Expr;
use crate::op::Unary;

/// Sine: `y = sin x`, `gx = gy · cos x`.
#[derive(Clone, Copy, Default)]
pub struct Sin;

impl Unary for Sin {
    const NAME: &'static str = "Sin";
    const DOC: &'static str = "\
sin(x, /)
--

Sine of an angle in radians, element by element; the gradient is ``gy * cos(x)``.

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
>>> x = Variable(1.0)
>>> y = F.sin(x)
>>> y.backward()
>>> print(y, x.grad)
variable(0.8414709848078965) variable(0.5403023058681398)
";
    const CLASS: Class = Class::Trig;
    const GRAD_CLASS: Class = Class::Trig;
    const KEEP: Keep = Keep::X;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x.sin()
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, x: E, _y: E, gy: E) -> E {
        gy * x.cos()
    }
}
