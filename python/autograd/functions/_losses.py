"""Losses of primitives: the readable references for the fused ones."""

from __future__ import annotations

from autograd._checks import no_operand
from autograd._core import Variable, exp, log, max, mul, sub, sum

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import ArrayLike, NDArray


def mean_squared_error_simple(x0: Variable | ArrayLike, x1: Variable | ArrayLike) -> Variable:
    """Mean squared error as it stands in a book: the reference for `mean_squared_error`.

    Parameters
    ----------
    x0, x1 : Variable or array_like
        Shapes that broadcast together.

    Returns
    -------
    Variable
        A number; NaN if there are no elements.

    Raises
    ------
    ValueError
        If the shapes do not broadcast together.

    Examples
    --------
    >>> from autograd import Variable, functions as F
    >>> print(F.mean_squared_error_simple(Variable([1.0, 5.0]), [1.0, 2.0]))
    variable(4.5)
    """
    error = sub(x0, x1)
    return sum(error**2) / error.size


def cross_entropy_simple(
    x: Variable | ArrayLike,
    t: ArrayLike,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
    weight: ArrayLike | None = None,
) -> Variable:
    """Cross-entropy of one-hot labels as it stands in a book: the reference for `cross_entropy`.

    Parameters
    ----------
    x : Variable or array_like
        Logits, ``(..., C)`` for ``C`` classes; finite.
    t : array_like of int
        Labels from 0 to ``C - 1``, of shape ``(...)``.
    ignore_index : int, default -100
        The label that does not count.
    label_smoothing : float, default 0.0
        The part of each label that is shared by all classes alike.
    weight : array_like, optional
        A weight for each class.

    Returns
    -------
    Variable
        A number; 0 if no label counts.

    Raises
    ------
    ValueError
        If the shapes do not fit, or a label is none of the classes.
    TypeError
        If ``label_smoothing`` is a Variable to be differentiated by.

    Examples
    --------
    >>> from autograd import Variable, functions as F
    >>> print(F.cross_entropy_simple(Variable([[0.0, 0.0]]), [1]))
    variable(0.6931471805599453)
    """
    import numpy as np

    no_operand("cross_entropy_simple", "label_smoothing", label_smoothing)
    logits = x if isinstance(x, Variable) else Variable(x, requires_grad=False)
    labels = np.asarray(t)
    _check_labels(logits, labels, ignore_index)
    if logits.size == 0:
        return sum(logits)
    labels = labels[..., None]
    classes = logits.shape[-1]
    weights = np.ones(classes) if weight is None else np.asarray(weight, float)
    one_hot = (labels == np.arange(classes)) & (labels != ignore_index)
    kept = np.where(labels != ignore_index, 1.0, 0.0)
    q = weights * ((1 - label_smoothing) * one_hot + label_smoothing / classes * kept)
    total = np.sum(weights * one_hot)
    shifted = logits - max(logits, -1, keepdims=True).data
    log_p = shifted - log(sum(exp(shifted), -1, keepdims=True))
    scaled = (q / total if total > 0 else 0 * q).astype(logits.dtype)
    return -sum(mul(log_p, scaled))


def _check_labels(logits: Variable, labels: NDArray[Any], ignore_index: int) -> None:
    """Refuse labels that do not fit the scores, in the words of `cross_entropy`."""
    import numpy as np

    if logits.ndim == 0:
        raise ValueError("cross_entropy_simple: the scores need an axis of classes, got a number")
    *rows, classes = logits.shape
    if labels.shape != tuple(rows):
        raise ValueError(
            "cross_entropy_simple: labels, one for each row of scores, must have shape "
            f"{tuple(rows)}, got {labels.shape}"
        )
    strange = (labels != ignore_index) & ((labels < 0) | (labels >= classes))
    places = np.argwhere(strange)
    if len(places):
        at = tuple(places[0].tolist())
        raise ValueError(
            f"cross_entropy_simple: label {labels[at]} at {at} is none of the {classes} classes, "
            "which count from 0"
        )
