//! The larger of two operands; where they are equal, each takes half of the gradient.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::Expr;
use crate::op::Binary;

/// The larger of two operands; where they are equal, each takes half of the gradient.
#[derive(Clone, Copy, Default)]
pub struct Maximum;

impl Binary for Maximum {
    const NAME: &'static str = "Maximum";
    const FUNCTION: &'static str = "maximum";
    const DOC: &'static str = "\
The larger of two operands, element by element; NaN if either is.

The gradient goes to the larger operand; where they are equal, each takes half of it.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> print(F.maximum(Variable([1.0, 5.0]), 3.0))
variable([3., 5.])";
    const CLASS: Class = Class::Arithmetic;
    const DX: Keep = Keep::X.and(Keep::Y);
    const DY: Keep = Keep::X.and(Keep::Y);

    #[inline(always)]
    fn f<E: Expr>(&self, x: E, y: E) -> E {
        x.maximum(y)
    }

    #[inline(always)]
    fn dx<E: Expr>(&self, x: E, y: E, _z: E, gz: E) -> E {
        let mask = x.ge(y) + x.gt(y);
        (gz * mask * gz.lit(0.5)).gate(mask)
    }

    #[inline(always)]
    fn dy<E: Expr>(&self, x: E, y: E, _z: E, gz: E) -> E {
        let mask = y.ge(x) + y.gt(x);
        (gz * mask * gz.lit(0.5)).gate(mask)
    }
}
