//! Functions of several arrays in one, and one in several.

use pyo3::prelude::*;

use super::Any;
use super::arguments::Given;
use crate::error::Result;
use crate::graph::{Ctx, Var};
use crate::ops::{self, Cuts};
use crate::python::convert;
use crate::python::object::{Variable, graph, wrap_var};

/// Runs an operation on several operands.
fn join(
    op: &str,
    xs: &Any<'_>,
    f: impl FnOnce(&Ctx<'_>, &[Var]) -> Result<Var>,
) -> PyResult<Py<Variable>> {
    let ctx = Ctx::new(graph(xs.py()));
    let operands = convert::operands(&ctx, op, xs)?;
    wrap_var(xs.py(), &ctx, &f(&ctx, &operands)?)
}

/// Runs an operation with several results.
fn cut(
    op: &str,
    x: &Any<'_>,
    f: impl FnOnce(&Ctx<'_>, &Var) -> Result<Vec<Var>>,
) -> PyResult<Vec<Py<Variable>>> {
    let ctx = Ctx::new(graph(x.py()));
    let parts = f(&ctx, &convert::operand(&ctx, op, x, None)?)?;
    parts.iter().map(|part| wrap_var(x.py(), &ctx, part)).collect()
}

/// Arrays one after another along an axis; the gradient of each is its part of ``gy``.
///
/// Parameters
/// ----------
/// xs : sequence of Variable or array_like
///     The same sizes except on the axis. float32 with float64 gives float64.
/// axis : int or None, default 0
///     The axis; None puts all elements into one axis.
///
/// Returns
/// -------
/// Variable
///     The shape of the arrays, with the sum of their sizes on the axis.
///
/// Raises
/// ------
/// ValueError
///     If the sizes do not fit, the axis is out of bounds, or there is no array.
/// TypeError
///     If one of them is no real array.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> print(F.concat([Variable([1.0, 2.0]), Variable([3.0])]))
/// variable([1., 2., 3.])
#[pyfunction]
#[pyo3(signature = (xs, axis=Given::default()), text_signature = "(xs, axis=0)")]
fn concat(xs: &Any<'_>, axis: Given<'_>) -> PyResult<Py<Variable>> {
    let axis = axis.optional("concat", "axis", Some(0))?;
    join("concat", xs, |g, xs| ops::concat(g, "concat", xs, axis))
}

/// Arrays along a new axis; the gradient of each is its part of ``gy``.
///
/// Parameters
/// ----------
/// xs : sequence of Variable or array_like
///     All of one shape. float32 with float64 gives float64.
/// axis : int, default 0
///     Where the new axis is in the result.
///
/// Returns
/// -------
/// Variable
///     The shape of the arrays, with their number on the new axis.
///
/// Raises
/// ------
/// ValueError
///     If the sizes do not fit, the axis is out of bounds, or there is no array.
/// TypeError
///     If one of them is no real array.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> print(F.stack([Variable([1.0, 2.0]), Variable([3.0, 4.0])]))
/// variable([[1., 2.],
///           [3., 4.]])
#[pyfunction]
#[pyo3(signature = (xs, axis=Given::default()), text_signature = "(xs, axis=0)")]
fn stack(xs: &Any<'_>, axis: Given<'_>) -> PyResult<Py<Variable>> {
    let axis = axis.integer("stack", "axis", 0)?;
    join("stack", xs, |g, xs| ops::stack(g, xs, axis))
}

/// Arrays put together by rows, as ``numpy.vstack``; the gradient of each is its part of ``gy``.
///
/// Parameters
/// ----------
/// xs : sequence of Variable or array_like
///     The same sizes except on the axis. float32 with float64 gives float64.
///
/// Returns
/// -------
/// Variable
///     A vector counts as a row. The sum of the sizes is on the axis.
///
/// Raises
/// ------
/// ValueError
///     If the sizes do not fit, the axis is out of bounds, or there is no array.
/// TypeError
///     If one of them is no real array.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> print(F.vstack([Variable([1.0, 2.0]), Variable([3.0, 4.0])]))
/// variable([[1., 2.],
///           [3., 4.]])
#[pyfunction]
#[pyo3(signature = (xs))]
fn vstack(xs: &Any<'_>) -> PyResult<Py<Variable>> {
    join("vstack", xs, |g, xs| ops::concat(g, "vstack", &ops::at_least(g, xs, 2)?, Some(0)))
}

/// Arrays put together by columns, as ``numpy.hstack``; the gradient of each is its part of ``gy``.
///
/// Parameters
/// ----------
/// xs : sequence of Variable or array_like
///     The same sizes except on the axis. float32 with float64 gives float64.
///
/// Returns
/// -------
/// Variable
///     Vectors are put one after another. The sum of the sizes is on the axis.
///
/// Raises
/// ------
/// ValueError
///     If the sizes do not fit, the axis is out of bounds, or there is no array.
/// TypeError
///     If one of them is no real array.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> print(F.hstack([Variable([1.0, 2.0]), Variable([3.0, 4.0])]))
/// variable([1., 2., 3., 4.])
#[pyfunction]
#[pyo3(signature = (xs))]
fn hstack(xs: &Any<'_>) -> PyResult<Py<Variable>> {
    join("hstack", xs, |g, xs| {
        let xs = ops::at_least(g, xs, 1)?;
        let axis = if xs.first().is_some_and(|x| x.ndim() == 1) { 0 } else { 1 };
        ops::concat(g, "hstack", &xs, Some(axis))
    })
}

/// Arrays put together by their third axis, as ``numpy.dstack``; the gradient of each is its part of ``gy``.
///
/// Parameters
/// ----------
/// xs : sequence of Variable or array_like
///     The same sizes except on the axis. float32 with float64 gives float64.
///
/// Returns
/// -------
/// Variable
///     A vector or matrix gets a last axis of size one. The sum of the sizes is on the axis.
///
/// Raises
/// ------
/// ValueError
///     If the sizes do not fit, the axis is out of bounds, or there is no array.
/// TypeError
///     If one of them is no real array.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> print(F.dstack([Variable([1.0, 2.0]), Variable([3.0, 4.0])]))
/// variable([[[1., 3.],
///            [2., 4.]]])
#[pyfunction]
#[pyo3(signature = (xs))]
fn dstack(xs: &Any<'_>) -> PyResult<Py<Variable>> {
    join("dstack", xs, |g, xs| ops::concat(g, "dstack", &ops::at_least(g, xs, 3)?, Some(2)))
}

/// Parts along an axis, as views without a copy; each passes its gradient to its place.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// sizes : int or sequence of int
///     The sizes of the parts, which add up to that of the axis and may be 0; a number stands for
///     as many equal parts.
/// axis : int, default 0
///     The axis.
///
/// Returns
/// -------
/// list of Variable
///     The parts, in order.
///
/// Raises
/// ------
/// ValueError
///     If the axis is out of bounds, or the sizes do not add up to its size.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> first, second = F.split(Variable([1.0, 2.0, 3.0]), [1, 2])
/// >>> print(first, second)
/// variable(1.0) variable([2., 3.])
#[pyfunction]
#[pyo3(signature = (x, sizes, axis=Given::default()), text_signature = "(x, sizes, axis=0)")]
fn split(x: &Any<'_>, sizes: &Any<'_>, axis: Given<'_>) -> PyResult<Vec<Py<Variable>>> {
    let axis = axis.integer("split", "axis", 0)?;
    let given = convert::integers("split", "sizes", sizes)?;
    let cuts = match (given.as_slice(), sizes.try_iter()) {
        (&[n], Err(_)) => Cuts::Equal(n),
        _ => Cuts::Sizes(given),
    };
    cut("split", x, |g, x| ops::split(g, x, &cuts, axis))
}

/// The positions of an axis, each as a view without that axis; gradients go to their places.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// axis : int, default 0
///     The axis that goes.
///
/// Returns
/// -------
/// list of Variable
///     As many as the size of the axis.
///
/// Raises
/// ------
/// ValueError
///     If the axis is out of bounds.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> print(*F.unstack(Variable([[1.0, 2.0], [3.0, 4.0]])))
/// variable([1., 2.]) variable([3., 4.])
#[pyfunction]
#[pyo3(signature = (x, axis=Given::default()), text_signature = "(x, axis=0)")]
fn unstack(x: &Any<'_>, axis: Given<'_>) -> PyResult<Vec<Py<Variable>>> {
    let axis = axis.integer("unstack", "axis", 0)?;
    cut("unstack", x, |g, x| ops::unstack(g, x, axis))
}

/// Registers the functions.
pub fn init(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(concat, m)?)?;
    m.add_function(wrap_pyfunction!(stack, m)?)?;
    m.add_function(wrap_pyfunction!(vstack, m)?)?;
    m.add_function(wrap_pyfunction!(hstack, m)?)?;
    m.add_function(wrap_pyfunction!(dstack, m)?)?;
    m.add_function(wrap_pyfunction!(split, m)?)?;
    m.add_function(wrap_pyfunction!(unstack, m)?)
}
