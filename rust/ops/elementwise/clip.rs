//! Clipping: `y = min(max(x, lo), hi)`; the gradient passes where `lo ≤ x ≤ hi`.

use crate::error::{Error, Result};
use crate::graph::{Ctx, Keep, Var};
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Expr, clamp};
use crate::op::{Unary, unary};

/// Values brought into an interval; its ends belong to it.
#[derive(Clone, Copy)]
pub struct Clip {
    lo: f64,
    hi: f64,
}

impl Unary for Clip {
    const NAME: &'static str = "Clip";
    const FUNCTION: &'static str = "clip";
    const CLASS: Class = Class::Arithmetic;
    const KEEP: Keep = Keep::X;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        clamp(x, self.lo, self.hi)
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, x: E, _y: E, gy: E) -> E {
        gy.gate(x.ge(x.lit(self.lo))).gate(x.lit(self.hi).ge(x))
    }
}

/// Clips to `lo..=hi`; an end may be infinite.
pub fn clip(g: &Ctx<'_>, x: &Var, lo: f64, hi: f64) -> Result<Var> {
    if lo.is_nan() || hi.is_nan() || lo > hi {
        return Err(Error::argument(
            "clip",
            format!("min must not exceed max, got min={lo}, max={hi}"),
        ));
    }
    unary(g, Clip { lo, hi }, x)
}
