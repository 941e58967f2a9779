//! The methods of `Variable` that reduce over axes or go along one; `sum` and its like are in
//! `variable`.

use pyo3::prelude::*;

use super::convert;
use super::object::Variable;
use crate::ops;

#[pymethods]
impl Variable {
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
