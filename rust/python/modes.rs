//! Modes of the thread: entering and leaving them, for the scopes of the package.
//!
//! A `with` block in a loop is entered as often as operations run, so these are by hand, as the
//! [operators](super::slots) are.

use std::cell::RefCell;
use std::ptr::null_mut;

use pyo3::exceptions::{PyRuntimeError, PyTypeError, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;

use super::register::function;
use super::slots::guard;
use crate::graph::{Mode, mode, set_mode};

thread_local! {
    /// What each entry of a scope found, in this thread: one list for each mode.
    static FOUND: [RefCell<Vec<bool>>; 3] = const { [const { RefCell::new(Vec::new()) }; 3] };
}

const MODES: [(&str, Mode); 3] =
    [("record", Mode::Record), ("test", Mode::Test), ("anomaly", Mode::Anomaly)];

type Object = *mut ffi::PyObject;
type Fast = ffi::PyCFunctionFast;

/// Sets a mode, and keeps what it was. An argument, the scope, may be given or not: some callers look the
/// function up in the class.
unsafe extern "C" fn enter<const MODE: usize, const ON: bool>(
    _module: Object,
    _args: *mut Object,
    count: ffi::Py_ssize_t,
) -> Object {
    // SAFETY: Python calls this as a METH_FASTCALL function, with the lock held.
    unsafe {
        let py = Python::assume_attached();
        guard(py, null_mut(), || {
            if count > 1 {
                return Err(PyTypeError::new_err("__enter__ takes no arguments"));
            }
            let before = set_mode(MODES[MODE].1, ON);
            FOUND.with(|found| found[MODE].borrow_mut().push(before));
            Ok(py.None().into_ptr())
        })
    }
}

/// Sets a mode to what the last entry found. Takes an exception's three parts, which do not matter, and
/// perhaps the scope before them.
unsafe extern "C" fn leave<const MODE: usize>(
    _module: Object,
    _args: *mut Object,
    count: ffi::Py_ssize_t,
) -> Object {
    // SAFETY: Python calls this as a METH_FASTCALL function, with the lock held.
    unsafe {
        let py = Python::assume_attached();
        guard(py, null_mut(), || {
            if count > 4 {
                return Err(PyTypeError::new_err("__exit__ takes at most 3 arguments"));
            }
            match FOUND.with(|found| found[MODE].borrow_mut().pop()) {
                Some(before) => set_mode(MODES[MODE].1, before),
                None => {
                    let text = "a mode was left that had not been entered";
                    return Err(PyRuntimeError::new_err(text));
                }
            };
            Ok(py.None().into_ptr())
        })
    }
}

/// The functions that enter and leave a mode: ``"record"``, ``"test"`` or ``"anomaly"``.
#[pyfunction]
fn mode_functions<'py>(
    py: Python<'py>,
    mode: &str,
    on: bool,
) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    let (enter, leave): (Fast, Fast) = match (mode, on) {
        ("record", false) => (enter::<0, false>, leave::<0>),
        ("record", true) => (enter::<0, true>, leave::<0>),
        ("test", false) => (enter::<1, false>, leave::<1>),
        ("test", true) => (enter::<1, true>, leave::<1>),
        ("anomaly", false) => (enter::<2, false>, leave::<2>),
        ("anomaly", true) => (enter::<2, true>, leave::<2>),
        _ => return Err(PyValueError::new_err(format!("no mode is called {mode:?}"))),
    };
    let make = |name, f| {
        let method = ffi::PyMethodDefPointer { PyCFunctionFast: f };
        function(py, "autograd", name, "", method, ffi::METH_FASTCALL)
    };
    Ok((make("__enter__", enter)?, make("__exit__", leave)?))
}

/// Whether operations are recorded in this thread.
#[pyfunction]
fn is_recording() -> bool {
    mode(Mode::Record)
}

/// Whether layers run in test mode in this thread.
#[pyfunction]
fn is_test_mode() -> bool {
    mode(Mode::Test)
}

pub fn init(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(mode_functions, m)?)?;
    m.add_function(wrap_pyfunction!(is_recording, m)?)?;
    m.add_function(wrap_pyfunction!(is_test_mode, m)?)
}
