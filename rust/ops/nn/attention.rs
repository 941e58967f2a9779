//! Scaled dot-product attention: `y = softmax(scale · q kᵀ) v` (Vaswani et al. 2017, *Attention Is All
//! You Need*, equation 1), with masks. A query that sees nothing has weights of zero.
//!
//! With weights `p` and `gp = gy vᵀ`, the gradient of the scores is `gs = p · (gp - Σ p gp)`, and
//! `gq = scale · gs k`, `gk = scale · gsᵀ q`, `gv = pᵀ gy`.

use smallvec::{SmallVec, smallvec};

use super::attention_weights::attention_weights;
use crate::error::{Error, Kind, Result, Tuple};
use crate::graph::{Ctx, Keep, Var, total_tangent};
use crate::kernels::attention::{self, Backward, Given};
use crate::op::{Forward, Grad, Grads, Op, Rule, binary};
use crate::ops;
use crate::tensor::{DType, Dims, Tensor, broadcast_shapes};

const OP: &str = "scaled_dot_product_attention";

/// Places of the inputs.
const QUERY: usize = 0;
const KEY: usize = 1;
const VALUE: usize = 2;
const ADDED: usize = 3;

/// What decides which queries see which keys.
#[derive(Default)]
pub struct Mask {
    /// True where a query sees a key.
    pub visible: Option<Tensor>,
    /// Numbers that are added to the scores; minus infinity hides a key.
    pub added: Option<Var>,
    /// Whether query `i` sees keys up to `i` only.
    pub causal: bool,
}

/// Checks the operands; gives the shape of the scores, (..., L, S), and their scale.
pub(super) fn check(
    query: &Var,
    key: &Var,
    value: &[usize],
    mask: &Mask,
    scale: Option<f64>,
) -> Result<(Dims, f64)> {
    let shape = shapes(query.shape(), key.shape(), value)?;
    let fits = |what: &'static str, got: &[usize]| match broadcast_shapes(OP, &shape, got) {
        Ok(s) if s == shape => Ok(()),
        _ => Err(Error::from(Kind::ShapeMismatch {
            op: OP,
            what,
            want: shape.clone(),
            got: got.into(),
        })),
    };
    if let Some(v) = &mask.visible {
        fits("the mask (or what broadcasts to it)", v.shape())?;
    }
    if let Some(v) = &mask.added {
        fits("the mask (or what broadcasts to it)", v.shape())?;
    }
    let width = query.shape()[query.ndim() - 1];
    Ok((shape, scale.unwrap_or(1.0 / (width.max(1) as f64).sqrt())))
}

/// Checks the shapes (..., L, E), (..., S, E) and (..., S, Ev); gives that of the weights.
fn shapes(query: &[usize], key: &[usize], value: &[usize]) -> Result<Dims> {
    let bad = |message: String| Err(Error::argument(OP, message));
    for (what, shape) in [("query", query), ("key", key), ("value", value)] {
        if shape.len() < 2 {
            return bad(format!("{what} must have two axes or more, got shape {}", Tuple(shape)));
        }
    }
    let split = |shape: &'_ [usize]| {
        let n = shape.len() - 2;
        (Dims::from(&shape[..n]), shape[n], shape[n + 1])
    };
    let ((batch, l, e), (kb, s, ke), (vb, vs, _)) = (split(query), split(key), split(value));
    if e != ke {
        return bad(format!(
            "query of shape {} and key of shape {} must have the same last size",
            Tuple(query),
            Tuple(key)
        ));
    }
    if s != vs {
        return bad(format!(
            "key of shape {} and value of shape {} must have the same second-last size",
            Tuple(key),
            Tuple(value)
        ));
    }
    let batch = broadcast_shapes(OP, &batch, &kb)?;
    broadcast_shapes(OP, &batch, &vb)?;
    Ok(batch.into_iter().chain([l, s]).collect())
}

/// Inputs: query, key, value, and what is added to the scores if anything is.
struct Attention {
    visible: Option<Tensor>,
    causal: bool,
    scale: f64,
    /// For the kernel, where it keeps them.
    weights: Option<Tensor>,
}

impl Attention {
    fn mask(&self, inputs: &[Var]) -> Mask {
        let (visible, added) = (self.visible.clone(), inputs.get(ADDED).cloned());
        Mask { visible, added, causal: self.causal }
    }

    /// The weights by recorded operations.
    fn composed(&self, g: &Ctx<'_>, inputs: &[Var]) -> Result<Var> {
        let (mask, scale) = (self.mask(inputs), Some(self.scale));
        attention_weights(g, &inputs[QUERY], &inputs[KEY], inputs[VALUE].shape(), &mask, scale)
    }

    /// What a change `t` of the weights `p`, before the softmax, does to them, and back: `p · (t - Σ p t)`.
    fn slope(g: &Ctx<'_>, p: &Var, t: &Var) -> Result<Var> {
        let dot = ops::sum(g, &binary(g, ops::Mul, p, t)?, Some(&[-1]), true)?;
        binary(g, ops::Mul, p, &binary(g, ops::Sub, t, &dot)?)
    }

    fn scaled(&self, g: &Ctx<'_>, x: &Var) -> Result<Var> {
        binary(g, ops::Mul, x, &Var::constant(Tensor::number(x.dtype(), self.scale)))
    }

