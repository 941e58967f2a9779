//! Absolute value: `y = |x|`, `gx = gy · sign x`.

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Expr, elementary};
use crate::op::Unary;

/// Absolute value: `y = |x|`, `gx = gy · sign x`.
#[derive(Clone, Copy, Default)]
pub struct Abs;

impl Unary for Abs {
    const NAME: &'static str = "Abs";
    const FUNCTION: &'static str = "abs";
    const DOC: &'static str = "\
Absolute value, element by element; the gradient is ``gy * sign(x)``, which is 0 at 0.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> x = Variable([-2.0, 0.0, 3.0])
>>> y = F.abs(x)
>>> y.backward()
>>> print(y, x.grad)
variable([2., 0., 3.]) variable([-1.,  0.,  1.])";
    const CLASS: Class = Class::Arithmetic;
    const KEEP: Keep = Keep::X;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x.call(*self)
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, x: E, _y: E, gy: E) -> E {
        let zero = x.lit(0.0);
        gy * (x.gt(zero) - zero.gt(x))
    }
}

elementary!(Abs, f64::abs, f32::abs);
