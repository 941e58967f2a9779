"""Bounds of the elements of containers of arrays, in SciPy's form."""

from __future__ import annotations

from autograd.optimize._layout import join
from autograd.transforms import _tree

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

    from autograd.optimize._layout import Layout


def flat(bounds: Any, x0: Any, layout: Layout) -> Any:
    """Return bounds of all elements as `scipy.optimize.Bounds`; None for None.

    Raises
    ------
    ValueError
        If they are bounds of other containers, or of another number of elements.
    """
    from scipy.optimize import Bounds  # type: ignore[import-untyped]

    if bounds is None:
        return None
    if isinstance(bounds, Bounds):
        sides = (bounds.lb, bounds.ub, bounds.keep_feasible)
        return Bounds(*(_spread(side, layout) for side in sides))
    if _is_array(x0):
        low, high = _of_elements(bounds, layout)
    else:
        pairs = list(_of_arrays(bounds, x0, "x0"))
        low, high = (
            join([_side(pair, k, s) for pair, s in zip(pairs, layout.shapes, strict=True)])
            for k in (0, 1)
        )
    return Bounds(low, high)


def _is_array(x0: Any) -> bool:
    found = _tree.leaves(x0)
    return len(found) == 1 and found[0] is x0


def _spread(side: NDArray[Any], layout: Layout) -> NDArray[Any]:
    """Return one side of SciPy's bounds for every element."""
    import numpy as np

    shapes = [*layout.shapes[: len(layout.shapes) == 1], (layout.size,)]
    for shape in shapes:
        try:
            # SciPy gives a number an axis.
            one = np.size(side) == 1
            return np.broadcast_to(np.reshape(side, ()) if one else side, shape).reshape(-1)
        except ValueError:
            continue
    raise ValueError(
        f"minimize: bounds of shape {np.shape(side)} for x0 of "
        + (f"shape {layout.shapes[0]}" if len(shapes) > 1 else f"{layout.size} elements")
    )


def _of_elements(bounds: Any, layout: Layout) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Read a pair for each element, or one of numbers for all."""
    import numpy as np

    if not _sized(bounds):
        raise ValueError(f"minimize: bounds must be pairs (low, high), got {bounds!r}")
    pairs = list(bounds)
    if len(pairs) == 2 and all(x is None or np.ndim(x) == 0 for x in pairs):
        pairs = [pairs] * layout.size
    if len(pairs) != layout.size:
        raise ValueError(
            f"minimize: bounds must have a pair for each of {layout.size} element(s), "
            f"got {len(pairs)}"
        )
    checked = [_pair(pair, f"element {k}") for k, pair in enumerate(pairs)]
    return join([_side(p, 0, ()) for p in checked]), join([_side(p, 1, ()) for p in checked])


def _of_arrays(bounds: Any, x0: Any, where: str) -> Iterator[Any]:
    """Read a pair for each array, from containers like those of x0."""
    if x0 is None:
        return
    if _is_array(x0):
        yield _pair(bounds, where)
        return
    keys = list(x0) if isinstance(x0, dict) else list(range(len(x0)))
    if bounds is None:
        bounds = dict.fromkeys(keys)
    given = bounds
    if isinstance(bounds, dict) or _sized(bounds):
        given = list(bounds) if isinstance(bounds, dict) else list(range(len(bounds)))
    if not isinstance(given, list) or set(given) != set(keys):
        raise ValueError(f"minimize: bounds of {where} must have the keys {keys}, got {given}")
    for key in keys:
        yield from _of_arrays(bounds[key], x0[key], f"{where}[{key!r}]")


def _sized(x: Any) -> bool:
    return isinstance(x, (tuple, list)) or getattr(x, "ndim", 0) > 0


def _pair(pair: Any, where: str) -> Any:
    if pair is None:
        return (None, None)
    if not _sized(pair) or len(pair) != 2:
        raise ValueError(f"minimize: bounds of {where} must be a pair (low, high), got {pair!r}")
    return pair


def _side(pair: Any, k: int, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Return the low or high side of a pair in a shape; None is no bound."""
    import numpy as np

    side = (-np.inf, np.inf)[k] if pair[k] is None else pair[k]
    try:
        return np.broadcast_to(np.asarray(side, np.float64), shape)
    except ValueError:
        raise ValueError(
            f"minimize: bounds of shape {np.shape(side)} for an array of shape {shape}"
        ) from None
