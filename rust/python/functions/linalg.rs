//! Products of matrices and vectors.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};

use super::{Any, apply2};
use crate::error::Error;
use crate::graph::Ctx;
use crate::ops;
use crate::python::convert;
use crate::python::object::{Variable, graph, wrap_var};

/// Matrix product, as ``numpy.matmul``; the gradients are ``gy @ w.T`` and ``x.T @ gy``.
///
/// Parameters
/// ----------
/// x, w : Variable or array_like
///     Matrices, or stacks of matrices whose leading axes broadcast together. A vector counts as a
///     row on the left and a column on the right, and its axis is left out of the result.
///
/// Returns
/// -------
/// Variable
///     ``(..., n, m)`` for operands ``(..., n, k)`` and ``(..., k, m)``.
///
/// Raises
/// ------
/// ValueError
///     If the shapes do not fit.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x, w = Variable([[1.0, 2.0]]), Variable([[3.0], [4.0]])
/// >>> y = F.matmul(x, w)
/// >>> y.backward()
/// >>> print(y, x.grad)
/// variable(11.0) variable([[3., 4.]])
#[pyfunction]
#[pyo3(signature = (x, w, /))]
fn matmul(x: &Any<'_>, w: &Any<'_>) -> PyResult<Py<Variable>> {
    apply2("matmul", x, w, ops::matmul)
}

/// Matrix product with something added: ``x @ w + b``, the layer of a neural network.
///
/// With the gradient ``gy`` of the result, the gradients are ``gy @ w.T``, ``x.T @ gy`` and the sum of
/// ``gy`` over the axes along which ``b`` was repeated.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     ``(..., n, inputs)``: a row for each sample; leading axes broadcast with those of ``w``.
/// w : Variable or array_like
///     ``(..., inputs, outputs)``.
/// b : Variable or array_like, optional
///     Anything that broadcasts together with the product, as a rule ``(outputs,)`` or
///     ``(1, outputs)``.
///
/// Returns
/// -------
/// Variable
///     ``(..., n, outputs)``.
///
/// Raises
/// ------
/// ValueError
///     If the shapes do not fit.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x, w, b = Variable([[1.0, 2.0]]), Variable([[3.0], [4.0]]), Variable([0.5])
/// >>> y = F.linear(x, w, b)
/// >>> y.backward()
/// >>> print(y, w.grad, b.grad)
/// variable(11.5) variable([[1.],
///           [2.]]) variable(1.0)
#[pyfunction]
#[pyo3(signature = (x, w, b=None))]
fn linear(x: &Any<'_>, w: &Any<'_>, b: Option<&Any<'_>>) -> PyResult<Py<Variable>> {
    let ctx = Ctx::new(graph(x.py()));
    let Some((x_var, w)) = convert::pair(&ctx, "linear", x, w, convert::Accept::Function)? else {
        return Err(Error::internal("a function left its operands").into());
    };
    let b = b.map(|b| convert::operand(&ctx, "linear", b, Some(x_var.dtype()))).transpose()?;
    wrap_var(x.py(), &ctx, &ops::linear(&ctx, &x_var, &w, b.as_ref())?)
}

/// Dot product, as ``numpy.dot``: sums over the last axis of ``x`` and the second-last of ``y``.
///
/// Of vectors it is the sum of the products, of matrices the matrix product; a number multiplies. The
/// gradients of vectors are ``gz * y`` and ``gz * x``.
///
/// Parameters
/// ----------
/// x, y : Variable or array_like
///     ``(..., k)`` and ``(..., k, m)`` or ``(k,)``, or numbers.
///
/// Returns
/// -------
/// Variable
///     The axes of ``x`` without the last, then those of ``y`` without the one summed over.
///
/// Raises
/// ------
/// ValueError
///     If the shapes do not fit.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x, y = Variable([1.0, 2.0]), Variable([3.0, 4.0])
/// >>> z = F.dot(x, y)
/// >>> z.backward()
/// >>> print(z, x.grad)
/// variable(11.0) variable([3., 4.])
#[pyfunction]
#[pyo3(signature = (x, y, /))]
fn dot(x: &Any<'_>, y: &Any<'_>) -> PyResult<Py<Variable>> {
    apply2("dot", x, y, ops::dot)
}

/// Sum of the products of all elements, as ``numpy.vdot``; the gradients are ``gz * y`` and ``gz * x``.
///
/// Parameters
/// ----------
/// x, y : Variable or array_like
///     Any shapes with the same number of elements, taken in row-major order.
///
/// Returns
/// -------
/// Variable
///     A number.
///
/// Raises
/// ------
/// ValueError
///     If the numbers of elements differ.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> print(F.vdot(Variable([[1.0, 2.0], [3.0, 4.0]]), [[1.0, 1.0], [1.0, 1.0]]))
/// variable(10.0)
#[pyfunction]
#[pyo3(signature = (x, y, /))]
fn vdot(x: &Any<'_>, y: &Any<'_>) -> PyResult<Py<Variable>> {
    apply2("vdot", x, y, ops::vdot)
}

