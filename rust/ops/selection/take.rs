//! Elements along an axis, by integer arrays.

use std::sync::Arc;

use crate::error::{Error, Kind, Result};
use crate::graph::{Ctx, Var};
use crate::kernels::rows;
use crate::ops::selection::select::{Selection, select};
use crate::ops::selection::update::index_add;
use crate::tensor::{Dims, broadcast_shapes, resolve_axis};

/// Integers that name positions, negative ones from the end, with their shape.
pub struct Positions<'a> {
    /// Sizes per axis.
    pub shape: &'a [usize],
    /// The integers, in row-major order.
    pub values: &'a [i64],
}

impl Positions<'_> {
    /// Within an axis of the given size.
    fn resolve(&self, op: &'static str, axis: usize, size: usize) -> Result<Vec<usize>> {
        let n = size as i64;
        let place = |&index: &i64| match (-n..n).contains(&index) {
            true => Ok(index.rem_euclid(n) as usize),
            false => Err(Kind::Index { op, index, axis, size }.into()),
        };
        self.values.iter().map(place).collect()
    }
}

/// The elements at the positions of `axis`, or of the array in row-major order for `None`.
pub fn take(g: &Ctx<'_>, x: &Var, at: &Positions<'_>, axis: Option<i64>) -> Result<Var> {
    let selection = match axis {
        Some(axis) => {
            let axis = resolve_axis("take", axis, x.ndim())?;
            let rows = at.resolve("take", axis, x.shape()[axis])?;
            Selection::along("Take", axis, rows, at.shape.into())
        }
        None => {
            let rows = at.resolve("take", 0, x.value.size())?;
            Selection::flat("Take", x.ndim(), rows, at.shape.into())
        }
    };
    select(g, x, selection)
}

/// For each position its element of `axis`, on the lane where the position stands.
fn lanes(
    op: &'static str,
    name: &'static str,
    shape: &[usize],
    at: &Positions<'_>,
    axis: i64,
) -> Result<Arc<Selection>> {
    let axis = resolve_axis(op, axis, shape.len())?;
    if at.shape.len() != shape.len() {
        let message = format!(
            "indices must have as many axes as the array, {}, got {}",
            shape.len(),
            at.shape.len()
        );
        return Err(Error::argument(op, message));
    }
    let mut across: Dims = shape.into();
    across[axis] = 1;
    let spread = broadcast_shapes(op, &across, at.shape)?;
    let chosen = at.resolve(op, axis, shape[axis])?;
    let rows = rows::along_lanes(&spread, shape, axis, (at.shape, &chosen))?;
    Ok(Selection::flat(name, shape.len(), rows, spread))
}

/// As `numpy.take_along_axis`.
pub fn take_along_axis(
    g: &Ctx<'_>,
    op: &'static str,
    x: &Var,
    at: &Positions<'_>,
    axis: i64,
) -> Result<Var> {
    select(g, x, lanes(op, "TakeAlongAxis", x.shape(), at, axis)?)
}

/// `x` with `values` added at the elements that `take_along_axis` takes.
pub fn scatter_add(
    g: &Ctx<'_>,
    x: &Var,
    at: &Positions<'_>,
    values: &Var,
    axis: i64,
) -> Result<Var> {
    let selection = lanes("scatter_add", "ScatterAdd", x.shape(), at, axis)?;
    index_add(g, "scatter_add", x, selection, values)
}
