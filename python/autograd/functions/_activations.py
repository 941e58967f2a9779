"""Activations as they stand in books: references for the fused ones."""

from __future__ import annotations

import math

from autograd._core import Variable, add, div, exp, mul, neg, pow, tanh

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def sigmoid_simple(x: Variable | ArrayLike) -> Variable:
    """Logistic function, ``1 / (1 + exp(-x))``, of recorded primitives.

    The readable reference for `sigmoid`, which is fused. Far below 0 its exponential overflows: the
    value is 0 as it should be, the gradient NaN.

    Parameters
    ----------
    x : Variable or array_like
        Any shape; float32 stays float32.

    Returns
    -------
    Variable
        The shape and dtype of ``x``.

    Raises
    ------
    TypeError
        If ``x`` is no real array.

    Examples
    --------
    >>> from autograd import Variable, functions as F
    >>> print(F.sigmoid_simple(Variable(0.0)))
    variable(0.5)
    """
    return div(1.0, add(1.0, exp(neg(x))))


def gelu_simple(x: Variable | ArrayLike) -> Variable:
    """Gaussian error linear unit in its form by tanh, of recorded primitives.

    ``0.5 * x * (1 + tanh(u))`` with ``u = sqrt(2 / pi) * (x + 0.044715 * x**3)``: the readable
    reference for `gelu`, which is fused. Far below 0 its sum cancels.

    Hendrycks & Gimpel, Gaussian error linear units (GELUs), 2016, section 2.

    Parameters
    ----------
    x : Variable or array_like
        Any shape; float32 stays float32.

    Returns
    -------
    Variable
        The shape and dtype of ``x``.

    Raises
    ------
    TypeError
        If ``x`` is no real array.

    Examples
    --------
    >>> from autograd import Variable, functions as F
    >>> print(F.gelu_simple(Variable(0.0)))
    variable(0.0)
    """
    u = mul(math.sqrt(2 / math.pi), add(x, mul(0.044715, pow(x, 3))))
    return mul(mul(0.5, x), add(1.0, tanh(u)))
