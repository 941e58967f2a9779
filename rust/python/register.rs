//! Functions of the module that are written by hand: their definitions and docstrings.

use std::ffi::{CString, c_int};
use std::ptr::null_mut;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyString;

/// What the docstrings of all functions of one operand share.
pub const UNARY: &str = "\
Parameters
----------
x : Variable or array_like
    Any shape; float32 stays float32.

Returns
-------
Variable
    The shape and dtype of ``x``.

Raises
------
TypeError
    If ``x`` is no real array.";

/// What the docstrings of all functions of two operands share.
pub const BINARY: &str = "\
Parameters
----------
x, y : Variable or array_like
    Shapes that broadcast together. Numbers and arrays are constants; a Python number takes the
    dtype of the other operand, float32 with float64 gives float64.

Returns
-------
Variable
    The broadcast shape.

Raises
------
ValueError
    If the shapes do not broadcast together.
TypeError
    If an operand is no real array.";

/// Adds one function to the module.
pub fn add_function(
    m: &Bound<'_, PyModule>,
    (name, signature): (&str, &str),
    (doc, shared, example): (&str, &str, &str),
    method: ffi::PyMethodDefPointer,
    flags: c_int,
) -> PyResult<()> {
    let doc =
        format!("{name}{signature}\n--\n\n{doc}\n\n{shared}\n\nExamples\n--------\n{example}\n");
    m.add(name, function(m.py(), "autograd.functions", name, &doc, method, flags)?)
}

/// A function with a definition that lives as long as the process.
pub fn function<'py>(
    py: Python<'py>,
    module: &str,
    name: &str,
    doc: &str,
    method: ffi::PyMethodDefPointer,
    flags: c_int,
) -> PyResult<Bound<'py, PyAny>> {
    let module = PyString::new(py, module);
    let def = Box::leak(Box::new(ffi::PyMethodDef {
        ml_name: CString::new(name)?.into_raw(),
        ml_meth: method,
        ml_flags: flags,
        ml_doc: CString::new(doc)?.into_raw(),
    }));
    // SAFETY: the definition is never freed, and the flags fit the function.
    unsafe {
        let f = ffi::PyCFunction_NewEx(def, null_mut(), module.as_ptr());
        Bound::from_owned_ptr_or_err(py, f)
    }
}
