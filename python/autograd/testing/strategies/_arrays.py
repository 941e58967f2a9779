"""Arrays in a domain, away from kinks, with different elements."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograd.testing.strategies._shapes import shapes

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from hypothesis.strategies import DrawFn, SearchStrategy
    from numpy.typing import DTypeLike, NDArray

    _Shape = tuple[int, ...]
    _Interval = tuple[float, float]

_DTYPES = (np.dtype(np.float64), np.dtype(np.float32))


def dtypes() -> SearchStrategy[np.dtype[Any]]:
    """Draw float64 or float32.

    Returns
    -------
    SearchStrategy of numpy.dtype
        Shrinks to float64.

    Examples
    --------
    >>> from hypothesis import given
    >>> from autograd.testing.strategies import arrays, dtypes
    >>> @given(arrays((2, 3), dtypes()))
    ... def check(x):
    ...     assert x.dtype in ("float64", "float32")
    >>> check()
    """
    return st.sampled_from(_DTYPES)


def arrays(
    shape: int | _Shape | SearchStrategy[_Shape] | None = None,
    dtype: DTypeLike | SearchStrategy[Any] = "float64",
    *,
    domain: tuple[float, float] = (-2.0, 2.0),
    away_from: Sequence[float] = (),
    distance: float = 0.1,
    min_gap: float = 0.0,
) -> SearchStrategy[NDArray[Any]]:
    """Draw arrays whose elements lie where a function is smooth.

    Parameters
    ----------
    shape : int, tuple of int or strategy, optional
        The shape, or where to draw it from; by default from `shapes`.
    dtype : dtype or strategy, default float64
        float64 or float32, or where to draw it from, such as `dtypes`.
    domain : tuple of float, default (-2.0, 2.0)
        The least and greatest element.
    away_from : sequence of float, optional
        Points that elements keep away from, such as the kink of ``abs`` at 0.
    distance : float, default 0.1
        How far, at least.
    min_gap : float, default 0.0
        How far elements are apart, at least: for functions such as ``max`` and ``sort``, which
        have kinks where elements are equal. Elements then lie in slots of equal width.

    Returns
    -------
    SearchStrategy of ndarray
        Shrinks to small shapes and simple elements.

    Raises
    ------
    TypeError
        If ``dtype`` is neither float64 nor float32.
    ValueError
        If nothing of the domain is left, or so many elements do not fit into it.

    Examples
    --------
    >>> import numpy as np
    >>> from hypothesis import given
    >>> from autograd import functions as F
    >>> from autograd.testing import check_grads
    >>> from autograd.testing.strategies import arrays
    >>> @given(arrays((2, 3), away_from=(0.0,)))
    ... def check_abs(x):
    ...     check_grads(F.abs, x)
    >>> check_abs()
    >>> @given(arrays((2, 3), min_gap=0.1))
    ... def check_max(x):
    ...     check_grads(lambda x: F.max(x, axis=1), x)
    >>> check_max()
    """
    lo, hi = domain
    if not -math.inf < lo <= hi < math.inf:
        raise ValueError(f"arrays: domain must be two finite numbers in order, got {domain}")
    if distance < 0 or min_gap < 0:
        raise ValueError(
            f"arrays: distance and min_gap must not be negative, got {distance} and {min_gap}"
        )
    where = shapes() if shape is None else shape
    if not isinstance(where, st.SearchStrategy):
        where = st.just((where,) if isinstance(where, int) else tuple(where))
    if not isinstance(dtype, st.SearchStrategy):
        dtype = st.just(_checked(dtype))
    allowed = {d: _intervals(domain, away_from, distance, d) for d in _DTYPES}
    return _arrays(where, dtype, allowed, min_gap)


@st.composite
def _arrays(
    draw: DrawFn,
    shapes: SearchStrategy[_Shape],
    dtypes: SearchStrategy[Any],
    allowed: dict[np.dtype[Any], list[_Interval]],
    min_gap: float,
) -> NDArray[Any]:
    shape, dtype = draw(shapes), _checked(draw(dtypes))
    if min_gap > 0:
        return _apart(draw, shape, dtype, allowed[dtype], min_gap)
    width: Any = 8 * dtype.itemsize
    elements = st.one_of(
        [st.floats(lo, hi, width=width, allow_subnormal=False) for lo, hi in allowed[dtype]]
    )
    return draw(hnp.arrays(dtype, shape, elements=elements))


def _apart(
    draw: DrawFn, shape: _Shape, dtype: np.dtype[Any], intervals: list[_Interval], gap: float
) -> NDArray[Any]:
    """Give each element a slot of its own, in some order, and a place in that."""
    size = math.prod(shape)
    if size == 0:
        return np.zeros(shape, dtype)
    line = sorted(intervals)
    widths = [hi - lo for lo, hi in line]
    slot = sum(widths) / size
    # Rounding must not bring elements closer.
    play = slot - gap * (1 + 1e-3)
    if size > 1 and play < 0:
        raise ValueError(
            f"arrays: {size} elements with a gap of {gap} do not fit into a domain of the "
            f"length {sum(widths):.3g}"
        )
    order = np.array(draw(st.permutations(range(size))))
    within = draw(hnp.arrays(np.float64, size, elements=st.floats(0.0, 1.0, width=16)))
    places = order * slot + (slot if size == 1 else play) * within
    ends = np.cumsum(widths)
    part = np.minimum(np.searchsorted(ends, places), len(line) - 1)
    starts = np.array([lo for lo, _ in line]) - (ends - widths)
    found = (places + starts[part]).astype(dtype)
    inside: NDArray[Any] = np.clip(
        found, [line[k][0] for k in part], [line[k][1] for k in part]
    ).astype(dtype)
    return inside.reshape(shape)


def _intervals(
    domain: tuple[float, float], kinks: Sequence[float], distance: float, dtype: np.dtype[Any]
) -> list[_Interval]:
    """Return what is left of the domain, that nearest to 0 first: shrinking tends there."""
    lo, hi = domain
    left = [(lo, hi)]
    for kink in kinks:
        left = [
            piece
            for a, b in left
            for piece in ((a, min(b, kink - distance)), (max(a, kink + distance), b))
            if piece[0] <= piece[1]
        ]
    inward = [(_inward(a, dtype, math.inf), _inward(b, dtype, -math.inf)) for a, b in left]
    found = [(a, b) for a, b in dict.fromkeys(inward) if a <= b]
    if not found:
        raise ValueError(
            f"arrays: nothing is left of the domain {domain} at a distance of {distance} from "
            f"{tuple(kinks)}"
        )
    return sorted(found, key=lambda piece: (min(map(abs, piece)), piece[1] < 0))


def _inward(x: float, dtype: np.dtype[Any], towards: float) -> float:
    """Round to a number of the dtype that is not outside."""
    near = dtype.type(x)
    outside = float(near) < x if towards > 0 else float(near) > x
    return float(np.nextafter(near, dtype.type(towards))) if outside else float(near)


def _checked(dtype: Any) -> np.dtype[Any]:
    found: np.dtype[Any] = np.dtype(dtype)
    if found not in _DTYPES:
        raise TypeError(f"arrays: dtype must be float64 or float32, got {found}")
    return found
