//! The Python module `autograd._core`. The only part that knows PyO3.

mod convert;
mod creator;
mod errors;
mod function;
mod functions;
mod gradients;
mod hooks;
mod indexing;
mod indices;
mod interop;
mod methods;
mod modes;
mod ndarray;
mod object;
mod operators;
mod optim;
mod random;
mod register;
mod safetensors;
mod shortcuts;
mod slots;
mod system;
mod text;
mod variable;
mod walk;

use pyo3::exceptions::PyImportError;
use pyo3::ffi;
use pyo3::prelude::*;

/// The compiled core of `autograd`: import the package, not this.
#[pymodule(name = "_core", gil_used = true)]
fn core(m: &Bound<'_, PyModule>) -> PyResult<()> {
    // SAFETY: the lock is held, so there is an interpreter.
    if unsafe { ffi::PyInterpreterState_GetID(ffi::PyInterpreterState_Get()) } != 0 {
        // Classes and objects that live as long as the process belong to the first one.
        return Err(PyImportError::new_err("autograd works in the main interpreter only"));
    }
    m.add("__version__", env!("CARGO_PKG_VERSION"))?;
    m.add_class::<object::Variable>()?;
    m.add_class::<creator::Creator>()?;
    m.add_class::<hooks::HookHandle>()?;
    object::init(m.py())?;
    slots::init(m)?;
    shortcuts::init(m.py())?;
    functions::init(m)?;
    function::init(m)?;
    gradients::init(m)?;
    modes::init(m)?;
    optim::init(m)?;
    random::init(m)?;
    safetensors::init(m)?;
    system::init(m)?;
    walk::init(m)?;
    // PyO3 lists every name there; what is public is for the package to say.
    m.delattr("__all__")
}
