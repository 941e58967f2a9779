"""Softmax of primitives."""

from __future__ import annotations

from autograd._core import Variable, exp, max, sub, sum

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def softmax_simple(x: Variable | ArrayLike, axis: int = -1) -> Variable:
    """Softmax as it stands in a book, ``exp(x) / sum(exp(x))``: the reference for `softmax`.

    The largest element is taken out first, as a constant, which the result does not depend on. The
    elements must be finite.

    Parameters
    ----------
    x : Variable or array_like
        Any shape with at least one axis, which is not empty.
    axis : int, default -1
        The axis to go along, counted from the end if negative.

    Returns
    -------
    Variable
        The shape and dtype of ``x``.

    Raises
    ------
    ValueError
        If the axis is out of bounds or has no elements.

    Examples
    --------
    >>> from autograd import Variable, functions as F
    >>> print(F.softmax_simple(Variable([0.0, 0.0])))
    variable([0.5, 0.5])
    """
    y = exp(sub(x, max(x, axis, keepdims=True).data))
    return y / sum(y, axis, keepdims=True)
