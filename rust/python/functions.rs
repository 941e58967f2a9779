//! Functions with parameters, as Python calls them. Those of one or two operands alone are in
//! `slots`.

use pyo3::prelude::*;

use super::convert::{self, Accept};
use super::object::{Variable, graph, wrap_var};
use crate::error::Result;
use crate::graph::{Ctx, Var};
use crate::ops;

type Any<'py> = Bound<'py, PyAny>;

/// Runs an operation on one operand.
fn apply(
    op: &str,
    x: &Any<'_>,
    f: impl FnOnce(&Ctx<'_>, &Var) -> Result<Var>,
) -> PyResult<Py<Variable>> {
    let ctx = Ctx::new(graph(x.py()));
    let x_var = convert::operand(&ctx, op, x, None)?;
    wrap_var(x.py(), &ctx, &f(&ctx, &x_var)?)
}

/// Sum of the elements over axes; the gradient is ``gy``, repeated along the axes.
///
/// The sum of nothing is 0. Sums are pairwise: the rounding error grows with the logarithm of the
/// length (Higham, *Accuracy and Stability of Numerical Algorithms*, section 4.2), and the result
/// does not depend on the number of threads.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// axis : int or tuple of int, optional
///     The axes to go over, negative ones counted from the end; all by default.
/// keepdims : bool, default False
///     Keep the axes, with size one.
///
/// Returns
/// -------
/// Variable
///     The shape of ``x`` without the axes, or with size one there.
///
/// Raises
/// ------
/// ValueError
///     If an axis is out of bounds or named twice.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> print(F.sum(Variable([[1.0, 2.0], [3.0, 4.0]]), axis=0))
/// variable([4., 6.])
#[pyfunction]
#[pyo3(signature = (x, axis=None, keepdims=false))]
fn sum(x: &Any<'_>, axis: Option<&Any<'_>>, keepdims: bool) -> PyResult<Py<Variable>> {
    let axes = convert::axes("sum", axis)?;
    apply("sum", x, |g, x| ops::sum(g, x, axes.as_deref(), keepdims))
}

/// Arithmetic mean of the elements over axes; the gradient is ``gy / n``, repeated along the axes.
///
/// The mean of nothing is NaN.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// axis : int or tuple of int, optional
///     The axes to go over, negative ones counted from the end; all by default.
/// keepdims : bool, default False
///     Keep the axes, with size one.
///
/// Returns
/// -------
/// Variable
///     The shape of ``x`` without the axes, or with size one there.
///
/// Raises
/// ------
/// ValueError
///     If an axis is out of bounds or named twice.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> print(F.mean(Variable([1.0, 2.0, 6.0])))
/// variable(3.0)
#[pyfunction]
#[pyo3(signature = (x, axis=None, keepdims=false))]
fn mean(x: &Any<'_>, axis: Option<&Any<'_>>, keepdims: bool) -> PyResult<Py<Variable>> {
    let axes = convert::axes("mean", axis)?;
    apply("mean", x, |g, x| ops::mean(g, x, axes.as_deref(), keepdims))
}

/// Largest elements over axes; the gradient is ``gy`` at the largest element; elements that tie share it evenly.
///
/// NaN if there is one.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// axis : int or tuple of int, optional
///     The axes to go over, negative ones counted from the end; all by default.
/// keepdims : bool, default False
///     Keep the axes, with size one.
///
/// Returns
/// -------
/// Variable
///     The shape of ``x`` without the axes, or with size one there.
///
/// Raises
/// ------
/// ValueError
///     If an axis is out of bounds or named twice, or there is nothing to reduce.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x = Variable([1.0, 5.0, 5.0])
/// >>> y = F.max(x)
/// >>> y.backward()
/// >>> print(y, x.grad)
/// variable(5.0) variable([0. , 0.5, 0.5])
#[pyfunction]
#[pyo3(signature = (x, axis=None, keepdims=false))]
fn max(x: &Any<'_>, axis: Option<&Any<'_>>, keepdims: bool) -> PyResult<Py<Variable>> {
    let axes = convert::axes("max", axis)?;
    apply("max", x, |g, x| ops::max(g, x, axes.as_deref(), keepdims))
}

/// Smallest elements over axes; the gradient is ``gy`` at the smallest element; elements that tie share it evenly.
///
/// NaN if there is one.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// axis : int or tuple of int, optional
///     The axes to go over, negative ones counted from the end; all by default.
/// keepdims : bool, default False
///     Keep the axes, with size one.
///
/// Returns
/// -------
/// Variable
///     The shape of ``x`` without the axes, or with size one there.
///
/// Raises
/// ------
/// ValueError
///     If an axis is out of bounds or named twice, or there is nothing to reduce.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> print(F.min(Variable([[1.0, 5.0], [3.0, 2.0]]), axis=-1))
/// variable([1., 2.])
#[pyfunction]
#[pyo3(signature = (x, axis=None, keepdims=false))]
fn min(x: &Any<'_>, axis: Option<&Any<'_>>, keepdims: bool) -> PyResult<Py<Variable>> {
    let axes = convert::axes("min", axis)?;
    apply("min", x, |g, x| ops::min(g, x, axes.as_deref(), keepdims))
}

/// Sum down to a shape that broadcasts to that of ``x``; the gradient is ``gy``, broadcast.
///
/// The adjoint of ``broadcast_to``.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// shape : int or tuple of int
///     Aligned from the right, each size is that of ``x`` or 1.
///
/// Returns
/// -------
/// Variable
///     The given shape.
///
/// Raises
/// ------
/// ValueError
///     If the shapes do not fit.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> print(F.sum_to(Variable([[1.0, 2.0], [3.0, 4.0]]), (1, 2)))
/// variable([[4., 6.]])
#[pyfunction]
#[pyo3(signature = (x, shape))]
fn sum_to(x: &Any<'_>, shape: &Any<'_>) -> PyResult<Py<Variable>> {
    let shape = convert::shape("sum_to", shape)?;
    apply("sum_to", x, |g, x| ops::sum_to(g, x, &shape))
}

/// Repeat to a larger shape, as a view without a copy; the gradient is ``gy``, summed.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// shape : int or tuple of int
///     Aligned from the right, each size of ``x`` is that of ``shape`` or 1.
///
/// Returns
/// -------
/// Variable
///     The given shape.
///
/// Raises
/// ------
/// ValueError
///     If the shapes do not fit.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> print(F.broadcast_to(Variable([1.0, 2.0]), (2, 2)))
/// variable([[1., 2.],
///           [1., 2.]])
#[pyfunction]
#[pyo3(signature = (x, shape))]
fn broadcast_to(x: &Any<'_>, shape: &Any<'_>) -> PyResult<Py<Variable>> {
    let shape = convert::shape("broadcast_to", shape)?;
    apply("broadcast_to", x, |g, x| ops::broadcast_to(g, x, &shape))
}

/// The same elements, in row-major order, in another shape; a view where strides allow it.
///
/// The gradient is ``gy`` in the shape of ``x``.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// shape : int or tuple of int
///     As many elements as ``x`` has; one size may be -1, for what is left.
///
/// Returns
/// -------
/// Variable
///     The given shape.
///
/// Raises
/// ------
/// ValueError
///     If the number of elements differs.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> print(F.reshape(Variable([1.0, 2.0, 3.0, 4.0]), (2, -1)))
/// variable([[1., 2.],
///           [3., 4.]])
#[pyfunction]
#[pyo3(signature = (x, shape))]
fn reshape(x: &Any<'_>, shape: &Any<'_>) -> PyResult<Py<Variable>> {
    let wanted = convert::raw_shape("reshape", shape)?;
    apply("reshape", x, |g, x| ops::reshape(g, x, &ops::infer_shape(x.shape(), &wanted)?))
}

/// Axes in another order, as a view without a copy; the gradient is ``gy`` with the order undone.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// axes : tuple of int, optional
///     Axis ``i`` of the result is axis ``axes[i]`` of ``x``; reversed by default.
///
/// Returns
/// -------
/// Variable
///     The sizes of ``x`` in the new order.
///
/// Raises
/// ------
/// ValueError
///     If ``axes`` is no permutation of the axes.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> F.transpose(Variable([[1.0, 2.0, 3.0]])).shape
/// (3, 1)
#[pyfunction]
#[pyo3(signature = (x, axes=None))]
fn transpose(x: &Any<'_>, axes: Option<&Any<'_>>) -> PyResult<Py<Variable>> {
    let axes = convert::axes("transpose", axes)?;
    apply("transpose", x, |g, x| ops::transpose(g, x, axes.as_deref()))
}

/// Two axes exchanged, as a view without a copy; the gradient is ``gy`` with the same exchange.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// axis1, axis2 : int
///     The axes; negative ones count from the end.
///
/// Returns
/// -------
/// Variable
///     The sizes of ``x`` with two exchanged.
///
/// Raises
/// ------
/// ValueError
///     If an axis is out of bounds.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> F.swapaxes(Variable([[[1.0, 2.0]]]), -1, 0).shape
/// (2, 1, 1)
#[pyfunction]
#[pyo3(signature = (x, axis1, axis2))]
fn swapaxes(x: &Any<'_>, axis1: i64, axis2: i64) -> PyResult<Py<Variable>> {
    apply("swapaxes", x, |g, x| ops::swapaxes(g, x, axis1, axis2))
}

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
    let ctx = Ctx::new(graph(x.py()));
    match convert::pair(&ctx, "matmul", x, w, Accept::Function)? {
        Some((a, b)) => wrap_var(x.py(), &ctx, &ops::matmul(&ctx, &a, &b)?),
        None => Err(crate::error::Error::internal("a function left its operands").into()),
    }
}

