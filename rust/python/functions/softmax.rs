//! Softmax and its logarithm.

use pyo3::prelude::*;

use super::{Any, apply};
use crate::ops;
use crate::python::object::Variable;

/// Shares along an axis in proportion to ``exp(x)``, which sum to 1.
///
/// The gradient is ``y * (gy - sum(y * gy))``. The largest element is taken out first, so that nothing
/// overflows. Elements that are infinite are treated as equal: where all are -inf, each has an equal
/// share; where some are +inf, those have equal shares and the others none.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape with at least one axis.
/// axis : int, default -1
///     The axis to go along, counted from the end if negative.
///
/// Returns
/// -------
/// Variable
///     The shape and dtype of ``x``.
///
/// Raises
/// ------
/// ValueError
///     If the axis is out of bounds.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> print(F.softmax(Variable([[0.0, 0.0], [1000.0, 0.0]])))
/// variable([[0.5, 0.5],
///           [1. , 0. ]])
#[pyfunction]
#[pyo3(signature = (x, axis=-1), text_signature = "(x, axis=-1)")]
fn softmax(x: &Any<'_>, axis: i64) -> PyResult<Py<Variable>> {
    apply("softmax", x, |g, x| ops::softmax(g, x, axis))
}

/// Logarithm of ``softmax`` along an axis: ``x - logsumexp(x)``.
///
/// The gradient is ``gy - softmax(x) * sum(gy)``. It is exact where the softmax itself would vanish.
/// Infinite elements count as in ``softmax``.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape with at least one axis.
/// axis : int, default -1
///     The axis to go along, counted from the end if negative.
///
/// Returns
/// -------
/// Variable
///     The shape and dtype of ``x``.
///
/// Raises
/// ------
/// ValueError
///     If the axis is out of bounds.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> print(F.log_softmax(Variable([1000.0, 0.0])))
/// variable([    0., -1000.])
#[pyfunction]
#[pyo3(signature = (x, axis=-1), text_signature = "(x, axis=-1)")]
fn log_softmax(x: &Any<'_>, axis: i64) -> PyResult<Py<Variable>> {
    apply("log_softmax", x, |g, x| ops::log_softmax(g, x, axis))
}

/// Registers the functions.
pub fn init(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(softmax, m)?)?;
    m.add_function(wrap_pyfunction!(log_softmax, m)?)
}
