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

const MODES: [Mode; 3] = [Mode::Record, Mode::Test, Mode::Anomaly];

type Object = *mut ffi::PyObject;
type Fast = ffi::PyCFunctionFast;

/// Changes a mode, unless there are more arguments than `most`.
///
/// # Safety
/// The lock is held.
#[inline(always)]
unsafe fn change(
    (count, most, message): (ffi::Py_ssize_t, ffi::Py_ssize_t, &'static str),
    change: impl FnOnce() -> PyResult<()>,
) -> Object {
    // SAFETY: the caller vouches for the lock.
    let py = unsafe { Python::assume_attached() };
    guard(py, null_mut(), || {
        if count > most {
            return Err(PyTypeError::new_err(message));
        }
        change()?;
        Ok(py.None().into_ptr())
    })
}

/// Sets a mode, and keeps what it was. An argument, the scope, may be given or not: some callers look the
/// function up in the class.
unsafe extern "C" fn enter<const MODE: usize, const ON: bool>(
    _module: Object,
    _args: *mut Object,
    count: ffi::Py_ssize_t,
) -> Object {
    // SAFETY: Python calls this as a METH_FASTCALL function, with the lock held.
    unsafe {
        change((count, 1, "__enter__ takes no arguments"), || {
            let before = set_mode(MODES[MODE], ON);
            FOUND.with(|found| found[MODE].borrow_mut().push(before));
            Ok(())
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
        change((count, 4, "__exit__ takes at most 3 arguments"), || {
            let found = FOUND.with(|found| found[MODE].borrow_mut().pop());
            let none = || PyRuntimeError::new_err("a mode was left that had not been entered");
            set_mode(MODES[MODE], found.ok_or_else(none)?);
            Ok(())
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
