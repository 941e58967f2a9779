//! Smooth clipping: `y = lo + (softplus k(x - lo) - softplus k(x - hi)) / k`,
//! `gx = gy · (sigmoid k(x - lo) - sigmoid k(x - hi))`.

use crate::error::{Error, Result};
use crate::graph::{Ctx, Keep, Var};
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Expr, clamp};
use crate::op::{Unary, unary};
use crate::ops::{Abs, Sigmoid, Softplus};

/// Values brought into an interval with rounded corners; an end may be infinite.
#[derive(Clone, Copy)]
pub struct SoftClip {
    lo: f64,
    hi: f64,
    sharpness: f64,
}

impl SoftClip {
    /// How far the corner at `end` is rounded.
    #[inline(always)]
    fn rounding<E: Expr>(self, x: E, end: f64) -> E {
        if end.is_infinite() {
            return x.lit(0.0);
        }
        let k = x.lit(self.sharpness);
        (-(k * (x - x.lit(end)).call(Abs))).call(Softplus) / k
    }
}

impl Unary for SoftClip {
    const NAME: &'static str = "SoftClip";
    const FUNCTION: &'static str = "soft_clip";
    const CLASS: Class = Class::Function;
    const GRAD_CLASS: Class = Class::Function;
    const KEEP: Keep = Keep::X;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        // The formula with `softplus t = max(t, 0) + softplus -|t|`, which does not cancel.
        let corners = self.rounding(x, self.lo) - self.rounding(x, self.hi);
        clamp(x, self.lo, self.hi) + corners
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, x: E, _y: E, gy: E) -> E {
        // The difference of two logistic functions as a product, which does not cancel.
        let k = x.lit(self.sharpness);
        let mut slope = gy;
        if self.lo.is_finite() {
            slope = slope * (k * (x - x.lit(self.lo))).call(Sigmoid);
        }
        if self.hi.is_finite() {
            slope = slope * (k * (x.lit(self.hi) - x)).call(Sigmoid);
        }
        if self.lo.is_finite() && self.hi.is_finite() {
            slope = slope * x.lit(-(-self.sharpness * (self.hi - self.lo)).exp_m1());
        }
        slope
    }
}

/// Clips to `lo..=hi` with corners rounded the less, the larger `sharpness` is.
pub fn soft_clip(g: &Ctx<'_>, x: &Var, lo: f64, hi: f64, sharpness: f64) -> Result<Var> {
    if lo.is_nan() || hi.is_nan() || lo > hi {
        let message = format!("min must not exceed max, got min={lo}, max={hi}");
        return Err(Error::argument("soft_clip", message));
    }
    if lo == f64::INFINITY || hi == f64::NEG_INFINITY {
        let message = format!("no number lies between min={lo} and max={hi}");
        return Err(Error::argument("soft_clip", message));
    }
    if !(sharpness > 0.0 && sharpness.is_finite()) {
        let message = format!("sharpness must be positive and finite, got {sharpness}");
        return Err(Error::argument("soft_clip", message));
    }
    unary(g, SoftClip { lo, hi, sharpness }, x)
}
