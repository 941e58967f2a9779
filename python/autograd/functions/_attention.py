"""Attention."""

from __future__ import annotations

from autograd import _core
from autograd._core import Variable
from autograd.functions._nn import dropout, drops

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def scaled_dot_product_attention(
    query: Variable | ArrayLike,
    key: Variable | ArrayLike,
    value: Variable | ArrayLike,
    mask: Variable | ArrayLike | None = None,
    is_causal: bool = False,
    scale: float | None = None,
    dropout_p: float = 0.0,
    rng: object = None,
) -> Variable:
    """Attention: ``softmax(query @ key.T * scale) @ value``, the softmax over the keys.

    A query to which all keys are masked gives zeros, and gradients of zero. Scores that are masked
    reach neither values nor gradients, be they infinite or NaN; keys and values themselves must be
    finite, since a weight of 0 multiplies them.

    Parameters
    ----------
    query : Variable or array_like
        Shape (..., L, E).
    key : Variable or array_like
        Shape (..., S, E).
    value : Variable or array_like
        Shape (..., S, Ev). The leading axes of all three broadcast together.
    mask : Variable or array_like, optional
        An array of booleans, true where a query sees a key, or of floats, which are added to the
        scores before the softmax; minus infinity is the same as false. It broadcasts to the shape
        of the scores, (..., L, S), and does not widen their dtype. A Variable counts as floats,
        and gets a gradient.
    is_causal : bool, default False
        Whether query ``i`` sees the keys up to ``i`` only; with a mask, where both allow it.
    scale : float, optional
        By default ``1 / sqrt(E)``.
    dropout_p : float, default 0.0
        The probability with which a weight is dropped; see `dropout`.
    rng : int, numpy.random.Generator or object with ``uniform()``, optional
        Where dropout draws from.

    Returns
    -------
    Variable
        Shape (..., L, Ev).

    Raises
    ------
    ValueError
        If shapes do not fit, or ``dropout_p`` does not lie between 0 and 1.
    TypeError
        If the mask is neither boolean nor floating.

    References
    ----------
    A. Vaswani et al., *Attention Is All You Need*, 2017, equation 1.

    Examples
    --------
    >>> from autograd import Variable, functions as F
    >>> x = Variable([[0.0], [1.0]])
    >>> print(F.scaled_dot_product_attention(x, x, [[1.0], [3.0]], is_causal=True))
    variable([[1.        ],
              [2.46211716]])
    """
    visible, added = _masks(mask)
    if not drops(dropout_p):
        return _core.attention(query, key, value, visible, added, is_causal, scale)
    weights = _core.attention_weights(query, key, value, visible, added, is_causal, scale)
    return _core.matmul(dropout(weights, dropout_p, rng), value)


def scaled_dot_product_attention_simple(
    query: Variable | ArrayLike,
    key: Variable | ArrayLike,
    value: Variable | ArrayLike,
    mask: Variable | ArrayLike | None = None,
    is_causal: bool = False,
    scale: float | None = None,
) -> Variable:
    """Attention as `scaled_dot_product_attention`, by primitives: the readable reference for it.

    Parameters
    ----------
    query, key, value, mask, is_causal, scale
        As for `scaled_dot_product_attention`.

    Returns
    -------
    Variable
        Shape (..., L, Ev).

    Raises
    ------
    ValueError
        If shapes do not fit.
    TypeError
        If the mask is neither boolean nor floating.

    Examples
    --------
    >>> from autograd import Variable, functions as F
    >>> x = Variable([[0.0], [1.0]])
    >>> print(F.scaled_dot_product_attention_simple(x, x, [[1.0], [3.0]], is_causal=True))
    variable([[1.        ],
              [2.46211716]])
    """
    visible, added = _masks(mask)
    weights = _core.attention_weights(query, key, value, visible, added, is_causal, scale)
    return _core.matmul(weights, value)


def _masks(
    mask: Variable | ArrayLike | None,
) -> tuple[ArrayLike | None, Variable | ArrayLike | None]:
    """Tell a mask of booleans from numbers that are added to the scores."""
    if mask is None or isinstance(mask, Variable):
        return None, mask
    import numpy as np

    array = np.asarray(mask)
    if array.dtype.kind == "b":
        return array, None
    if array.dtype.kind == "f":
        return None, array
    raise TypeError(
        "scaled_dot_product_attention: the mask must be boolean or floating, "
        f"got an array of dtype {array.dtype}"
    )
