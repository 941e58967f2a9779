"""Examples put aside for a test."""

from __future__ import annotations

import math

from autograd import random
from autograd.data._checks import check_arrays, check_int

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import ArrayLike, NDArray

    from autograd._core import Variable


def train_test_split(
    *arrays: Variable | ArrayLike, test_size: float = 0.25, rng: object = None
) -> tuple[NDArray[Any], ...]:
    """Split arrays at random into a part to train with and a part to test with.

    Parameters
    ----------
    *arrays : Variable or array_like
        One or more, of the same length along the first axis; all are split alike.
    test_size : float or int, default 0.25
        The part of the elements to test with, between 0 and 1, rounded up to whole elements; or
        their number.
    rng : int, numpy.random.Generator or source, optional
        Where the order is drawn from, see `autograd.random`; a seed of its own by default.

    Returns
    -------
    tuple of ndarray
        Two new arrays for each one given, the part to train with first:
        ``x_train, x_test, t_train, t_test``.

    Raises
    ------
    ValueError
        If lengths differ, arrays are empty, or nothing is left for one of the parts.
    TypeError
        If ``test_size`` is no number, or ``rng`` no source.

    Examples
    --------
    >>> from autograd import data
    >>> x, t = [[0.0], [1.0], [2.0], [3.0]], [0, 1, 2, 3]
    >>> x_train, x_test, t_train, t_test = data.train_test_split(x, t, rng=0)
    >>> x_train.shape, t_train.shape, x_test.shape, t_test.shape
    ((3, 1), (3,), (1, 1), (1,))
    """
    checked = check_arrays("train_test_split", arrays)
    n = len(checked[0])
    tested = _tested(test_size, n)
    order = random.permutation(n, rng)
    parts = order[tested:], order[:tested]
    return tuple(array.take(part, axis=0) for array in checked for part in parts)


def _tested(test_size: float, n: int) -> int:
    """Return the number of elements to test with."""
    if hasattr(test_size, "__index__"):
        tested = check_int("train_test_split", "test_size", test_size)
    elif not hasattr(test_size, "__float__"):
        raise TypeError(
            f"train_test_split: test_size must be a number, got {type(test_size).__name__}"
        )
    elif not 0.0 < test_size < 1.0:
        raise ValueError(f"train_test_split: test_size must lie between 0 and 1, got {test_size}")
    else:
        # 0.07 * 100 is a little more than 7, and 7 are meant.
        tested = math.ceil(round(test_size * n, 6))
    if not 0 < tested < n:
        raise ValueError(
            f"train_test_split: with test_size {test_size} of {n} elements, one part is empty"
        )
    return tested
