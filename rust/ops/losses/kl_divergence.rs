//! Divergence of Kullback and Leibler: `Σ p (log p - log q)` ("On Information and Sufficiency", 1951).

use crate::error::Result;
use crate::graph::{Ctx, Keep, Var};
use crate::kernels::dispatch::Class;
use crate::kernels::expr::Expr;
use crate::op::{Binary, binary};
use crate::ops;
use crate::tensor::resolve_axis;

/// `z = x (log x - log y)`, `gx = gz (log x - log y + 1)`, `gy = -gz x / y`; all 0 where `x` is 0.
#[derive(Clone, Copy, Default)]
struct RelativeEntropy;

/// The operands with ones added where `x` is 0, and the mask that hides what comes of those.
#[inline(always)]
fn guarded<E: Expr>(x: E, y: E) -> (E, E, E) {
    let (zero, one) = (x.lit(0.0), x.lit(1.0));
    let none = x.ge(zero) * zero.ge(x);
    (x + none, y + none, one - none)
}

impl Binary for RelativeEntropy {
    const NAME: &'static str = "KLDivergence";
    const FUNCTION: &'static str = "kl_divergence";
    const CLASS: Class = Class::Function;
    const GRAD_CLASS: Class = Class::Function;
    const DX: Keep = Keep::X.and(Keep::Y);
    const DY: Keep = Keep::X.and(Keep::Y);

    #[inline(always)]
    fn f<E: Expr>(&self, x: E, y: E) -> E {
        let (x, y, mask) = guarded(x, y);
        (x * (x.log() - y.log())).gate(mask)
    }

    #[inline(always)]
    fn dx<E: Expr>(&self, x: E, y: E, _z: E, gz: E) -> E {
        let (x, y, mask) = guarded(x, y);
        (gz * (x.log() - y.log() + x.lit(1.0))).gate(mask)
    }

    #[inline(always)]
    fn dy<E: Expr>(&self, x: E, y: E, _z: E, gz: E) -> E {
        let (x, y, mask) = guarded(x, y);
        -(gz * (x / y)).gate(mask)
    }
}

/// The mean over the leading axes of the divergence along the last one.
pub fn kl_divergence(g: &Ctx<'_>, p: &Var, q: &Var) -> Result<Var> {
    let terms = binary(g, RelativeEntropy, p, q)?;
    resolve_axis("kl_divergence", -1, terms.ndim())?;
    let sums = ops::sum(g, &terms, Some(&[-1]), false)?;
    ops::mean(g, &sums, None, false)
}
