//! Functions that choose elements by position or by a condition.

use pyo3::prelude::*;

use super::{Any, apply};
use crate::graph::Ctx;
use crate::ops;
use crate::python::convert::{self, Accept};
use crate::python::indexing;
use crate::python::indices::{indices, mask};
use crate::python::object::{Variable, graph, wrap_var};

/// Elements at positions of an axis, as ``numpy.take``; the gradient adds up where one is named twice.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// indices : int or array_like of int
///     Positions; negative ones count from the end.
/// axis : int, optional
///     The axis; by default positions count in row-major order of all elements.
///
/// Returns
/// -------
/// Variable
///     The shape of ``x`` with the shape of ``indices`` in place of the axis.
///
/// Raises
/// ------
/// IndexError
///     If a position is out of bounds.
/// ValueError
///     If the axis is.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x = Variable([1.0, 2.0, 3.0])
/// >>> y = F.take(x, [2, 0, 2])
/// >>> y.backward()
/// >>> print(y, x.grad)
/// variable([3., 1., 3.]) variable([1., 0., 2.])
#[pyfunction]
#[pyo3(name = "take", signature = (x, indices, axis=None))]
fn take(x: &Any<'_>, indices: &Any<'_>, axis: Option<i64>) -> PyResult<Py<Variable>> {
    let at = self::indices("take", "indices", indices)?;
    apply("take", x, |g, x| ops::take(g, x, &at.positions(), axis))
}

/// For each position an element of its lane, as ``numpy.take_along_axis``; the gradient goes back there.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// indices : array_like of int
///     Positions on the axis; as many axes as ``x``, which broadcast with those of ``x`` except
///     for ``axis``.
/// axis : int
///     The axis that the positions are on.
///
/// Returns
/// -------
/// Variable
///     The shape that the other axes broadcast to, with that of ``indices`` on the axis.
///
/// Raises
/// ------
/// IndexError
///     If a position is out of bounds.
/// ValueError
///     If the shapes do not fit.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x = Variable([[1.0, 5.0, 3.0], [6.0, 2.0, 4.0]])
/// >>> print(F.take_along_axis(x, [[1], [0]], axis=1))
/// variable([[5.],
///           [6.]])
#[pyfunction]
#[pyo3(signature = (x, indices, axis))]
fn take_along_axis(x: &Any<'_>, indices: &Any<'_>, axis: i64) -> PyResult<Py<Variable>> {
    along("take_along_axis", x, indices, axis)
}

/// For each position an element of its lane: ``take_along_axis`` by another name.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// indices : array_like of int
///     Positions on the axis; as many axes as ``x``, which broadcast with those of ``x`` except
///     for ``axis``.
/// axis : int
///     The axis that the positions are on.
///
/// Returns
/// -------
/// Variable
///     The shape that the other axes broadcast to, with that of ``indices`` on the axis.
///
/// Raises
/// ------
/// IndexError
///     If a position is out of bounds.
/// ValueError
///     If the shapes do not fit.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x = Variable([[1.0, 2.0], [3.0, 4.0]])
/// >>> print(F.gather(x, [[0, 0], [1, 0]], axis=1))
/// variable([[1., 1.],
///           [4., 3.]])
#[pyfunction]
#[pyo3(signature = (x, indices, axis))]
fn gather(x: &Any<'_>, indices: &Any<'_>, axis: i64) -> PyResult<Py<Variable>> {
    along("gather", x, indices, axis)
}

fn along(op: &'static str, x: &Any<'_>, indices: &Any<'_>, axis: i64) -> PyResult<Py<Variable>> {
    let at = self::indices(op, "indices", indices)?;
    apply(op, x, |g, x| ops::take_along_axis(g, op, x, &at.positions(), axis))
}

