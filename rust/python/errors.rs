//! One conversion from the core's failures to Python's exceptions.

use pyo3::exceptions::{PyIndexError, PyMemoryError, PyRuntimeError, PyTypeError, PyValueError};
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
            Kind::Freed { .. } | Kind::Internal { .. } => PyRuntimeError::new_err(message),
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
