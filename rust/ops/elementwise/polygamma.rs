//! Derivatives of the digamma function: `y = ψ⁽ⁿ⁾(x)`, `gx = gy · ψ⁽ⁿ⁺¹⁾(x)`.

use crate::error::{Error, Result};
use crate::graph::{Ctx, Keep, Var};
use crate::kernels::dispatch::Class;
use crate::kernels::expr::{Elementary, Expr};
use crate::kernels::math;
use crate::op::{Unary, unary};
use crate::ops::Digamma;

/// The derivative of order `n` of the digamma function, from 1 on.
#[derive(Clone, Copy)]
pub struct Polygamma {
    /// The order.
    pub n: u32,
}

impl Unary for Polygamma {
    const NAME: &'static str = "Polygamma";
    const FUNCTION: &'static str = "polygamma";
    const CLASS: Class = Class::Library;
    const GRAD_CLASS: Class = Class::Library;
    const KEEP: Keep = Keep::X;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E) -> E {
        x.call(*self)
    }

    #[inline(always)]
    fn vjp<E: Expr>(&self, x: E, _y: E, gy: E) -> E {
        gy * x.call(Self { n: self.n + 1 })
    }
}

impl Elementary for Polygamma {
    #[inline(always)]
    fn f64(self, x: f64) -> f64 {
        math::polygamma_f64(self.n, x)
    }
}

/// The derivative of order `n`, from 0 to 1000.
pub fn polygamma(g: &Ctx<'_>, n: i64, x: &Var) -> Result<Var> {
    match n {
        0 => unary(g, Digamma, x),
        1..=1000 => unary(g, Polygamma { n: n as u32 }, x),
        _ => {
            let message = format!("the order n must lie between 0 and 1000, got {n}");
            Err(Error::argument("polygamma", message))
        }
    }
}
