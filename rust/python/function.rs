//! Functions that users write in Python: `autograd.Function`.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};

use super::convert::operand;
use super::errors::foreign;
use super::object::{Variable, graph, wrap, wrap_var};
use crate::error::Result;
use crate::graph::{Ctx, Keep, Mode, OpRef, Scope, Var};
use crate::op::{Grad, Grads, Op, Rule};
use crate::tensor::{DType, Dims, Tensor};

/// One call of a user's function, as the graph remembers it.
struct Call {
    function: Py<PyAny>,
    name: String,
    outputs: Vec<(Dims, DType)>,
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
            gys.push(wrap_var(py, rule.g, &gy).map_err(foreign)?);
        }
        let gys = PyTuple::new(py, gys).map_err(foreign)?;
        let function = self.function.bind(py);
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
            let gx = operand(&self.name, gx, Some(input.dtype())).map_err(foreign)?;
            if gx.shape() != input.shape() {
                return Err(foreign(PyValueError::new_err(format!(
                    "{}.backward: the gradient of input {i} must have shape {:?}, got {:?}",
                    self.name,
                    input.shape(),
                    gx.shape()
                ))));
            }
            // The object that `operand` looked at may die before the engine is through.
            rule.g.adopt(&gx);
            grads.push(Some(Grad::Value(gx)));
        }
        Ok(grads)
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
/// and what `backward` computes from them is differentiable all the same.
#[pyfunction]
fn call_function<'py>(
    function: &Bound<'py, PyAny>,
    inputs: &Bound<'py, PyTuple>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = function.py();
    let g = graph(py);
    let name: String = function.get_type().name()?.extract()?;
    let vars: Vec<Var> =
        inputs.iter().map(|x| operand(&name, &x, None)).collect::<PyResult<_>>()?;
    let since = g.seq();
    let mut stand_ins = Vec::with_capacity(vars.len());
    for v in &vars {
        let id = match v.node {
            Some(id) => g.alias(id),
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
        .map(|y| Ok(operand(&format!("{name}.forward"), y, None)?.value))
        .collect::<PyResult<_>>()?;
    let outputs = values.iter().map(|v| (v.dims(), v.dtype())).collect();
    let call = Call { function: function.clone().unbind(), name, outputs };
    let ctx = Ctx::new(g);
    let refs: Vec<&Var> = vars.iter().collect();
    let results = match (is_one, values.as_slice()) {
        (true, [value]) => vec![ctx.record(call, &refs, value.clone())],
        _ => ctx.record_many(OpRef::new(call), &refs, values),
    };
    let mut objects = Vec::with_capacity(results.len());
    for (given, result) in returned.iter().zip(&results) {
        if let (Ok(v), Some(node)) = (given.cast_exact::<Variable>(), result.node)
            && g.is_fresh_leaf(v.get().id(), since)
        {
            g.make_alias(v.get().id(), node);
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
