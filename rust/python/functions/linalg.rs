//! Products and factorisations of matrices.

use pyo3::prelude::*;

use super::Any;
use crate::graph::Ctx;
use crate::ops;
use crate::python::convert::{self, Accept};
use crate::python::object::{Variable, graph, wrap_var};

/// Matrix product, as ``numpy.matmul``; the gradients are ``gy @ w.T`` and ``x.T @ gy``.
///
/// Parameters
/// ----------
/// x, w : Variable or array_like
///     Matrices, or stacks of matrices whose leading axes broadcast together. A vector counts as a
///     row on the left and a column on the right, and its axis is left out of the result.
///
/// Returns
/// -------
/// Variable
///     ``(..., n, m)`` for operands ``(..., n, k)`` and ``(..., k, m)``.
///
/// Raises
/// ------
/// ValueError
///     If the shapes do not fit.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x, w = Variable([[1.0, 2.0]]), Variable([[3.0], [4.0]])
/// >>> y = F.matmul(x, w)
/// >>> y.backward()
/// >>> print(y, x.grad)
/// variable(11.0) variable([[3., 4.]])
#[pyfunction]
#[pyo3(signature = (x, w, /))]
fn matmul(x: &Any<'_>, w: &Any<'_>) -> PyResult<Py<Variable>> {
    let ctx = Ctx::new(graph(x.py()));
    match convert::pair(&ctx, "matmul", x, w, Accept::Function)? {
        Some((a, b)) => wrap_var(x.py(), &ctx, &ops::matmul(&ctx, &a, &b)?),
        None => Err(crate::error::Error::internal("a function left its operands").into()),
    }
}

/// Registers the functions.
pub fn init(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(matmul, m)?)
}
