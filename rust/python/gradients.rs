//! Gradients as results, for `autograd.transforms`.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::convert;
use super::object::{Variable, graph, wrap, wrap_var};
use crate::graph::{Ctx, Mode, NodeId, Wish, mode};
use crate::op::Identity;

/// The gradients of `outputs`, each times its seed, with regard to `inputs`; no Variable's `grad`
/// changes. With a `batch`, seeds and gradients have one axis of that size in front. Also tells whether
/// the gradients were recorded.
#[pyfunction]
#[pyo3(signature = (outputs, inputs, seeds=None, create_graph=None, batch=None, own=None))]
fn gradients(
    py: Python<'_>,
    outputs: Vec<Bound<'_, Variable>>,
    inputs: Vec<Bound<'_, Variable>>,
    seeds: Option<Vec<Option<Bound<'_, PyAny>>>>,
    create_graph: Option<bool>,
    batch: Option<usize>,
    own: Option<Vec<Bound<'_, Variable>>>,
) -> PyResult<(Vec<Option<Py<Variable>>>, bool)> {
    let g = graph(py);
    let ctx = Ctx::new(g);
    let seeds = seeds.unwrap_or_else(|| vec![None; outputs.len()]);
    if seeds.len() != outputs.len() {
        return Err(PyValueError::new_err("gradients: one seed for each output is wanted"));
    }
    let mut roots = Vec::with_capacity(outputs.len());
    for (y, seed) in outputs.iter().zip(&seeds) {
        let dtype = g.describe(y.get().id()).1;
        let seed = seed.as_ref().map(|s| convert::operand(&ctx, "gradients", s, Some(dtype)));
        roots.push((y.get().id(), seed.transpose()?));
    }
    let ids: Vec<_> = inputs.iter().map(|x| x.get().id()).collect();
    let own = own.iter().flatten().map(|v| v.get().id()).collect();
    let (found, recorded) = g.gradients(roots, &ids, Wish { create_graph, batch, own })?;
    objects(py, found, recorded)
}

/// Whether anything that could be differentiated by lies behind the `outputs`, apart from the caller's `own`
/// leaves, which were made after the `mark`; never where nothing is recorded.
#[pyfunction]
fn is_beyond(
    py: Python<'_>,
    outputs: Vec<Bound<'_, Variable>>,
    mark: &Bound<'_, Variable>,
    own: Vec<Bound<'_, Variable>>,
) -> bool {
    let ids = |all: &[Bound<'_, Variable>]| all.iter().map(|v| v.get().id()).collect::<Vec<_>>();
    mode(Mode::Record) && graph(py).is_beyond(&ids(&outputs), mark.get().id(), &ids(&own))
}

/// For each of the `inputs` the derivatives of all elements of the `output` by all of its own, where the output
/// depends on it. Also tells whether they were recorded.
#[pyfunction]
#[pyo3(signature = (output, inputs, create_graph=None))]
fn jacobian(
    py: Python<'_>,
    output: &Bound<'_, Variable>,
    inputs: Vec<Bound<'_, Variable>>,
    create_graph: Option<bool>,
) -> PyResult<(Vec<Option<Py<Variable>>>, bool)> {
    let ids: Vec<NodeId> = inputs.iter().map(|x| x.get().id()).collect();
    let (found, recorded) = graph(py).jacobian(output.get().id(), &ids, create_graph)?;
    objects(py, found, recorded)
}

/// Nodes as objects.
fn objects(
    py: Python<'_>,
    found: Vec<Option<NodeId>>,
    recorded: bool,
) -> PyResult<(Vec<Option<Py<Variable>>>, bool)> {
    let object = |id: Option<NodeId>| id.map(|id| wrap(py, id)).transpose();
    Ok((found.into_iter().map(object).collect::<PyResult<_>>()?, recorded))
}

/// The derivatives of `outputs` when `inputs` change along `tangents`. Also tells whether they were
/// recorded.
#[pyfunction]
#[pyo3(signature = (outputs, inputs, tangents, create_graph=None, own=None))]
fn tangents(
    py: Python<'_>,
    outputs: Vec<Bound<'_, Variable>>,
    inputs: Vec<Bound<'_, Variable>>,
    tangents: Vec<Bound<'_, PyAny>>,
    create_graph: Option<bool>,
    own: Option<Vec<Bound<'_, Variable>>>,
) -> PyResult<(Vec<Option<Py<Variable>>>, bool)> {
    if tangents.len() != inputs.len() {
        return Err(PyValueError::new_err("tangents: one for each input is wanted"));
    }
    let g = graph(py);
    let ctx = Ctx::new(g);
    let mut given = Vec::with_capacity(inputs.len());
    for (x, t) in inputs.iter().zip(&tangents) {
        let dtype = g.describe(x.get().id()).1;
        given.push((x.get().id(), convert::operand(&ctx, "tangents", t, Some(dtype))?));
    }
    let ids: Vec<NodeId> = outputs.iter().map(|y| y.get().id()).collect();
    let own = own.iter().flatten().map(|v| v.get().id()).collect();
    let (found, recorded) =
        g.tangents(&ids, given, &Wish { create_graph, own, ..Wish::default() })?;
    objects(py, found, recorded)
}

/// A Variable of its own with the value of `x`: computed from it where `x` takes part in
/// differentiation and operations are recorded, else a leaf that takes part.
#[pyfunction]
fn fresh(py: Python<'_>, x: &Bound<'_, PyAny>) -> PyResult<Py<Variable>> {
    let ctx = Ctx::new(graph(py));
    let mut x = convert::operand(&ctx, "fresh", x, None)?;
    if x.requires && x.node.is_some() && ctx.is_recording() {
        return wrap_var(py, &ctx, &ctx.record(Identity, &[&x], x.value.clone()));
    }
    x.node = None;
    x.requires = true;
    wrap_var(py, &ctx, &x)
}

/// A leaf with the value of `x`, without a copy.
#[pyfunction]
fn detached(
    py: Python<'_>,
    x: &Bound<'_, Variable>,
    requires_grad: bool,
) -> PyResult<Py<Variable>> {
    let g = graph(py);
    wrap(py, g.leaf(g.value(x.get().id()), requires_grad))
}

/// A number that grows with every node: what was made before has a smaller one.
#[pyfunction]
fn moment(py: Python<'_>) -> u64 {
    graph(py).seq()
}

/// The Variables, made up to a moment, that the outputs depend on.
#[pyfunction]
fn outside(
    py: Python<'_>,
    outputs: Vec<Bound<'_, Variable>>,
    moment: u64,
) -> PyResult<Vec<Py<Variable>>> {
    let ids: Vec<NodeId> = outputs.iter().map(|y| y.get().id()).collect();
    graph(py).outside(&ids, moment).into_iter().map(|id| wrap(py, id)).collect()
}

/// Registers the functions.
pub fn init(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(gradients, m)?)?;
    m.add_function(wrap_pyfunction!(is_beyond, m)?)?;
    m.add_function(wrap_pyfunction!(jacobian, m)?)?;
    m.add_function(wrap_pyfunction!(tangents, m)?)?;
    m.add_function(wrap_pyfunction!(fresh, m)?)?;
    m.add_function(wrap_pyfunction!(detached, m)?)?;
    m.add_function(wrap_pyfunction!(moment, m)?)?;
    m.add_function(wrap_pyfunction!(outside, m)?)
}
