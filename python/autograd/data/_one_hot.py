"""Labels as rows of zeros and ones."""

from __future__ import annotations

from autograd.data._checks import as_array, check_int

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import ArrayLike, DTypeLike, NDArray

    from autograd._core import Variable


def one_hot(
    labels: Variable | ArrayLike, classes: int | None = None, dtype: DTypeLike = "float64"
) -> NDArray[Any]:
    """Make of each label a row with 1 in its place and 0 elsewhere.

    Parameters
    ----------
    labels : array_like of int
        Labels from 0 to ``classes - 1``, of any shape. Floats may give whole numbers.
    classes : int, optional
        The number of classes; by default one more than the largest label.
    dtype : dtype, default float64
        That of the result.

    Returns
    -------
    ndarray
        Of the shape of the labels and a last axis more: (..., classes).

    Raises
    ------
    ValueError
        If a label is none of the classes, or there are no labels and ``classes`` is not given.
    TypeError
        If labels are no whole numbers.

    Examples
    --------
    >>> from autograd import data
    >>> print(data.one_hot([0, 2, 1]))
    [[1. 0. 0.]
     [0. 0. 1.]
     [0. 1. 0.]]
    """
    import numpy as np

    given = as_array(labels)
    kind = given.dtype.kind
    whole = kind in "iu" or given.size == 0 or (kind == "f" and bool(np.all(given % 1 == 0)))
    if not whole:
        what = "numbers that are not whole" if kind == "f" else f"dtype {given.dtype}"
        raise TypeError(f"one_hot: labels must be integers, got {what}")
    if classes is None and given.size == 0:
        raise ValueError("one_hot: there are no labels, so classes must be given")
    if classes is None:
        classes = max(int(given.max()), 0) + 1
    count = check_int("one_hot", "classes", classes)
    if given.size and not 0 <= given.min() <= given.max() < count:
        raise ValueError(
            f"one_hot: labels must lie between 0 and {count - 1}, "
            f"got {given.min()} to {given.max()}"
        )
    rows = np.zeros((*given.shape, count), dtype)
    np.put_along_axis(rows, given.astype(np.int64)[..., None], 1, axis=-1)
    return rows
