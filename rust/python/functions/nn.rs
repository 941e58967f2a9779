//! Functions of neural networks.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

use super::{Any, apply};
use crate::error::Error;
use crate::graph::{Ctx, Mode, Var, mode};
use crate::ops;
use crate::python::convert::{self, axes, operand};
use crate::python::indices;
use crate::python::object::{Variable, graph, wrap_var};

/// An operand that may be left out; a number takes the dtype of `x`.
pub fn optional(
    ctx: &Ctx<'_>,
    op: &str,
    x: &Var,
    given: Option<&Any<'_>>,
) -> PyResult<Option<Var>> {
    given.map(|v| operand(ctx, op, v, Some(x.dtype()))).transpose()
}

/// The axes to normalise over: an int, a tuple of ints, or None for all.
struct Over(Option<Vec<i64>>);

impl<'py> FromPyObject<'_, 'py> for Over {
    type Error = PyErr;

    fn extract(x: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let given = (!x.is_none()).then_some(&*x);
        Ok(Self(axes("layer_norm", given)?))
    }
}

/// Layer normalisation: ``(x - mean) / sqrt(var + eps) * weight + bias``, where mean and variance (the
/// population's) go over some axes, the last one by default.
///
/// With ``u`` for the normalised ``x`` and ``g = gy * weight``, the gradients are
/// ``gx = (g - mean(g) - u * mean(g * u)) / sqrt(var + eps)``, and ``gy * u`` and ``gy``, summed, for
/// weight and bias. Where all elements are equal ``u`` is 0, and ``eps`` keeps the gradient finite.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     One axis or more.
/// weight, bias : Variable or array_like, optional
///     The sizes of ``x`` along the normalised axes; 1 and 0 by default.
/// axis : int or tuple of int, default -1
///     The axes to normalise over; None for all.
/// eps : float, default 1e-5
///     Added to the variance; positive.
///
/// Returns
/// -------
/// Variable
///     The shape of ``x``.
///
/// Raises
/// ------
/// ValueError
///     If an axis is out of bounds or named twice, a shape does not fit, or ``eps`` is not positive.
///
/// References
/// ----------
/// J. L. Ba, J. R. Kiros, G. E. Hinton, *Layer Normalization*, 2016, equations 3 and 4.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> y = F.layer_norm(Variable([[1.0, 3.0], [5.0, 5.0]]), eps=1e-12)
/// >>> print(y)
/// variable([[-1.,  1.],
///           [ 0.,  0.]])
#[pyfunction]
#[pyo3(signature = (x, weight=None, bias=None, axis=Over(Some(vec![-1])), eps=1e-5),
       text_signature = "(x, weight=None, bias=None, axis=-1, eps=1e-5)")]
fn layer_norm(
    x: &Any<'_>,
    weight: Option<&Any<'_>>,
    bias: Option<&Any<'_>>,
    axis: Over,
    #[pyo3(from_py_with = convert::real)] eps: f64,
) -> PyResult<Py<Variable>> {
    const OP: &str = "layer_norm";
    let ctx = Ctx::new(graph(x.py()));
    let v = operand(&ctx, OP, x, None)?;
    let (w, b) = (optional(&ctx, OP, &v, weight)?, optional(&ctx, OP, &v, bias)?);
    let y = ops::layer_norm(&ctx, &v, w.as_ref(), b.as_ref(), axis.0.as_deref(), eps)?;
    wrap_var(x.py(), &ctx, &y)
}

/// Batch normalisation: ``(x - mean) / sqrt(var + eps) * weight + bias``, per channel.
///
/// In training, mean and variance are those of the batch over all axes but the channels', and the
/// gradient goes through them, as in `layer_norm`. The running statistics, if there are any, get new
/// values: ``(1 - momentum) * old + momentum * new``, with the unbiased variance. A graph that saw the
/// old values keeps them. In test mode the running statistics are used, and count as constants.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Shape (N, C) or (N, C, ...).
/// running_mean, running_var : Variable, optional
///     Shape (C,); made with ``requires_grad=False`` as a rule. In training they are assigned to; in
///     test mode they are needed, and may be arrays. They do not widen the dtype of the result.
/// weight, bias : Variable or array_like, optional
///     Shape (C,); 1 and 0 by default.
/// momentum : float, default 0.1
///     The share of this batch in the running statistics, from 0 to 1.
/// eps : float, default 1e-5
///     Added to the variance; positive.
/// training : bool, optional
///     Whether to normalise by the batch; by default, unless in `test_mode`.
///
/// Returns
/// -------
/// Variable
///     The shape of ``x``.
///
/// Raises
/// ------
/// ValueError
///     If a shape does not fit, ``eps`` or ``momentum`` is out of its range, there is only one
///     element per channel in training, or there are no running statistics in test mode.
/// TypeError
///     If running statistics are to be updated and are no Variables.
///
/// References
/// ----------
/// S. Ioffe, C. Szegedy, *Batch Normalization: Accelerating Deep Network Training by Reducing
/// Internal Covariate Shift*, 2015, algorithms 1 and 2.
///
/// Examples
/// --------
/// >>> import autograd as ag
/// >>> from autograd import Variable, functions as F
/// >>> mean, var = (Variable(v, requires_grad=False) for v in ([0.0], [1.0]))
/// >>> print(F.batch_norm(Variable([[1.0], [3.0]]), mean, var, eps=1e-12))
/// variable([[-1.],
///           [ 1.]])
/// >>> print(mean, var)
/// variable(0.2) variable(1.1)
/// >>> with ag.test_mode():
/// ...     print(F.batch_norm([[0.2]], mean, var))
/// variable(0.0)
#[pyfunction]
#[pyo3(signature = (x, running_mean=None, running_var=None, weight=None, bias=None, momentum=0.1,
                    eps=1e-5, training=None))]