/// Values added at the elements that ``take_along_axis`` takes; positions named twice get both.
///
/// The gradient of ``x`` is ``gy``, that of ``values`` is ``take_along_axis(gy, indices, axis)``.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape; it stays as it is.
/// indices : array_like of int
///     Positions on the axis; as many axes as ``x``.
/// values : Variable or array_like
///     What to add; broadcast to the shape of ``indices``, in the dtype of ``x``.
/// axis : int
///     The axis that the positions are on.
///
/// Returns
/// -------
/// Variable
///     The shape and dtype of ``x``.
///
/// Raises
/// ------
/// IndexError
///     If a position is out of bounds.
/// ValueError
///     If the shapes do not fit.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> print(F.scatter_add(Variable([1.0, 1.0, 1.0]), [0, 2, 2], [1.0, 2.0, 3.0], axis=0))
/// variable([2., 1., 6.])
#[pyfunction]
#[pyo3(signature = (x, indices, values, axis))]
fn scatter_add(
    x: &Any<'_>,
    indices: &Any<'_>,
    values: &Any<'_>,
    axis: i64,
) -> PyResult<Py<Variable>> {
    let op = "scatter_add";
    let at = self::indices(op, "indices", indices)?;
    with_values(op, x, values, |g, x, v| Ok(ops::scatter_add(g, x, &at.positions(), v, axis)?))
}

