//! The weights of scaled dot-product attention, `softmax(q kᵀ · scale)` with masks, by primitives.

use super::attention::{Mask, check};
use crate::error::Result;
use crate::graph::{Ctx, Var};
use crate::kernels::compare::{Comparison, compare};
use crate::kernels::copy;
use crate::kernels::reduce::{self, reduce};
use crate::op::{binary, unary};
use crate::ops;
use crate::tensor::{Array, DType, Tensor};

/// The weights (..., L, S); the value gives its shape for the checks.
pub fn attention_weights(
    g: &Ctx<'_>,
    query: &Var,
    key: &Var,
    value: &[usize],
    mask: &Mask,
    scale: Option<f64>,
) -> Result<Var> {
    let (shape, scale) = check(query, key, value, mask, scale)?;
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
