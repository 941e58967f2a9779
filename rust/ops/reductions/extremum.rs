//! Maximum and minimum over axes; elements that tie share the gradient evenly.

use crate::error::{Kind, Result};
use crate::graph::{Ctx, Keep, Var};
use crate::kernels::{compare, reduce};
use crate::op::{Grads, Op, Rule, binary, one};
use crate::ops;
use crate::tensor::{Axes, Tensor, reduced_shape, resolve_axes};

struct Extremum {
    axes: Axes,
    name: &'static str,
}

impl Op for Extremum {
    fn name(&self) -> &str {
        self.name
    }
    fn keeps(&self, _wants: &[bool]) -> Keep {
        Keep::X.and(Keep::OUTPUT)
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        let (g, x) = (rule.g, &rule.inputs[0]);
        let kept = reduced_shape(x.shape(), &self.axes, true);
        // Where the maximum is taken is piecewise constant, so the weights are constants.
        let mask = compare::equal_mask(&x.value, &rule.output.value.reshape(&kept)?)?;
        let count = reduce::reduce::<reduce::Sum>(&mask, &self.axes, true)?;
        let (mask, count) = (Var::constant(mask), Var::constant(count));
        let gy = ops::reshape(g, rule.gy()?, &kept)?;
        let share = binary(g, ops::Div, &gy, &count)?;
        let spread = ops::broadcast_to(g, &share, x.shape())?;
        one(binary(g, ops::Gate, &spread, &mask)?)
    }
}

fn extremum(
    g: &Ctx<'_>,
    x: &Var,
    axes: Option<&[i64]>,
    (function, name): (&'static str, &'static str),
    reduce: impl FnOnce(&Tensor, &[usize]) -> Result<Tensor>,
) -> Result<Var> {
    let axes = resolve_axes(function, axes, x.ndim())?;
    if axes.iter().any(|&a| x.shape()[a] == 0) {
        return Err(Kind::EmptyReduction {
            op: function,
            shape: x.shape().into(),
            axes: axes.to_vec(),
        }
        .into());
    }
    let value = reduce(&x.value, &axes)?;
    Ok(g.record(Extremum { axes, name }, &[x], value))
}

/// The largest elements over `axes`.
pub fn max(g: &Ctx<'_>, x: &Var, axes: Option<&[i64]>, keepdims: bool) -> Result<Var> {
    extremum(g, x, axes, ("max", "Max"), |t, a| reduce::reduce::<reduce::Max>(t, a, keepdims))
}

/// The smallest elements over `axes`.
pub fn min(g: &Ctx<'_>, x: &Var, axes: Option<&[i64]>, keepdims: bool) -> Result<Var> {
    extremum(g, x, axes, ("min", "Min"), |t, a| reduce::reduce::<reduce::Min>(t, a, keepdims))
}