#[allow(clippy::too_many_arguments)] // as many as the function in Python has
fn batch_norm(
    x: &Any<'_>,
    running_mean: Option<&Any<'_>>,
    running_var: Option<&Any<'_>>,
    weight: Option<&Any<'_>>,
    bias: Option<&Any<'_>>,
    #[pyo3(from_py_with = convert::real)] momentum: f64,
    #[pyo3(from_py_with = convert::real)] eps: f64,
    training: Option<bool>,
) -> PyResult<Py<Variable>> {
    const OP: &str = "batch_norm";
    let py = x.py();
    let ctx = Ctx::new(graph(py));
    let v = operand(&ctx, OP, x, None)?;
    let (w, b) = (optional(&ctx, OP, &v, weight)?, optional(&ctx, OP, &v, bias)?);
    let (mean, var) = (optional(&ctx, OP, &v, running_mean)?, optional(&ctx, OP, &v, running_var)?);
    if mean.is_some() != var.is_some() {
        let message = "running_mean and running_var go together: one of them is missing";
        return Err(Error::argument(OP, message).into());
    }
    if !(0.0..=1.0).contains(&momentum) {
        let message = format!("momentum must lie between 0 and 1, got {momentum}");
        return Err(Error::argument(OP, message).into());
    }
    let given = [("running_mean", &mean), ("running_var", &var), ("weight", &w), ("bias", &b)];
    ops::check_batch_norm(v.shape(), given.map(|(what, v)| (what, v.as_ref().map(Var::shape))))?;
    let running = mean.as_ref().zip(var.as_ref()).map(|(m, v)| (&m.value, &v.value));
    if !training.unwrap_or(!mode(Mode::Test)) {
        let Some(running) = running else {
            let message = "in test mode running_mean and running_var are wanted";
            return Err(Error::argument(OP, message).into());
        };
        let y = ops::batch_norm_by(&ctx, &v, running, w.as_ref(), b.as_ref(), eps)?;
        return wrap_var(py, &ctx, &y);
    }
    let updated = [running_mean, running_var].map(|v| v.map(variable).transpose());
    let [mean, var] = updated;
    let updated = mean?.zip(var?);
    let (y, seen) = ops::batch_norm(&ctx, &v, w.as_ref(), b.as_ref(), eps)?;
    if let Some(((mean, var), old)) = updated.zip(running) {
        let plain = Ctx::with_recording(graph(py), false);
        let [new_mean, new_var] = seen.blend(&plain, old, momentum)?;
        for (v, new) in [(mean, new_mean), (var, new_var)] {
            v.get().set_id(graph(py).assign(v.get().id(), new)?);
        }
    }
    wrap_var(py, &ctx, &y)
}

/// Something that can be assigned to.
fn variable<'a, 'py>(x: &'a Any<'py>) -> PyResult<&'a Bound<'py, Variable>> {
    x.cast_exact::<Variable>().map_err(|_| {
        let got = x.get_type().name().map_or_else(|_| "object".into(), |n| n.to_string());
        PyTypeError::new_err(format!(
            "batch_norm: in training the running statistics are assigned to and must be Variables, \
             got {got}"
        ))
    })
}

/// ``x / (1 - p)`` where a mask of the same shape is true, and 0 elsewhere; ``x`` itself without one.
#[pyfunction]
#[pyo3(signature = (x, mask, p))]
fn dropout(x: &Any<'_>, mask: Option<&Any<'_>>, p: f64) -> PyResult<Py<Variable>> {
    let mask = mask.map(|m| indices::mask("dropout", "the mask", m)).transpose()?;
    apply("dropout", x, |g, x| match &mask {
        Some(mask) => ops::dropout(g, x, mask, p),
        None => Ok(x.clone()),
    })
}

