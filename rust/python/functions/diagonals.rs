//! Diagonals and triangles of matrices.

use pyo3::prelude::*;

use super::arguments::Given;
use super::{Any, apply};
use crate::error::Error;
use crate::ops;
use crate::python::object::Variable;

/// A vector as the diagonal of a matrix, or the diagonal of a matrix as a vector.
///
/// The gradient is the diagonal of ``gy``, or a matrix with ``gy`` on the diagonal.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     A vector or a matrix.
/// k : int, default 0
///     The diagonal: above the main one for ``k > 0``, below it for ``k < 0``.
///
/// Returns
/// -------
/// Variable
///     A square matrix that is 0 outside the diagonal, or a view of a matrix's diagonal.
///
/// Raises
/// ------
/// ValueError
///     If ``x`` has no axis, or more than two.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> print(F.diag(Variable([1.0, 2.0])))
/// variable([[1., 0.],
///           [0., 2.]])
/// >>> print(F.diag(Variable([[1.0, 2.0], [3.0, 4.0]]), k=1))
/// variable(2.0)
#[pyfunction]
#[pyo3(signature = (x, k=Given::default()), text_signature = "(x, k=0)")]
fn diag(x: &Any<'_>, k: Given<'_>) -> PyResult<Py<Variable>> {
    let k = k.integer("diag", "k", 0)?;
    apply("diag", x, |g, x| match x.ndim() {
        1 => ops::diagonal_matrix(g, x, k),
        2 => ops::diagonal(g, x, k, 0, 1),
        n => {
            let message = format!("a vector or a matrix is wanted, got {n} dimension(s)");
            Err(Error::argument("diag", message))
        }
    })
}

/// The offset of a diagonal, and the axes of the matrices.
fn matrix_axes(op: &str, [offset, axis1, axis2]: [&Given<'_>; 3]) -> PyResult<[i64; 3]> {
    let (first, second) = (axis1.integer(op, "axis1", 0)?, axis2.integer(op, "axis2", 1)?);
    Ok([offset.integer(op, "offset", 0)?, first, second])
}

/// Diagonals of matrices, as a view without a copy; the gradient is ``gy`` on the diagonal.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     At least two axes.
/// offset : int, default 0
///     The diagonal: above the main one if positive, below it if negative.
/// axis1, axis2 : int, default 0 and 1
///     The axes of the matrices.
///
/// Returns
/// -------
/// Variable
///     The other axes of ``x``, and then the diagonal.
///
/// Raises
/// ------
/// ValueError
///     If an axis is out of bounds, or the two are the same.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> print(F.diagonal(Variable([[1.0, 2.0], [3.0, 4.0]])))
/// variable([1., 4.])
#[pyfunction]
#[pyo3(signature = (x, offset=Given::default(), axis1=Given::default(), axis2=Given::default()),
       text_signature = "(x, offset=0, axis1=0, axis2=1)")]
fn diagonal(
    x: &Any<'_>,
    offset: Given<'_>,
    axis1: Given<'_>,
    axis2: Given<'_>,
) -> PyResult<Py<Variable>> {
    let [offset, axis1, axis2] = matrix_axes("diagonal", [&offset, &axis1, &axis2])?;
    apply("diagonal", x, |g, x| ops::diagonal(g, x, offset, axis1, axis2))
}

/// Sum of a diagonal; the gradient is ``gy`` at each element of the diagonal.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     At least two axes.
/// offset : int, default 0
///     The diagonal: above the main one if positive, below it if negative.
/// axis1, axis2 : int, default 0 and 1
///     The axes of the matrices.
///
/// Returns
/// -------
/// Variable
///     The other axes of ``x``.
///
/// Raises
/// ------
/// ValueError
///     If an axis is out of bounds, or the two are the same.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x = Variable([[1.0, 2.0], [3.0, 4.0]])
/// >>> y = F.trace(x)
/// >>> y.backward()
/// >>> print(y, x.grad)
/// variable(5.0) variable([[1., 0.],
///           [0., 1.]])
#[pyfunction]
#[pyo3(signature = (x, offset=Given::default(), axis1=Given::default(), axis2=Given::default()),
       text_signature = "(x, offset=0, axis1=0, axis2=1)")]
fn trace(
    x: &Any<'_>,
    offset: Given<'_>,
    axis1: Given<'_>,
    axis2: Given<'_>,
) -> PyResult<Py<Variable>> {
    let [offset, axis1, axis2] = matrix_axes("trace", [&offset, &axis1, &axis2])?;
    apply("trace", x, |g, x| ops::trace(g, x, offset, axis1, axis2))
}

/// Elements on and below a diagonal, 0 elsewhere; the gradient likewise.
///
/// The zeros are exact, whatever ``x`` holds there.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Matrices, or stacks of them.
/// k : int, default 0
///     The diagonal: above the main one for ``k > 0``, below it for ``k < 0``.
///
/// Returns
/// -------
/// Variable
///     The shape of ``x``.
///
/// Raises
/// ------
/// ValueError
///     If ``x`` has less than two axes.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> print(F.tril(Variable([[1.0, 2.0], [3.0, 4.0]])))
/// variable([[1., 0.],
///           [3., 4.]])
#[pyfunction]
#[pyo3(signature = (x, k=Given::default()), text_signature = "(x, k=0)")]
fn tril(x: &Any<'_>, k: Given<'_>) -> PyResult<Py<Variable>> {
    let k = k.integer("tril", "k", 0)?;
    apply("tril", x, |g, x| ops::tril(g, x, k))
}

/// Elements on and above a diagonal, 0 elsewhere; the gradient likewise.
///
/// The zeros are exact, whatever ``x`` holds there.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Matrices, or stacks of them.
/// k : int, default 0
///     The diagonal: above the main one for ``k > 0``, below it for ``k < 0``.
///
/// Returns
/// -------
/// Variable
///     The shape of ``x``.
///
/// Raises
/// ------
/// ValueError
///     If ``x`` has less than two axes.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> print(F.triu(Variable([[1.0, 2.0], [3.0, 4.0]])))
/// variable([[1., 2.],
///           [0., 4.]])
#[pyfunction]
#[pyo3(signature = (x, k=Given::default()), text_signature = "(x, k=0)")]
fn triu(x: &Any<'_>, k: Given<'_>) -> PyResult<Py<Variable>> {
    let k = k.integer("triu", "k", 0)?;
    apply("triu", x, |g, x| ops::triu(g, x, k))
}

/// Registers the functions.
pub fn init(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(diag, m)?)?;
    m.add_function(wrap_pyfunction!(diagonal, m)?)?;
    m.add_function(wrap_pyfunction!(trace, m)?)?;
    m.add_function(wrap_pyfunction!(tril, m)?)?;
    m.add_function(wrap_pyfunction!(triu, m)?)
}
