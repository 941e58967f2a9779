"""Arrays and Variables in other layouts of memory than the plain one."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from autograd import _core
from autograd._core import Variable
from autograd.testing.strategies._arrays import arrays

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from hypothesis.strategies import DrawFn, SearchStrategy
    from numpy.typing import DTypeLike

LAYOUTS = ("plain", "transposed", "reversed", "sliced", "broadcast")
# What stands between the elements of a sliced array; whoever reads it by mistake sees it.
_FILLER = np.nan


def strided(base: SearchStrategy[Any], layouts: Sequence[str] = LAYOUTS) -> SearchStrategy[Any]:
    """Draw views in various layouts of memory: transposed, reversed, sliced, broadcast.

    A function that reads memory rather than elements goes wrong with them.

    Parameters
    ----------
    base : strategy of ndarray or Variable
        Where shapes and values come from. A Variable with history becomes a leaf.
    layouts : sequence of str, default LAYOUTS
        Some of ``"plain"``, row-major; ``"transposed"``, with the axes in another order in memory;
        ``"reversed"``, with negative strides; ``"sliced"``, with gaps between elements; and
        ``"broadcast"``, with a stride of 0: the first entry of an axis stands for all, so that
        elements are equal, even if ``base`` keeps them apart. What a shape does not allow is plain.

    Returns
    -------
    SearchStrategy of ndarray or Variable
        What ``base`` draws; shrinks to the first of the layouts.

    Raises
    ------
    ValueError
        If a layout is none of these.

    Examples
    --------
    >>> import numpy as np
    >>> from hypothesis import given
    >>> from autograd import functions as F
    >>> from autograd.testing.strategies import arrays, strided, variables
    >>> @given(strided(variables((2, 3))))
    ... def check(x):
    ...     np.testing.assert_allclose(F.sum(x).item(), x.data.sum(), atol=1e-12)
    >>> check()
    """
    _check_layouts("strided", layouts)
    return _strided(base, tuple(layouts))


def variables(
    shape: int | tuple[int, ...] | SearchStrategy[tuple[int, ...]] | None = None,
    dtype: DTypeLike | SearchStrategy[Any] = "float64",
    *,
    domain: tuple[float, float] = (-2.0, 2.0),
    away_from: Sequence[float] = (),
    distance: float = 0.1,
    min_gap: float = 0.0,
    requires_grad: bool = True,
    layouts: Sequence[str] = ("plain",),
) -> SearchStrategy[Variable]:
    """Draw Variables without history.

    Parameters
    ----------
    shape, dtype, domain, away_from, distance, min_gap
        As for `arrays`.
    requires_grad : bool, default True
        Whether they take part in differentiation.
    layouts : sequence of str, default ("plain",)
        The layouts of memory, see `strided`.

    Returns
    -------
    SearchStrategy of Variable
        Shrinks to small shapes and simple elements.

    Raises
    ------
    TypeError, ValueError
        As `arrays` and `strided`.

    Examples
    --------
    >>> from hypothesis import given
    >>> from autograd.testing.strategies import variables
    >>> @given(variables((2, 3), domain=(0.0, 1.0)))
    ... def check(x):
    ...     (x * x).backward()
    ...     assert (x.grad.data == 2 * x.data).all()
    >>> check()
    """
    _check_layouts("variables", layouts)
    base = arrays(
        shape, dtype, domain=domain, away_from=away_from, distance=distance, min_gap=min_gap
    ).map(lambda x: Variable(x, requires_grad=requires_grad))
    return base if tuple(layouts) == ("plain",) else _strided(base, tuple(layouts))


@st.composite
def _strided(draw: DrawFn, base: SearchStrategy[Any], layouts: tuple[str, ...]) -> Any:
    x = draw(base)
    layout = draw(st.sampled_from(layouts))
    if isinstance(x, Variable):
        view = _view(draw, layout, x.data, lambda a: Variable(a, requires_grad=False))
        return _core.detached(view, x.requires_grad)
    return _view(draw, layout, x, lambda a: a)


def _view(draw: DrawFn, layout: str, x: Any, made: Any) -> Any:
    """Lay the elements out in new memory, and return a view that shows them in their order."""
    whole = (slice(None, None, -1),) * x.ndim
    if layout == "transposed" and x.ndim > 1:
        orders = st.permutations(range(x.ndim)).filter(lambda order: order != sorted(order))
        order = draw(orders)
        return made(np.array(x.transpose(order), order="C")).transpose(*np.argsort(order).tolist())
    if layout == "reversed" and x.ndim:
        return made(np.array(x[whole], order="C"))[whole]
    if layout == "sliced" and x.ndim:
        wide = np.full([2 * n + 1 for n in x.shape], _FILLER, x.dtype)
        every_other = (slice(1, None, 2),) * x.ndim
        wide[every_other] = x
        return made(wide)[every_other]
    long = [axis for axis, size in enumerate(x.shape) if size > 1]
    if layout == "broadcast" and long and x.size:
        axis = draw(st.sampled_from(long))
        first = (slice(None),) * axis + (slice(0, 1),)
        return np.broadcast_to(made(np.array(x[first], order="C")), x.shape)
    return made(np.array(x, order="C"))


def _check_layouts(what: str, layouts: Sequence[str]) -> None:
    if isinstance(layouts, str) or not layouts or not set(layouts) <= set(LAYOUTS):
        raise ValueError(f"{what}: layouts must be some of {LAYOUTS}, got {layouts!r}")
