//! Functions of recurrent networks.

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use smallvec::SmallVec;

use super::Any;
use super::nn::optional;
use crate::error::{Error, Result};
use crate::graph::{Ctx, NodeId, Var};
use crate::op::Identity;
use crate::ops::{self, LstmGiven};
use crate::python::convert::operand;
use crate::python::object::{Variable, graph, wrap_var};
use crate::tensor::Pick;

/// Runs a step or a sequence.
fn run(
    op: &str,
    [x, wx, wh]: [&Any<'_>; 3],
    [h, c, b]: [Option<&Any<'_>>; 3],
    f: impl FnOnce(&Ctx<'_>, &LstmGiven<'_>) -> Result<[Var; 2]>,
) -> PyResult<(Py<Variable>, Py<Variable>)> {
    let py = x.py();
    let ctx = Ctx::new(graph(py));
    let x = operand(&ctx, op, x, None)?;
    let (wx, wh) = (operand(&ctx, op, wx, None)?, operand(&ctx, op, wh, None)?);
    let (h, c) = (optional(&ctx, op, &x, h)?, optional(&ctx, op, &x, c)?);
    let b = optional(&ctx, op, &x, b)?;
    let (h, c, b) = (h.as_ref(), c.as_ref(), b.as_ref());
    let [h, c] = f(&ctx, &LstmGiven { x: &x, h, c, wx: &wx, wh: &wh, b })?;
    Ok((wrap_var(py, &ctx, &h)?, wrap_var(py, &ctx, &c)?))
}

/// One step of long short-term memory.
///
/// With ``z = x @ wx + h @ wh + b``, cut into four equal parts ``zf, zi, zo, zu`` along the last axis::
///
///     f, i, o, u = sigmoid(zf), sigmoid(zi), sigmoid(zo), tanh(zu)
///     c_new = f * c + i * u
///     h_new = o * tanh(c_new)
///
/// The gates come in the order f, i, o, u: what the cell keeps, what it takes in, what it shows, and
/// the candidate.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Shape (batch, inputs).
/// h, c : Variable, array_like or None
///     The output and the cell of the step before, of shape (batch, size); None for zeros.
/// wx : Variable or array_like
///     Shape (inputs, 4 * size).
/// wh : Variable or array_like
///     Shape (size, 4 * size).
/// b : Variable or array_like, optional
///     Shape (4 * size,) or (1, 4 * size); 0 by default.
///
/// Returns
/// -------
/// h, c : Variable
///     The output and the cell after the step, of shape (batch, size). float32 if all operands are.
///
/// Raises
/// ------
/// ValueError
///     If a shape does not fit.
/// TypeError
///     If an operand is no real array.
///
/// References
/// ----------
/// S. Hochreiter, J. Schmidhuber, *Long Short-Term Memory*, Neural Computation 9, 1997.
/// F. A. Gers, J. Schmidhuber, F. Cummins, *Learning to Forget: Continual Prediction with LSTM*,
/// Neural Computation 12, 2000, for the gate ``f``.
///
/// Examples
/// --------
/// >>> import autograd as ag
/// >>> from autograd import functions as F
/// >>> wx, wh = ag.zeros((1, 8)), ag.zeros((2, 8))
/// >>> h, c = F.lstm_cell([[1.0]], None, [[2.0, -2.0]], wx, wh)
/// >>> print(c)  # every gate is half open
/// variable([[ 1., -1.]])
/// >>> h.shape
/// (1, 2)
#[pyfunction]
#[pyo3(signature = (x, h, c, wx, wh, b=None))]
fn lstm_cell(
    x: &Any<'_>,
    h: Option<&Any<'_>>,
    c: Option<&Any<'_>>,
    wx: &Any<'_>,
    wh: &Any<'_>,
    b: Option<&Any<'_>>,
) -> PyResult<(Py<Variable>, Py<Variable>)> {
    run("lstm_cell", [x, wx, wh], [h, c, b], ops::lstm_cell)
}

/// Long short-term memory over a sequence: all steps of `lstm_cell` in one.
///
/// The products with all inputs are one product, as are those for the gradients of the weights, so a
/// sequence takes less time than its steps one by one.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Shape (steps, batch, inputs).
/// h, c : Variable, array_like or None
///     The output and the cell before the first step, of shape (batch, size); None for zeros.
/// wx, wh, b
///     As for `lstm_cell`.
///
/// Returns
/// -------
/// h : Variable
///     The outputs after each step, of shape (steps, batch, size).
/// c : Variable
///     The cell after the last step, of shape (batch, size); where there is no step, that before.
///
/// Raises
/// ------
/// ValueError
///     If a shape does not fit.
/// TypeError
///     If an operand is no real array.
///
/// Examples
/// --------
/// >>> import autograd as ag
/// >>> from autograd import functions as F
/// >>> wx, wh = ag.zeros((1, 8)), ag.zeros((2, 8))
/// >>> h, c = F.lstm(ag.ones((3, 1, 1)), None, [[8.0, -8.0]], wx, wh)
/// >>> print(c)
/// variable([[ 1., -1.]])
/// >>> h.shape
/// (3, 1, 2)
#[pyfunction]
#[pyo3(signature = (x, h, c, wx, wh, b=None))]
fn lstm(
    x: &Any<'_>,
    h: Option<&Any<'_>>,
    c: Option<&Any<'_>>,
    wx: &Any<'_>,
    wh: &Any<'_>,
    b: Option<&Any<'_>>,
) -> PyResult<(Py<Variable>, Py<Variable>)> {
    run("lstm", [x, wx, wh], [h, c, b], ops::lstm)
}

/// Result, last output, last cell, and what was put together.
type Steps<'py> = (Py<Variable>, Py<Variable>, Py<Variable>, Bound<'py, PyTuple>);

/// What an LSTM layer does with its maps put together: a step for ``x`` of shape (batch, inputs), all steps for
/// (steps, batch, inputs).
///
/// ``maps`` are three groups of four Variables: weights of the input, those of the state, biases. ``joined``
/// is what an earlier call returned, used again as long as it is what putting them together would give:
/// until one of them has another value, or the graph behind was cut off.
///
/// Returns the result, the last output, the last cell, and what was put together. The result is not the
/// node that the state comes from: to unchain what lies behind the result cuts off the state as well.
#[pyfunction]
#[pyo3(signature = (x, h, c, maps, joined))]
fn lstm_steps<'py>(
    x: &Any<'py>,
    h: Option<&Any<'py>>,
    c: Option<&Any<'py>>,
    maps: &Bound<'py, PyTuple>,
    joined: Option<Bound<'py, PyTuple>>,
) -> PyResult<Steps<'py>> {
    const OP: &str = "lstm";
    let py = x.py();
    let joined = join(maps, joined)?;
    let ctx = Ctx::new(graph(py));
    let x = operand(&ctx, OP, x, None)?;
    let (h, c) = (optional(&ctx, OP, &x, h)?, optional(&ctx, OP, &x, c)?);
    let parts = joined.iter().map(|v| operand(&ctx, OP, &v, None)).collect::<PyResult<Vec<_>>>()?;
    let [wx, wh, b] = parts.as_slice() else {
        return Err(Error::argument(OP, "three groups of parameters are wanted").into());
    };
    let given = LstmGiven { x: &x, h: h.as_ref(), c: c.as_ref(), wx, wh, b: Some(b) };
    let sequence = x.ndim() == 3;
    let [h, c] = match sequence {
        true => ops::lstm(&ctx, &given)?,
        false => ops::lstm_cell(&ctx, &given)?,
    };
    let y = ctx.record(Identity, &[&h], h.value.clone());
    let (y_object, c) = (wrap_var(py, &ctx, &y)?, wrap_var(py, &ctx, &c)?);
    let last = match sequence && h.shape()[0] > 0 {
        true => {
            let last = Pick::At(h.shape()[0] - 1);
            wrap_var(py, &ctx, &ops::index(&ctx, &h, vec![last])?)?
        }
        false => y_object.clone_ref(py),
    };
    Ok((y_object, last, c, joined))
}

