//! Leaky rectifier: `y = x` where `x > 0`, else `slope · x`; `gx = gy · 1` or `gy · slope`.

use crate::error::{Error, Result};
use crate::graph::{Ctx, Keep, Var};
use crate::kernels::dispatch::Class;
use crate::kernels::expr::Expr;
use crate::op::{Unary, unary};

/// Leaky rectifier.
#[derive(Clone, Copy)]
pub struct LeakyRelu {
    slope: f64,
}

impl LeakyRelu {
    #[inline(always)]
    fn factor<E: Expr>(self, x: E) -> E {
        let above = x.gt(x.lit(0.0));
        above + x.lit(self.slope) * (x.lit(1.0) - above)
    }
}

impl Unary for LeakyRelu {
    const NAME: &'static str = "LeakyRelu";
    const FUNCTION: &'static str = "leaky_relu";
    const CLASS: Class = Class::Arithmetic;
    const KEEP: Keep = Keep::X;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x * self.factor(x)
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, x: E, _y: E, gy: E) -> E {
        gy * self.factor(x)
    }
}

/// The leaky rectifier with a finite slope.
pub fn leaky_relu(g: &Ctx<'_>, x: &Var, slope: f64) -> Result<Var> {
    if !slope.is_finite() {
        return Err(Error::argument("leaky_relu", format!("slope must be finite, got {slope}")));
    }
    unary(g, LeakyRelu { slope }, x)
}
