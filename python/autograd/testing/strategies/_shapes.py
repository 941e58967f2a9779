"""Shapes, and axes of them."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    _Shape = tuple[int, ...]


def shapes(
    min_dims: int = 0, max_dims: int = 3, min_side: int = 1, max_side: int = 4
) -> SearchStrategy[_Shape]:
    """Draw shapes.

    Parameters
    ----------
    min_dims, max_dims : int, default 0 and 3
        The least and greatest number of axes.
    min_side, max_side : int, default 1 and 4
        The least and greatest size of an axis; ``min_side=0`` draws empty arrays too.

    Returns
    -------
    SearchStrategy of tuple of int
        Shrinks to few axes and small sizes.

    Raises
    ------
    ValueError
        If a bound is negative, or a least one is above the greatest.

    Examples
    --------
    >>> from hypothesis import given
    >>> from autograd.testing.strategies import shapes
    >>> @given(shapes(min_dims=1, max_dims=2))
    ... def check(shape):
    ...     assert 1 <= len(shape) <= 2
    >>> check()
    """
    check_bounds("shapes", min_dims, max_dims, min_side, max_side)
    return hnp.array_shapes(
        min_dims=min_dims, max_dims=max_dims, min_side=min_side, max_side=max_side
    )


def broadcastable_shapes(
    n: int = 2, min_dims: int = 0, max_dims: int = 3, min_side: int = 1, max_side: int = 4
) -> SearchStrategy[tuple[_Shape, ...]]:
    """Draw shapes that broadcast together.

    Parameters
    ----------
    n : int, default 2
        How many.
    min_dims, max_dims, min_side, max_side : int
        As for `shapes`; axes that broadcast have size 1 besides.

    Returns
    -------
    SearchStrategy of tuple of shapes
        Shrinks to few axes and small sizes.

    Raises
    ------
    ValueError
        If ``n`` is not positive, or bounds do not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from hypothesis import given
    >>> from autograd.testing.strategies import broadcastable_shapes
    >>> @given(broadcastable_shapes(3))
    ... def check(shapes):
    ...     np.broadcast_shapes(*shapes)
    >>> check()
    """
    if n < 1:
        raise ValueError(f"broadcastable_shapes: n must be positive, got {n}")
    check_bounds("broadcastable_shapes", min_dims, max_dims, min_side, max_side)
    together = hnp.mutually_broadcastable_shapes(
        num_shapes=n, min_dims=min_dims, max_dims=max_dims, min_side=min_side, max_side=max_side
    )
    return together.map(lambda drawn: drawn.input_shapes)


def axes(ndim: int) -> SearchStrategy[int | _Shape | None]:
    """Draw an ``axis`` argument of a reduction: None, an axis, or a tuple of different ones.

    Parameters
    ----------
    ndim : int
        The number of axes that there are; they are counted from both ends.

    Returns
    -------
    SearchStrategy of None, int or tuple of int
        Shrinks to None.

    Raises
    ------
    ValueError
        If ``ndim`` is negative.

    Examples
    --------
    >>> import numpy as np
    >>> from hypothesis import given
    >>> from autograd.testing.strategies import axes
    >>> @given(axes(2))
    ... def check(axis):
    ...     np.sum(np.ones((2, 3)), axis=axis)
    >>> check()
    """
    if ndim < 0:
        raise ValueError(f"axes: ndim must not be negative, got {ndim}")
    some: list[SearchStrategy[int | _Shape | None]] = [st.none(), hnp.valid_tuple_axes(ndim)]
    if ndim:
        some.insert(1, st.integers(-ndim, ndim - 1))
    return st.one_of(some)


def check_bounds(what: str, min_dims: int, max_dims: int, min_side: int, max_side: int) -> None:
    """Refuse bounds of shapes that none can meet."""
    if not 0 <= min_dims <= max_dims:
        raise ValueError(
            f"{what}: 0 <= min_dims <= max_dims is wanted, got {min_dims} and {max_dims}"
        )
    if not 0 <= min_side <= max_side:
        raise ValueError(
            f"{what}: 0 <= min_side <= max_side is wanted, got {min_side} and {max_side}"
        )
