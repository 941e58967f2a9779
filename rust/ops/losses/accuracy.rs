//! Accuracy: how often the largest score of a row is that of its label. It has no gradient.

use super::Labels;
use crate::error::{Error, Result};
use crate::graph::Var;
use crate::kernels::copy::contiguous;
use crate::kernels::heavy::heavy;
use crate::tensor::{Float, Tensor};
use crate::with_float;

/// The fraction of the rows that count whose first largest score is that of the label; NaN where
/// none counts.
pub fn accuracy(scores: &Tensor, labels: &Labels) -> Result<Var> {
    let array = contiguous(&scores.to_array()?)?;
    let right = with_float!(scores.dtype(), T => {
        let Some(all) = array.as_slice::<T>() else {
            return Err(Error::internal("scores out of order"));
        };
        let row = |r: usize| &all[r * labels.classes..(r + 1) * labels.classes];
        let is_right = |&r: &usize| labels.get(r).is_some_and(|class| largest(row(r)) == class);
        heavy(all.len() as f64, || (0..labels.rows()).filter(is_right).count())
    }, else return Err(Error::internal("scores that are integers")));
    let fraction = right as f64 / labels.kept().count() as f64;
    Ok(Var::constant(Tensor::number(scores.dtype(), fraction)))
}

/// The place of the first largest element; a NaN counts as the largest, as in NumPy.
fn largest<T: Float>(row: &[T]) -> usize {
    let mut best = 0;
    for (i, &x) in row.iter().enumerate() {
        if row[best].is_not_a_number() {
            break;
        }
        if x > row[best] || x.is_not_a_number() {
            best = i;
        }
    }
    best
}