/// Rows of a table by their numbers: ``weight[indices]``.
///
/// The gradient of ``weight`` is zero but for the rows that were used; where a row was used more than
/// once the gradients add up.
///
/// Parameters
/// ----------
/// indices : int or array_like of int
///     Any shape. A Variable may give whole numbers. Numbers are not counted from the end.
/// weight : Variable or array_like
///     Shape (rows, width).
///
/// Returns
/// -------
/// Variable
///     The shape of ``indices``, and ``width`` after it.
///
/// Raises
/// ------
/// IndexError
///     If an index is negative, or not less than the number of rows.
/// TypeError
///     If the indices are no integers.
/// ValueError
///     If ``weight`` is no matrix, or a Variable of indices has a fraction.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> weight = Variable([[1.0, 2.0], [3.0, 4.0]])
/// >>> y = F.embedding([1, 1], weight)
/// >>> y.backward()
/// >>> print(y, weight.grad)
/// variable([[3., 4.],
///           [3., 4.]]) variable([[0., 0.],
///           [2., 2.]])
#[pyfunction]
#[pyo3(signature = (indices, weight))]
fn embedding(indices: &Any<'_>, weight: &Any<'_>) -> PyResult<Py<Variable>> {
    let at = indices::indices("embedding", "indices", indices)?;
    let at = ops::Positions { shape: &at.shape, values: &at.values };
    apply("embedding", weight, |g, w| ops::embedding(g, &at, w))
}

/// Query, key and value, and which query sees which key, of ``scaled_dot_product_attention``.
fn attention_operands(
    ctx: &Ctx<'_>,
    operands: [&Any<'_>; 3],
    visible: Option<&Any<'_>>,
    added: Option<&Any<'_>>,
    causal: bool,
) -> PyResult<([Var; 3], ops::Mask)> {
    const OP: &str = "scaled_dot_product_attention";
    let visible = visible.map(|m| indices::mask(OP, "the mask", m)).transpose()?;
    let [q, k, v] = operands.map(|x| operand(ctx, OP, x, None));
    let (q, k, v) = (q?, k?, v?);
    let added = optional(ctx, OP, &q, added)?;
    Ok(([q, k, v], ops::Mask { visible, added, causal }))
}

/// ``scaled_dot_product_attention`` without dropout.
#[pyfunction]
#[pyo3(signature = (query, key, value, visible, added, is_causal, scale))]
fn attention(
    query: &Any<'_>,
    key: &Any<'_>,
    value: &Any<'_>,
    visible: Option<&Any<'_>>,
    added: Option<&Any<'_>>,
    is_causal: bool,
    #[pyo3(from_py_with = convert::optional_real)] scale: Option<f64>,
) -> PyResult<Py<Variable>> {
    let py = query.py();
    let ctx = Ctx::new(graph(py));
    let ([q, k, v], mask) =
        attention_operands(&ctx, [query, key, value], visible, added, is_causal)?;
    wrap_var(py, &ctx, &ops::attention(&ctx, [&q, &k, &v], mask, scale)?)
}

/// The weights of ``scaled_dot_product_attention`` by primitives; the value gives its shape for the
/// checks only.
#[pyfunction]
#[pyo3(signature = (query, key, value, visible, added, is_causal, scale))]
fn attention_weights(
    query: &Any<'_>,
    key: &Any<'_>,
    value: &Any<'_>,
    visible: Option<&Any<'_>>,
    added: Option<&Any<'_>>,
    is_causal: bool,
    #[pyo3(from_py_with = convert::optional_real)] scale: Option<f64>,
) -> PyResult<Py<Variable>> {
    let py = query.py();
    let ctx = Ctx::new(graph(py));
    let ([q, k, v], mask) =
        attention_operands(&ctx, [query, key, value], visible, added, is_causal)?;
    wrap_var(py, &ctx, &ops::attention_weights(&ctx, &q, &k, v.shape(), &mask, scale)?)
}

/// Registers the functions.
pub fn init(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(layer_norm, m)?)?;
    m.add_function(wrap_pyfunction!(batch_norm, m)?)?;
    m.add_function(wrap_pyfunction!(dropout, m)?)?;
    m.add_function(wrap_pyfunction!(embedding, m)?)?;
    m.add_function(wrap_pyfunction!(attention, m)?)?;
    m.add_function(wrap_pyfunction!(attention_weights, m)?)
}
