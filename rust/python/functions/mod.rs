//! Functions with parameters, as Python calls them. Those of one or two operands alone are in
//! `slots`.

mod activations;
mod arguments;
mod conv;
mod diagonals;
mod elementwise;
mod joins;
mod linalg;
mod losses;
mod matrices;
mod nn;
mod norms;
mod order;
mod recurrent;
mod reductions;
mod repeats;
mod scans;
mod selection;
mod shapes;
mod softmax;
mod views;

use pyo3::prelude::*;

use super::convert::{self, Accept};
use super::object::{Variable, graph, wrap_var};
use crate::error::{Error, Result};
use crate::graph::{Ctx, Var};
use crate::op::Identity;

pub use order::extremum;
pub use repeats::counts;

type Any<'py> = Bound<'py, PyAny>;

/// Runs an operation on one operand.
fn apply(
    op: &str,
    x: &Any<'_>,
    f: impl FnOnce(&Ctx<'_>, &Var) -> Result<Var>,
) -> PyResult<Py<Variable>> {
    let ctx = Ctx::new(graph(x.py()));
    let x_var = convert::operand(&ctx, op, x, None)?;
    let y = apart(&ctx, &x_var, f(&ctx, &x_var)?);
    wrap_var(x.py(), &ctx, &y)
}

/// Runs an operation on two operands.
fn apply2(
    op: &str,
    x: &Any<'_>,
    y: &Any<'_>,
    f: impl FnOnce(&Ctx<'_>, &Var, &Var) -> Result<Var>,
) -> PyResult<Py<Variable>> {
    let ctx = Ctx::new(graph(x.py()));
    match convert::pair(&ctx, op, x, y, Accept::Function)? {
        Some((a, b)) => wrap_var(x.py(), &ctx, &f(&ctx, &a, &b)?),
        None => Err(Error::internal("a function left its operands").into()),
    }
}

/// A result that is its operand, such as a reshape to the same shape, as a Variable of its own: what
/// is assigned to it, or forgotten by it, must not be so for the operand.
pub fn apart(ctx: &Ctx<'_>, x: &Var, y: Var) -> Var {
    match y.node.is_some() && y.node == x.node {
        true => ctx.record(Identity, &[x], y.value),
        false => y,
    }
}

/// Registers the functions.
pub fn init(m: &Bound<'_, PyModule>) -> PyResult<()> {
    activations::init(m)?;
    conv::init(m)?;
    diagonals::init(m)?;
    elementwise::init(m)?;
    joins::init(m)?;
    linalg::init(m)?;
    losses::init(m)?;
    matrices::init(m)?;
    nn::init(m)?;
    norms::init(m)?;
    order::init(m)?;
    recurrent::init(m)?;
    reductions::init(m)?;
    repeats::init(m)?;
    scans::init(m)?;
    selection::init(m)?;
    shapes::init(m)?;
    softmax::init(m)?;
    views::init(m)
}
