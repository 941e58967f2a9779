//! Functions that users write in Python: `autograd.Function`.

use std::cell::RefCell;
use std::hash::BuildHasherDefault;
use std::rc::Rc;
use std::sync::{Mutex, MutexGuard, PoisonError};

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};

use super::convert::operand;
use super::errors::foreign;
use super::object::{Variable, graph, wrap, wrap_var};
use crate::error::{Error, Result, Tuple};
use crate::graph::{Ctx, Keep, Mode, NodeId, OpRef, Scope, Var};
use crate::op::{Grad, Grads, Op, Rule};
use crate::table::Map;
use crate::tensor::{DType, Dims, Tensor};

/// Nodes, and what tells them from later ones in their places.
type StandIns = Rc<RefCell<Vec<Option<(NodeId, u64)>>>>;

/// The functions with calls under way or remembered by the graph, by address, and how many calls of each:
/// two that kept things on the same object would take them for their own.
static REMEMBERED: Mutex<Map<usize, usize>> =
    Mutex::new(Map::with_hasher(BuildHasherDefault::new()));

/// A function for one call, from before `forward` for as long as the graph remembers it.
struct Remembered(Py<PyAny>);

impl Remembered {
    /// The function itself, or a copy if there is another call of it.
    fn new(function: &Bound<'_, PyAny>) -> PyResult<Self> {
        let (own, alone) = Self::count(function);
        if alone {
            return Ok(own);
        }
        let py = function.py();
        let copy =
            py.import(intern!(py, "copy"))?.call_method1(intern!(py, "copy"), (function,))?;
        Ok(Self::count(&copy).0)
    }

    /// Counts a call in, and tells whether it is the only one.
    fn count(function: &Bound<'_, PyAny>) -> (Self, bool) {
        let mut calls = calls();
        let count = calls.entry(function.as_ptr().addr()).or_default();
        *count += 1;
        (Self(function.clone().unbind()), *count == 1)
    }
}

impl Drop for Remembered {
    fn drop(&mut self) {
        let (mut calls, at) = (calls(), self.0.as_ptr().addr());
        if let Some(count) = calls.get_mut(&at) {
            *count -= 1;
            if *count == 0 {
                calls.remove(&at);
            }
        }
    }
}

fn calls() -> MutexGuard<'static, Map<usize, usize>> {
    // Nothing that is done with it can panic half-way.
    REMEMBERED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One call of a user's function, as the graph remembers it.
struct Call {
    /// Absent only while it is dropped.
    function: Option<Remembered>,
    name: String,
    outputs: Vec<(Dims, DType)>,
    /// The stand-ins for the results that the function may have kept, which this does not hold.
    stand_ins: StandIns,
}

impl Drop for Call {
    /// Lets go of the function at once. (PyO3 puts it off where it does not know that the thread
    /// has the lock, as in our own entries.)
    fn drop(&mut self) {
        let function = self.function.take();
        let _ = Python::try_attach(move |_| drop(function));
    }
}

impl Op for Call {
    fn name(&self) -> &str {
        &self.name
    }

    /// The function keeps what it wants itself.
    fn keeps(&self, _wants: &[bool]) -> Keep {
        Keep::NONE
    }

    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        Python::attach(|py| self.call_backward(py, rule))
    }

    fn is_foreign(&self) -> bool {
        true
    }
}

impl Call {
    fn call_backward(&self, py: Python<'_>, rule: &Rule<'_>) -> Result<Grads> {
        let mut gys = Vec::with_capacity(self.outputs.len());
        for (i, (shape, dtype)) in self.outputs.iter().enumerate() {
            let gy = match rule.gys.get(i) {
                Some(Some(gy)) => gy.clone(),
                // Nothing was computed from this result.
                _ => Var::constant(Tensor::full(*dtype, 0.0, shape)?),
            };
            // A stand-in: a function that keeps it does not close a circle with the graph.
            let id = match gy.node {
                Some(id) => graph(py).alias(id, gy.value.clone()),
                None => rule.g.keep(&gy),
            };
            gys.push(wrap(py, id).map_err(foreign)?);
        }
        self.revive(py, rule);
        let gys = PyTuple::new(py, gys).map_err(foreign)?;
        let Some(function) = &self.function else {
            return Err(Error::internal("a function ran while it was dropped"));
        };
        let function = function.0.bind(py);
        let given = function.call_method1(intern!(py, "backward"), gys).map_err(foreign)?;
        let given = several(given).map_err(foreign)?;
        if given.len() != rule.inputs.len() {
            return Err(foreign(PyValueError::new_err(format!(
                "{}.backward must return a gradient for each of the {} inputs, got {}",
                self.name,
                rule.inputs.len(),
                given.len()
            ))));
        }
        let mut grads = Grads::new();
        for (i, gx) in given.iter().enumerate() {
            if gx.is_none() || !rule.wants(i) {
                grads.push(None);
                continue;
            }
            let input = &rule.inputs[i];
            let mut gx = operand(rule.g, &self.name, gx, Some(input.dtype())).map_err(foreign)?;
            if gx.shape() != input.shape() {
                return Err(foreign(PyValueError::new_err(format!(
                    "{}.backward: the gradient of input {i} must have shape {}, got {}",
                    self.name,
                    Tuple(input.shape()),
                    Tuple(gx.shape())
                ))));
            }
            if !rule.g.is_recording() {
                gx = Var::constant(gx.value);
            }
            grads.push(Some(Grad::Value(gx)));
        }
        Ok(grads)
    }
}

