//! One conversion from the core's failures to Python's exceptions.

use pyo3::exceptions::{
    PyFloatingPointError, PyIndexError, PyMemoryError, PyRuntimeError, PyTypeError, PyValueError,
};
use pyo3::intern;
use pyo3::prelude::*;

use crate::error::{Error, Kind};

impl From<Error> for PyErr {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error.into_kind() {
            Kind::Foreign(raised) => match raised.downcast::<PyErr>() {
                Ok(raised) => *raised,
                Err(_) => PyRuntimeError::new_err(message),
            },
            Kind::Index { .. } | Kind::TooManyIndices { .. } => PyIndexError::new_err(message),
            Kind::DType { .. } => PyTypeError::new_err(message),
            Kind::Memory { .. } => PyMemoryError::new_err(message),
            Kind::Anomaly { .. } => PyFloatingPointError::new_err(message),
            Kind::Freed { .. } | Kind::Rule { .. } | Kind::Internal { .. } => {
                PyRuntimeError::new_err(message)
            }
            Kind::LinAlg { .. } => Python::attach(|py| linalg_error(py, message)),
            Kind::Broadcast { .. }
            | Kind::BroadcastTo { .. }
            | Kind::MatMul { .. }
            | Kind::Reshape { .. }
            | Kind::Axis { .. }
            | Kind::RepeatedAxis { .. }
            | Kind::Permutation { .. }
            | Kind::EmptyReduction { .. }
            | Kind::ShapeMismatch { .. }
            | Kind::Argument { .. }
            | Kind::NotScalar { .. } => PyValueError::new_err(message),
        }
    }
}

/// NumPy's exception for matrices, a `ValueError`.
fn linalg_error(py: Python<'_>, message: String) -> PyErr {
    let class = py.import(intern!(py, "numpy.linalg")).and_then(|m| m.getattr("LinAlgError"));
    match class.and_then(|c| c.call1((&message,))) {
        Ok(raised) => PyErr::from_value(raised),
        Err(_) => PyValueError::new_err(message),
    }
}

/// A Python exception on its way through the engine.
pub fn foreign(raised: PyErr) -> Error {
    Kind::Foreign(Box::new(raised)).into()
}

/// Raises what a panic said as a `RuntimeError`.
pub fn panicked(payload: &(dyn std::any::Any + Send)) -> PyErr {
    let text = match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
        (Some(s), _) => *s,
        (_, Some(s)) => s.as_str(),
        _ => "unknown",
    };
    PyRuntimeError::new_err(format!("internal error (please report it): {text}"))
}
