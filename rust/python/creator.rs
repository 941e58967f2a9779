//! The recorded operation behind a Variable, for those who walk the graph.

use pyo3::prelude::*;
use pyo3::types::PyTuple;

use super::object::{Variable, graph, wrap};
use crate::graph::NodeId;

/// The operation that made a Variable, as ``Variable.creator`` gives it.
///
/// Examples
/// --------
/// >>> from autograd import Variable
/// >>> x = Variable(2.0, name="x")
/// >>> y = x * 3.0
/// >>> y.creator.name, y.creator.inputs[0] is x
/// ('Mul', True)
#[pyclass(frozen, module = "autograd")]
pub struct Creator {
    /// The name of the operation, as graphs show it.
    #[pyo3(get)]
    name: String,
    /// The operands, constants among them, in order.
    #[pyo3(get)]
    inputs: Py<PyTuple>,
    /// The results that are still in use.
    #[pyo3(get)]
    outputs: Py<PyTuple>,
}

#[pymethods]
impl Creator {
    fn __repr__(&self, py: Python<'_>) -> String {
        let count = self.inputs.bind(py).len();
        format!("<{} of {count} input{}>", self.name, if count == 1 { "" } else { "s" })
    }
}

/// The creator of a node, or `None` for a leaf.
pub fn creator(py: Python<'_>, id: NodeId) -> PyResult<Option<Creator>> {
    let Some(recorded) = graph(py).creator(id) else { return Ok(None) };
    let tuple = |ids: Vec<NodeId>| -> PyResult<Py<PyTuple>> {
        let objects: Vec<Py<Variable>> =
            ids.into_iter().map(|id| wrap(py, id)).collect::<PyResult<_>>()?;
        Ok(PyTuple::new(py, objects)?.unbind())
    };
    let name = recorded.op.get().name().to_owned();
    Ok(Some(Creator { name, inputs: tuple(recorded.inputs)?, outputs: tuple(recorded.outputs)? }))
}
