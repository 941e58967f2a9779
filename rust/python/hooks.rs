//! Hooks on gradients, written in Python.

use std::rc::Rc;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

use super::convert::operand;
use super::errors::foreign;
use super::object::{Variable, graph, wrap};
use crate::error::Result;
use crate::graph::{Ctx, Hook, Var};

/// A function of the user's.
struct Call {
    /// Absent only while it is dropped.
    function: Option<Py<PyAny>>,
}

impl Drop for Call {
    /// Lets go of the function at once, as operations of the user's do.
    fn drop(&mut self) {
        let function = self.function.take();
        let _ = Python::try_attach(move |_| drop(function));
    }
}

impl Hook for Call {
    fn call(&self, g: &Ctx<'_>, grad: &Var) -> Result<Option<Var>> {
        Python::attach(|py| {
            let Some(function) = &self.function else { return Ok(None) };
            let shown = wrap(py, g.keep(grad))?;
            let returned = function.bind(py).call1((shown,))?;
            if returned.is_none() {
                return Ok(None);
            }
            let v = operand(g, "register_hook", &returned, Some(grad.dtype()))?;
            Ok(Some(if g.is_recording() { v } else { Var::constant(v.value) }))
        })
        .map_err(foreign)
    }
}

/// What ``Variable.register_hook`` returns: takes the hook away again.
///
/// Examples
/// --------
/// >>> from autograd import Variable
/// >>> x = Variable(3.0)
/// >>> handle = x.register_hook(lambda g: 10.0 * g)
/// >>> handle.remove()
/// >>> (x * x).backward()
/// >>> print(x.grad)
/// variable(6.0)
#[pyclass(frozen, module = "autograd")]
pub struct HookHandle {
    variable: Py<Variable>,
    number: u64,
}

#[pymethods]
impl HookHandle {
    /// Take the hook away. It may be called again, and does nothing then.
    fn remove(&self, py: Python<'_>) {
        drop(graph(py).remove_hook(self.variable.get().id(), self.number));
    }
}

/// Adds a function as a hook.
pub fn register(v: &Bound<'_, Variable>, function: &Bound<'_, PyAny>) -> PyResult<HookHandle> {
    if !function.is_callable() {
        let got = function.get_type().name()?;
        let message = format!("register_hook: a function is wanted, got {got}");
        return Err(PyTypeError::new_err(message));
    }
    let hook = Rc::new(Call { function: Some(function.clone().unbind()) });
    let number = graph(v.py()).add_hook(v.get().id(), hook);
    Ok(HookHandle { variable: v.clone().unbind(), number })
}
