//! Functions of windows that slide: convolution and pooling.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

use super::arguments::{Given as Argument, positive};
use super::nn::optional;
use super::{Any, apply};
use crate::error::Result;
use crate::graph::{Ctx, Var};
use crate::ops::{self, Around, Slide};
use crate::python::convert::{self, Accept, integers, sizes};
use crate::python::object::{Variable, graph, wrap_var};

/// A number for each of `n` axes, from one for all or one for each.
fn per_axis(op: &'static str, what: &str, x: &Any<'_>, n: usize) -> PyResult<Vec<usize>> {
    let given = integers(op, what, x)?;
    // Steps and windows are of one element at least; around them there may be none.
    let given = match what {
        "padding" | "output_padding" => sizes(op, what, given)?,
        _ => positive(op, what, given)?,
    };
    match given.len() {
        1 => Ok(vec![given[0]; n]),
        m if m == n => Ok(given),
        m => Err(PyValueError::new_err(format!(
            "{op}: {what} must be an int or a tuple of {n} ints, got {m}"
        ))),
    }
}

fn per_axis_or(
    op: &'static str,
    what: &str,
    x: Option<&Any<'_>>,
    n: usize,
    default: usize,
) -> PyResult<Vec<usize>> {
    x.map_or_else(|| Ok(vec![default; n]), |x| per_axis(op, what, x, n))
}

fn padding(op: &'static str, x: Option<&Any<'_>>, n: usize) -> PyResult<Around> {
    let Some(text) = x.and_then(|x| x.extract::<String>().ok()) else {
        return Ok(Around::Sizes(per_axis_or(op, "padding", x, n, 0)?));
    };
    match text.as_str() {
        "same" => Ok(Around::Same),
        "valid" => Ok(Around::Sizes(vec![0; n])),
        _ => Err(PyValueError::new_err(format!(
            "{op}: padding must be an int, a tuple of ints, \"same\" or \"valid\", got \"{text}\""
        ))),
    }
}

/// Arguments of a convolution over `n` axes, as they were given.
struct Given<'a, 'py> {
    op: &'static str,
    n: usize,
    x: &'a Any<'py>,
    w: &'a Any<'py>,
    b: Option<&'a Any<'py>>,
    stride: Option<&'a Any<'py>>,
    padding: Option<&'a Any<'py>>,
    dilation: Option<&'a Any<'py>>,
    groups: Argument<'py>,
}

impl Given<'_, '_> {
    fn run(
        &self,
        f: impl FnOnce(&Ctx<'_>, (&Var, &Var, Option<&Var>), &Slide, usize) -> Result<Var>,
    ) -> PyResult<Py<Variable>> {
        let (op, n, py) = (self.op, self.n, self.x.py());
        let groups = positive(op, "groups", vec![self.groups.integer(op, "groups", 1)?])?[0];
        let slide = Slide {
            stride: per_axis_or(op, "stride", self.stride, n, 1)?,
            padding: padding(op, self.padding, n)?,
            dilation: per_axis_or(op, "dilation", self.dilation, n, 1)?,
        };
        let ctx = Ctx::new(graph(py));
        let Some((x, w)) = convert::pair(&ctx, op, self.x, self.w, Accept::Function)? else {
            return Err(PyTypeError::new_err(format!("{op}: operands are wanted")));
        };
        let b = optional(&ctx, op, &x, self.b)?;
        wrap_var(py, &ctx, &f(&ctx, (&x, &w, b.as_ref()), &slide, groups)?)
    }
}

/// Convolution of sequences: windows of ``x`` along its last axis, multiplied by ``w`` and summed.
///
/// As `conv2d`, with one axis in place of two.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Shape (N, C, L).
/// w : Variable or array_like
///     Shape (O, C / groups, K).
/// b : Variable or array_like, optional
///     Shape (O,); added to the channels of the result.
/// stride, dilation : int, default 1
///     The steps from one window to the next, and from one element of a window to the next.
/// padding : int, "same" or "valid", default 0
///     Zeros at both ends, or as for `conv2d`.
/// groups : int, default 1
///     Parts into which the channels are cut; each has weights of its own.
///
/// Returns
/// -------
/// Variable
///     Shape (N, O, (L + 2 * padding - dilation * (K - 1) - 1) // stride + 1).
///
/// Raises
/// ------
/// ValueError
///     If shapes, channels or groups do not fit, the kernel is larger than the padded ``x``, or a
///     step is not positive.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x, w = Variable([[[1.0, 2.0, 4.0]]]), Variable([[[-1.0, 1.0]]])
/// >>> y = F.conv1d(x, w)
/// >>> y.backward()
/// >>> print(y, w.grad)
/// variable([[[1., 2.]]]) variable([[[3., 6.]]])
#[pyfunction]
#[pyo3(signature = (x, w, b=None, stride=None, padding=None, dilation=None, groups=Argument::default()),
       text_signature = "(x, w, b=None, stride=1, padding=0, dilation=1, groups=1)")]
