//! Methods of `Variable` that are functions too.

use pyo3::prelude::*;

use super::convert;
use super::functions::{counts, extremum};
use super::indices::indices;
use super::object::Variable;
use crate::kernels::order::Ask;
use crate::ops;

type Any<'py> = Bound<'py, PyAny>;

#[pymethods]
impl Variable {
    /// Axes of size one left out; see ``functions.squeeze``.
    #[pyo3(signature = (axis=None))]
    fn squeeze(slf: &Bound<'_, Self>, axis: Option<&Any<'_>>) -> PyResult<Py<Self>> {
        let axes = convert::axes("squeeze", axis)?;
        Self::apply(slf, |g, x| ops::squeeze(g, x, axes.as_deref()))
    }

    /// The elements in one axis; see ``functions.ravel``.
    fn ravel(slf: &Bound<'_, Self>) -> PyResult<Py<Self>> {
        Self::apply(slf, ops::ravel)
    }

    /// The elements in one axis; see ``functions.flatten``.
    fn flatten(slf: &Bound<'_, Self>) -> PyResult<Py<Self>> {
        Self::apply(slf, ops::ravel)
    }

    /// Each element several times; see ``functions.repeat``.
    #[pyo3(signature = (repeats, axis=None))]
    fn repeat(slf: &Bound<'_, Self>, repeats: &Any<'_>, axis: Option<i64>) -> PyResult<Py<Self>> {
        let times = counts(repeats)?;
        Self::apply(slf, |g, x| ops::repeat(g, x, &times, axis))
    }

    /// The elements at positions of an axis; see ``functions.take``.
    #[pyo3(name = "take", signature = (indices, axis=None))]
    fn take_at(slf: &Bound<'_, Self>, indices: &Any<'_>, axis: Option<i64>) -> PyResult<Py<Self>> {
        let at = self::indices("take", "indices", indices)?;
        Self::apply(slf, |g, x| ops::take(g, x, &at.positions(), axis))
    }

    /// The positions of the largest elements; see ``functions.argmax``.
    #[pyo3(signature = (axis=None, keepdims=false))]
    fn argmax<'py>(
        slf: &Bound<'py, Self>,
        axis: Option<i64>,
        keepdims: bool,
    ) -> PyResult<Any<'py>> {
        extremum("argmax", slf.as_any(), axis, keepdims, Ask::Max)
    }

    /// The positions of the smallest elements; see ``functions.argmin``.
    #[pyo3(signature = (axis=None, keepdims=false))]
    fn argmin<'py>(
        slf: &Bound<'py, Self>,
        axis: Option<i64>,
        keepdims: bool,
    ) -> PyResult<Any<'py>> {
        extremum("argmin", slf.as_any(), axis, keepdims, Ask::Min)
    }

    /// The diagonals of matrices; see ``functions.diagonal``.
    #[pyo3(signature = (offset=0, axis1=0, axis2=1))]
    fn diagonal(slf: &Bound<'_, Self>, offset: i64, axis1: i64, axis2: i64) -> PyResult<Py<Self>> {
        Self::apply(slf, |g, x| ops::diagonal(g, x, offset, axis1, axis2))
    }

    /// The sum of a diagonal; see ``functions.trace``.
    #[pyo3(signature = (offset=0, axis1=0, axis2=1))]
    fn trace(slf: &Bound<'_, Self>, offset: i64, axis1: i64, axis2: i64) -> PyResult<Py<Self>> {
        Self::apply(slf, |g, x| ops::trace(g, x, offset, axis1, axis2))
    }

    /// Two axes exchanged; see ``functions.swapaxes``.
    fn swapaxes(slf: &Bound<'_, Self>, axis1: i64, axis2: i64) -> PyResult<Py<Self>> {
        Self::apply(slf, |g, x| ops::swapaxes(g, x, axis1, axis2))
    }
}
