//! Methods that reduce over axes or go along one.

use pyo3::prelude::*;

use crate::ops;
use crate::python::convert;
use crate::python::object::Variable;

#[pymethods]
impl Variable {
    /// The sum over axes; see ``functions.sum``.
    #[pyo3(signature = (axis=None, keepdims=false))]
    fn sum(
        slf: &Bound<'_, Self>,
        axis: Option<&Bound<'_, PyAny>>,
        keepdims: bool,
    ) -> PyResult<Py<Self>> {
        let axes = convert::axes("sum", axis)?;
        Self::apply(slf, |g, x| ops::sum(g, x, axes.as_deref(), keepdims))
    }

    /// The mean over axes; see ``functions.mean``.
    #[pyo3(signature = (axis=None, keepdims=false))]
    fn mean(
        slf: &Bound<'_, Self>,
        axis: Option<&Bound<'_, PyAny>>,
        keepdims: bool,
    ) -> PyResult<Py<Self>> {
        let axes = convert::axes("mean", axis)?;
        Self::apply(slf, |g, x| ops::mean(g, x, axes.as_deref(), keepdims))
    }

    /// The largest elements over axes; see ``functions.max``.
    #[pyo3(signature = (axis=None, keepdims=false))]
    fn max(
        slf: &Bound<'_, Self>,
        axis: Option<&Bound<'_, PyAny>>,
        keepdims: bool,
    ) -> PyResult<Py<Self>> {
        let axes = convert::axes("max", axis)?;
        Self::apply(slf, |g, x| ops::max(g, x, axes.as_deref(), keepdims))
    }

    /// The smallest elements over axes; see ``functions.min``.
    #[pyo3(signature = (axis=None, keepdims=false))]
    fn min(
        slf: &Bound<'_, Self>,
        axis: Option<&Bound<'_, PyAny>>,
        keepdims: bool,
    ) -> PyResult<Py<Self>> {
        let axes = convert::axes("min", axis)?;
        Self::apply(slf, |g, x| ops::min(g, x, axes.as_deref(), keepdims))
    }

    /// The product over axes; see ``functions.prod``.
    #[pyo3(signature = (axis=None, keepdims=false))]
    fn prod(
        slf: &Bound<'_, Self>,
        axis: Option<&Bound<'_, PyAny>>,
        keepdims: bool,
    ) -> PyResult<Py<Self>> {
        let axes = convert::axes("prod", axis)?;
        Self::apply(slf, |g, x| ops::prod(g, x, axes.as_deref(), keepdims))
    }

    /// The variance over axes; see ``functions.variance``.
    #[pyo3(signature = (axis=None, keepdims=false))]
    fn var(
        slf: &Bound<'_, Self>,
        axis: Option<&Bound<'_, PyAny>>,
        keepdims: bool,
    ) -> PyResult<Py<Self>> {
        let axes = convert::axes("variance", axis)?;
        Self::apply(slf, |g, x| ops::variance(g, x, axes.as_deref(), keepdims))
    }

    /// The standard deviation over axes; see ``functions.std``.
    #[pyo3(signature = (axis=None, keepdims=false))]
    fn std(
        slf: &Bound<'_, Self>,
        axis: Option<&Bound<'_, PyAny>>,
        keepdims: bool,
    ) -> PyResult<Py<Self>> {
        let axes = convert::axes("std", axis)?;
        Self::apply(slf, |g, x| ops::std(g, x, axes.as_deref(), keepdims))
    }

    /// Running sums along an axis; see ``functions.cumsum``.
    #[pyo3(signature = (axis=None))]
    fn cumsum(slf: &Bound<'_, Self>, axis: Option<i64>) -> PyResult<Py<Self>> {
        Self::apply(slf, |g, x| ops::cumsum(g, x, axis))
    }

    /// Running products along an axis; see ``functions.cumprod``.
    #[pyo3(signature = (axis=None))]
    fn cumprod(slf: &Bound<'_, Self>, axis: Option<i64>) -> PyResult<Py<Self>> {
        Self::apply(slf, |g, x| ops::cumprod(g, x, axis))
    }
}
