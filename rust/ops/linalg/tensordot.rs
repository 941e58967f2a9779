//! Products summed over any axes, as one product of matrices.

use super::matmul::product;
use crate::error::{Error, Result, Tuple};
use crate::graph::{Ctx, Var};
use crate::ops;
use crate::tensor::{Dims, resolve_axis};

/// Sums products of elements over pairs of axes, `over[0][i]` of `x` with `over[1][i]` of `y`; what
/// is left of `x` comes first, then what is left of `y`.
pub fn tensordot(
    g: &Ctx<'_>,
    op: &'static str,
    x: &Var,
    y: &Var,
    over: [&[i64]; 2],
) -> Result<Var> {
    let (a, b) = (resolved(op, x, over[0])?, resolved(op, y, over[1])?);
    if a.len() != b.len() {
        let message = format!(
            "as many axes of the second operand as of the first are wanted, got {} and {}",
            b.len(),
            a.len()
        );
        return Err(Error::argument(op, message));
    }
    if let Some((&i, &j)) = a.iter().zip(&b).find(|&(&i, &j)| x.shape()[i] != y.shape()[j]) {
        let message = format!(
            "shapes {} and {} do not fit: axis {i} of the first, of size {}, is summed with axis {j} \
             of the second, of size {}",
            Tuple(x.shape()),
            Tuple(y.shape()),
            x.shape()[i],
            y.shape()[j]
        );
        return Err(Error::argument(op, message));
    }
    let (x, y) = ops::promote(g, x, y)?;
    let (left, right) = (others(&a, x.ndim()), others(&b, y.ndim()));
    let size = |v: &Var, axes: &[usize]| axes.iter().map(|&i| v.shape()[i]).product::<usize>();
    let (n, k, m) = (size(&x, &left), size(&x, &a), size(&y, &right));
    let order = |first: &[usize], then: &[usize]| -> Vec<i64> {
        first.iter().chain(then).map(|&i| i as i64).collect()
    };
    let shape: Dims =
        (left.iter().map(|&i| x.shape()[i])).chain(right.iter().map(|&i| y.shape()[i])).collect();
    let x = ops::transpose(g, &x, Some(&order(&left, &a)))?;
    let y = ops::transpose(g, &y, Some(&order(&b, &right)))?;
    let (x, y) = (ops::reshape(g, &x, &[n, k])?, ops::reshape(g, &y, &[k, m])?);
    ops::reshape(g, &product(g, &x, &y)?, &shape)
}

fn resolved(op: &'static str, v: &Var, axes: &[i64]) -> Result<Vec<usize>> {
    let mut out: Vec<usize> = Vec::with_capacity(axes.len());
    for &axis in axes {
        let a = resolve_axis(op, axis, v.ndim())?;
        if out.contains(&a) {
            return Err(crate::error::Kind::RepeatedAxis { op, axis }.into());
        }
        out.push(a);
    }
    Ok(out)
}

fn others(axes: &[usize], ndim: usize) -> Vec<usize> {
    (0..ndim).filter(|i| !axes.contains(i)).collect()
}
