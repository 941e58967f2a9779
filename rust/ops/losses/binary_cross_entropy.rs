//! Binary cross-entropy of logits: `t log(1 + exp(-x)) + (1 - t) log(1 + exp x)`.

use crate::error::Result;
use crate::graph::{Ctx, Keep, Var};
use crate::kernels::dispatch::Class;
use crate::kernels::expr::Expr;
use crate::op::{Binary, binary};
use crate::ops::{self, Sigmoid, Softplus};
use crate::tensor::Tensor;

/// `z = t · softplus(-x) + (1 - t) · softplus x`, `gx = gz (logistic x - t)`, `gt = -gz x`.
#[derive(Clone, Copy, Default)]
struct LogitError;

impl Binary for LogitError {
    const NAME: &'static str = "BinaryCrossEntropy";
    const FUNCTION: &'static str = "binary_cross_entropy_with_logits";
    const CLASS: Class = Class::Function;
    const GRAD_CLASS: Class = Class::Function;
    const DX: Keep = Keep::X.and(Keep::Y);
    const DY: Keep = Keep::X;

    #[inline(always)]
    fn f<E: Expr>(&self, x: E, t: E) -> E {
        // Gates: a logit that is infinite on the right side costs nothing.
        let rest = t.lit(1.0) - t;
        (t * (-x).call(Softplus)).gate(t) + (rest * x.call(Softplus)).gate(rest)
    }

    #[inline(always)]
    fn dx<E: Expr>(&self, x: E, t: E, _z: E, gz: E) -> E {
        gz * (x.call(Sigmoid) - t)
    }

    #[inline(always)]
    fn dy<E: Expr>(&self, x: E, _t: E, _z: E, gz: E) -> E {
        -(gz * x)
    }
}

/// The mean of the binary cross-entropy; each element's loss is multiplied by its `weight`, and the
/// part of what is true by `pos_weight`, which both broadcast and are constants.
pub fn binary_cross_entropy_with_logits(
    g: &Ctx<'_>,
    x: &Var,
    t: &Var,
    weight: Option<Tensor>,
    pos_weight: Option<Tensor>,
) -> Result<Var> {
    let mut terms = binary(g, LogitError, x, t)?;
    if let Some(p) = pos_weight {
        // The part of what is true once is in the terms: it comes p - 1 times more.
        let one = Var::constant(Tensor::number(p.dtype(), 1.0));
        let more = binary(g, ops::Sub, &Var::constant(p), &one)?;
        let one = Var::constant(Tensor::number(x.dtype(), 1.0));
        let positive = binary(g, ops::Mul, t, &binary(g, LogitError, x, &one)?)?;
        terms = binary(g, ops::Add, &terms, &binary(g, ops::Mul, &more, &positive)?)?;
    }
    if let Some(w) = weight {
        terms = binary(g, ops::Mul, &Var::constant(w), &terms)?;
    }
    ops::mean(g, &terms, None, false)
}