fn conv1d(
    x: &Any<'_>,
    w: &Any<'_>,
    b: Option<&Any<'_>>,
    stride: Option<&Any<'_>>,
    padding: Option<&Any<'_>>,
    dilation: Option<&Any<'_>>,
    groups: Argument<'_>,
) -> PyResult<Py<Variable>> {
    let op = "conv1d";
    Given { op, n: 1, x, w, b, stride, padding, dilation, groups }
        .run(|g, operands, slide, groups| ops::conv(g, op, operands, slide, groups))
}

/// Convolution of images: windows of ``x`` over its last two axes, multiplied by ``w`` and summed.
///
/// As in other frameworks this is the cross-correlation: the kernel is not reversed. The windows
/// become the columns of a matrix, which ``w`` multiplies; gradients are those of a product, added up
/// where windows overlap.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Shape (N, C, H, W).
/// w : Variable or array_like
///     Shape (O, C / groups, KH, KW).
/// b : Variable or array_like, optional
///     Shape (O,); added to the channels of the result.
/// stride, dilation : int or tuple of int, default 1
///     The steps from one window to the next, and from one element of a window to the next.
/// padding : int, tuple of int, "same" or "valid", default 0
///     Zeros at both ends of each axis. "same" gives the result the sizes of ``x``, with the odd zero
///     at the end, and wants a stride of 1; "valid" is 0.
/// groups : int, default 1
///     Parts into which the channels are cut; each has weights of its own.
///
/// Returns
/// -------
/// Variable
///     Shape (N, O, ...), with ``(size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1``
///     along the axes of the image.
///
/// Raises
/// ------
/// ValueError
///     If shapes, channels or groups do not fit, the kernel is larger than the padded ``x``, or a
///     step is not positive.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x, w = Variable([[[[1.0, 2.0], [3.0, 4.0]]]]), Variable([[[[1.0, 1.0]]]])
/// >>> y = F.conv2d(x, w)
/// >>> y.backward()
/// >>> print(y, w.grad)
/// variable([[[[3.],
///             [7.]]]]) variable([[[[4., 6.]]]])
#[pyfunction]
#[pyo3(signature = (x, w, b=None, stride=None, padding=None, dilation=None, groups=Argument::default()),
       text_signature = "(x, w, b=None, stride=1, padding=0, dilation=1, groups=1)")]
fn conv2d(
    x: &Any<'_>,
    w: &Any<'_>,
    b: Option<&Any<'_>>,
    stride: Option<&Any<'_>>,
    padding: Option<&Any<'_>>,
    dilation: Option<&Any<'_>>,
    groups: Argument<'_>,
) -> PyResult<Py<Variable>> {
    let op = "conv2d";
    Given { op, n: 2, x, w, b, stride, padding, dilation, groups }
        .run(|g, operands, slide, groups| ops::conv(g, op, operands, slide, groups))
}

/// The adjoint of `conv2d`: each element of ``x``, times the kernel, is added to a window of the result.
///
/// It maps the shape of a result of `conv2d` with the same arguments back to that of its ``x``, and
/// equals the gradient that `conv2d` passes on to its ``x``.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Shape (N, C, H, W).
/// w : Variable or array_like
///     Shape (C, O / groups, KH, KW).
/// b : Variable or array_like, optional
///     Shape (O,); added to the channels of the result.
/// stride, dilation : int or tuple of int, default 1
///     The steps from one window to the next, and from one element of a window to the next.
/// padding : int or tuple of int, default 0
///     Elements that are left out at both ends of each axis.
/// output_padding : int or tuple of int, default 0
///     Elements that the result has besides at the end of each axis; less than the stride.
/// groups : int, default 1
///     Parts into which the channels are cut; each has weights of its own.
///
/// Returns
/// -------
/// Variable
///     Shape (N, O, ...), with ``(size - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1 +
///     output_padding`` along the axes of the image.
///
/// Raises
/// ------
/// ValueError
///     If shapes, channels or groups do not fit, the padding leaves nothing, or a step is not
///     positive.
///
/// References
/// ----------
/// V. Dumoulin, F. Visin, *A guide to convolution arithmetic for deep learning*, 2016, chapter 4.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x, w = Variable([[[[1.0, 2.0]]]]), Variable([[[[1.0, 10.0]]]])
/// >>> print(F.conv_transpose2d(x, w))
/// variable([[[[ 1., 12., 20.]]]])
#[pyfunction]
#[pyo3(signature = (x, w, b=None, stride=None, padding=None, output_padding=None,
                    groups=Argument::default(), dilation=None),
       text_signature = "(x, w, b=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1)")]
