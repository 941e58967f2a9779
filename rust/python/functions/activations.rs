//! Activations with parameters.

use pyo3::prelude::*;

use super::{Any, apply};
use crate::ops;
use crate::python::convert;
use crate::python::object::Variable;

/// Exponential linear unit: ``x`` where ``x > 0``, else ``alpha * (exp(x) - 1)``.
///
/// The gradient is ``gy`` where ``x > 0`` and ``gy * alpha * exp(x)`` elsewhere; at 0 that is
/// ``gy * alpha``.
///
/// Clevert, Unterthiner & Hochreiter, Fast and accurate deep network learning by exponential linear
/// units (ELUs), 2016, section 3.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// alpha : float, default 1.0
///     What the values far below 0 tend to, negated.
///
/// Returns
/// -------
/// Variable
///     The shape and dtype of ``x``.
///
/// Raises
/// ------
/// ValueError
///     If ``alpha`` is not finite.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x = Variable([-1000.0, 0.0, 2.0])
/// >>> y = F.elu(x, alpha=0.5)
/// >>> y.backward()
/// >>> print(y, x.grad)
/// variable([-0.5,  0. ,  2. ]) variable([0. , 0.5, 1. ])
#[pyfunction]
#[pyo3(signature = (x, alpha=1.0))]
fn elu(x: &Any<'_>, #[pyo3(from_py_with = convert::real)] alpha: f64) -> PyResult<Py<Variable>> {
    apply("elu", x, |g, x| ops::elu(g, x, alpha))
}

/// Leaky rectifier: ``x`` where ``x > 0``, else ``slope * x``.
///
/// The gradient is ``gy`` where ``x > 0`` and ``gy * slope`` elsewhere, at 0 too.
///
/// Maas, Hannun & Ng, Rectifier nonlinearities improve neural network acoustic models, 2013,
/// equation 2.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// slope : float, default 0.01
///     The slope below 0.
///
/// Returns
/// -------
/// Variable
///     The shape and dtype of ``x``.
///
/// Raises
/// ------
/// ValueError
///     If ``slope`` is not finite.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x = Variable([-1.0, 0.0, 2.0])
/// >>> y = F.leaky_relu(x, slope=0.5)
/// >>> y.backward()
/// >>> print(y, x.grad)
/// variable([-0.5,  0. ,  2. ]) variable([0.5, 0.5, 1. ])
#[pyfunction]
#[pyo3(signature = (x, slope=0.01))]
fn leaky_relu(
    x: &Any<'_>,
    #[pyo3(from_py_with = convert::real)] slope: f64,
) -> PyResult<Py<Variable>> {
    apply("leaky_relu", x, |g, x| ops::leaky_relu(g, x, slope))
}

/// Values brought into an interval smoothly: nearly ``x`` inside, and nearly an end outside.
///
/// ``min + (softplus(k * (x - min)) - softplus(k * (x - max))) / k`` with ``k = sharpness``. The
/// gradient is ``gy * (sigmoid(k * (x - min)) - sigmoid(k * (x - max)))``. The values stay in the
/// interval and differ from those of `clip` by ``log(2) / k`` at most, which is at the ends.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// min, max : float, optional
///     The ends of the interval; None leaves a side open.
/// sharpness : float, default 1.0
///     The larger, the less the corners are rounded.
///
/// Returns
/// -------
/// Variable
///     The shape and dtype of ``x``.
///
/// Raises
/// ------
/// ValueError
///     If ``min`` exceeds ``max``, one of them is NaN or leaves no number inside, or ``sharpness`` is
///     not positive and finite.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x = Variable([-9.0, 0.0, 9.0])
/// >>> y = F.soft_clip(x, -1.0, 1.0, sharpness=10.0)
/// >>> y.backward()
/// >>> print(y)
/// variable([-1.,  0.,  1.])
#[pyfunction]
#[pyo3(signature = (x, min=None, max=None, sharpness=1.0))]
fn soft_clip(
    x: &Any<'_>,
    #[pyo3(from_py_with = convert::optional_real)] min: Option<f64>,
    #[pyo3(from_py_with = convert::optional_real)] max: Option<f64>,
    #[pyo3(from_py_with = convert::real)] sharpness: f64,
) -> PyResult<Py<Variable>> {
    let (lo, hi) = (min.unwrap_or(f64::NEG_INFINITY), max.unwrap_or(f64::INFINITY));
    apply("soft_clip", x, |g, x| ops::soft_clip(g, x, lo, hi, sharpness))
}

/// Registers the functions.
pub fn init(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(elu, m)?)?;
    m.add_function(wrap_pyfunction!(leaky_relu, m)?)?;
    m.add_function(wrap_pyfunction!(soft_clip, m)?)
}
