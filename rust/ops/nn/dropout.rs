//! Dropout: `y = x / (1 - p)` where a mask says so and 0 elsewhere, `gx` likewise (Srivastava et
//! al. 2014, *Dropout*; here inverted: scaled in training, not in test).

use crate::error::{Kind, Result};
use crate::graph::{Ctx, Keep, Var};
use crate::kernels::copy;
use crate::kernels::dispatch::Class;
use crate::kernels::expr::Expr;
use crate::op::{Binary, binary};
use crate::tensor::Tensor;

/// Scales `x` where the mask is not 0. What is dropped is exactly 0, be it infinite or NaN.
#[derive(Clone, Copy)]
struct Dropout {
    scale: f64,
}

impl Binary for Dropout {
    const NAME: &'static str = "Dropout";
    const FUNCTION: &'static str = "dropout";
    const CLASS: Class = Class::Arithmetic;
    const DX: Keep = Keep::Y;
    const DY: Keep = Keep::NONE;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E, mask: E) -> E {
        (x * x.lit(self.scale)).gate(mask)
    }

    #[inline(always)]
    fn dx<E: Expr>(&self, _x: E, mask: E, _y: E, gy: E) -> E {
        (gy * gy.lit(self.scale)).gate(mask)
    }

    #[inline(always)]
    fn dy<E: Expr>(&self, _x: E, _mask: E, _y: E, gy: E) -> E {
        gy.lit(0.0)
    }
}

/// `x` where the mask, booleans of the same shape, holds, over `1 - p`.
pub fn dropout(g: &Ctx<'_>, x: &Var, mask: &Tensor, p: f64) -> Result<Var> {
    if mask.shape() != x.shape() {
        let (want, got) = (x.shape().into(), mask.dims());
        return Err(Kind::ShapeMismatch { op: "dropout", what: "the mask", want, got }.into());
    }
    // With p = 1 nothing is left to be scaled.
    let scale = if p < 1.0 { 1.0 / (1.0 - p) } else { 0.0 };
    let mask = Var::constant(copy::cast(mask, x.dtype())?);
    binary(g, Dropout { scale }, x, &mask)
}