/// The Variables of each group side by side along the last axis; `joined`, if it is that already.
///
/// Always recorded: what is put together under `no_grad` may be used again outside.
fn join<'py>(
    groups: &Bound<'py, PyTuple>,
    joined: Option<Bound<'py, PyTuple>>,
) -> PyResult<Bound<'py, PyTuple>> {
    let py = groups.py();
    let ctx = Ctx::with_recording(graph(py), true);
    let operands = |group: Bound<'py, PyAny>| -> PyResult<SmallVec<[Var; 4]>> {
        group.cast::<PyTuple>()?.iter().map(|v| operand(&ctx, "lstm", &v, None)).collect()
    };
    let groups = groups.iter().map(operands).collect::<PyResult<SmallVec<[_; 3]>>>()?;
    let is_of = |v: &Bound<'py, PyAny>, parts: &[Var]| {
        let ids: SmallVec<[NodeId; 4]> = parts.iter().filter_map(|v| v.node).collect();
        let id = v.cast_exact::<Variable>().map(|v| v.get().id());
        id.is_ok_and(|id| ids.len() == parts.len() && graph(py).is_of(id, &ids))
    };
    match joined {
        Some(joined) if joined.iter().zip(&groups).all(|(v, parts)| is_of(&v, parts)) => Ok(joined),
        _ => {
            let join = |parts: &SmallVec<[Var; 4]>| {
                wrap_var(py, &ctx, &ops::concat(&ctx, "lstm", parts, Some(-1))?)
            };
            PyTuple::new(py, groups.iter().map(join).collect::<PyResult<Vec<_>>>()?)
        }
    }
}

/// Registers the functions.
pub fn init(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(lstm_cell, m)?)?;
    m.add_function(wrap_pyfunction!(lstm, m)?)?;
    m.add_function(wrap_pyfunction!(lstm_steps, m)?)
}