/// Products summed over the last axes, as ``numpy.inner``; of matrices ``x @ y.T``.
///
/// The gradients of matrices are ``gz @ y`` and ``gz.T @ x``.
///
/// Parameters
/// ----------
/// x, y : Variable or array_like
///     Shapes with equal last sizes, or numbers, which multiply.
///
/// Returns
/// -------
/// Variable
///     The axes of ``x`` without the last, then those of ``y`` without the last.
///
/// Raises
/// ------
/// ValueError
///     If the last sizes differ.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> print(F.inner(Variable([[1.0, 2.0], [3.0, 4.0]]), [1.0, 1.0]))
/// variable([3., 7.])
#[pyfunction]
#[pyo3(signature = (x, y, /))]
fn inner(x: &Any<'_>, y: &Any<'_>) -> PyResult<Py<Variable>> {
    apply2("inner", x, y, ops::inner)
}

/// Products of each element of one with each of the other, as ``numpy.outer``.
///
/// The gradients are ``gz @ y`` and ``gz.T @ x``, of the elements in row-major order.
///
/// Parameters
/// ----------
/// x, y : Variable or array_like
///     Any shapes; the elements are taken in row-major order.
///
/// Returns
/// -------
/// Variable
///     ``(x.size, y.size)``.
///
/// Raises
/// ------
/// TypeError
///     If an operand is no array of real numbers.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> print(F.outer(Variable([1.0, 2.0]), [3.0, 4.0]))
/// variable([[3., 4.],
///           [6., 8.]])
#[pyfunction]
#[pyo3(signature = (x, y, /))]
fn outer(x: &Any<'_>, y: &Any<'_>) -> PyResult<Py<Variable>> {
    apply2("outer", x, y, ops::outer)
}

/// Products summed over any axes, as ``numpy.tensordot``.
///
/// The axes are brought to the end of ``x`` and the beginning of ``y``, and what follows is one matrix
/// product, whose gradients are matrix products too.
///
/// Parameters
/// ----------
/// x, y : Variable or array_like
///     Any shapes.
/// axes : int or pair of int or pair of sequences of int, default 2
///     A number sums over so many last axes of ``x`` and first axes of ``y``; a pair names the axes
///     of each, which are matched in order.
///
/// Returns
/// -------
/// Variable
///     The axes of ``x`` that are left, then those of ``y``.
///
/// Raises
/// ------
/// ValueError
///     If sizes of axes that are summed together differ, or an axis is out of bounds or named twice.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x = Variable([[1.0, 2.0], [3.0, 4.0]])
/// >>> print(F.tensordot(x, [[1.0, 1.0], [1.0, 1.0]]), F.tensordot(x, [1.0, 10.0], ([0], [0])))
/// variable(10.0) variable([31., 42.])
#[pyfunction]
#[pyo3(signature = (x, y, axes=None))]
#[pyo3(text_signature = "(x, y, axes=2)")]
fn tensordot(x: &Any<'_>, y: &Any<'_>, axes: Option<&Any<'_>>) -> PyResult<Py<Variable>> {
    let named = axes.map(over).transpose()?.unwrap_or(Over::Last(2));
    apply2("tensordot", x, y, |g, x, y| match &named {
        Over::Axes(a, b) => ops::tensordot(g, "tensordot", x, y, [a, b]),
        Over::Last(n) => {
            let (lo, hi) = (*n, x.ndim().min(y.ndim()) as i64);
            if !(0..=hi).contains(&lo) {
                let message = format!(
                    "axes={n} must not be negative, nor exceed the {} and {} axes of the operands",
                    x.ndim(),
                    y.ndim()
                );
                return Err(Error::argument("tensordot", message));
            }
            let (last, first): (Vec<i64>, Vec<i64>) = ((-n..0).collect(), (0..*n).collect());
            ops::tensordot(g, "tensordot", x, y, [&last, &first])
        }
    })
}

/// Which axes a product is summed over.
enum Over {
    Last(i64),
    Axes(Vec<i64>, Vec<i64>),
}

fn over(axes: &Any<'_>) -> PyResult<Over> {
    let named = |x: &Any<'_>| -> PyResult<Vec<i64>> {
        Ok(convert::axes("tensordot", Some(x))?.unwrap_or_default())
    };
    if !axes.is_instance_of::<PyTuple>() && !axes.is_instance_of::<PyList>() {
        return match named(axes)?.as_slice() {
            [n] => Ok(Over::Last(*n)),
            _ => Err(PyTypeError::new_err("tensordot: axes must be an int or a pair")),
        };
    }
    if axes.len()? != 2 {
        let message =
            format!("tensordot: axes must be an int or a pair, got {} items", axes.len()?);
        return Err(pyo3::exceptions::PyValueError::new_err(message));
    }
    Ok(Over::Axes(named(&axes.get_item(0)?)?, named(&axes.get_item(1)?)?))
}

/// Registers the functions.
pub fn init(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(matmul, m)?)?;
    m.add_function(wrap_pyfunction!(linear, m)?)?;
    m.add_function(wrap_pyfunction!(dot, m)?)?;
    m.add_function(wrap_pyfunction!(vdot, m)?)?;
    m.add_function(wrap_pyfunction!(inner, m)?)?;
    m.add_function(wrap_pyfunction!(outer, m)?)?;
    m.add_function(wrap_pyfunction!(tensordot, m)?)
}
