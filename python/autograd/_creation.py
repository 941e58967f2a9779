"""Variables made from a shape."""

from __future__ import annotations

from autograd import random
from autograd._checks import integer
from autograd._core import Variable

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, SupportsIndex

    from numpy.typing import ArrayLike, DTypeLike

    _Shape = SupportsIndex | Sequence[SupportsIndex]


def zeros(shape: _Shape, dtype: DTypeLike = "float64") -> Variable:
    """Make a Variable of zeros.

    Parameters
    ----------
    shape : int or tuple of int
        The sizes; ``()`` for a number.
    dtype : dtype, default float64
        float64 or float32.

    Raises
    ------
    TypeError
        If a size is no integer, or the dtype is neither float64 nor float32.
    ValueError
        If a size is negative.

    Examples
    --------
    >>> import autograd as ag
    >>> print(ag.zeros((2, 2)))
    variable([[0., 0.],
              [0., 0.]])
    """
    return _filled("zeros", shape, 0.0, dtype)


def ones(shape: _Shape, dtype: DTypeLike = "float64") -> Variable:
    """Make a Variable of ones; see `zeros` for the parameters.

    Examples
    --------
    >>> import autograd as ag
    >>> print(ag.ones(3))
    variable([1., 1., 1.])
    """
    return _filled("ones", shape, 1.0, dtype)


def full(shape: _Shape, value: float, dtype: DTypeLike = "float64") -> Variable:
    """Make a Variable of one repeated value; see `zeros` for the other parameters.

    Examples
    --------
    >>> import autograd as ag
    >>> print(ag.full((2,), 0.5))
    variable([0.5, 0.5])
    """
    return _filled("full", shape, value, dtype)


def zeros_like(v: Variable | ArrayLike, dtype: DTypeLike | None = None) -> Variable:
    """Make a Variable of zeros with the shape and dtype of another.

    Examples
    --------
    >>> import autograd as ag
    >>> print(ag.zeros_like(ag.Variable([1.0, 2.0])))
    variable([0., 0.])
    """
    return _full_like(v, 0.0, dtype)


def ones_like(v: Variable | ArrayLike, dtype: DTypeLike | None = None) -> Variable:
    """Make a Variable of ones with the shape and dtype of another.

    Examples
    --------
    >>> import autograd as ag
    >>> print(ag.ones_like(ag.Variable([1.0, 2.0])))
    variable([1., 1.])
    """
    return _full_like(v, 1.0, dtype)


def _full_like(v: Variable | ArrayLike, value: float, dtype: DTypeLike | None) -> Variable:
    like = v if isinstance(v, Variable) else Variable(v)
    return full(like.shape, value, like.dtype if dtype is None else dtype)


def _filled(owner: str, shape: _Shape, value: float, dtype: DTypeLike) -> Variable:
    import numpy as np

    return Variable(np.full(_sizes(owner, shape), value, dtype), dtype=dtype)


def arange(*args: float, dtype: DTypeLike = "float64") -> Variable:
    """Make a Variable of evenly spaced values, ``arange([start,] stop[, step])``.

    Examples
    --------
    >>> import autograd as ag
    >>> print(ag.arange(3))
    variable([0., 1., 2.])
    """
    import numpy as np

    return Variable(np.arange(*args), dtype=dtype)


def linspace(start: float, stop: float, num: int = 50, dtype: DTypeLike = "float64") -> Variable:
    """Make a Variable of ``num`` evenly spaced values from ``start`` to ``stop``, both included.

    Examples
    --------
    >>> import autograd as ag
    >>> print(ag.linspace(0.0, 1.0, 3))
    variable([0. , 0.5, 1. ])
    """
    import numpy as np

    return Variable(np.linspace(start, stop, num), dtype=dtype)


def eye(n: int, m: int | None = None, dtype: DTypeLike = "float64") -> Variable:
    """Make a Variable with ones on the diagonal and zeros elsewhere, ``n`` by ``m`` (or ``n``).

    Examples
    --------
    >>> import autograd as ag
    >>> print(ag.eye(2))
    variable([[1., 0.],
              [0., 1.]])
    """
    import numpy as np

    return Variable(np.eye(n, m), dtype=dtype)


def rand(shape: _Shape, rng: object = None, dtype: DTypeLike = "float64") -> Variable:
    """Make a Variable of uniform random values in [0, 1).

    Parameters
    ----------
    shape : int or tuple of int
        The sizes, filled in row-major order.
    rng : int, numpy.random.Generator or source, optional
        A seed or a source, see `autograd.random`; by default one that the system seeds.
    dtype : dtype, default float64
        float64 or float32; values are drawn as float64 and rounded, but never up to 1.

    Examples
    --------
    >>> import autograd as ag
    >>> ag.rand((2, 3), rng=0).shape
    (2, 3)
    """
    import numpy as np

    drawn = random.uniform(_sizes("rand", shape), rng)
    if np.dtype(dtype) == np.float32:
        drawn = np.minimum(drawn, np.nextafter(np.float32(1), np.float32(0)), dtype=np.float32)
    return Variable(drawn, dtype=dtype)


def randn(shape: _Shape, rng: object = None, dtype: DTypeLike = "float64") -> Variable:
    """Make a Variable of standard normal random values; see `rand` for the parameters.

    Examples
    --------
    >>> import autograd as ag
    >>> ag.randn((2, 3), rng=0).shape
    (2, 3)
    """
    return Variable(random.normal(_sizes("randn", shape), rng), dtype=dtype)


def normal(
    shape: _Shape,
    mean: float = 0.0,
    std: float = 1.0,
    rng: object = None,
    dtype: DTypeLike = "float64",
) -> Variable:
    """Make a Variable of normal random values with a mean and a standard deviation.

    See `rand` for the other parameters.

    Raises
    ------
    ValueError
        If ``std`` is negative.

    Examples
    --------
    >>> import autograd as ag
    >>> ag.normal((2, 3), mean=1.0, std=0.1, rng=0).shape
    (2, 3)
    """
    if std < 0:
        raise ValueError(f"normal: std must not be negative, got {std}")
    return Variable(mean + std * random.normal(_sizes("normal", shape), rng), dtype=dtype)


def _sizes(owner: str, shape: Any) -> tuple[int, ...]:
    """Return the sizes of a shape: an integer, NumPy's too, or several."""
    try:
        sizes = tuple(shape)
    except TypeError:
        if not hasattr(shape, "__index__"):
            got = type(shape).__name__
            raise TypeError(
                f"{owner}: shape must be an int or a tuple of ints, got {got}"
            ) from None
        sizes = (shape,)
    return tuple(integer(owner, "shape", size) for size in sizes)
