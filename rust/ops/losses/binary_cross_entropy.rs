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

/// `z = w v`, and 0 where the weight `w` is 0, be `v` infinite.
#[derive(Clone, Copy, Default)]
struct Weighed;

impl Binary for Weighed {
    const NAME: &'static str = "Mul";
    const FUNCTION: &'static str = "binary_cross_entropy_with_logits";
    const CLASS: Class = Class::Arithmetic;
    const DX: Keep = Keep::Y;
    const DY: Keep = Keep::X;

    #[inline(always)]
    fn f<E: Expr>(&self, w: E, v: E) -> E {
        (w * v).gate(w)
    }

    #[inline(always)]
    fn dx<E: Expr>(&self, _w: E, v: E, _z: E, gz: E) -> E {
        gz * v
    }

    #[inline(always)]
    fn dy<E: Expr>(&self, w: E, _v: E, _z: E, gz: E) -> E {
        gz * w
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
    let mut terms = match pos_weight {
        None => binary(g, LogitError, x, t)?,
        Some(p) => {
            let number = |c| Var::constant(Tensor::number(x.dtype(), c));
            let part = |share: &Var, truth| {
                binary(g, Weighed, share, &binary(g, LogitError, x, &number(truth))?)
            };
            let positive = part(&binary(g, ops::Mul, &Var::constant(p), t)?, 1.0)?;
            let negative = part(&binary(g, ops::Sub, &number(1.0), t)?, 0.0)?;
            binary(g, ops::Add, &positive, &negative)?
        }
    };
    if let Some(w) = weight {
        terms = binary(g, ops::Mul, &Var::constant(w), &terms)?;
    }
    ops::mean(g, &terms, None, false)
}