/// Values brought into an interval; the gradient is ``gy`` inside, the ends included, and 0 outside.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// min, max : float, optional
///     The ends of the interval; None leaves a side open.
///
/// Returns
/// -------
/// Variable
///     The shape and dtype of ``x``.
///
/// Raises
/// ------
/// ValueError
///     If ``min`` exceeds ``max``, or one of them is NaN.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x = Variable([-2.0, 0.5, 1.0])
/// >>> y = F.clip(x, -1.0, 1.0)
/// >>> y.backward()
/// >>> print(y, x.grad)
/// variable([-1. ,  0.5,  1. ]) variable([0., 1., 1.])
#[pyfunction]
#[pyo3(signature = (x, min=None, max=None))]
fn clip(x: &Any<'_>, min: Option<f64>, max: Option<f64>) -> PyResult<Py<Variable>> {
    let (lo, hi) = (min.unwrap_or(f64::NEG_INFINITY), max.unwrap_or(f64::INFINITY));
    apply("clip", x, |g, x| ops::clip(g, x, lo, hi))
}

/// Registers the functions.
pub fn init(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(broadcast_to, m)?)?;
    m.add_function(wrap_pyfunction!(clip, m)?)?;
    m.add_function(wrap_pyfunction!(matmul, m)?)?;
    m.add_function(wrap_pyfunction!(max, m)?)?;
    m.add_function(wrap_pyfunction!(mean, m)?)?;
    m.add_function(wrap_pyfunction!(min, m)?)?;
    m.add_function(wrap_pyfunction!(reshape, m)?)?;
    m.add_function(wrap_pyfunction!(sum, m)?)?;
    m.add_function(wrap_pyfunction!(sum_to, m)?)?;
    m.add_function(wrap_pyfunction!(swapaxes, m)?)?;
    m.add_function(wrap_pyfunction!(transpose, m)?)
}
