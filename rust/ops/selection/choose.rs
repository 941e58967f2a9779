//! One of two operands, element by element; the gradient goes to the one that was taken, and is
//! exactly 0 for the other, be it infinite or NaN.

use crate::error::{Kind, Result};
use crate::graph::{Ctx, Keep, Var};
use crate::kernels;
use crate::op::{Grad, Grads, Op, Reach, Rule};
use crate::ops;
use crate::tensor::{Tensor, broadcast_shapes};

struct Where {
    mask: Tensor,
}

impl Op for Where {
    fn name(&self) -> &str {
        "Where"
    }
    fn keeps(&self, _wants: &[bool]) -> Keep {
        Keep::NONE
    }
    fn reach(&self, _i: usize) -> Reach {
        Reach::Each
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        let (g, gy) = (rule.g, rule.gy()?);
        let zero = Var::constant(Tensor::number(gy.dtype(), 0.0));
        let side = |i: usize, x: &Var, y: &Var| -> Result<Option<Grad>> {
            let grad = || Ok(Grad::Value(choose(g, "where", &self.mask, x, y)?));
            rule.wants(i).then(grad).transpose()
        };
        Ok([side(0, gy, &zero)?, side(1, &zero, gy)?].into_iter().collect())
    }
}

/// `x` where the boolean mask is true, else `y`; all three broadcast together.
pub fn choose(g: &Ctx<'_>, op: &'static str, mask: &Tensor, x: &Var, y: &Var) -> Result<Var> {
    let (x, y) = ops::promote(g, x, y)?;
    let shape = broadcast_shapes(op, x.shape(), y.shape())?;
    let shape = broadcast_shapes(op, mask.shape(), &shape)?;
    let value = kernels::choose::choose(mask, &x.value, &y.value, &shape)?;
    Ok(g.record(Where { mask: mask.clone() }, &[&x, &y], value))
}

/// `x` with `value` where the mask is true; both broadcast to the shape of `x`.
pub fn masked_fill(g: &Ctx<'_>, x: &Var, mask: &Tensor, value: &Var) -> Result<Var> {
    let op = "masked_fill";
    for from in [mask.shape(), value.shape()] {
        if broadcast_shapes(op, from, x.shape()).ok().as_deref() != Some(x.shape()) {
            return Err(Kind::BroadcastTo { op, from: from.into(), to: x.shape().into() }.into());
        }
    }
    choose(g, op, mask, &ops::cast(g, value, x.dtype())?, x)
}
