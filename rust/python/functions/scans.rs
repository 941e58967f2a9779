//! Running sums and products.

use pyo3::prelude::*;

use super::{Any, apply};
use crate::ops;
use crate::python::object::Variable;

/// Running sums along an axis; the gradient is the running sum of ``gy`` from the other end.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// axis : int, optional
///     The axis to go along, counted from the end if negative; by default all elements in row-major
///     order.
///
/// Returns
/// -------
/// Variable
///     The shape of ``x``, or one axis with all elements.
///
/// Raises
/// ------
/// ValueError
///     If the axis is out of bounds.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x = Variable([1.0, 2.0, 3.0])
/// >>> y = F.cumsum(x)
/// >>> y.backward()
/// >>> print(y, x.grad)
/// variable([1., 3., 6.]) variable([3., 2., 1.])
#[pyfunction]
#[pyo3(signature = (x, axis=None))]
fn cumsum(x: &Any<'_>, axis: Option<i64>) -> PyResult<Py<Variable>> {
    apply("cumsum", x, |g, x| ops::cumsum(g, x, axis))
}

/// Running products along an axis.
///
/// The gradient is ``y[i-1] * s[i]`` with ``s[i] = gy[i] + x[i+1] * s[i+1]``: it divides by nothing,
/// so that it is right with zeros too, to any order.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// axis : int, optional
///     The axis to go along, counted from the end if negative; by default all elements in row-major
///     order.
///
/// Returns
/// -------
/// Variable
///     The shape of ``x``, or one axis with all elements.
///
/// Raises
/// ------
/// ValueError
///     If the axis is out of bounds.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x = Variable([2.0, 0.0, 3.0])
/// >>> y = F.cumprod(x)
/// >>> y.backward()
/// >>> print(y, x.grad)
/// variable([2., 0., 0.]) variable([1., 8., 0.])
#[pyfunction]
#[pyo3(signature = (x, axis=None))]
fn cumprod(x: &Any<'_>, axis: Option<i64>) -> PyResult<Py<Variable>> {
    apply("cumprod", x, |g, x| ops::cumprod(g, x, axis))
}

/// Registers the functions.
pub fn init(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(cumsum, m)?)?;
    m.add_function(wrap_pyfunction!(cumprod, m)?)
}
