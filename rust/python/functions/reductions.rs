//! Reductions over axes.

use pyo3::prelude::*;

use super::{Any, apply};
use crate::ops;
use crate::python::convert;
use crate::python::object::Variable;

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

/// Product of the elements over axes; the gradient is ``gy`` times the product of the other elements.
///
/// The gradient divides by nothing, so that it is right with zeros too, to any order. The product of
/// nothing is 1.
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
/// >>> x = Variable([2.0, 0.0, 5.0])
/// >>> y = F.prod(x)
/// >>> y.backward()
/// >>> print(y, x.grad)
/// variable(0.0) variable([ 0., 10.,  0.])
#[pyfunction]
#[pyo3(signature = (x, axis=None, keepdims=false))]
fn prod(x: &Any<'_>, axis: Option<&Any<'_>>, keepdims: bool) -> PyResult<Py<Variable>> {
    let axes = convert::axes("prod", axis)?;
    apply("prod", x, |g, x| ops::prod(g, x, axes.as_deref(), keepdims))
}

/// Variance of the elements over axes, of the population as ``numpy.var``.
///
/// It is the mean of ``(x - mean(x)) ** 2``, computed in two passes; the gradient is
/// ``gy * 2 * (x - mean(x)) / n``. The variance of nothing is NaN.
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
/// >>> x = Variable([1.0, 2.0, 6.0])
/// >>> y = F.variance(x, keepdims=True)
/// >>> y.backward()
/// >>> print(y.shape, x.grad)
/// (1,) variable([-1.33333333, -0.66666667,  2.        ])
#[pyfunction]
#[pyo3(signature = (x, axis=None, keepdims=false))]
fn variance(x: &Any<'_>, axis: Option<&Any<'_>>, keepdims: bool) -> PyResult<Py<Variable>> {
    let axes = convert::axes("variance", axis)?;
    apply("variance", x, |g, x| ops::variance(g, x, axes.as_deref(), keepdims))
}

/// Standard deviation over axes, of the population as ``numpy.std``: the root of the variance.
///
/// The gradient is ``gy * (x - mean(x)) / (n * std(x))``. Where all elements are equal, it and all
/// further derivatives are taken as 0. The standard deviation of nothing is NaN.
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
/// >>> print(F.std(Variable([[1.0, 3.0], [5.0, 5.0]]), axis=1))
/// variable([1., 0.])
#[pyfunction]
#[pyo3(name = "std", signature = (x, axis=None, keepdims=false))]
fn deviation(x: &Any<'_>, axis: Option<&Any<'_>>, keepdims: bool) -> PyResult<Py<Variable>> {
    let axes = convert::axes("std", axis)?;
    apply("std", x, |g, x| ops::std(g, x, axes.as_deref(), keepdims))
}

/// Logarithm of the sum of exponentials over axes; the gradient is ``gy * softmax(x)``.
///
/// The largest element is taken out first, so that nothing overflows. Elements that are infinite are
/// treated as equal: where all are -inf, the value is -inf and each takes an equal share of the
/// gradient; where some are +inf, the value is +inf and those share it. Of nothing it is -inf.
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
/// >>> x = Variable([1000.0, 1000.0])
/// >>> y = F.logsumexp(x)
/// >>> y.backward()
/// >>> print(y, x.grad)
/// variable(1000.6931471805599) variable([0.5, 0.5])
#[pyfunction]
#[pyo3(signature = (x, axis=None, keepdims=false))]
fn logsumexp(x: &Any<'_>, axis: Option<&Any<'_>>, keepdims: bool) -> PyResult<Py<Variable>> {
    let axes = convert::axes("logsumexp", axis)?;
    apply("logsumexp", x, |g, x| ops::logsumexp(g, x, axes.as_deref(), keepdims))
}

/// Registers the functions.
pub fn init(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(sum, m)?)?;
    m.add_function(wrap_pyfunction!(mean, m)?)?;
    m.add_function(wrap_pyfunction!(max, m)?)?;
    m.add_function(wrap_pyfunction!(min, m)?)?;
    m.add_function(wrap_pyfunction!(prod, m)?)?;
    m.add_function(wrap_pyfunction!(variance, m)?)?;
    m.add_function(wrap_pyfunction!(deviation, m)?)?;
    m.add_function(wrap_pyfunction!(logsumexp, m)?)
}
