"""A function of one sample made a function of many."""

from __future__ import annotations

import operator

from autograd import functions as F
from autograd._checks import integer
from autograd._core import Variable
from autograd.transforms import _tree
from autograd.transforms._differentiate import name_of, variables
from autograd.transforms._grad import named

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def vmap(f: Callable[..., Any], in_axes: Any = 0, out_axes: int = 0) -> Callable[..., Any]:
    """Make a function that applies ``f`` to each position of an axis, and stacks the results.

    It calls ``f`` once for each position, so that anything may happen in ``f``: branches that look
    at values, other transforms, random numbers. Gradients flow through it.

    Parameters
    ----------
    f : callable
        Takes Variables, arrays and numbers, and containers of them, and returns such.
    in_axes : int, None, or a tuple with one for each argument, default 0
        The axis of each argument that runs over the positions; None for one that is the same
        everywhere. For an argument that is a container it may be a container of the same kind.
        Arrays are cut into arrays, be they of no axes, and Variables into Variables.
    out_axes : int, default 0
        Where the axis is in the results.

    Returns
    -------
    callable
        Takes what ``f`` takes with an axis more.

    Raises
    ------
    ValueError
        If the axes have different sizes, are empty, or do not exist, or results differ in their
        containers or shapes.
    TypeError
        If ``f`` returns None, or what is no number.

    Examples
    --------
    Gradients of each sample:

    >>> import autograd as ag
    >>> from autograd import functions as F
    >>> def loss(w, x, t):
    ...     return (F.sum(w * x) - t) ** 2
    >>> each = ag.vmap(ag.grad(loss), in_axes=(None, 0, 0))
    >>> print(each([1.0, 1.0], [[1.0, 2.0], [3.0, 4.0]], [0.0, 1.0]))
    variable([[ 6., 12.],
              [36., 48.]])
    """
    place = integer("vmap", "out_axes", out_axes)

    def mapped(*args: Any, **kwargs: Any) -> Any:
        what = f"vmap of {name_of(f)}"
        axes = in_axes if isinstance(in_axes, (tuple, list)) else (in_axes,) * len(args)
        if len(axes) != len(args):
            raise ValueError(f"{what}: in_axes has {len(axes)} entries for {len(args)} arguments")
        parts = [_split(what, arg, axis) for arg, axis in zip(args, axes, strict=True)]
        sizes = {len(part) for pair in parts for part in pair if part is not None}
        if len(sizes) != 1 or sizes == {0}:
            got = f"got the sizes {sorted(sizes)}" if sizes else "no argument has one"
            raise ValueError(f"{what}: the axes must have one size, 1 or more: {got}")
        (n,) = sizes
        results = []
        for k in range(n):
            given = []
            for arg, pair in zip(args, parts, strict=True):
                leaves = zip(_tree.leaves(arg), pair, strict=True)
                picked = [leaf if part is None else part[k] for leaf, part in leaves]
                given.append(_tree.rebuild(arg, iter(picked)))
            results.append(variables(what, f(*given, **kwargs)))
        first = results[0]
        rows = [[y for _, y in _tree.pairs(what, first, result)] for result in results]
        stacked = [_stacked(what, ys, place) for ys in zip(*rows, strict=True)]
        return _tree.rebuild(first, iter(stacked))

    return named(mapped, f, "map")


def _split(what: str, arg: Any, axes: Any) -> list[Any]:
    """Return the positions of each leaf of an argument, None for one that is not split."""
    both = zip(_tree.leaves(arg), _each(what, arg, axes), strict=True)
    return [None if axis is None else _positions(what, x, axis) for x, axis in both]


def _each(what: str, arg: Any, axes: Any) -> list[int | None]:
    """Return the axis of each leaf; one that is named for a container holds for all in it."""
    if axes is None or (hasattr(axes, "__index__") and not isinstance(axes, bool)):
        return [None if axes is None else operator.index(axes)] * len(_tree.leaves(arg))
    nested = isinstance(axes, (tuple, list, dict))
    alike = nested and type(arg) is type(axes) and len(arg) == len(axes)
    if not alike or (isinstance(arg, dict) and arg.keys() != axes.keys()):
        raise ValueError(
            f"{what}: in_axes must be an int, None or a container like the argument, got {axes!r}"
        )
    keys = arg if isinstance(arg, dict) else range(len(arg))
    return [axis for key in keys for axis in _each(what, arg[key], axes[key])]


def _positions(what: str, x: Any, axis: int) -> list[Any]:
    import numpy as np

    if not isinstance(x, Variable):
        x = np.asarray(x)
    if not -x.ndim <= axis < x.ndim:
        raise ValueError(f"{what}: axis {axis} of an argument of shape {x.shape}")
    if isinstance(x, Variable):
        return F.unstack(x, axis)
    rows = np.moveaxis(x, axis, 0)
    # Arrays without axes rather than NumPy's scalars: a list of these would count as an array.
    return [rows[k, ...] for k in range(len(rows))]


def _stacked(what: str, ys: tuple[Variable, ...], axis: int) -> Variable:
    shape = ys[0].shape
    if not -len(shape) - 1 <= axis <= len(shape):
        raise ValueError(f"{what}: out_axes {axis} for results of shape {shape}")
    return F.stack(ys, axis)