    fn recorded(&self, rule: &Rule<'_>) -> Result<Grads> {
        let (g, gy, inputs) = (rule.g, rule.gy()?, rule.inputs);
        let turned = |v: &Var| ops::swapaxes(g, v, -1, -2);
        let p = self.composed(g, inputs)?;
        let mut grads: Grads = inputs.iter().map(|_| None).collect();
        if rule.wants(VALUE) {
            grads[VALUE] = Some(Grad::Value(ops::matmul(g, &turned(&p)?, gy)?));
        }
        let added = inputs.len() > ADDED && rule.wants(ADDED);
        if !rule.wants(QUERY) && !rule.wants(KEY) && !added {
            return Ok(grads);
        }
        let gs = Self::slope(g, &p, &ops::matmul(g, gy, &turned(&inputs[VALUE])?)?)?;
        if added {
            grads[ADDED] = Some(Grad::Value(gs.clone()));
        }
        let gs = self.scaled(g, &gs)?;
        if rule.wants(QUERY) {
            grads[QUERY] = Some(Grad::Value(ops::matmul(g, &gs, &inputs[KEY])?));
        }
        if rule.wants(KEY) {
            grads[KEY] = Some(Grad::Value(ops::matmul(g, &turned(&gs)?, &inputs[QUERY])?));
        }
        Ok(grads)
    }

    fn computed(&self, rule: &Rule<'_>) -> Result<Grads> {
        let wants = [QUERY, KEY, VALUE, ADDED].map(|i| i < rule.inputs.len() && rule.wants(i));
        let given = given(rule.inputs, self.visible.as_ref(), self.causal, self.scale);
        let job = Backward { given, weights: self.weights.as_ref(), gy: &rule.gy()?.value };
        let made = job.run(wants)?.into_iter().take(rule.inputs.len());
        Ok(made.map(|t| t.map(|t| Grad::Value(Var::constant(t)))).collect())
    }
}

/// The operands of the kernel.
fn given<'a>(
    inputs: &'a [Var],
    visible: Option<&'a Tensor>,
    causal: bool,
    scale: f64,
) -> Given<'a> {
    let [query, key, value] = [QUERY, KEY, VALUE].map(|i| &inputs[i].value);
    let added = inputs.get(ADDED).map(|v| &v.value);
    Given { query, key, value, visible, added, causal, scale }
}

impl Op for Attention {
    fn name(&self) -> &str {
        "Attention"
    }
    fn keeps(&self, _wants: &[bool]) -> Keep {
        // Weights that are not kept, or are to be recorded, come from all but the value; the kernel is given that,
        // too.
        Keep((1 << (ADDED + 1)) - 1)
    }
    fn batches(&self) -> bool {
        true
    }
    fn forward(&self, step: &Forward<'_>) -> Option<Result<Var>> {
        let g = step.g;
        let [q, k, v] = [QUERY, KEY, VALUE].map(|i| &step.inputs[i]);
        let tangent = |i: usize| step.tangents.get(i).and_then(Option::as_ref);
        let run = || -> Result<Var> {
            let turned = |v: &Var| ops::swapaxes(g, v, -1, -2);
            let p = self.composed(g, step.inputs)?;
            let scores = |a: &Var, b: &Var| self.scaled(g, &ops::matmul(g, a, &turned(b)?)?);
            let mut of_scores: SmallVec<[Result<Var>; 3]> = smallvec![];
            of_scores.extend(tangent(QUERY).map(|t| scores(t, k)));
            of_scores.extend(tangent(KEY).map(|t| scores(q, t)));
            of_scores.extend(tangent(ADDED).map(|t| ops::broadcast_to(g, t, p.shape())));
            let mut parts: SmallVec<[Result<Var>; 2]> = smallvec![];
            if !of_scores.is_empty() {
                let t = total_tangent(g, of_scores)?;
                parts.push(ops::matmul(g, &Self::slope(g, &p, &t)?, v));
            }
            parts.extend(tangent(VALUE).map(|t| ops::matmul(g, &p, t)));
            total_tangent(g, parts)
        };
        Some(run())
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        match rule.g.is_recording() || rule.batch.is_some() {
            true => self.recorded(rule),
            false => self.computed(rule),
        }
    }
}

/// Attention of queries (..., L, E) to keys (..., S, E) with values (..., S, Ev).
pub fn attention(
    g: &Ctx<'_>,
    [query, key, value]: [&Var; 3],
    mask: Mask,
    scale: Option<f64>,
) -> Result<Var> {
    let (_, scale) = check(query, key, value.shape(), &mask, scale)?;
    let narrow = [query, key, value].iter().all(|v| v.dtype() == DType::F32);
    let dtype = if narrow { DType::F32 } else { DType::F64 };
    let mut inputs: SmallVec<[Var; 4]> = smallvec![];
    for v in [query, key, value].into_iter().chain(&mask.added) {
        inputs.push(ops::cast(g, v, dtype)?);
    }
    let requires = g.is_recording() && inputs.iter().any(|v| v.requires);
    let Mask { visible, causal, .. } = mask;
    let made = attention::forward(&given(&inputs, visible.as_ref(), causal, scale), requires)?;
    let inputs: SmallVec<[&Var; 4]> = inputs.iter().collect();
    let op = Attention { visible, causal, scale, weights: made.weights };
    Ok(g.record(op, &inputs, made.value))
}
