//! Variance over axes: `y = Σ (x - x̄)² / n`, `gx = 2 gy (x - x̄) / n`; and its root.

use crate::error::Result;
use crate::graph::{Ctx, Keep, Var};
use crate::kernels::compare;
use crate::kernels::dispatch::{Class, MapFn};
use crate::kernels::expr::Expr;
use crate::kernels::map::map;
use crate::kernels::reduce;
use crate::op::{Grads, Op, Rule, binary, one, unary};
use crate::ops::{self, away_from};
use crate::tensor::{Axes, Tensor, reduced_shape, resolve_axes};

struct Variance {
    axes: Axes,
}

/// `gx`, from `x`, its mean and `gy`.
#[derive(Clone, Copy)]
struct Slope {
    factor: f64,
}

impl MapFn<3> for Slope {
    const CLASS: Class = Class::Arithmetic;
    #[inline(always)]
    fn eval<E: Expr>(&self, [x, mean, gy]: [E; 3]) -> E {
        (x - mean) * (gy * gy.lit(self.factor))
    }
}

impl Op for Variance {
    fn name(&self) -> &str {
        "Variance"
    }
    fn keeps(&self, _wants: &[bool]) -> Keep {
        Keep::X
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        let (g, x) = (rule.g, &rule.inputs[0]);
        let axes: Vec<i64> = self.axes.iter().map(|&a| a as i64).collect();
        let count: usize = self.axes.iter().map(|&a| x.shape()[a]).product();
        let factor = 2.0 / count as f64;
        let gy = ops::reshape(g, rule.gy()?, &reduced_shape(x.shape(), &self.axes, true))?;
        let mean = ops::mean(g, x, Some(&axes), true)?;
        if !g.is_recording() {
            let gx = map(&Slope { factor }, [&x.value, &mean.value, &gy.value], x.shape())?;
            return one(Var::constant(gx));
        }
        let deviation = binary(g, ops::Sub, x, &mean)?;
        let factor = Var::constant(Tensor::number(x.dtype(), factor));
        one(binary(g, ops::Mul, &deviation, &binary(g, ops::Mul, &gy, &factor)?)?)
    }
}

/// The mean of the squared deviations from the mean, by two passes. Of nothing it is NaN.
pub fn variance(g: &Ctx<'_>, x: &Var, axes: Option<&[i64]>, keepdims: bool) -> Result<Var> {
    let over = resolve_axes("variance", axes, x.ndim())?;
    let quiet = Ctx::with_recording(g.graph(), false);
    let fixed = Var::constant(x.value.clone());
    let mean = ops::mean(&quiet, &fixed, axes, true)?;
    let squares = binary(&quiet, ops::SquaredError, &fixed, &mean)?;
    let value = ops::mean(&quiet, &squares, axes, keepdims)?.value;
    Ok(g.record(Variance { axes: over }, &[x], value))
}

/// The standard deviation: the root of the variance, with gradient 0 where that is 0.
pub fn std(g: &Ctx<'_>, x: &Var, axes: Option<&[i64]>, keepdims: bool) -> Result<Var> {
    let over = resolve_axes("std", axes, x.ndim())?;
    let variance = variance(g, x, axes, keepdims)?;
    let root = |v: &Var| unary(g, ops::Sqrt, v);
    if over.iter().any(|&a| x.shape()[a] == 0) {
        return root(&variance);
    }
    // The mean of equal elements is rounded, and leaves a variance that is not quite 0. (Equal infinities have
    // a distance that is NaN, as the variance is.)
    let high = Var::constant(reduce::reduce::<reduce::Max>(&x.value, &over, keepdims)?);
    let low = Var::constant(reduce::reduce::<reduce::Min>(&x.value, &over, keepdims)?);
    let quiet = Ctx::with_recording(g.graph(), false);
    let spread = binary(&quiet, ops::Sub, &high, &low)?.value;
    let zero = Tensor::number(x.dtype(), 0.0);
    let [same, none] = [spread, variance.value.clone()].map(|v| compare::equal_mask(&v, &zero));
    let (same, none) = (Var::constant(same?), Var::constant(none?));
    let zeros = binary(&quiet, ops::Maximum, &same, &none)?.value;
    away_from(g, &variance, zeros, root)
}
