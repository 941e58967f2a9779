//! Triangles of matrices: exactly 0 on the other side of a diagonal, and so is the gradient.

use crate::error::{Error, Result};
use crate::graph::{Ctx, Var};
use crate::ops;
use crate::tensor::{Array, Tensor};

/// The elements on and below the diagonal `k`.
pub fn tril(g: &Ctx<'_>, x: &Var, k: i64) -> Result<Var> {
    keep(g, "tril", x, |below| below >= k.saturating_neg())
}

/// The elements on and above the diagonal `k`.
pub fn triu(g: &Ctx<'_>, x: &Var, k: i64) -> Result<Var> {
    keep(g, "triu", x, |below| below <= k.saturating_neg())
}

fn keep(g: &Ctx<'_>, op: &'static str, x: &Var, holds: impl Fn(i64) -> bool) -> Result<Var> {
    let &[.., n, m] = x.shape() else {
        let message = format!("matrices are wanted, got an array of {} dimension(s)", x.ndim());
        return Err(Error::argument(op, message));
    };
    // SAFETY: every element of every row is written.
    let mask = unsafe {
        Array::build::<bool>(&[n, m], |out| {
            for (i, row) in out.chunks_exact_mut(m.max(1)).enumerate() {
                for (j, o) in row.iter_mut().enumerate() {
                    o.write(holds(i as i64 - j as i64));
                }
            }
            Ok(())
        })?
    };
    let zero = Var::constant(Tensor::number(x.dtype(), 0.0));
    ops::choose(g, op, &mask.into(), x, &zero)
}
