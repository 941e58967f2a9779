//! Functions that are singular at 0, such as the root of a sum of squares: there they and all their
//! derivatives are taken as 0.

use crate::error::Result;
use crate::graph::{Ctx, Var};
use crate::kernels::compare;
use crate::op::binary;
use crate::ops;
use crate::tensor::Tensor;

/// `f(x)` where `x` is not 0, and 0 with all its derivatives elsewhere, whatever `f` is at 0.
pub fn away_from_zero(g: &Ctx<'_>, x: &Var, f: impl FnOnce(&Var) -> Result<Var>) -> Result<Var> {
    let zeros = compare::equal_mask(&x.value, &Tensor::number(x.dtype(), 0.0))?;
    away_from(g, x, zeros, f)
}

/// The same, with the zeros given, as ones of a mask: rounding may have moved them.
pub fn away_from(
    g: &Ctx<'_>,
    x: &Var,
    zeros: Tensor,
    f: impl FnOnce(&Var) -> Result<Var>,
) -> Result<Var> {
    let zeros = Var::constant(zeros);
    let quiet = Ctx::with_recording(g.graph(), false);
    let one = Var::constant(Tensor::number(x.dtype(), 1.0));
    let mask = binary(&quiet, ops::Sub, &one, &zeros)?;
    // A one in place of each zero: the gate hides what `f` makes of it.
    let moved = binary(g, ops::Add, x, &zeros)?;
    binary(g, ops::Gate, &f(&moved)?, &mask)
}
