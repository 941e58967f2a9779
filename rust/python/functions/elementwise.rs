//! Elementwise functions with parameters.

use pyo3::prelude::*;

use super::{Any, apply};
use crate::ops;
use crate::python::convert;
use crate::python::object::Variable;

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
fn clip(
    x: &Any<'_>,
    #[pyo3(from_py_with = convert::optional_real)] min: Option<f64>,
    #[pyo3(from_py_with = convert::optional_real)] max: Option<f64>,
) -> PyResult<Py<Variable>> {
    let (lo, hi) = (min.unwrap_or(f64::NEG_INFINITY), max.unwrap_or(f64::INFINITY));
    apply("clip", x, |g, x| ops::clip(g, x, lo, hi))
}

/// Derivative of order ``n`` of the digamma function; the gradient is ``gy * polygamma(n + 1, x)``.
///
/// By recurrence, the asymptotic series and reflection (NIST Digital Library of Mathematical
/// Functions, 5.15).
///
/// Parameters
/// ----------
/// n : int
///     The order, from 0, the digamma function itself, to 1000. It has no gradient.
/// x : Variable or array_like
///     Any shape.
///
/// Returns
/// -------
/// Variable
///     The shape and dtype of ``x``.
///
/// Raises
/// ------
/// ValueError
///     If ``n`` does not lie between 0 and 1000.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x = Variable(1.0)
/// >>> y = F.polygamma(1, x)
/// >>> y.backward()
/// >>> print(y, x.grad)
/// variable(1.64493406684822...) variable(-2.40411380631918...)
#[pyfunction]
#[pyo3(signature = (n, x))]
fn polygamma(n: i64, x: &Any<'_>) -> PyResult<Py<Variable>> {
    apply("polygamma", x, |g, x| ops::polygamma(g, n, x))
}

/// Registers the functions.
pub fn init(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(clip, m)?)?;
    m.add_function(wrap_pyfunction!(polygamma, m)?)
}
