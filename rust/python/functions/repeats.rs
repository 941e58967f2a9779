//! Functions that repeat and shift elements.

use pyo3::prelude::*;

use super::arguments::{Given, integer};
use super::{Any, apply};
use crate::error::{Error, Result};
use crate::graph::Ctx;
use crate::kernels::copy;
use crate::ops::{self, Fill};
use crate::python::convert;
use crate::python::indices::{Indices, indices};
use crate::python::object::{Variable, graph};
use crate::tensor::{DType, Layout, Tensor};

/// Elements shifted along axes; what leaves at the end comes in at the start.
///
/// The gradient is shifted back.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// shift : int or tuple of int
///     How far, per axis; back for negative numbers.
/// axis : int or tuple of int, optional
///     The axes; by default all elements are shifted in row-major order. Shifts of an axis that is
///     named twice add up.
///
/// Returns
/// -------
/// Variable
///     The shape of ``x``.
///
/// Raises
/// ------
/// ValueError
///     If an axis is out of bounds, or shifts and axes differ in number.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> print(F.roll(Variable([1.0, 2.0, 3.0]), 1))
/// variable([3., 1., 2.])
#[pyfunction]
#[pyo3(signature = (x, shift, axis=None))]
fn roll(x: &Any<'_>, shift: &Any<'_>, axis: Option<&Any<'_>>) -> PyResult<Py<Variable>> {
    let shifts = convert::integers("roll", "shift", shift)?;
    let axes = convert::axes("roll", axis)?;
    apply("roll", x, |g, x| ops::roll(g, x, &shifts, axes.as_deref()))
}

/// The array several times along each axis, as ``numpy.tile``; the gradient sums over the copies.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// reps : int or tuple of int
///     How often per axis; aligned with the axes from the right, and 1 where there is none.
///
/// Returns
/// -------
/// Variable
///     The sizes of ``x`` times ``reps``.
///
/// Raises
/// ------
/// ValueError
///     If one of ``reps`` is negative.
/// MemoryError
///     If the result is too large.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x = Variable([1.0, 2.0])
/// >>> y = F.tile(x, 2)
/// >>> y.backward()
/// >>> print(y, x.grad)
/// variable([1., 2., 1., 2.]) variable([2., 2.])
#[pyfunction]
#[pyo3(signature = (x, reps))]
fn tile(x: &Any<'_>, reps: &Any<'_>) -> PyResult<Py<Variable>> {
    let reps = convert::integers("tile", "reps", reps)?;
    apply("tile", x, |g, x| ops::tile(g, x, &reps))
}

/// Each element several times in a row, as ``numpy.repeat``; the gradient sums over the copies.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// repeats : int or array_like of int
///     How often: one number for all, or one for each position of the axis.
/// axis : int, optional
///     The axis; by default all elements, in one axis.
///
/// Returns
/// -------
/// Variable
///     The shape of ``x``, longer on the axis.
///
/// Raises
/// ------
/// ValueError
///     If a number is negative, or there are not as many as positions.
/// MemoryError
///     If the result is too large.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> print(F.repeat(Variable([1.0, 2.0]), [2, 3]))
/// variable([1., 1., 2., 2., 2.])
#[pyfunction]
#[pyo3(signature = (x, repeats, axis=None))]
fn repeat(x: &Any<'_>, repeats: &Any<'_>, axis: Option<&Any<'_>>) -> PyResult<Py<Variable>> {
    let axis = axis.map(|a| integer("repeat", "axis", a)).transpose()?;
    let times = counts(repeats)?;
    apply("repeat", x, |g, x| ops::repeat(g, x, &times, axis))
}

/// How often: a number, or some in one axis.
pub fn counts(repeats: &Any<'_>) -> PyResult<Vec<i64>> {
    let Indices { shape, values } = indices("repeat", "repeats", repeats)?;
    if shape.len() > 1 {
        let message = format!("repeats must have one axis at most, got {}", shape.len());
        return Err(Error::argument("repeat", message).into());
    }
    Ok(values)
}

