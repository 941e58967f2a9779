//! Losses.

use pyo3::prelude::*;

use super::Any;
use crate::error::{Error, Kind, Result};
use crate::graph::{Ctx, Var};
use crate::kernels::copy;
use crate::ops::{self, ClassWeights, Labels};
use crate::python::convert::{self, Accept};
use crate::python::indices::{Indices, indices};
use crate::python::object::{Variable, graph, wrap_var};
use crate::tensor::{DType, Tensor};

/// Runs an operation on two operands.
fn apply2(
    op: &str,
    x: &Any<'_>,
    y: &Any<'_>,
    f: impl FnOnce(&Ctx<'_>, &Var, &Var) -> Result<Var>,
) -> PyResult<Py<Variable>> {
    let py = x.py();
    let ctx = Ctx::new(graph(py));
    match convert::pair(&ctx, op, x, y, Accept::Function)? {
        Some((x, y)) => wrap_var(py, &ctx, &f(&ctx, &x, &y)?),
        None => Err(Error::internal("a function left its operands").into()),
    }
}

/// Mean squared error: ``mean((x0 - x1) ** 2)``; the gradients are ``±gy * 2 * (x0 - x1) / n``.
///
/// Of nothing it is NaN.
///
/// Parameters
/// ----------
/// x0, x1 : Variable or array_like
///     Shapes that broadcast together; both are differentiated.
///
/// Returns
/// -------
/// Variable
///     A number.
///
/// Raises
/// ------
/// ValueError
///     If the shapes do not broadcast together.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x = Variable([1.0, 5.0])
/// >>> loss = F.mean_squared_error(x, [1.0, 2.0])
/// >>> loss.backward()
/// >>> print(loss, x.grad)
/// variable(4.5) variable([0., 3.])
#[pyfunction]
#[pyo3(signature = (x0, x1))]
fn mean_squared_error(x0: &Any<'_>, x1: &Any<'_>) -> PyResult<Py<Variable>> {
    apply2("mean_squared_error", x0, x1, ops::mean_squared_error)
}

/// Mean absolute error: ``mean(abs(x0 - x1))``; the gradients are ``±gy * sign(x0 - x1) / n``.
///
/// Where the operands are equal, the gradient is 0. Of nothing the loss is NaN.
///
/// Parameters
/// ----------
/// x0, x1 : Variable or array_like
///     Shapes that broadcast together; both are differentiated.
///
/// Returns
/// -------
/// Variable
///     A number.
///
/// Raises
/// ------
/// ValueError
///     If the shapes do not broadcast together.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x = Variable([1.0, 5.0])
/// >>> loss = F.mean_absolute_error(x, [1.0, 2.0])
/// >>> loss.backward()
/// >>> print(loss, x.grad)
/// variable(1.5) variable([0. , 0.5])
#[pyfunction]
#[pyo3(signature = (x0, x1))]
fn mean_absolute_error(x0: &Any<'_>, x1: &Any<'_>) -> PyResult<Py<Variable>> {
    apply2("mean_absolute_error", x0, x1, ops::mean_absolute_error)
}

/// Huber's loss, the mean of ``d ** 2 / 2`` up to ``abs(d) = delta``, and linear beyond.
///
/// With ``d = x0 - x1``; beyond it is ``delta * (abs(d) - delta / 2)``. The gradients are
/// ``±gy * clip(d, -delta, delta) / n``. Of nothing the loss is NaN. Huber, "Robust Estimation of a
/// Location Parameter", Annals of Mathematical Statistics 35 (1964).
///
/// Parameters
/// ----------
/// x0, x1 : Variable or array_like
///     Shapes that broadcast together; both are differentiated.
/// delta : float, default 1.0
///     Where the loss becomes linear: positive and finite.
///
/// Returns
/// -------
/// Variable
///     A number.
///
/// Raises
/// ------
/// ValueError
///     If the shapes do not broadcast together, or ``delta`` is not positive and finite.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x = Variable([0.5, 3.0])
/// >>> loss = F.huber(x, [0.0, 0.0])
/// >>> loss.backward()
/// >>> print(loss, x.grad)
/// variable(1.3125) variable([0.25, 0.5 ])
#[pyfunction]
#[pyo3(signature = (x0, x1, delta=1.0))]
fn huber(
    x0: &Any<'_>,
    x1: &Any<'_>,
    #[pyo3(from_py_with = convert::real)] delta: f64,
) -> PyResult<Py<Variable>> {
    apply2("huber", x0, x1, |g, x0, x1| ops::huber(g, x0, x1, delta))
}

/// The values of an argument that is a constant, in a dtype.
fn constant(op: &str, x: Option<&Any<'_>>, dtype: DType) -> PyResult<Option<Tensor>> {
    let cast = |x: &Any<'_>| Ok(copy::cast(&convert::value(op, x, Some(dtype))?, dtype)?);
    x.map(cast).transpose()
}

/// Mean cross-entropy of logits with labels: ``-log softmax(x)`` at each label.
///
/// Labels that equal ``ignore_index`` do not count; where none counts, the loss and its gradient are
/// 0. With class weights it is the weighted mean: the sum of ``weight[t]`` times the loss, over the sum of
/// ``weight[t]``. The gradient is ``gy * (softmax(x) - one_hot(t)) / n``. Logits of any size are
/// fine: nothing overflows.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Logits, ``(..., C)`` for ``C`` classes.
/// t : array_like of int
///     Labels from 0 to ``C - 1``, of shape ``(...)``; a Variable may give whole numbers.
/// ignore_index : int, default -100
///     The label that does not count.
/// label_smoothing : float, default 0.0
///     The part of each label, from 0 to 1, that is shared by all classes alike (Szegedy et al.,
///     "Rethinking the Inception Architecture for Computer Vision", 2016, section 7).
/// weight : array_like, optional
///     A weight for each class, finite and not negative; a constant.
///
/// Returns
/// -------
/// Variable
///     A number, of the dtype of ``x``.
///
/// Raises
/// ------
/// ValueError
///     If a label is none of the classes, or shapes or the other arguments do not fit.
/// TypeError
///     If the labels are no integers.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x = Variable([[0.0, 0.0], [0.0, 1000.0], [3.0, 4.0]])
/// >>> loss = F.cross_entropy(x, [0, 1, -100])
/// >>> loss.backward()
/// >>> print(loss)
/// variable(0.34657359027997264)
/// >>> print(x.grad)
/// variable([[-0.25,  0.25],
///           [ 0.  ,  0.  ],
///           [ 0.  ,  0.  ]])
#[pyfunction]
#[pyo3(signature = (x, t, ignore_index=-100, label_smoothing=0.0, weight=None),
       text_signature = "(x, t, ignore_index=-100, label_smoothing=0.0, weight=None)")]
