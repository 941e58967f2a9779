//! Functions with parameters, as Python calls them. Those of one or two operands alone are in
//! `slots`.

mod conv;
mod diagonals;
mod elementwise;
mod joins;
mod linalg;
mod nn;
mod order;
mod reductions;
mod repeats;
mod selection;
mod shapes;
mod views;

use pyo3::prelude::*;

use super::convert;
use super::object::{Variable, graph, wrap_var};
use crate::error::Result;
use crate::graph::{Ctx, Var};

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
    wrap_var(x.py(), &ctx, &f(&ctx, &x_var)?)
}

/// Registers the functions.
pub fn init(m: &Bound<'_, PyModule>) -> PyResult<()> {
    conv::init(m)?;
    diagonals::init(m)?;
    elementwise::init(m)?;
    joins::init(m)?;
    linalg::init(m)?;
    nn::init(m)?;
    reductions::init(m)?;
    order::init(m)?;
    repeats::init(m)?;
    selection::init(m)?;
    shapes::init(m)?;
    views::init(m)
}
