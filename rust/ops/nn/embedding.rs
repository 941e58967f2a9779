//! Rows of a table by their numbers; the gradient adds up where a row is used twice.

use crate::error::{Error, Kind, Result, Tuple};
use crate::graph::{Ctx, Var};
use crate::ops::{self, Positions, Selection};

/// The rows of `weight` (rows, width) that `at` names, counted from 0.
pub fn embedding(g: &Ctx<'_>, at: &Positions<'_>, weight: &Var) -> Result<Var> {
    let op = "embedding";
    let [size, _] = *weight.shape() else {
        let shape = Tuple(weight.shape());
        return Err(Error::argument(op, format!("weight must be a matrix, got shape {shape}")));
    };
    let place = |&index: &i64| match usize::try_from(index) {
        Ok(i) if i < size => Ok(i),
        _ => Err(Kind::Index { op, index, axis: 0, size }.into()),
    };
    let rows = at.values.iter().map(place).collect::<Result<Vec<usize>>>()?;
    ops::select(g, weight, Selection::along("Embedding", 0, rows, at.shape.into()))
}
