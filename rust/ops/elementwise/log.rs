//! Natural logarithm: `y = ln x`, `gx = gy / x`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::Expr;
use crate::op::Unary;

/// Natural logarithm: `y = ln x`, `gx = gy / x`.
#[derive(Clone, Copy, Default)]
pub struct Log;

impl Unary for Log {
    const NAME: &'static str = "Log";
    const FUNCTION: &'static str = "log";
    const DOC: &'static str = "\
Natural logarithm, element by element; the gradient is ``gy / x``.

At 0, a pole, the value is -inf and the gradient infinite; below, the value is NaN.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> print(F.log(Variable([1.0, 2.0])))
variable([0.        , 0.69314718])";
    const CLASS: Class = Class::Function;
    const KEEP: Keep = Keep::X;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x.log()
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, x: E, _y: E, gy: E) -> E {
        gy / x
    }
}
