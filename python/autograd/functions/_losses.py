"""Losses of primitives: the readable references for the fused ones."""

from __future__ import annotations

from autograd._core import Variable, exp, log, max, mul, sub, sum

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def mean_squared_error_simple(x0: Variable | ArrayLike, x1: Variable | ArrayLike) -> Variable:
    """Mean squared error as it stands in a book: the reference for `mean_squared_error`.

    Parameters
    ----------
    x0, x1 : Variable or array_like
        Shapes that broadcast together.

    Returns
    -------
    Variable
        A number.

    Raises
    ------
    ValueError
        If the shapes do not broadcast together.
    ZeroDivisionError
        If there are no elements.

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
        Logits, ``(..., C)`` for ``C`` classes, at least one; finite.
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
        A number.

    Raises
    ------
    ValueError
        If the shapes do not fit.

    Examples
    --------
    >>> from autograd import Variable, functions as F
    >>> print(F.cross_entropy_simple(Variable([[0.0, 0.0]]), [1]))
    variable(0.6931471805599453)
    """
    import numpy as np

    logits = x if isinstance(x, Variable) else Variable(x, requires_grad=False)
    labels = np.asarray(t)[..., None]
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
