"""Classes of points in the plane that no straight line separates."""

from __future__ import annotations

import math

from autograd import random
from autograd.data._checks import check_int, check_noise

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    import numpy as np
    from numpy.typing import DTypeLike, NDArray

    _Points = tuple[NDArray[Any], NDArray[np.int64]]


def spirals(
    n: int = 100,
    classes: int = 3,
    noise: float = 0.2,
    rng: object = None,
    dtype: DTypeLike = "float64",
) -> _Points:
    """Make the spirals of CS231n, one a class, in random order.

    Point ``i`` of class ``j`` is ``(r sin a, r cos a)`` with the radius ``r = i / (n - 1)`` and the
    angle ``a = 4 j + 4 r + noise * e`` in radians, ``e`` standard normal.

    Parameters
    ----------
    n : int, default 100
        The number of points in a class, at least 2.
    classes : int, default 3
        The number of classes. Spirals of more than 7 lie on each other.
    noise : float, default 0.2
        The standard deviation of the angle.
    rng : int, numpy.random.Generator or source, optional
        Where the noise, class by class, and then the order is drawn from, see `autograd.random`; a
        seed of its own by default.
    dtype : dtype, default float64
        That of the points: float64 or float32.

    Returns
    -------
    x : ndarray
        The points, of shape (n * classes, 2).
    t : ndarray of int64
        Their labels, from 0 to ``classes - 1``, of shape (n * classes,).

    Raises
    ------
    ValueError
        If ``n`` or ``classes`` is too small, or ``noise`` negative.
    TypeError
        If ``n`` or ``classes`` is no integer, or ``rng`` no source.

    References
    ----------
    A. Karpathy, *CS231n: Putting it together: Minimal Neural Network Case Study*,
    https://cs231n.github.io/neural-networks-case-study/.

    Examples
    --------
    >>> from autograd import data
    >>> x, t = data.spirals(n=50, rng=0)
    >>> x.shape, t.shape, t.dtype
    ((150, 2), (150,), dtype('int64'))
    """
    import numpy as np

    n = check_int("spirals", "n", n, least=2)
    classes = check_int("spirals", "classes", classes)
    check_noise("spirals", noise)
    source = random.source(rng)
    radius = np.arange(n) / (n - 1)
    angle = 4.0 * np.arange(classes)[:, None] + 4.0 * radius
    angle += noise * random.normal((classes, n), source)
    x = np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=-1)
    return _shuffled(x, source, dtype)


def moons(
    n: int = 100, noise: float = 0.1, rng: object = None, dtype: DTypeLike = "float64"
) -> _Points:
    """Make two half circles that reach into each other, in random order.

    With ``a`` in even steps from 0 to pi, class 0 is ``(cos a, sin a)`` and class 1
    ``(1 - cos a, 1/2 - sin a)``; to each coordinate normal noise is added.

    Parameters
    ----------
    n : int, default 100
        The number of points in a class, at least 2.
    noise : float, default 0.1
        The standard deviation of the noise.
    rng, dtype
        As for `spirals`.

    Returns
    -------
    x : ndarray
        The points, of shape (2 * n, 2).
    t : ndarray of int64
        Their labels, 0 and 1, of shape (2 * n,).

    Raises
    ------
    ValueError
        If ``n`` is too small, or ``noise`` negative.
    TypeError
        If ``n`` is no integer, or ``rng`` no source.

    Examples
    --------
    >>> from autograd import data
    >>> x, t = data.moons(n=50, rng=0)
    >>> x.shape, t.shape
    ((100, 2), (100,))
    """
    import numpy as np

    n = check_int("moons", "n", n, least=2)
    check_noise("moons", noise)
    angle = math.pi * (np.arange(n) / (n - 1))
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    return _scattered(np.stack([upper, [1.0, 0.5] - upper]), noise, rng, dtype)


def circles(
    n: int = 100,
    noise: float = 0.05,
    factor: float = 0.5,
    rng: object = None,
    dtype: DTypeLike = "float64",
) -> _Points:
    """Make two circles around the origin, one inside the other, in random order.

    With ``a`` in even steps from 0 to below 2 pi, class 0 is ``(cos a, sin a)`` and class 1 the
    same times ``factor``; to each coordinate normal noise is added.

    Parameters
    ----------
    n : int, default 100
        The number of points in a class.
    noise : float, default 0.05
        The standard deviation of the noise.
    factor : float, default 0.5
        The radius of the inner circle, between 0 and 1.
    rng, dtype
        As for `spirals`.

    Returns
    -------
    x : ndarray
        The points, of shape (2 * n, 2).
    t : ndarray of int64
        Their labels, 0 and 1, of shape (2 * n,).

    Raises
    ------
    ValueError
        If ``n`` is not positive, ``noise`` negative, or ``factor`` not between 0 and 1.
    TypeError
        If ``n`` is no integer, or ``rng`` no source.

    Examples
    --------
    >>> from autograd import data
    >>> x, t = data.circles(n=50, rng=0)
    >>> x.shape, t.shape
    ((100, 2), (100,))
    """
    import numpy as np

    n = check_int("circles", "n", n)
    check_noise("circles", noise)
    if not 0.0 < factor < 1.0:
        raise ValueError(f"circles: factor must lie between 0 and 1, got {factor}")
    angle = 2.0 * math.pi * (np.arange(n) / n)
    outer = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    return _scattered(np.stack([outer, factor * outer]), noise, rng, dtype)


def _scattered(x: NDArray[np.float64], noise: float, rng: object, dtype: DTypeLike) -> _Points:
    """Add noise to points of shape (classes, n, 2), and shuffle them."""
    source = random.source(rng)
    return _shuffled(x + noise * random.normal(x.shape, source), source, dtype)


def _shuffled(x: NDArray[np.float64], source: object, dtype: DTypeLike) -> _Points:
    """Label points of shape (classes, n, 2) by their class, and shuffle them."""
    import numpy as np

    classes, n, _ = x.shape
    order = random.permutation(classes * n, source)
    labels = np.repeat(np.arange(classes, dtype=np.int64), n)
    return x.reshape(-1, 2)[order].astype(dtype), labels[order]
