//! The weights of scaled dot-product attention: `softmax(q kᵀ · scale)` (Vaswani et al. 2017,
//! *Attention Is All You Need*, equation 1), with masks. A query that may look at nothing has weights
//! of zero.

use crate::error::{Error, Kind, Result, Tuple};
use crate::graph::{Ctx, Var};
use crate::kernels::compare::{Comparison, compare};
use crate::kernels::copy;
use crate::kernels::reduce::{self, reduce};
use crate::op::{binary, unary};
use crate::ops;
use crate::tensor::{Array, DType, Dims, Tensor, broadcast_shapes};

const OP: &str = "scaled_dot_product_attention";

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

/// Checks the shapes (..., L, E), (..., S, E) and (..., S, Ev); gives that of the weights.
fn check(query: &[usize], key: &[usize], value: &[usize]) -> Result<Dims> {
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

/// The weights (..., L, S), for the checked shape of a value.
pub fn attention_weights(
    g: &Ctx<'_>,
    query: &Var,
    key: &Var,
    value: &[usize],
    mask: &Mask,
    scale: Option<f64>,
) -> Result<Var> {
    let shape = check(query.shape(), key.shape(), value)?;
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
    let scale = scale.unwrap_or(1.0 / (width.max(1) as f64).sqrt());
    let scale = Var::constant(Tensor::number(query.dtype(), scale));
    let scaled = binary(g, ops::Mul, query, &scale)?;
    let mut scores = ops::matmul(g, &scaled, &ops::swapaxes(g, key, -1, -2)?)?;
    let (l, s) = (shape[shape.len() - 2], shape[shape.len() - 1]);
    let dtype = scores.dtype();
    let mut seen = None;
    if mask.causal {
        seen = narrow(g, seen, &causal(l, s)?, dtype)?;
    }
    if let Some(v) = &mask.visible {
        seen = narrow(g, seen, v, dtype)?;
    }
    if let Some(added) = &mask.added {
        let added = ops::cast(g, added, dtype)?;
        let lowest = Tensor::number(dtype, f64::NEG_INFINITY);
        let finite: Tensor = compare(Comparison::NotEqual, &added.value, &lowest)?.into();
        seen = narrow(g, seen, &finite, dtype)?;
        let finite = Var::constant(copy::cast(&finite, dtype)?);
        scores = binary(g, ops::Add, &scores, &binary(g, ops::Gate, &added, &finite)?)?;
    }
    match seen {
        // A maximum of nothing there is not, nor weights.
        _ if s == 0 => Ok(scores),
        Some(seen) => masked_softmax(g, &scores, &seen),
        None => ops::softmax(g, &scores, -1),
    }
}

/// What two masks leave open, as 1 where a query sees a key, else 0.
fn narrow(g: &Ctx<'_>, seen: Option<Var>, by: &Tensor, dtype: DType) -> Result<Option<Var>> {
    let by = Var::constant(copy::cast(by, dtype)?);
    Ok(Some(match seen {
        Some(seen) => binary(g, ops::Mul, &seen, &by)?,
        None => by,
    }))
}

/// True where the second index does not exceed the first.
fn causal(l: usize, s: usize) -> Result<Tensor> {
    // SAFETY: every element is written.
    let array = unsafe {
        Array::build(&[l, s], |out| {
            for (i, row) in out.chunks_exact_mut(s.max(1)).enumerate() {
                for (j, o) in row.iter_mut().enumerate() {
                    o.write(j <= i);
                }
            }
            Ok(())
        })?
    };
    Ok(array.into())
}

/// The same over what is seen. Scores that are not are replaced before anything is computed from
/// them, so that they reach neither values nor gradients, be they infinite or NaN.
fn masked_softmax(g: &Ctx<'_>, scores: &Var, seen: &Var) -> Result<Var> {
    let any = Var::constant(largest(&seen.value)?);
    // 0 where seen, minus infinity elsewhere; 0 throughout where nothing is seen, to avoid NaN.
    let lowered = binary(g, ops::Gate, &unary(g, ops::Log, seen)?, &any)?;
    let shown = binary(g, ops::Add, &binary(g, ops::Gate, scores, seen)?, &lowered)?;
    binary(g, ops::Gate, &ops::softmax(g, &shown, -1)?, &any)
}

/// Along the last axis, if there is one.
fn largest(t: &Tensor) -> Result<Tensor> {
    let last = t.ndim().checked_sub(1);
    reduce::<reduce::Max>(t, last.as_slice(), true)
}
