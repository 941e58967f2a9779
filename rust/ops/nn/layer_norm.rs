//! Layer normalisation: `y = (x - mean) / sqrt(var + eps) · weight + bias` over some axes (Ba,
//! Kiros and Hinton 2016, *Layer Normalization*, equations 3 and 4).
//!
//! With `g = gy · weight` and `u` for the normalised `x`,
//! `gx = (g - mean(g) - u · mean(g · u)) / sqrt(var + eps)`.

use smallvec::{SmallVec, smallvec};

use crate::error::{Error, Kind, Result};
use crate::graph::{Ctx, Keep, Var};
use crate::kernels::normalize::{self, Backward};
use crate::op::{Grad, Grads, Op, Reach, Rule, binary, unary};
use crate::ops;
use crate::tensor::{DType, Dims, Tensor, resolve_axes};

/// Inputs: `x`, then weight and bias as far as there are any.
struct LayerNorm {
    /// How many axes at the end are normalised.
    axes: usize,
    eps: f64,
    weight: bool,
    bias: bool,
    mean: Tensor,
    var: Tensor,
}

impl LayerNorm {
    fn wants(&self, wants: impl Fn(usize) -> bool) -> [bool; 3] {
        let bias = 1 + usize::from(self.weight);
        [wants(0), self.weight && wants(1), self.bias && wants(bias)]
    }

    /// By recorded operations: the gradients of `x`, weight and bias.
    fn recorded(&self, rule: &Rule<'_>, [wants_x, wants_weight, _]: [bool; 3]) -> Result<Parts> {
        let (g, x, gy) = (rule.g, &rule.inputs[0], rule.gy()?);
        let axes: Vec<i64> = (1..=self.axes as i64).map(|a| -a).collect();
        let mean = |v: &Var| ops::mean(g, v, Some(&axes), true);
        let mul = |a: &Var, b: &Var| binary(g, ops::Mul, a, b);
        let sub = |a: &Var, b: &Var| binary(g, ops::Sub, a, b);
        let number = |c: f64| Var::constant(Tensor::number(x.dtype(), c));

        let d = sub(x, &mean(x)?)?;
        let var = mean(&unary(g, ops::Square, &d)?)?;
        let std = unary(g, ops::Sqrt, &binary(g, ops::Add, &var, &number(self.eps))?)?;
        let u = binary(g, ops::Div, &d, &std)?;
        let weight = if wants_weight { Some(mul(gy, &u)?) } else { None };
        if !wants_x {
            return Ok([None, weight, Some(gy.clone())]);
        }
        let gu = if self.weight { mul(gy, &rule.inputs[1])? } else { gy.clone() };
        let along = mul(&u, &mean(&mul(&gu, &u)?)?)?;
        let gx = binary(g, ops::Div, &sub(&sub(&gu, &mean(&gu)?)?, &along)?, &std)?;
        Ok([Some(gx), weight, Some(gy.clone())])
    }

    /// The same by kernels.
    fn computed(&self, rule: &Rule<'_>, wants: [bool; 3]) -> Result<Parts> {
        let x = &rule.inputs[0];
        let row = &x.shape()[x.ndim() - self.axes..];
        // Kept for the gradient of `x` alone.
        let weight = (self.weight && wants[0]).then(|| &rule.inputs[1].value);
        let n = row.iter().product();
        let (mean, var, gy) = (&self.mean, &self.var, &rule.gy()?.value);
        let job = Backward { x: &x.value, n, eps: self.eps, weight, mean, var, gy };
        let made = job.run(wants)?;
        let shaped = |t: Option<Tensor>| -> Result<Option<Var>> {
            Ok(t.map(|t| t.reshape(row)).transpose()?.map(Var::constant))
        };
        Ok([made.x.map(Var::constant), shaped(made.weight)?, shaped(made.bias)?])
    }
}

type Parts = [Option<Var>; 3];

