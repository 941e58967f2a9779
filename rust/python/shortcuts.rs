//! Shorter ways into the methods and attributes that loops use most.
//!
//! PyO3 defines them, with their docstrings and signatures; what it puts around a call takes longer than
//! the work on a number does. So the functions behind the definitions are replaced.

use std::ffi::{CStr, c_void};
use std::ptr::null_mut;
use std::sync::OnceLock;

use pyo3::exceptions::PyRuntimeError;
use pyo3::ffi;
use pyo3::prelude::*;

use super::object::{Variable, graph, node_of, wrap};
use super::slots::guard;
use crate::graph::Options;

type Object = *mut ffi::PyObject;
type FastWithKeywords = ffi::PyCFunctionFastWithKeywords;

/// PyO3's `backward`, for calls with arguments.
static BACKWARD: OnceLock<FastWithKeywords> = OnceLock::new();

unsafe extern "C" fn backward(
    x: Object,
    args: *const Object,
    count: ffi::Py_ssize_t,
    names: Object,
) -> Object {
    // SAFETY: Python calls this as a method of Variable with keywords, and the other one is of the
    // same kind.
    unsafe {
        let py = Python::assume_attached();
        match BACKWARD.get() {
            Some(original) if count > 0 || !names.is_null() => original(x, args, count, names),
            _ => guard(py, null_mut(), || {
                graph(py).backward(node_of(x), None, Options::default())?;
                Ok(py.None().into_ptr())
            }),
        }
    }
}

unsafe extern "C" fn cleargrad(x: Object, _: Object) -> Object {
    // SAFETY: Python calls this as a method of Variable without arguments.
    unsafe {
        let py = Python::assume_attached();
        guard(py, null_mut(), || {
            graph(py).set_grad(node_of(x), None)?;
            Ok(py.None().into_ptr())
        })
    }
}

unsafe extern "C" fn grad(x: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this to get an attribute of a Variable.
    unsafe {
        let py = Python::assume_attached();
        guard(py, null_mut(), || match graph(py).grad(node_of(x)) {
            Some(id) => Ok(wrap(py, id)?.into_ptr()),
            None => Ok(py.None().into_ptr()),
        })
    }
}

/// The definition that a descriptor of the class is made from.
///
/// # Safety
/// `D` is what descriptors of type `kind` are.
unsafe fn descriptor<D>(
    py: Python<'_>,
    name: &str,
    kind: *mut ffi::PyTypeObject,
) -> PyResult<*mut D> {
    let found = py.get_type::<Variable>().getattr("__dict__")?.get_item(name)?;
    // SAFETY: the object is alive.
    if unsafe { ffi::Py_TYPE(found.as_ptr()) } != kind {
        return Err(PyRuntimeError::new_err(format!("Variable.{name} is defined in another way")));
    }
    // The class keeps it.
    Ok(found.as_ptr().cast())
}

/// The definition of a method of the class, which takes its arguments as `flags` say.
unsafe fn method(py: Python<'_>, name: &str, flags: i32) -> PyResult<*mut ffi::PyMethodDef> {
    // SAFETY: descriptors of this type are such objects; a definition lives as long as its class.
    unsafe {
        let kind = &raw mut ffi::PyMethodDescr_Type;
        let def = (*descriptor::<ffi::PyMethodDescrObject>(py, name, kind)?).d_method;
        if (*def).ml_flags != flags || CStr::from_ptr((*def).ml_name).to_bytes() != name.as_bytes()
        {
            let text = format!("Variable.{name} takes its arguments in another way");
            return Err(PyRuntimeError::new_err(text));
        }
        Ok(def)
    }
}

/// Puts the shortcuts into the class, before anybody can use it.
pub fn init(py: Python<'_>) -> PyResult<()> {
    // SAFETY: the functions fit the definitions that they are put into, as the flags say. PyO3 keeps the
    // definitions in memory of the heap, which nobody else reads at this time.
    unsafe {
        let def = method(py, "backward", ffi::METH_FASTCALL | ffi::METH_KEYWORDS)?;
        let original = (*def).ml_meth.PyCFunctionFastWithKeywords;
        if BACKWARD.set(original).is_ok() {
            (*def).ml_meth = ffi::PyMethodDefPointer { PyCFunctionFastWithKeywords: backward };
        }
        let def = method(py, "cleargrad", ffi::METH_NOARGS)?;
        (*def).ml_meth = ffi::PyMethodDefPointer { PyCFunction: cleargrad };
        let kind = &raw mut ffi::PyGetSetDescr_Type;
        let def = (*descriptor::<ffi::PyGetSetDescrObject>(py, "grad", kind)?).d_getset;
        (*def).get = Some(grad);
    }
    Ok(())
}
