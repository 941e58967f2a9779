//! Functions of the order of elements.

use pyo3::prelude::*;

use super::arguments::{Given, integer};
use super::{Any, apply};
use crate::error::Error;
use crate::graph::Ctx;
use crate::kernels::order::Ask;
use crate::ops;
use crate::python::convert;
use crate::python::ndarray::to_numpy;
use crate::python::object::{Variable, graph, wrap_var};
use crate::tensor::Tensor;

/// Elements in ascending order along an axis; each takes its gradient with it.
///
/// Elements that tie keep their order, and NaN goes to the end.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// axis : int or None, default -1
///     The axis; None sorts all elements, in one axis.
///
/// Returns
/// -------
/// Variable
///     The shape of ``x``.
///
/// Raises
/// ------
/// ValueError
///     If the axis is out of bounds.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> print(F.sort(Variable([3.0, 1.0, 2.0])))
/// variable([1., 2., 3.])
#[pyfunction]
#[pyo3(signature = (x, axis=Given::default()), text_signature = "(x, axis=-1)")]
fn sort(x: &Any<'_>, axis: Given<'_>) -> PyResult<Py<Variable>> {
    let axis = axis.optional("sort", "axis", Some(-1))?;
    apply("sort", x, |g, x| ops::sort(g, x, axis))
}

/// Runs a function of one operand whose result are positions.
pub fn positions<'py>(
    op: &str,
    x: &Any<'py>,
    f: impl FnOnce(&Ctx<'_>, &crate::graph::Var) -> crate::error::Result<Tensor>,
) -> PyResult<Bound<'py, PyAny>> {
    let ctx = Ctx::with_recording(graph(x.py()), false);
    let found = f(&ctx, &convert::operand(&ctx, op, x, None)?)?;
    match (found.ndim(), found.item()) {
        // Below 2**53, since it is a position in memory.
        (0, Some(i)) => Ok((i as i64).into_pyobject(x.py())?.into_any()),
        _ => to_numpy(x.py(), &found),
    }
}

/// Positions that sort the elements along an axis, as ``numpy.argsort``; no gradient.
///
/// Elements that tie keep their order, and NaN goes to the end.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// axis : int or None, default -1
///     The axis; None sorts all elements, in one axis.
///
/// Returns
/// -------
/// numpy.ndarray
///     int64, read-only, in the shape of ``x``.
///
/// Raises
/// ------
/// ValueError
///     If the axis is out of bounds.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> F.argsort(Variable([3.0, 1.0, 2.0]))
/// array([1, 2, 0])
#[pyfunction]
#[pyo3(signature = (x, axis=Given::default()), text_signature = "(x, axis=-1)")]
fn argsort<'py>(x: &Any<'py>, axis: Given<'py>) -> PyResult<Bound<'py, PyAny>> {
    let axis = axis.optional("argsort", "axis", Some(-1))?;
    positions("argsort", x, |g, x| ops::argsort(g, x, axis))
}

/// The largest elements along an axis, in descending order, and where they are.
///
/// The gradient goes to the elements that were taken. Of equal elements the first come first; NaN
/// counts as the largest.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// k : int
///     How many, from 0 to the size of the axis.
/// axis : int, default -1
///     The axis.
///
/// Returns
/// -------
/// values : Variable
///     The shape of ``x``, with ``k`` on the axis.
/// indices : numpy.ndarray
///     Their positions on the axis: int64, read-only.
///
/// Raises
/// ------
/// ValueError
///     If the axis is out of bounds, or ``k`` negative or larger than its size.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x = Variable([1.0, 4.0, 2.0])
/// >>> values, indices = F.topk(x, 2)
/// >>> values.backward()
/// >>> print(values, indices, x.grad)
/// variable([4., 2.]) [1 2] variable([0., 1., 1.])
#[pyfunction]
#[pyo3(signature = (x, k, axis=Given::default()), text_signature = "(x, k, axis=-1)")]
fn topk<'py>(
    x: &Any<'py>,
    k: &Any<'py>,
    axis: Given<'py>,
) -> PyResult<(Py<Variable>, Bound<'py, PyAny>)> {
    let (k, axis) = (integer("topk", "k", k)?, axis.integer("topk", "axis", -1)?);
    let count = usize::try_from(k)
        .map_err(|_| Error::argument("topk", format!("k must not be negative, got {k}")))?;
    let ctx = Ctx::new(graph(x.py()));
    let (values, at) = ops::topk(&ctx, &convert::operand(&ctx, "topk", x, None)?, count, axis)?;
    Ok((wrap_var(x.py(), &ctx, &values)?, to_numpy(x.py(), &at)?))
}

/// Positions of the largest elements, as ``numpy.argmax``; no gradient.
///
/// Of equal elements the first counts; NaN counts as the largest.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// axis : int, optional
///     The axis; by default the position counts in row-major order of all elements.
/// keepdims : bool, default False
///     Keep the axes, with size one.
///
/// Returns
/// -------
/// int or numpy.ndarray
///     An int for a single position, else int64, read-only.
///
/// Raises
/// ------
/// ValueError
///     If the axis is out of bounds, or there is nothing to choose from.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> F.argmax(Variable([[1.0, 4.0], [3.0, 2.0]]), axis=1)
/// array([1, 0])
#[pyfunction]
#[pyo3(signature = (x, axis=Given::default(), keepdims=Given::default()),
       text_signature = "(x, axis=None, keepdims=False)")]
fn argmax<'py>(
    x: &Any<'py>,
    axis: Given<'py>,
    keepdims: Given<'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let (axis, keepdims) =
        (axis.optional("argmax", "axis", None)?, keepdims.flag("argmax", "keepdims")?);
    extremum("argmax", x, axis, keepdims, Ask::Max)
}

/// Positions of the smallest elements, as ``numpy.argmin``; no gradient.
///
/// Of equal elements the first counts; a NaN is found before all else.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// axis : int, optional
///     The axis; by default the position counts in row-major order of all elements.
/// keepdims : bool, default False
///     Keep the axes, with size one.
///
/// Returns
/// -------
/// int or numpy.ndarray
///     An int for a single position, else int64, read-only.
///
/// Raises
/// ------
/// ValueError
///     If the axis is out of bounds, or there is nothing to choose from.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> F.argmin(Variable([[1.0, 4.0], [3.0, 0.5]]))
/// 3
#[pyfunction]
#[pyo3(signature = (x, axis=Given::default(), keepdims=Given::default()),
       text_signature = "(x, axis=None, keepdims=False)")]
fn argmin<'py>(
    x: &Any<'py>,
    axis: Given<'py>,
    keepdims: Given<'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let (axis, keepdims) =
        (axis.optional("argmin", "axis", None)?, keepdims.flag("argmin", "keepdims")?);
    extremum("argmin", x, axis, keepdims, Ask::Min)
}

/// The positions of extremes.
pub fn extremum<'py>(
    op: &'static str,
    x: &Any<'py>,
    axis: Option<i64>,
    keepdims: bool,
    ask: Ask,
) -> PyResult<Bound<'py, PyAny>> {
    positions(op, x, |_, x| ops::arg_extremum(op, &x.value, axis, keepdims, ask))
}

/// Registers the functions.
pub fn init(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(sort, m)?)?;
    m.add_function(wrap_pyfunction!(argsort, m)?)?;
    m.add_function(wrap_pyfunction!(topk, m)?)?;
    m.add_function(wrap_pyfunction!(argmax, m)?)?;
    m.add_function(wrap_pyfunction!(argmin, m)?)
}