fn cross_entropy(
    x: &Any<'_>,
    t: &Any<'_>,
    ignore_index: i64,
    #[pyo3(from_py_with = convert::real)] label_smoothing: f64,
    weight: Option<&Any<'_>>,
) -> PyResult<Py<Variable>> {
    let op = "cross_entropy";
    let ctx = Ctx::new(graph(x.py()));
    let x_var = convert::operand(&ctx, op, x, None)?;
    let Indices { shape, values } = indices(op, "t", t)?;
    let labels = Labels::new(op, x_var.shape(), (&shape, &values), ignore_index)?;
    let weights = match constant(op, weight, DType::F64)? {
        Some(w) if w.ndim() == 1 => Some(w.to_vec()?),
        Some(w) => {
            let (what, got) = ("weight, one for each class,", w.dims());
            let want = [labels.classes][..].into();
            return Err(Error::from(Kind::ShapeMismatch { op, what, want, got }).into());
        }
        None => None,
    };
    let classes = ClassWeights { weights, smoothing: label_smoothing };
    wrap_var(x.py(), &ctx, &ops::cross_entropy(&ctx, &x_var, labels, classes)?)
}

/// Mean binary cross-entropy of logits: ``t * log(1 + exp(-x)) + (1 - t) * log(1 + exp(x))``.
///
/// The gradients are ``gy * (sigmoid(x) - t) / n`` and ``-gy * x / n``. Logits of any size are fine:
/// nothing overflows, and an infinite logit on the right side costs nothing. Of nothing the loss is
/// NaN.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Logits, of any shape.
/// t : Variable or array_like
///     How true each is, from 0 to 1; a shape that broadcasts with that of ``x``.
/// weight : array_like, optional
///     A factor of each element's loss, which broadcasts; a constant.
/// pos_weight : array_like, optional
///     A factor of the part with ``t``, which broadcasts; a constant.
///
/// Returns
/// -------
/// Variable
///     A number.
///
/// Raises
/// ------
/// ValueError
///     If shapes do not broadcast together.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x = Variable([0.0, 1000.0])
/// >>> loss = F.binary_cross_entropy_with_logits(x, [1.0, 1.0])
/// >>> loss.backward()
/// >>> print(loss, x.grad)
/// variable(0.34657359027997264) variable([-0.25,  0.  ])
#[pyfunction]
#[pyo3(signature = (x, t, weight=None, pos_weight=None))]
fn binary_cross_entropy_with_logits(
    x: &Any<'_>,
    t: &Any<'_>,
    weight: Option<&Any<'_>>,
    pos_weight: Option<&Any<'_>>,
) -> PyResult<Py<Variable>> {
    let op = "binary_cross_entropy_with_logits";
    let ctx = Ctx::new(graph(x.py()));
    let Some((x_var, t)) = convert::pair(&ctx, op, x, t, Accept::Function)? else {
        return Err(Error::internal("a function left its operands").into());
    };
    let (x_var, t) = ops::promote(&ctx, &x_var, &t)?;
    let weight = constant(op, weight, x_var.dtype())?;
    let pos_weight = constant(op, pos_weight, x_var.dtype())?;
    let loss = ops::binary_cross_entropy_with_logits(&ctx, &x_var, &t, weight, pos_weight)?;
    wrap_var(x.py(), &ctx, &loss)
}

