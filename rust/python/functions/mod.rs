//! Functions with parameters, as Python calls them. Those of one or two operands alone are in
//! `slots`.

mod elementwise;
mod linalg;
mod matrices;
mod reductions;
mod shapes;

use pyo3::prelude::*;

use super::convert::{self, Accept};
use super::object::{Variable, graph, wrap_var};
use crate::error::{Error, Result};
use crate::graph::{Ctx, Var};

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

/// Registers the functions.
pub fn init(m: &Bound<'_, PyModule>) -> PyResult<()> {
    elementwise::init(m)?;
    linalg::init(m)?;
    matrices::init(m)?;
    reductions::init(m)?;
    shapes::init(m)
}
