//! Power: `z = xʸ`, `gx = gz · y · xʸ⁻¹`, `gy = gz · z · ln x`.

use super::Square;
use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::Expr;
use crate::op::{Binary, ByNumber, Unary};

/// Power: `z = xʸ`, `gx = gz · y · xʸ⁻¹`, `gy = gz · z · ln x`.
#[derive(Clone, Copy, Default)]
pub struct Pow;

impl Binary for Pow {
    const NAME: &'static str = "Pow";
    const FUNCTION: &'static str = "pow";
    const DOC: &'static str = "\
Power, element by element: ``x ** y``; the gradients are ``gz * y * x**(y - 1)`` and
``gz * z * log(x)``.

``x ** 0`` is 1 and has gradient 0 everywhere, at ``x = 0`` too. At ``x = 0`` the gradient for an
exponent between 0 and 1, infinite from one side, is taken as 0, as that of ``sqrt``, and the gradient
with respect to the exponent is 0; for negative ``x`` the latter is NaN.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> x = Variable(2.0)
>>> y = F.pow(x, 3)
>>> y.backward()
>>> print(y, x.grad)
variable(8.0) variable(12.0)";
    const CLASS: Class = Class::Library;
    const GRAD_CLASS: Class = Class::Library;
    const DX: Keep = Keep::X.and(Keep::Y);
    const DY: Keep = Keep::X.and(Keep::OUTPUT);

    #[inline(always)]
    fn f<E: Expr>(&self, x: E, y: E) -> E {
        x.pow(y)
    }

    #[inline(always)]
    fn dx<E: Expr>(&self, x: E, y: E, _z: E, gz: E) -> E {
        let (zero, one) = (x.lit(0.0), x.lit(1.0));
        let at_zero = x.ge(zero) * zero.ge(x);
        let vertical = at_zero * y.gt(zero) * one.gt(y);
        let open = (one - vertical).gate(y);
        // The exponent is gated too, so that no order of derivative meets 0 times infinity.
        (gz * y * x.pow((y - one).gate(open))).gate(open)
    }

    #[inline(always)]
    fn dy<E: Expr>(&self, x: E, _y: E, z: E, gz: E) -> E {
        (gz * z * x.log()).gate(x)
    }

    fn by_number(&self, y: f64) -> Option<&'static dyn ByNumber> {
        match y {
            1.0 => Some(&By::<1>),
            2.0 => Some(&Square),
            3.0 => Some(&By::<3>),
            -1.0 => Some(&By::<-1>),
            _ => None,
        }
    }

    #[inline(always)]
    fn dx_by_number<E: Expr>(&self, x: E, y: E, number: f64, gz: E) -> Option<E> {
        // Below 1 there is an infinite slope at 0 to be left out, and 0 has none.
        let short = number.is_finite() && !(0.0..1.0).contains(&number);
        short.then(|| gz * y * x.pow(y - x.lit(1.0)))
    }
}

/// `x` to the power 1, which gradients of squares have, 3 or -1: loops without a look at the exponent.
#[derive(Clone, Copy)]
struct By<const EXPONENT: i8>;

impl<const EXPONENT: i8> Unary for By<EXPONENT> {
    const NAME: &'static str = Pow::NAME;
    const FUNCTION: &'static str = Pow::FUNCTION;
    const CLASS: Class = Class::Arithmetic;
    const KEEP: Keep = Keep::X;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        match EXPONENT {
            1 => x,
            3 => x * x * x,
            _ => x.lit(1.0) / x,
        }
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, x: E, _y: E, gy: E) -> E {
        match EXPONENT {
            1 => gy,
            3 => gy * x.lit(3.0) * (x * x),
            _ => {
                let y = x.lit(1.0) / x;
                -(gy * (y * y))
            }
        }
    }
}