/// Divergence of Kullback and Leibler of distributions along the last axis, and its mean over the others.
///
/// ``mean(sum(p * (log(p) - log(q)), axis=-1))``, of probabilities, not of their logarithms. The
/// gradients are ``gy * (log(p) - log(q) + 1) / n`` and ``-gy * p / q / n``. Where ``p`` is 0, value and
/// gradients are taken as 0; where ``q`` alone is 0, the divergence is infinite. Kullback & Leibler,
/// "On Information and Sufficiency", Annals of Mathematical Statistics 22 (1951).
///
/// Parameters
/// ----------
/// p, q : Variable or array_like
///     Shapes that broadcast together, with at least one axis; both are differentiated. That the
///     elements sum to 1 is not checked.
///
/// Returns
/// -------
/// Variable
///     A number.
///
/// Raises
/// ------
/// ValueError
///     If the shapes do not broadcast together, or have no axis.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> p = Variable([[0.5, 0.5], [1.0, 0.0]])
/// >>> print(F.kl_divergence(p, [0.5, 0.5]))
/// variable(0.34657359027997264)
#[pyfunction]
#[pyo3(signature = (p, q))]
fn kl_divergence(p: &Any<'_>, q: &Any<'_>) -> PyResult<Py<Variable>> {
    apply2("kl_divergence", p, q, ops::kl_divergence)
}

/// How often the largest score is that of the label, as a fraction.
///
/// Of equal scores the first counts. It has no gradient: the result is a constant. Where no label
/// counts, it is NaN.
///
/// Parameters
/// ----------
/// y : Variable or array_like
///     Scores, ``(..., C)`` for ``C`` classes: logits or probabilities.
/// t : array_like of int
///     Labels from 0 to ``C - 1``, of shape ``(...)``; a Variable may give whole numbers.
/// ignore_index : int, default -100
///     The label that does not count.
///
/// Returns
/// -------
/// Variable
///     A number, of the dtype of ``y``, with ``requires_grad`` False.
///
/// Raises
/// ------
/// ValueError
///     If a label is none of the classes, or the shapes do not fit.
/// TypeError
///     If the labels are no integers.
///
/// Examples
/// --------
/// >>> from autograd import functions as F
/// >>> print(F.accuracy([[0.1, 0.9], [0.8, 0.2]], [1, 1]))
/// variable(0.5)
#[pyfunction]
#[pyo3(signature = (y, t, ignore_index=-100), text_signature = "(y, t, ignore_index=-100)")]
fn accuracy(y: &Any<'_>, t: &Any<'_>, ignore_index: i64) -> PyResult<Py<Variable>> {
    let op = "accuracy";
    let ctx = Ctx::with_recording(graph(y.py()), false);
    let scores = convert::operand(&ctx, op, y, None)?;
    let Indices { shape, values } = indices(op, "t", t)?;
    let labels = Labels::new(op, scores.shape(), (&shape, &values), ignore_index)?;
    wrap_var(y.py(), &ctx, &ops::accuracy(&scores.value, &labels)?)
}

/// Registers the functions.
pub fn init(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(mean_squared_error, m)?)?;
    m.add_function(wrap_pyfunction!(mean_absolute_error, m)?)?;
    m.add_function(wrap_pyfunction!(huber, m)?)?;
    m.add_function(wrap_pyfunction!(cross_entropy, m)?)?;
    m.add_function(wrap_pyfunction!(binary_cross_entropy_with_logits, m)?)?;
    m.add_function(wrap_pyfunction!(kl_divergence, m)?)?;
    m.add_function(wrap_pyfunction!(accuracy, m)?)
}
