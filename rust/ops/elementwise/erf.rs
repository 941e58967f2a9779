//! Error function: `y = 2/√π ∫₀ˣ e^(-t²) dt`, `gx = gy · 2/√π · e^(-x²)`.

use std::f64::consts::FRAC_2_SQRT_PI;

use crate::graph::Keep;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Expr, clamp, elementary};
use crate::kernels::math;
use crate::op::Unary;

/// Error function: `y = 2/√π ∫₀ˣ e^(-t²) dt`, `gx = gy · 2/√π · e^(-x²)`.
#[derive(Clone, Copy, Default)]
pub struct Erf;

impl Unary for Erf {
    const NAME: &'static str = "Erf";
    const FUNCTION: &'static str = "erf";
    const DOC: &'static str = "\
Error function, element by element: the integral of ``2 / sqrt(pi) * exp(-t**2)`` from 0 to ``x``;
the gradient is ``gy * 2 / sqrt(pi) * exp(-x**2)``.";
    const EXAMPLE: &'static str = "\
>>> from autograd import Variable, functions as F
>>> x = Variable([0.0, 0.5])
>>> y = F.erf(x)
>>> y.backward()
>>> print(y, x.grad)
variable([0.        , 0.52049988]) variable([1.12837917, 0.87878258])";
    const CLASS: Class = Class::Function;
    const GRAD_CLASS: Class = Class::Function;
    const KEEP: Keep = Keep::X;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x.call(*self)
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, x: E, _y: E, gy: E) -> E {
        gy * gauss(x)
    }
}

elementary!(Erf, math::erf_f64, math::erf_f32);

/// The slope of the error function. Where it underflows it stands still, so that no derivative of
/// it meets 0 times infinity.
#[inline(always)]
pub fn gauss<E: Expr>(x: E) -> E {
    let x = clamp(x, -40.0, 40.0);
    x.lit(FRAC_2_SQRT_PI) * (-(x * x)).exp()
}
