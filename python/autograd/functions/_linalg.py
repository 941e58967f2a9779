"""Linear algebra that is made of other functions."""

from __future__ import annotations

from autograd import _core
from autograd._core import Variable

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def linear_simple(
    x: Variable | ArrayLike, w: Variable | ArrayLike, b: Variable | ArrayLike | None = None
) -> Variable:
    """Matrix product with something added, made of primitives: ``x @ w + b``.

    The readable form of `linear`, which does the same in one step.

    Parameters
    ----------
    x : Variable or array_like
        ``(..., n, inputs)``.
    w : Variable or array_like
        ``(..., inputs, outputs)``.
    b : Variable or array_like, optional
        Anything that broadcasts together with the product.

    Returns
    -------
    Variable
        ``(..., n, outputs)``.

    Raises
    ------
    ValueError
        If the shapes do not fit.

    Examples
    --------
    >>> from autograd import Variable, functions as F
    >>> print(F.linear_simple(Variable([[1.0, 2.0]]), [[3.0], [4.0]], [0.5]))
    variable(11.5)
    """
    y = _core.matmul(x, w)
    return y if b is None else y + b


def matrix_power(a: Variable | ArrayLike, n: int) -> Variable:
    """Power of square matrices by an integer, as ``numpy.linalg.matrix_power``.

    Squares and products of matrices are taken as the binary digits of ``n`` say, and the gradient
    is theirs. The power 0 is the unit matrix, a constant; a negative power is one of the inverse.

    Parameters
    ----------
    a : Variable or array_like
        ``(..., m, m)``: square matrices.
    n : int
        The exponent.

    Returns
    -------
    Variable
        The shape of ``a``.

    Raises
    ------
    numpy.linalg.LinAlgError
        If a matrix is not square, or singular and ``n`` is negative; it is a ValueError.
    TypeError
        If ``n`` is no integer.

    Examples
    --------
    >>> from autograd import Variable, functions as F
    >>> print(F.matrix_power(Variable([[1.0, 1.0], [0.0, 1.0]]), 5))
    variable([[1., 5.],
              [0., 1.]])
    """
    if isinstance(n, bool) or not hasattr(n, "__index__"):
        raise TypeError(f"matrix_power: n must be an int, got {type(n).__name__}")
    n = n.__index__()
    x = a if isinstance(a, Variable) else Variable(a, requires_grad=False)
    if x.ndim < 2 or x.shape[-1] != x.shape[-2]:
        from numpy.linalg import LinAlgError

        raise LinAlgError(f"matrix_power: square matrices are wanted, got shape {x.shape}")
    if n < 0:
        x, n = _core.inv(x), -n
    power: Variable | None = None
    while n:
        if n & 1:
            power = x if power is None else _core.matmul(power, x)
        n >>= 1
        if n:
            x = _core.matmul(x, x)
    if power is not None:
        return power
    import numpy as np

    unit = np.broadcast_to(np.eye(x.shape[-1]), x.shape)
    return Variable(unit, requires_grad=False, dtype=x.dtype)
