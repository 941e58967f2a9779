//! Functions whose result shows elements of the operand, without a copy.

use pyo3::prelude::*;

use super::{Any, apply};
use crate::error::Error;
use crate::ops;
use crate::python::convert;
use crate::python::object::Variable;

/// Windows that slide over axes, as a view without a copy; the gradient adds up where they overlap.
///
/// As ``numpy.lib.stride_tricks.sliding_window_view``, with strides and dilations.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// window_shape : int or tuple of int
///     The sizes of a window, one for each axis that it slides over.
/// axis : int or tuple of int, optional
///     The axes; by default all, of which there must be as many as sizes. None may be named twice.
/// stride : int or tuple of int, default 1
///     The steps from one window to the next, per axis.
/// dilation : int or tuple of int, default 1
///     The steps from one element of a window to the next, per axis.
///
/// Returns
/// -------
/// Variable
///     The shape of ``x``, with the number of windows for the size of each axis, and then
///     ``window_shape``.
///
/// Raises
/// ------
/// ValueError
///     If a window does not fit into its axis, or a size, stride or dilation is not positive.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x = Variable([1.0, 2.0, 3.0])
/// >>> y = F.sliding_window_view(x, 2)
/// >>> y.backward()
/// >>> print(y, x.grad)
/// variable([[1., 2.],
///           [2., 3.]]) variable([1., 2., 1.])
#[pyfunction]
#[pyo3(signature = (x, window_shape, axis=None, *, stride=None, dilation=None))]
fn sliding_window_view(
    x: &Any<'_>,
    window_shape: &Any<'_>,
    axis: Option<&Any<'_>>,
    stride: Option<&Any<'_>>,
    dilation: Option<&Any<'_>>,
) -> PyResult<Py<Variable>> {
    const OP: &str = "sliding_window_view";
    let kernel =
        convert::sizes(OP, "window_shape", convert::integers(OP, "window_shape", window_shape)?)?;
    let axes = convert::axes(OP, axis)?;
    let steps = |what: &str, given: Option<&Any<'_>>| -> PyResult<Vec<usize>> {
        let Some(given) = given else { return Ok(vec![1; kernel.len()]) };
        let steps = convert::sizes(OP, what, convert::integers(OP, what, given)?)?;
        Ok(if steps.len() == 1 { vec![steps[0]; kernel.len()] } else { steps })
    };
    let (stride, dilation) = (steps("stride", stride)?, steps("dilation", dilation)?);
    apply(OP, x, |g, x| {
        let axes = axes.unwrap_or_else(|| (0..x.ndim() as i64).collect());
        if axes.len() != kernel.len() {
            let message = format!("{} window sizes for {} axes", kernel.len(), axes.len());
            return Err(Error::argument(OP, message));
        }
        ops::windows_over(g, x, &axes, (&kernel, &stride, &dilation))
    })
}

/// Registers the functions.
pub fn init(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(sliding_window_view, m)?)
}
