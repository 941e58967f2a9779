//! The operators as Python sees them when it asks for the attribute, as in `Variable.__add__(a, b)`.
//! The expressions `a + b` go straight to `slots`.

use pyo3::exceptions::PyTypeError;
use pyo3::ffi;
use pyo3::prelude::*;

use super::object::Variable;
use super::slots::{absolute, matrix_multiply, negative, operator, truth};
use crate::op::{Binary, unary};
use crate::ops;

type Any<'py> = Bound<'py, PyAny>;
type Object = *mut ffi::PyObject;

#[pymethods]
impl Variable {
    fn __add__<'py>(slf: &Bound<'py, Self>, other: &Any<'py>) -> PyResult<Any<'py>> {
        general::<ops::Add>(slf.as_any(), other)
    }
    fn __radd__<'py>(slf: &Bound<'py, Self>, other: &Any<'py>) -> PyResult<Any<'py>> {
        general::<ops::Add>(other, slf.as_any())
    }
    fn __sub__<'py>(slf: &Bound<'py, Self>, other: &Any<'py>) -> PyResult<Any<'py>> {
        general::<ops::Sub>(slf.as_any(), other)
    }
    fn __rsub__<'py>(slf: &Bound<'py, Self>, other: &Any<'py>) -> PyResult<Any<'py>> {
        general::<ops::Sub>(other, slf.as_any())
    }
    fn __mul__<'py>(slf: &Bound<'py, Self>, other: &Any<'py>) -> PyResult<Any<'py>> {
        general::<ops::Mul>(slf.as_any(), other)
    }
    fn __rmul__<'py>(slf: &Bound<'py, Self>, other: &Any<'py>) -> PyResult<Any<'py>> {
        general::<ops::Mul>(other, slf.as_any())
    }
    fn __truediv__<'py>(slf: &Bound<'py, Self>, other: &Any<'py>) -> PyResult<Any<'py>> {
        general::<ops::Div>(slf.as_any(), other)
    }
    fn __rtruediv__<'py>(slf: &Bound<'py, Self>, other: &Any<'py>) -> PyResult<Any<'py>> {
        general::<ops::Div>(other, slf.as_any())
    }
    fn __pow__<'py>(
        slf: &Bound<'py, Self>,
        other: &Any<'py>,
        _modulus: Option<&Any<'py>>,
    ) -> PyResult<Any<'py>> {
        general::<ops::Pow>(slf.as_any(), other)
    }
    fn __rpow__<'py>(
        slf: &Bound<'py, Self>,
        other: &Any<'py>,
        _modulus: Option<&Any<'py>>,
    ) -> PyResult<Any<'py>> {
        general::<ops::Pow>(other, slf.as_any())
    }
    fn __matmul__<'py>(slf: &Bound<'py, Self>, other: &Any<'py>) -> PyResult<Any<'py>> {
        // SAFETY: the lock is held and both objects live.
        unsafe { owned(slf.py(), matrix_multiply(slf.as_ptr(), other.as_ptr())) }
    }
    fn __rmatmul__<'py>(slf: &Bound<'py, Self>, other: &Any<'py>) -> PyResult<Any<'py>> {
        // SAFETY: the lock is held and both objects live.
        unsafe { owned(slf.py(), matrix_multiply(other.as_ptr(), slf.as_ptr())) }
    }
    fn __neg__<'py>(slf: &Bound<'py, Self>) -> PyResult<Any<'py>> {
        // SAFETY: the lock is held and the object lives.
        unsafe { owned(slf.py(), negative(slf.as_ptr())) }
    }
    fn __pos__<'py>(slf: &Bound<'py, Self>) -> Bound<'py, Self> {
        slf.clone()
    }
    fn __abs__<'py>(slf: &Bound<'py, Self>) -> PyResult<Any<'py>> {
        // SAFETY: the lock is held and the object lives.
        unsafe { owned(slf.py(), absolute(slf.as_ptr())) }
    }
    /// Rounded to integers; see ``functions.round``.
    #[pyo3(signature = (ndigits=None))]
    fn __round__(slf: &Bound<'_, Self>, ndigits: Option<&Any<'_>>) -> PyResult<Py<Self>> {
        if ndigits.is_some() {
            return Err(PyTypeError::new_err("round: a Variable is rounded to integers only"));
        }
        Self::apply(slf, |g, x| unary(g, ops::Round, x))
    }
    fn __floor__(slf: &Bound<'_, Self>) -> PyResult<Py<Self>> {
        Self::apply(slf, |g, x| unary(g, ops::Floor, x))
    }
    fn __ceil__(slf: &Bound<'_, Self>) -> PyResult<Py<Self>> {
        Self::apply(slf, |g, x| unary(g, ops::Ceil, x))
    }
    fn __trunc__(slf: &Bound<'_, Self>) -> PyResult<Py<Self>> {
        Self::apply(slf, |g, x| unary(g, ops::Trunc, x))
    }
    fn __int__<'py>(slf: &Bound<'py, Self>) -> PyResult<Any<'py>> {
        slf.call_method0("item")?.call_method0("__int__")
    }
    fn __bool__(slf: &Bound<'_, Self>) -> PyResult<bool> {
        // SAFETY: the lock is held and the object lives.
        match unsafe { truth(slf.as_ptr()) } {
            -1 => Err(PyErr::fetch(slf.py())),
            t => Ok(t != 0),
        }
    }
}

fn general<'py, B: Binary + Default>(a: &Any<'py>, b: &Any<'py>) -> PyResult<Any<'py>> {
    // SAFETY: the lock is held and both objects live.
    unsafe { owned(a.py(), operator::<B>(a.as_ptr(), b.as_ptr())) }
}

/// # Safety
/// `object` is a new reference, or null with an exception set.
unsafe fn owned(py: Python<'_>, object: Object) -> PyResult<Any<'_>> {
    // SAFETY: by the caller's promise.
    unsafe { Bound::from_owned_ptr_or_err(py, object) }
}
