//! Exponential linear unit: `y = x` where `x > 0`, else `α · (eˣ - 1)`; `gx = gy` there, else
//! `gy · α · eˣ`.

use crate::error::{Error, Result};
use crate::graph::{Ctx, Keep, Var};
use crate::kernels::dispatch::Class;
use crate::kernels::expr::Expr;
use crate::op::{Unary, unary};
use crate::ops::Expm1;

/// Exponential linear unit.
#[derive(Clone, Copy)]
pub struct Elu {
    alpha: f64,
}

impl Unary for Elu {
    const NAME: &'static str = "Elu";
    const FUNCTION: &'static str = "elu";
    const CLASS: Class = Class::Function;
    const GRAD_CLASS: Class = Class::Function;
    const KEEP: Keep = Keep::X;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        let (above, below) = sides(x);
        x.gate(above) + x.lit(self.alpha) * x.gate(below).call(Expm1)
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, x: E, _y: E, gy: E) -> E {
        let (above, below) = sides(x);
        gy.gate(above) + (gy * x.lit(self.alpha) * x.gate(below).exp()).gate(below)
    }
}

/// The masks of the sides: above 0, and the others.
#[inline(always)]
fn sides<E: Expr>(x: E) -> (E, E) {
    let above = x.gt(x.lit(0.0));
    (above, x.lit(1.0) - above)
}

/// The exponential linear unit with a finite `alpha`.
pub fn elu(g: &Ctx<'_>, x: &Var, alpha: f64) -> Result<Var> {
    if !alpha.is_finite() {
        return Err(Error::argument("elu", format!("alpha must be finite, got {alpha}")));
    }
    unary(g, Elu { alpha }, x)
}
