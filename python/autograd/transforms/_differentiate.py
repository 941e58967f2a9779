"""A function run on Variables of its own, and what its results are differentiated by."""

from __future__ import annotations

from autograd import _core
from autograd._core import Variable
from autograd._modes import enable_grad
from autograd.transforms import _tree

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    Argnums = int | Sequence[int]


def name_of(f: object) -> str:
    """Return what to call a function in messages."""
    return getattr(f, "__name__", None) or type(f).__name__


def positions(what: str, argnums: Argnums, count: int) -> list[int]:
    """Return the positions of arguments, counted from the end where they are negative.

    Raises
    ------
    TypeError
        If they are no integers.
    ValueError
        If there is no such argument, or one is named twice, or none is named.
    """
    given = [argnums] if isinstance(argnums, int) else list(argnums)
    if any(isinstance(i, bool) or not isinstance(i, int) for i in given):
        raise TypeError(f"{what}: argnums must be an int or a sequence of ints, got {argnums!r}")
    found = []
    for i in given:
        if not -count <= i < count:
            raise ValueError(f"{what}: argnums {i} with {count} positional argument(s)")
        found.append(i % count)
    if not found or len(set(found)) < len(found):
        raise ValueError(f"{what}: argnums must name some arguments, each once, got {argnums!r}")
    return found


class Call:
    """A call of ``f`` on Variables that stand for some of its arguments.

    The stand-ins are computed from arguments that take part in differentiation, so that transforms
    nest, and are leaves otherwise.

    Attributes
    ----------
    inputs : list of trees
        The chosen arguments, made of stand-ins.
    xs : list of Variable
        The stand-ins.
    result
        What ``f`` returned.
    aux
        The second part of that, with ``has_aux``; else None.
    """

    def __init__(
        self,
        what: str,
        f: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        argnums: Argnums = 0,
        has_aux: bool = False,
    ) -> None:
        chosen = positions(f"{what} of {name_of(f)}", argnums, len(args))
        self.what = what
        self.one = isinstance(argnums, int)
        self.inputs = [_tree.replace(args[i], _core.fresh) for i in chosen]
        self.xs = _tree.leaves(self.inputs)
        standing = dict(zip(chosen, self.inputs, strict=True))
        with enable_grad():
            result = f(*(standing.get(i, arg) for i, arg in enumerate(args)), **kwargs)
        self.aux = None
        if has_aux:
            if not isinstance(result, tuple) or len(result) != 2:
                raise TypeError(f"{what}: with has_aux the function must return a pair (y, aux)")
            result, self.aux = result
        self.result = _tree.replace(result, as_variable)
        self.ys: list[Variable] = _tree.leaves(self.result)
        self.recorded = True

    def scalar(self) -> Variable:
        """Return the result if it is one number.

        Raises
        ------
        TypeError
            If it is anything else.
        """
        y = self.result
        if not isinstance(y, Variable) or y.size != 1:
            got = f"shape {y.shape}" if isinstance(y, Variable) else type(y).__name__
            raise TypeError(
                f"{self.what}: the function must return one number, got {got}; "
                "see jacobian and elementwise_grad"
            )
        return y

    def gradients(
        self, ys: list[Variable], seeds: list[Any] | None = None, batch: int | None = None
    ) -> list[Variable]:
        """Differentiate by all stand-ins; zeros where nothing depends on one."""
        # Inside `no_grad` nothing is recorded, whatever depends on it.
        create_graph = None if _core.is_recording() else False
        found, self.recorded = _core.gradients(ys, self.xs, seeds, create_graph, batch)
        lead = () if batch is None else (batch,)
        return [
            zeros(lead + x.shape, x) if g is None else g
            for g, x in zip(found, self.xs, strict=True)
        ]

    def arranged(self, values: list[Any]) -> Any:
        """Return values for the stand-ins in the containers of the arguments."""
        trees = _tree.rebuild(self.inputs, iter(values))
        return trees[0] if self.one else tuple(trees)

    def value(self, tree: Any) -> Any:
        """Return results without their history, if nobody could ever differentiate it."""
        return tree if self.recorded else _tree.replace(tree, without_history)


def as_variable(x: Any) -> Variable:
    """Return a result as a Variable; numbers and arrays are constants."""
    return x if isinstance(x, Variable) else Variable(x, requires_grad=False)


def without_history(x: Any) -> Any:
    """Return a Variable's value as a leaf; other things as they are."""
    return _core.detached(x, True) if isinstance(x, Variable) else x


def zeros(shape: tuple[int, ...], like: Variable) -> Variable:
    """Return zeros of the dtype of another Variable."""
    import numpy as np

    return Variable(np.zeros(shape, like.dtype))