impl Call {
    /// Gives stand-ins for results a node again where the result's own has gone: nothing was
    /// computed from that result, but the gradient of another may depend on it.
    fn revive(&self, py: Python<'_>, rule: &Rule<'_>) {
        let Some(operation) = rule.output.node else { return };
        let g = graph(py);
        for (k, stand_in) in self.stand_ins.borrow().iter().enumerate() {
            if let Some(stand_in) = stand_in
                && let Some(value) = g.orphan(*stand_in)
            {
                g.make_alias(stand_in.0, rule.g.output_of(operation, k, value));
            }
        }
    }
}

/// What a user's method returned, as a list.
fn several(given: Bound<'_, PyAny>) -> PyResult<Vec<Bound<'_, PyAny>>> {
    if given.is_instance_of::<PyTuple>() || given.is_instance_of::<PyList>() {
        return given.try_iter()?.collect();
    }
    Ok(vec![given])
}

/// Runs `function.forward` on the operands and records the call.
///
/// `forward` gets stand-ins for the operands, and what it returns becomes a stand-in for the
/// result: a function that keeps them for its `backward` does not close a circle with the graph,
/// and what `backward` computes from them is differentiable all the same. A function with another
/// call, under way or remembered by the graph, is copied.
#[pyfunction]
fn call_function<'py>(
    function: &Bound<'py, PyAny>,
    inputs: &Bound<'py, PyTuple>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = function.py();
    let g = graph(py);
    let name: String = function.get_type().name()?.extract()?;
    let remembered = Remembered::new(function)?;
    let function = remembered.0.bind(py).clone();
    let ctx = Ctx::new(g);
    let vars: Vec<Var> =
        inputs.iter().map(|x| operand(&ctx, &name, &x, None)).collect::<PyResult<_>>()?;
    let since = g.seq();
    let mut stand_ins = Vec::with_capacity(vars.len());
    for v in &vars {
        let id = match v.node {
            Some(id) => g.alias(id, v.value.clone()),
            None => g.leaf(v.value.clone(), false),
        };
        stand_ins.push(wrap(py, id)?);
    }
    let returned = {
        let _mode = Scope::enter(Mode::Record, false);
        function.call_method1(intern!(py, "forward"), PyTuple::new(py, stand_ins)?)?
    };
    let is_one = !returned.is_instance_of::<PyTuple>() && !returned.is_instance_of::<PyList>();
    let returned = several(returned)?;
    if returned.is_empty() {
        return Err(PyTypeError::new_err(format!("{name}.forward returned nothing")));
    }
    let values: Vec<Tensor> = returned
        .iter()
        .map(|y| Ok(operand(&ctx, &format!("{name}.forward"), y, None)?.value))
        .collect::<PyResult<_>>()?;
    let outputs = values.iter().map(|v| (v.dims(), v.dtype())).collect();
    let stand_ins = Rc::new(RefCell::new(vec![None; values.len()]));
    let call = Call { function: Some(remembered), name, outputs, stand_ins: stand_ins.clone() };
    let refs: Vec<&Var> = vars.iter().collect();
    let results = match (is_one, values.as_slice()) {
        (true, [value]) => vec![ctx.record(call, &refs, value.clone())],
        _ => ctx.record_many(OpRef::new(call), &refs, values),
    };
    let mut objects = Vec::with_capacity(results.len());
    for (k, (given, result)) in returned.iter().zip(&results).enumerate() {
        if let (Ok(v), Some(node)) = (given.cast_exact::<Variable>(), result.node)
            && g.is_fresh_leaf(v.get().id(), since)
        {
            g.make_alias(v.get().id(), node);
            stand_ins.borrow_mut()[k] = Some(g.stamp(v.get().id()));
        }
        objects.push(wrap_var(py, &ctx, result)?);
    }
    match is_one {
        true => Ok(objects.remove(0).into_bound(py).into_any()),
        false => Ok(PyTuple::new(py, objects)?.into_any()),
    }
}

/// Registers the entry.
pub fn init(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(call_function, m)?)
}
