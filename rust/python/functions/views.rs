//! Functions whose result shows elements of the operand, without a copy.

use pyo3::prelude::*;

use super::arguments::positive;
use super::{Any, apply};
use crate::error::Error;
use crate::ops;
use crate::python::convert;
use crate::python::object::Variable;

/// Axes of size one left out; the gradient is ``gy`` in the shape of ``x``.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// axis : int or tuple of int, optional
///     The axes to leave out, each of size one; by default all such.
///
/// Returns
/// -------
/// Variable
///     The shape of ``x`` without the axes.
///
/// Raises
/// ------
/// ValueError
///     If an axis is out of bounds, named twice, or has another size.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> F.squeeze(Variable([[[1.0], [2.0]]])).shape
/// (2,)
#[pyfunction]
#[pyo3(signature = (x, axis=None))]
fn squeeze(x: &Any<'_>, axis: Option<&Any<'_>>) -> PyResult<Py<Variable>> {
    let axes = convert::axes("squeeze", axis)?;
    apply("squeeze", x, |g, x| ops::squeeze(g, x, axes.as_deref()))
}

/// New axes of size one: ``expand_dims`` by another name.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// axis : int or tuple of int
///     Where the new axes are in the result.
///
/// Returns
/// -------
/// Variable
///     The shape of ``x`` with the axes added.
///
/// Raises
/// ------
/// ValueError
///     If an axis is out of bounds or named twice.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> F.unsqueeze(Variable([1.0, 2.0]), 0).shape
/// (1, 2)
#[pyfunction]
#[pyo3(signature = (x, axis))]
fn unsqueeze(x: &Any<'_>, axis: &Any<'_>) -> PyResult<Py<Variable>> {
    let axes = convert::integers("unsqueeze", "axis", axis)?;
    apply("unsqueeze", x, |g, x| ops::expand_dims(g, "unsqueeze", x, &axes))
}

/// New axes of size one; the gradient is ``gy`` in the shape of ``x``.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// axis : int or tuple of int
///     Where the new axes are in the result.
///
/// Returns
/// -------
/// Variable
///     The shape of ``x`` with the axes added.
///
/// Raises
/// ------
/// ValueError
///     If an axis is out of bounds or named twice.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> F.expand_dims(Variable([1.0, 2.0]), (0, -1)).shape
/// (1, 2, 1)
#[pyfunction]
#[pyo3(signature = (x, axis))]
fn expand_dims(x: &Any<'_>, axis: &Any<'_>) -> PyResult<Py<Variable>> {
    let axes = convert::integers("expand_dims", "axis", axis)?;
    apply("expand_dims", x, |g, x| ops::expand_dims(g, "expand_dims", x, &axes))
}

/// Axes moved to other places, as a view without a copy; the gradient moves them back.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// source : int or tuple of int
///     The axes to move.
/// destination : int or tuple of int
///     Where each of them goes; the other axes keep their order.
///
/// Returns
/// -------
/// Variable
///     The sizes of ``x`` in the new order.
///
/// Raises
/// ------
/// ValueError
///     If an axis is out of bounds or named twice, or the two differ in length.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> F.moveaxis(Variable([[[1.0, 2.0]]]), -1, 0).shape
/// (2, 1, 1)
#[pyfunction]
#[pyo3(signature = (x, source, destination))]
fn moveaxis(x: &Any<'_>, source: &Any<'_>, destination: &Any<'_>) -> PyResult<Py<Variable>> {
    let from = convert::integers("moveaxis", "source", source)?;
    let to = convert::integers("moveaxis", "destination", destination)?;
    apply("moveaxis", x, |g, x| ops::moveaxis(g, x, &from, &to))
}

/// The elements, in row-major order, in one axis; a view where strides allow it.
///
/// The gradient is ``gy`` in the shape of ``x``.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
///
/// Returns
/// -------
/// Variable
///     One axis with all elements.
///
/// Raises
/// ------
/// TypeError
///     If ``x`` is no real array.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> print(F.ravel(Variable([[1.0, 2.0], [3.0, 4.0]])))
/// variable([1., 2., 3., 4.])
#[pyfunction]
#[pyo3(signature = (x))]
fn ravel(x: &Any<'_>) -> PyResult<Py<Variable>> {
    apply("ravel", x, ops::ravel)
}

