//! Products and selections.

use pyo3::prelude::*;

use super::{Any, apply};
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

/// Values brought into an interval; the gradient is ``gy`` inside, the ends included, and 0 outside.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// min, max : float, optional
///     The ends of the interval; None leaves a side open.
///
/// Returns
/// -------
/// Variable
///     The shape and dtype of ``x``.
///
/// Raises
/// ------
/// ValueError
///     If ``min`` exceeds ``max``, or one of them is NaN.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x = Variable([-2.0, 0.5, 1.0])
/// >>> y = F.clip(x, -1.0, 1.0)
/// >>> y.backward()
/// >>> print(y, x.grad)
/// variable([-1. ,  0.5,  1. ]) variable([0., 1., 1.])
#[pyfunction]
#[pyo3(signature = (x, min=None, max=None))]
fn clip(x: &Any<'_>, min: Option<f64>, max: Option<f64>) -> PyResult<Py<Variable>> {
    let (lo, hi) = (min.unwrap_or(f64::NEG_INFINITY), max.unwrap_or(f64::INFINITY));
    apply("clip", x, |g, x| ops::clip(g, x, lo, hi))
}

/// Registers the functions.
pub fn init(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(matmul, m)?)?;
    m.add_function(wrap_pyfunction!(clip, m)?)
}
