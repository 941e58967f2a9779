//! Softmax, `y = exp x / Σ exp x`, `gx = y · (gy - Σ y gy)`, and its logarithm,
//! `y = x - log Σ exp x`, `gx = gy - exp y · Σ gy`.

use crate::error::Result;
use crate::graph::{Ctx, Keep, Var};
use crate::kernels::lines::Rows;
use crate::kernels::softmax;
use crate::op::{Grads, Op, Reach, Rule, binary, one, unary};
use crate::ops;
use crate::tensor::resolve_axis;

struct Softmax {
    axes: Vec<usize>,
}

struct LogSoftmax {
    axes: [usize; 1],
}

/// Whether the rule is better composed: to record it, or to share long rows out among threads.
fn composed(rule: &Rule<'_>, axes: &[usize]) -> bool {
    let rows = Rows::new(rule.output.shape(), axes);
    rule.g.is_recording() || softmax::is_long(&rows)
}

impl Op for Softmax {
    fn name(&self) -> &str {
        "Softmax"
    }
    fn keeps(&self, _wants: &[bool]) -> Keep {
        Keep::OUTPUT
    }
    fn reach(&self, _i: usize) -> Reach {
        Reach::From(self.axes.first().copied().unwrap_or(0))
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        let (g, y, gy) = (rule.g, rule.output, rule.gy()?);
        if !composed(rule, &self.axes) {
            let gx = softmax::softmax_grad(&y.value, &gy.value, &self.axes)?;
            return one(Var::constant(gx));
        }
        let weighted = binary(g, ops::Mul, y, gy)?;
        let axes: Vec<i64> = self.axes.iter().map(|&a| a as i64).collect();
        let dot = ops::sum(g, &weighted, Some(&axes), true)?;
        let rest = binary(g, ops::Sub, gy, &dot)?;
        one(binary(g, ops::Mul, y, &rest)?)
    }
}

impl Op for LogSoftmax {
    fn name(&self) -> &str {
        "LogSoftmax"
    }
    fn keeps(&self, _wants: &[bool]) -> Keep {
        Keep::OUTPUT
    }
    fn reach(&self, _i: usize) -> Reach {
        Reach::From(self.axes[0])
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        let (g, y, gy) = (rule.g, rule.output, rule.gy()?);
        if !composed(rule, &self.axes) {
            let gx = softmax::log_softmax_grad(&y.value, &gy.value, &self.axes)?;
            return one(Var::constant(gx));
        }
        let total = ops::sum(g, gy, Some(&[self.axes[0] as i64]), true)?;
        let shares = unary(g, ops::Exp, y)?;
        one(binary(g, ops::Sub, gy, &binary(g, ops::Mul, &shares, &total)?)?)
    }
}

/// Shares that sum to one along an axis.
pub fn softmax(g: &Ctx<'_>, x: &Var, axis: i64) -> Result<Var> {
    softmax_over(g, x, vec![resolve_axis("softmax", axis, x.ndim())?])
}

/// Shares that sum to one over axes, which are sorted and distinct.
pub fn softmax_over(g: &Ctx<'_>, x: &Var, axes: Vec<usize>) -> Result<Var> {
    let value = softmax::softmax(&x.value, &axes)?;
    Ok(g.record(Softmax { axes }, &[x], value))
}

/// The logarithm of [`softmax`].
pub fn log_softmax(g: &Ctx<'_>, x: &Var, axis: i64) -> Result<Var> {
    let axes = [resolve_axis("log_softmax", axis, x.ndim())?];
    let value = softmax::log_softmax(&x.value, &axes)?;
    Ok(g.record(LogSoftmax { axes }, &[x], value))
}