/// The elements, in row-major order, in one axis: ``ravel`` by another name.
///
/// The gradient is ``gy`` in the shape of ``x``.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
///
/// Returns
/// -------
/// Variable
///     One axis with all elements.
///
/// Raises
/// ------
/// TypeError
///     If ``x`` is no real array.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> print(F.flatten(Variable([[1.0, 2.0], [3.0, 4.0]])))
/// variable([1., 2., 3., 4.])
#[pyfunction]
#[pyo3(signature = (x))]
fn flatten(x: &Any<'_>) -> PyResult<Py<Variable>> {
    apply("flatten", x, ops::ravel)
}

/// The elements in reverse order along axes, as a view without a copy; so is the gradient.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// axis : int or tuple of int, optional
///     The axes; all by default.
///
/// Returns
/// -------
/// Variable
///     The shape of ``x``.
///
/// Raises
/// ------
/// ValueError
///     If an axis is out of bounds or named twice.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> print(F.flip(Variable([1.0, 2.0, 3.0])))
/// variable([3., 2., 1.])
#[pyfunction]
#[pyo3(signature = (x, axis=None))]
fn flip(x: &Any<'_>, axis: Option<&Any<'_>>) -> PyResult<Py<Variable>> {
    let axes = convert::axes("flip", axis)?;
    apply("flip", x, |g, x| ops::flip(g, x, axes.as_deref()))
}

/// Windows that slide over axes, as a view without a copy; the gradient adds up where they overlap.
///
/// As ``numpy.lib.stride_tricks.sliding_window_view``, with strides and dilations.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// window_shape : int or tuple of int
///     The sizes of a window, one for each axis that it slides over.
/// axis : int or tuple of int, optional
///     The axes; by default all, of which there must be as many as sizes. None may be named twice.
/// stride : int or tuple of int, default 1
///     The steps from one window to the next, per axis.
/// dilation : int or tuple of int, default 1
///     The steps from one element of a window to the next, per axis.
///
/// Returns
/// -------
/// Variable
///     The shape of ``x``, with the number of windows for the size of each axis, and then
///     ``window_shape``.
///
/// Raises
/// ------
/// ValueError
///     If a window does not fit into its axis, or a size, stride or dilation is not positive.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x = Variable([1.0, 2.0, 3.0])
/// >>> y = F.sliding_window_view(x, 2)
/// >>> y.backward()
/// >>> print(y, x.grad)
/// variable([[1., 2.],
///           [2., 3.]]) variable([1., 2., 1.])
#[pyfunction]
#[pyo3(signature = (x, window_shape, axis=None, *, stride=None, dilation=None))]
fn sliding_window_view(
    x: &Any<'_>,
    window_shape: &Any<'_>,
    axis: Option<&Any<'_>>,
    stride: Option<&Any<'_>>,
    dilation: Option<&Any<'_>>,
) -> PyResult<Py<Variable>> {
    const OP: &str = "sliding_window_view";
    let kernel =
        positive(OP, "window_shape", convert::integers(OP, "window_shape", window_shape)?)?;
    let axes = convert::axes(OP, axis)?;
    let steps = |what: &str, given: Option<&Any<'_>>| -> PyResult<Vec<usize>> {
        let Some(given) = given else { return Ok(vec![1; kernel.len()]) };
        let steps = positive(OP, what, convert::integers(OP, what, given)?)?;
        Ok(if steps.len() == 1 { vec![steps[0]; kernel.len()] } else { steps })
    };
    let (stride, dilation) = (steps("stride", stride)?, steps("dilation", dilation)?);
    apply(OP, x, |g, x| {
        let axes = axes.unwrap_or_else(|| (0..x.ndim() as i64).collect());
        if axes.len() != kernel.len() {
            let message = format!("{} window sizes for {} axes", kernel.len(), axes.len());
            return Err(Error::argument(OP, message));
        }
        ops::windows_over(g, x, &axes, (&kernel, &stride, &dilation))
    })
}

/// Registers the functions.
pub fn init(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(squeeze, m)?)?;
    m.add_function(wrap_pyfunction!(unsqueeze, m)?)?;
    m.add_function(wrap_pyfunction!(expand_dims, m)?)?;
    m.add_function(wrap_pyfunction!(moveaxis, m)?)?;
    m.add_function(wrap_pyfunction!(ravel, m)?)?;
    m.add_function(wrap_pyfunction!(flatten, m)?)?;
    m.add_function(wrap_pyfunction!(flip, m)?)?;
    m.add_function(wrap_pyfunction!(sliding_window_view, m)?)
}