/// Runs an operation on an operand and values for a part of it.
fn with_values(
    op: &str,
    x: &Any<'_>,
    values: &Any<'_>,
    f: impl FnOnce(&Ctx<'_>, &crate::graph::Var, &crate::graph::Var) -> PyResult<crate::graph::Var>,
) -> PyResult<Py<Variable>> {
    let ctx = Ctx::new(graph(x.py()));
    let a = convert::operand(&ctx, op, x, None)?;
    let v = convert::operand(&ctx, op, values, Some(a.dtype()))?;
    wrap_var(x.py(), &ctx, &f(&ctx, &a, &v)?)
}

/// ``x`` with other values where an index points: ``y = x; y[index] = value`` as a function.
///
/// The gradient of ``x`` is ``gy``, and 0 where the index points; that of ``value`` is
/// ``gy[index]``. Of positions that the index names twice, the last one wins, and it alone gets
/// the gradient.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape; it stays as it is.
/// index : index
///     Anything that ``x[index]`` takes.
/// value : Variable or array_like
///     Broadcast to the shape of ``x[index]``, in the dtype of ``x``.
///
/// Returns
/// -------
/// Variable
///     The shape and dtype of ``x``.
///
/// Raises
/// ------
/// IndexError
///     If the index does not fit ``x``.
/// ValueError
///     If ``value`` does not broadcast.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x = Variable([1.0, 2.0, 3.0])
/// >>> y = F.index_update(x, [0, 2], 9.0)
/// >>> y.backward()
/// >>> print(y, x.grad)
/// variable([9., 2., 9.]) variable([0., 1., 0.])
#[pyfunction]
#[pyo3(signature = (x, index, value))]
fn index_update(x: &Any<'_>, index: &Any<'_>, value: &Any<'_>) -> PyResult<Py<Variable>> {
    let op = "index_update";
    with_values(op, x, value, |g, x, v| {
        let selection = indexing::parse(op, x.shape(), index)?.selection();
        Ok(ops::index_update(g, x, selection.into(), v)?)
    })
}

/// ``x`` with values added where an index points; positions that it names twice get both.
///
/// The gradient of ``x`` is ``gy``, that of ``value`` is ``gy[index]``.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape; it stays as it is.
/// index : index
///     Anything that ``x[index]`` takes.
/// value : Variable or array_like
///     Broadcast to the shape of ``x[index]``, in the dtype of ``x``.
///
/// Returns
/// -------
/// Variable
///     The shape and dtype of ``x``.
///
/// Raises
/// ------
/// IndexError
///     If the index does not fit ``x``.
/// ValueError
///     If ``value`` does not broadcast.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> print(F.index_add(Variable([1.0, 2.0, 3.0]), [0, 0, 1], 1.0))
/// variable([3., 3., 3.])
#[pyfunction]
#[pyo3(signature = (x, index, value))]
fn index_add(x: &Any<'_>, index: &Any<'_>, value: &Any<'_>) -> PyResult<Py<Variable>> {
    let op = "index_add";
    with_values(op, x, value, |g, x, v| {
        let selection = indexing::parse(op, x.shape(), index)?.selection();
        Ok(ops::index_add(g, op, x, selection.into(), v)?)
    })
}

/// ``x`` where a condition holds, else ``y``; the gradient goes to the one that was taken.
///
/// The gradient of the other is exactly 0, be it infinite or NaN, and so are all its derivatives.
/// Elementwise functions behind it keep that 0, whatever their slopes: the root of a negative number
/// leaves nothing behind.
///
/// Parameters
/// ----------
/// condition : array_like of bool
///     Such as a comparison of Variables gives.
/// x, y : Variable or array_like
///     All three broadcast together.
///
/// Returns
/// -------
/// Variable
///     The broadcast shape.
///
/// Raises
/// ------
/// ValueError
///     If the shapes do not broadcast together.
/// TypeError
///     If the condition is not boolean.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x = Variable([-1.0, 4.0])
/// >>> y = F.where(x > 0, F.sqrt(x), 0.0)
/// >>> y.backward()
/// >>> print(y, x.grad)
/// variable([0., 2.]) variable([0.  , 0.25])
#[pyfunction]
#[pyo3(name = "where", signature = (condition, x, y))]
fn choose(condition: &Any<'_>, x: &Any<'_>, y: &Any<'_>) -> PyResult<Py<Variable>> {
    let mask = mask("where", "the condition", condition)?;
    let ctx = Ctx::new(graph(x.py()));
    match convert::pair(&ctx, "where", x, y, Accept::Function)? {
        Some((a, b)) => wrap_var(x.py(), &ctx, &ops::choose(&ctx, "where", &mask, &a, &b)?),
        None => Err(crate::error::Error::internal("a function left its operands").into()),
    }
}

/// ``x`` with a value where a mask is true; no gradient flows to ``x`` there.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// mask : array_like of bool
///     Broadcast to the shape of ``x``.
/// value : Variable or array_like
///     What to put there, most often a number; broadcast to the shape of ``x``, in its dtype. A
///     Variable gets the gradient.
///
/// Returns
/// -------
/// Variable
///     The shape and dtype of ``x``.
///
/// Raises
/// ------
/// ValueError
///     If the shapes do not fit.
/// TypeError
///     If the mask is not boolean.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x = Variable([1.0, 2.0, 3.0])
/// >>> y = F.masked_fill(x, x > 1.5, 0.0)
/// >>> y.backward()
/// >>> print(y, x.grad)
/// variable([1., 0., 0.]) variable([1., 0., 0.])
#[pyfunction]
#[pyo3(signature = (x, mask, value))]
fn masked_fill(x: &Any<'_>, mask: &Any<'_>, value: &Any<'_>) -> PyResult<Py<Variable>> {
    let op = "masked_fill";
    let mask = self::mask(op, "the mask", mask)?;
    with_values(op, x, value, |g, x, v| Ok(ops::masked_fill(g, x, &mask, v)?))
}

/// Registers the functions.
pub fn init(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(take, m)?)?;
    m.add_function(wrap_pyfunction!(take_along_axis, m)?)?;
    m.add_function(wrap_pyfunction!(gather, m)?)?;
    m.add_function(wrap_pyfunction!(scatter_add, m)?)?;
    m.add_function(wrap_pyfunction!(index_update, m)?)?;
    m.add_function(wrap_pyfunction!(index_add, m)?)?;
    m.add_function(wrap_pyfunction!(choose, m)?)?;
    m.add_function(wrap_pyfunction!(masked_fill, m)?)
}