#[allow(clippy::too_many_arguments)] // as many as the function in Python has
fn conv_transpose2d(
    x: &Any<'_>,
    w: &Any<'_>,
    b: Option<&Any<'_>>,
    stride: Option<&Any<'_>>,
    padding: Option<&Any<'_>>,
    output_padding: Option<&Any<'_>>,
    groups: Argument<'_>,
    dilation: Option<&Any<'_>>,
) -> PyResult<Py<Variable>> {
    let op = "conv_transpose2d";
    let more = per_axis_or(op, "output_padding", output_padding, 2, 0)?;
    Given { op, n: 2, x, w, b, stride, padding, dilation, groups }.run(
        |g, operands, slide, groups| ops::conv_transpose(g, op, operands, slide, &more, groups),
    )
}

/// Kernel and steps of a pooling function over `n` axes; windows lie side by side by default.
fn pooling(
    op: &'static str,
    n: usize,
    kernel: &Any<'_>,
    stride: Option<&Any<'_>>,
    padding: Option<&Any<'_>>,
) -> PyResult<(Vec<usize>, Slide)> {
    let kernel = per_axis(op, "kernel_size", kernel, n)?;
    let stride = stride.map_or_else(|| Ok(kernel.clone()), |s| per_axis(op, "stride", s, n))?;
    let padding = Around::Sizes(per_axis_or(op, "padding", padding, n, 0)?);
    Ok((kernel, Slide { stride, padding, dilation: vec![1; n] }))
}

/// The largest element of each window over the last two axes.
///
/// The gradient goes to the largest elements; where some are equal they share it evenly, as in `max`.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Shape (..., H, W).
/// kernel_size : int or tuple of int
///     The sizes of a window.
/// stride : int or tuple of int, optional
///     The steps from one window to the next; by default ``kernel_size``, windows side by side.
/// padding : int or tuple of int, default 0
///     Elements at both ends of each axis that count as minus infinity; at most half of
///     ``kernel_size``.
///
/// Returns
/// -------
/// Variable
///     Shape (..., (H + 2 * padding - kernel_size) // stride + 1, ...). What is left over at the ends
///     is in no window.
///
/// Raises
/// ------
/// ValueError
///     If a window is larger than the padded ``x``, the padding is more than half a window, or a step
///     is not positive.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x = Variable([[1.0, 2.0, 5.0, 5.0], [0.0, 3.0, 4.0, 1.0]])
/// >>> y = F.max_pool2d(x, 2)
/// >>> y.backward()
/// >>> print(y, x.grad)
/// variable([[3., 5.]]) variable([[0. , 0. , 0.5, 0.5],
///           [0. , 1. , 0. , 0. ]])
#[pyfunction]
#[pyo3(signature = (x, kernel_size, stride=None, padding=None),
       text_signature = "(x, kernel_size, stride=None, padding=0)")]
fn max_pool2d(
    x: &Any<'_>,
    kernel_size: &Any<'_>,
    stride: Option<&Any<'_>>,
    padding: Option<&Any<'_>>,
) -> PyResult<Py<Variable>> {
    let op = "max_pool2d";
    let (kernel, slide) = pooling(op, 2, kernel_size, stride, padding)?;
    apply(op, x, |g, x| ops::max_pool(g, op, x, &kernel, &slide))
}

/// The mean of each window over the last two axes; the gradient is ``gy`` over the size of a window,
/// added up where windows overlap.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Shape (..., H, W).
/// kernel_size : int or tuple of int
///     The sizes of a window.
/// stride : int or tuple of int, optional
///     The steps from one window to the next; by default ``kernel_size``, windows side by side.
/// padding : int or tuple of int, default 0
///     Zeros at both ends of each axis, which count as elements of the mean; at most half of
///     ``kernel_size``.
///
/// Returns
/// -------
/// Variable
///     Shape (..., (H + 2 * padding - kernel_size) // stride + 1, ...). What is left over at the ends
///     is in no window.
///
/// Raises
/// ------
/// ValueError
///     If a window is larger than the padded ``x``, the padding is more than half a window, or a step
///     is not positive.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x = Variable([[1.0, 2.0, 5.0, 5.0], [0.0, 3.0, 4.0, 2.0]])
/// >>> print(F.avg_pool2d(x, 2))
/// variable([[1.5, 4. ]])
#[pyfunction]
#[pyo3(signature = (x, kernel_size, stride=None, padding=None),
       text_signature = "(x, kernel_size, stride=None, padding=0)")]
fn avg_pool2d(
    x: &Any<'_>,
    kernel_size: &Any<'_>,
    stride: Option<&Any<'_>>,
    padding: Option<&Any<'_>>,
) -> PyResult<Py<Variable>> {
    let op = "avg_pool2d";
    let (kernel, slide) = pooling(op, 2, kernel_size, stride, padding)?;
    apply(op, x, |g, x| ops::avg_pool(g, op, x, &kernel, &slide))
}

/// Registers the functions.
pub fn init(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(conv1d, m)?)?;
    m.add_function(wrap_pyfunction!(conv2d, m)?)?;
    m.add_function(wrap_pyfunction!(conv_transpose2d, m)?)?;
    m.add_function(wrap_pyfunction!(max_pool2d, m)?)?;
    m.add_function(wrap_pyfunction!(avg_pool2d, m)?)
}
