//! Logarithm of a sum of exponentials over axes: `y = log Σ exp x`, `gx = gy · softmax x`.

use crate::error::Result;
use crate::graph::{Ctx, Keep, Var};
use crate::kernels::lines::Rows;
use crate::kernels::softmax;
use crate::op::{Grads, Op, Rule, binary, one};
use crate::ops;
use crate::tensor::{Axes, reduced_shape, resolve_axes};

struct LogSumExp {
    axes: Axes,
}

impl Op for LogSumExp {
    fn name(&self) -> &str {
        "LogSumExp"
    }
    fn keeps(&self, _wants: &[bool]) -> Keep {
        Keep::X
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        let (g, x, gy) = (rule.g, &rule.inputs[0], rule.gy()?);
        let rows = Rows::new(x.shape(), &self.axes);
        if !g.is_recording() && !softmax::is_long(&rows) {
            let gx = softmax::logsumexp_grad(&x.value, &gy.value, &self.axes)?;
            return one(Var::constant(gx));
        }
        let shares = ops::softmax_over(g, x, self.axes.to_vec())?;
        let gy = ops::reshape(g, gy, &reduced_shape(x.shape(), &self.axes, true))?;
        one(binary(g, ops::Mul, &shares, &gy)?)
    }
}

/// The logarithm of the sum of exponentials over `axes`, all of them for `None`.
pub fn logsumexp(g: &Ctx<'_>, x: &Var, axes: Option<&[i64]>, keepdims: bool) -> Result<Var> {
    let axes = resolve_axes("logsumexp", axes, x.ndim())?;
    let value = softmax::logsumexp(&x.value, &axes, keepdims)?;
    Ok(g.record(LogSumExp { axes }, &[x], value))
}
