//! Arguments that are one integer, a flag or a word: what does not fit is refused with the names of
//! the function and the argument.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyInt;

use crate::python::convert::integers;

/// An argument as it was given, or left out.
#[derive(Default)]
pub struct Given<'py>(Option<Bound<'py, PyAny>>);

impl<'py> FromPyObject<'_, 'py> for Given<'py> {
    type Error = PyErr;

    fn extract(x: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        Ok(Self(Some(x.to_owned())))
    }
}

impl Given<'_> {
    /// An integer.
    pub fn integer(&self, op: &str, what: &str, default: i64) -> PyResult<i64> {
        self.0.as_ref().map_or(Ok(default), |x| integer(op, what, x))
    }

    /// An integer or None.
    pub fn optional(&self, op: &str, what: &str, default: Option<i64>) -> PyResult<Option<i64>> {
        let Some(x) = &self.0 else { return Ok(default) };
        (!x.is_none()).then(|| integer(op, what, x)).transpose()
    }

    /// Whether something is to be done; false by default.
    pub fn flag(&self, op: &str, what: &str) -> PyResult<bool> {
        let Some(x) = &self.0 else { return Ok(false) };
        x.extract().map_err(|_| wrong(op, what, "a bool", x))
    }

    /// A word.
    pub fn word(&self, op: &str, what: &str, default: &str) -> PyResult<String> {
        let Some(x) = &self.0 else { return Ok(default.into()) };
        x.extract().map_err(|_| wrong(op, what, "a str", x))
    }
}

/// One integer; a bool is none.
pub fn integer(op: &str, what: &str, x: &Bound<'_, PyAny>) -> PyResult<i64> {
    let index = || x.hasattr(intern!(x.py(), "__index__"));
    if x.is_instance_of::<PyInt>() || (x.try_iter().is_err() && index()?) {
        return Ok(integers(op, what, x)?[0]);
    }
    Err(wrong(op, what, "an int", x))
}

/// Integers of which none is 0 or less.
pub fn positive(op: &str, what: &str, given: Vec<i64>) -> PyResult<Vec<usize>> {
    let each = |n: i64| match usize::try_from(n) {
        Ok(n) if n > 0 => Ok(n),
        _ => Err(PyValueError::new_err(format!("{op}: {what} must be positive, got {n}"))),
    };
    given.into_iter().map(each).collect()
}

fn wrong(op: &str, what: &str, wanted: &str, x: &Bound<'_, PyAny>) -> PyErr {
    let got = x.get_type().name().map_or_else(|_| "object".into(), |n| n.to_string());
    PyTypeError::new_err(format!("{op}: {what} must be {wanted}, got {got}"))
}