impl Op for LayerNorm {
    fn name(&self) -> &str {
        "LayerNorm"
    }
    fn keeps(&self, wants: &[bool]) -> Keep {
        let [x, weight, _] = self.wants(|i| wants[i]);
        let first = if x || weight { Keep::X } else { Keep::NONE };
        first.and(if x && self.weight { Keep::Y } else { Keep::NONE })
    }
    fn reach(&self, i: usize) -> Reach {
        if i == 0 { Reach::Last(self.axes) } else { Reach::Each }
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        let wants = self.wants(|i| rule.wants(i));
        let parts = match (rule.g.is_recording(), wants) {
            (_, [false, false, _]) => [None, None, Some(rule.gy()?.clone())],
            (true, _) => self.recorded(rule, wants)?,
            (false, _) => self.computed(rule, wants)?,
        };
        let mut grads: Grads = smallvec![];
        for ((part, want), given) in
            parts.into_iter().zip(wants).zip([true, self.weight, self.bias])
        {
            if given {
                grads.push(part.filter(|_| want).map(Grad::Value));
            }
        }
        Ok(grads)
    }
}

/// The operands of a function in their widest dtype.
fn alike(g: &Ctx<'_>, given: &[Option<&Var>; 3]) -> Result<[Option<Var>; 3]> {
    let narrow = given.iter().flatten().all(|v| v.dtype() == DType::F32);
    let dtype = if narrow { DType::F32 } else { DType::F64 };
    let mut out = [None, None, None];
    for (o, v) in out.iter_mut().zip(given) {
        *o = v.map(|v| ops::cast(g, v, dtype)).transpose()?;
    }
    Ok(out)
}

/// Normalises over `axes`, all of them for `None`; weight and bias have the sizes of these axes.
pub fn layer_norm(
    g: &Ctx<'_>,
    x: &Var,
    weight: Option<&Var>,
    bias: Option<&Var>,
    axes: Option<&[i64]>,
    eps: f64,
) -> Result<Var> {
    let axes = resolve_axes("layer_norm", axes, x.ndim())?;
    check_eps("layer_norm", eps)?;
    let row: Dims = axes.iter().map(|&a| x.shape()[a]).collect();
    for (what, v) in [("weight", weight), ("bias", bias)] {
        if let Some(v) = v.filter(|v| v.shape() != row.as_slice()) {
            let (want, got) = (row.clone(), v.shape().into());
            return Err(Kind::ShapeMismatch { op: "layer_norm", what, want, got }.into());
        }
    }
    let [Some(x), weight, bias] = alike(g, &[Some(x), weight, bias])? else {
        return Err(Error::internal("an operand went"));
    };
    let lead = x.ndim() - axes.len();
    if axes.iter().enumerate().all(|(i, &a)| a == lead + i) {
        return Ok(rows(g, &x, weight.as_ref(), bias.as_ref(), axes.len(), eps)?.0);
    }
    let order: Vec<i64> = (0..x.ndim())
        .filter(|a| !axes.contains(a))
        .chain(axes.iter().copied())
        .map(|a| a as i64)
        .collect();
    let turned = ops::transpose(g, &x, Some(&order))?;
    let y = rows(g, &turned, weight.as_ref(), bias.as_ref(), axes.len(), eps)?.0;
    let mut back = vec![0; order.len()];
    for (i, &a) in order.iter().enumerate() {
        back[a as usize] = i as i64;
    }
    ops::transpose(g, &y, Some(&back))
}

/// Refuses what would not keep the square root away from 0.
pub fn check_eps(op: &'static str, eps: f64) -> Result<()> {
    match eps > 0.0 && eps.is_finite() {
        true => Ok(()),
        false => Err(Error::argument(op, format!("eps must be positive and finite, got {eps}"))),
    }
}

/// Normalises over the last `axes` axes; also gives the mean and the variance of each row.
pub fn rows(
    g: &Ctx<'_>,
    x: &Var,
    weight: Option<&Var>,
    bias: Option<&Var>,
    axes: usize,
    eps: f64,
) -> Result<(Var, Tensor, Tensor)> {
    let n = x.shape()[x.ndim() - axes..].iter().product();
    let value = |v: Option<&'_ Var>| v.map(|v| v.value.clone());
    let (w, b) = (value(weight), value(bias));
    let made = normalize::normalize(&x.value, n, eps, w.as_ref(), b.as_ref())?;
    let (mean, var) = (made.mean.clone(), made.var.clone());
    let (has_weight, has_bias) = (weight.is_some(), bias.is_some());
    let op =
        LayerNorm { axes, eps, weight: has_weight, bias: has_bias, mean: made.mean, var: made.var };
    let mut inputs: SmallVec<[&Var; 3]> = smallvec![x];
    inputs.extend(weight);
    inputs.extend(bias);
    Ok((g.record(op, &inputs, made.value), mean, var))
}
