//! Huber's loss: quadratic up to an error of `delta`, linear beyond (Huber, "Robust Estimation of a
//! Location Parameter", 1964).

use super::mean_of;
use crate::error::{Error, Result};
use crate::graph::{Ctx, Keep, Var};
use crate::kernels::dispatch::Class;
use crate::kernels::expr::Expr;
use crate::op::Binary;

/// `z = c (d - c/2)` with `d = x - y`, and `c` its part within `±delta`; `gx = gz · c`, `gy = -gx`.
#[derive(Clone, Copy)]
struct Huber {
    delta: f64,
}

impl Huber {
    #[inline(always)]
    fn clipped<E: Expr>(&self, d: E) -> E {
        d.maximum(d.lit(-self.delta)).minimum(d.lit(self.delta))
    }
}

impl Binary for Huber {
    const NAME: &'static str = "Huber";
    const FUNCTION: &'static str = "huber";
    const CLASS: Class = Class::Arithmetic;
    const DX: Keep = Keep::X.and(Keep::Y);
    const DY: Keep = Keep::X.and(Keep::Y);

    #[inline(always)]
    fn f<E: Expr>(&self, x: E, y: E) -> E {
        let d = x - y;
        let c = self.clipped(d);
        c * (d - c * c.lit(0.5))
    }

    #[inline(always)]
    fn dx<E: Expr>(&self, x: E, y: E, _z: E, gz: E) -> E {
        gz * self.clipped(x - y)
    }

    #[inline(always)]
    fn dy<E: Expr>(&self, x: E, y: E, _z: E, gz: E) -> E {
        gz * self.clipped(y - x)
    }
}

/// The mean of Huber's loss of the differences. Of nothing it is NaN.
pub fn huber(g: &Ctx<'_>, x0: &Var, x1: &Var, delta: f64) -> Result<Var> {
    if delta.is_nan() || delta <= 0.0 || delta.is_infinite() {
        let message = format!("delta must be positive and finite, got {delta}");
        return Err(Error::argument("huber", message));
    }
    mean_of(g, Huber { delta }, x0, x1)
}