/// What is given per axis and side, in one of NumPy's forms: for all, for both sides, for each.
fn pairs<T: Copy>(what: &str, shape: &[usize], values: &[T], ndim: usize) -> Result<Vec<[T; 2]>> {
    let Some(layout) = Layout::contiguous(shape).broadcast_to(&[ndim, 2]) else {
        let message = format!(
            "{what} must be one for all, (before, after), or such a pair for each of {ndim} axes"
        );
        return Err(Error::argument("pad", message));
    };
    let at = |axis: usize, side: usize| {
        let step = axis as isize * layout.strides[0] + side as isize * layout.strides[1];
        values[step as usize]
    };
    Ok((0..ndim).map(|axis| [at(axis, 0), at(axis, 1)]).collect())
}

/// Margins around an array, as ``numpy.pad``; the gradient adds up what the margins repeat.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// pad_width : int or array_like of int
///     How many elements before and after: for all axes, ``(before, after)`` for all, or such a pair
///     for each axis.
/// mode : str, default 'constant'
///     ``'constant'``: numbers; ``'edge'``: the outermost element; ``'reflect'``: mirrored at the
///     outermost element, again and again where needed; ``'wrap'``: from the other end.
/// constant_values : float or array_like of float, default 0
///     The numbers of the constant margins, in one of the forms of ``pad_width``; constants. Only for
///     mode ``'constant'``.
///
/// Returns
/// -------
/// Variable
///     The shape of ``x``, larger by the margins.
///
/// Raises
/// ------
/// ValueError
///     If a width is negative, the forms do not fit, the mode is another, constant values are given
///     for a mode that has none, or an axis without elements should be repeated.
/// TypeError
///     If a constant value is a Variable to be differentiated by.
/// MemoryError
///     If the result is too large.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x = Variable([1.0, 2.0, 3.0])
/// >>> print(F.pad(x, 1))
/// variable([0., 1., 2., 3., 0.])
/// >>> print(F.pad(x, (0, 2), mode="reflect"))
/// variable([1., 2., 3., 2., 1.])
#[pyfunction]
#[pyo3(signature = (x, pad_width, mode=Given::default(), constant_values=None),
       text_signature = "(x, pad_width, mode='constant', constant_values=None)")]
fn pad(
    x: &Any<'_>,
    pad_width: &Any<'_>,
    mode: Given<'_>,
    constant_values: Option<&Any<'_>>,
) -> PyResult<Py<Variable>> {
    let Indices { shape, values } = indices("pad", "pad_width", pad_width)?;
    let widths = convert::sizes("pad", "pad_width", values)?;
    let mode = mode.word("pad", "mode", "constant")?;
    if constant_values.is_some() && mode != "constant" {
        let message = format!("constant_values are for mode 'constant', got mode '{mode}'");
        return Err(Error::argument("pad", message).into());
    }
    let fill = constant_values.map(numbers).transpose()?.unwrap_or(Tensor::F64(0.0));
    apply("pad", x, |g, x| {
        let padding = match mode.as_str() {
            "constant" => {
                Fill::Constant(pairs("constant_values", fill.shape(), &fill.to_vec()?, x.ndim())?)
            }
            "edge" => Fill::Edge,
            "reflect" => Fill::Reflect,
            "wrap" => Fill::Wrap,
            _ => {
                let known = "'constant', 'edge', 'reflect' or 'wrap'";
                return Err(Error::argument("pad", format!("mode must be {known}, got '{mode}'")));
            }
        };
        ops::pad(g, x, &pairs("pad_width", &shape, &widths, x.ndim())?, &padding)
    })
}

/// The numbers of constant margins.
fn numbers(given: &Any<'_>) -> PyResult<Tensor> {
    let ctx = Ctx::with_recording(graph(given.py()), false);
    let v = convert::operand(&ctx, "pad", given, Some(DType::F64))?;
    if v.requires {
        return Err(convert::no_operand("pad: constant_values: numbers are wanted"));
    }
    Ok(copy::cast(&v.value, DType::F64)?)
}

/// Registers the functions.
pub fn init(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(roll, m)?)?;
    m.add_function(wrap_pyfunction!(tile, m)?)?;
    m.add_function(wrap_pyfunction!(repeat, m)?)?;
    m.add_function(wrap_pyfunction!(pad, m)?)
}
