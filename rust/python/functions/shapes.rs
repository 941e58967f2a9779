//! Functions that change the shape alone.

use pyo3::prelude::*;

use super::{Any, apply};
use crate::ops;
use crate::python::convert;
use crate::python::object::Variable;

/// Sum down to a shape that broadcasts to that of ``x``; the gradient is ``gy``, broadcast.
///
/// The adjoint of ``broadcast_to``.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// shape : int or tuple of int
///     Aligned from the right, each size is that of ``x`` or 1.
///
/// Returns
/// -------
/// Variable
///     The given shape.
///
/// Raises
/// ------
/// ValueError
///     If the shapes do not fit.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> print(F.sum_to(Variable([[1.0, 2.0], [3.0, 4.0]]), (1, 2)))
/// variable([[4., 6.]])
#[pyfunction]
#[pyo3(signature = (x, shape))]
fn sum_to(x: &Any<'_>, shape: &Any<'_>) -> PyResult<Py<Variable>> {
    let shape = convert::shape("sum_to", shape)?;
    apply("sum_to", x, |g, x| ops::sum_to(g, x, &shape))
}

/// Repeat to a larger shape, as a view without a copy; the gradient is ``gy``, summed.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// shape : int or tuple of int
///     Aligned from the right, each size of ``x`` is that of ``shape`` or 1.
///
/// Returns
/// -------
/// Variable
///     The given shape.
///
/// Raises
/// ------
/// ValueError
///     If the shapes do not fit.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> print(F.broadcast_to(Variable([1.0, 2.0]), (2, 2)))
/// variable([[1., 2.],
///           [1., 2.]])
#[pyfunction]
#[pyo3(signature = (x, shape))]
fn broadcast_to(x: &Any<'_>, shape: &Any<'_>) -> PyResult<Py<Variable>> {
    let shape = convert::shape("broadcast_to", shape)?;
    apply("broadcast_to", x, |g, x| ops::broadcast_to(g, x, &shape))
}

/// The same elements, in row-major order, in another shape; a view where strides allow it.
///
/// The gradient is ``gy`` in the shape of ``x``.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// shape : int or tuple of int
///     As many elements as ``x`` has; one size may be -1, for what is left.
///
/// Returns
/// -------
/// Variable
///     The given shape.
///
/// Raises
/// ------
/// ValueError
///     If the number of elements differs.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> print(F.reshape(Variable([1.0, 2.0, 3.0, 4.0]), (2, -1)))
/// variable([[1., 2.],
///           [3., 4.]])
#[pyfunction]
#[pyo3(signature = (x, shape))]
fn reshape(x: &Any<'_>, shape: &Any<'_>) -> PyResult<Py<Variable>> {
    let wanted = convert::raw_shape("reshape", shape)?;
    apply("reshape", x, |g, x| ops::reshape(g, x, &ops::infer_shape(x.shape(), &wanted)?))
}

/// Axes in another order, as a view without a copy; the gradient is ``gy`` with the order undone.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// axes : tuple of int, optional
///     Axis ``i`` of the result is axis ``axes[i]`` of ``x``; reversed by default.
///
/// Returns
/// -------
/// Variable
///     The sizes of ``x`` in the new order.
///
/// Raises
/// ------
/// ValueError
///     If ``axes`` is no permutation of the axes.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> F.transpose(Variable([[1.0, 2.0, 3.0]])).shape
/// (3, 1)
#[pyfunction]
#[pyo3(signature = (x, axes=None))]
fn transpose(x: &Any<'_>, axes: Option<&Any<'_>>) -> PyResult<Py<Variable>> {
    let axes = convert::axes("transpose", axes)?;
    apply("transpose", x, |g, x| ops::transpose(g, x, axes.as_deref()))
}

/// Two axes exchanged, as a view without a copy; the gradient is ``gy`` with the same exchange.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// axis1, axis2 : int
///     The axes; negative ones count from the end.
///
/// Returns
/// -------
/// Variable
///     The sizes of ``x`` with two exchanged.
///
/// Raises
/// ------
/// ValueError
///     If an axis is out of bounds.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> F.swapaxes(Variable([[[1.0, 2.0]]]), -1, 0).shape
/// (2, 1, 1)
#[pyfunction]
#[pyo3(signature = (x, axis1, axis2))]
fn swapaxes(x: &Any<'_>, axis1: i64, axis2: i64) -> PyResult<Py<Variable>> {
    apply("swapaxes", x, |g, x| ops::swapaxes(g, x, axis1, axis2))
}

/// Registers the functions.
pub fn init(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(sum_to, m)?)?;
    m.add_function(wrap_pyfunction!(broadcast_to, m)?)?;
    m.add_function(wrap_pyfunction!(reshape, m)?)?;
    m.add_function(wrap_pyfunction!(transpose, m)?)?;
    m.add_function(wrap_pyfunction!(swapaxes, m)?)
}
