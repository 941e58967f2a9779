"""A function run on Variables of its own, and what its results are differentiated by."""

from __future__ import annotations

from operator import index

from autograd import _core
from autograd._core import Variable
from autograd._modes import enable_grad
from autograd.transforms import _tree

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    _Argnums = int | Sequence[int]


def name_of(f: object) -> str:
    """Return what to call a function in messages."""
    return getattr(f, "__name__", None) or type(f).__name__


def positions(what: str, argnums: _Argnums, count: int) -> tuple[list[int], bool]:
    """Return the positions of arguments, and whether they were given as one number.

    Those that are negative count from the end.

    Raises
    ------
    TypeError
        If they are no integers.
    ValueError
        If there is no such argument, or one is named twice, or none is named.
    """
    if type(argnums) is int and 0 <= argnums < count:
        return [argnums], True
    one = not isinstance(argnums, (list, tuple, range))
    try:
        given = [_integer(i) for i in ([argnums] if one else argnums)]  # type: ignore[union-attr]
    except TypeError:
        raise TypeError(
            f"{what}: argnums must be an int or a sequence of ints, got {argnums!r}"
        ) from None
    found = []
    for i in given:
        if not -count <= i < count:
            raise ValueError(f"{what}: argnums {i} with {count} positional argument(s)")
        found.append(i % count)
    if not found or len(set(found)) < len(found):
        raise ValueError(f"{what}: argnums must name some arguments, each once, got {argnums!r}")
    return found, one


def _integer(x: object) -> int:
    if isinstance(x, bool):
        raise TypeError("no integer")
    return index(x)  # type: ignore[arg-type]


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
        What ``f`` returned, made of Variables.
    ys : list of Variable
        What is in that.
    aux
        The second part of what ``f`` returned, with ``has_aux``; else None.
    """

    def __init__(
        self,
        what: str,
        f: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        argnums: _Argnums = 0,
        has_aux: bool = False,
    ) -> None:
        self.what = f"{what} of {name_of(f)}"
        chosen, self.one = positions(self.what, argnums, len(args))
        # Older than all that follows: see `value`.
        self.mark = Variable(0.0)
        self.inputs = [self._stand_in(i, args[i]) for i in chosen]
        self.xs: list[Variable] = [x for tree in self.inputs for x in _tree.leaves(tree)]
        given = list(args)
        for i, tree in zip(chosen, self.inputs, strict=True):
            given[i] = tree
        with enable_grad():
            result = f(*given, **kwargs)
        self.aux = None
        if has_aux:
            if not isinstance(result, tuple) or len(result) != 2:
                raise TypeError(
                    f"{self.what}: with has_aux the function must return a pair (y, aux)"
                )
            result, self.aux = result
        self.result = variables(self.what, result)
        self.ys: list[Variable] = _tree.leaves(self.result)

    def _stand_in(self, position: int, arg: Any) -> Any:
        try:
            return _tree.replace(arg, _core.fresh)
        except TypeError as error:
            message = str(error).removeprefix("fresh: ")
            raise TypeError(f"{self.what}: argument {position}: {message}") from None

    def scalar(self) -> Variable:
        """Return the result if it is one number.

        Raises
        ------
        TypeError
            If it is anything else.
        """
        y = self.result
        if not isinstance(y, Variable) or y.size != 1:
            got = f"shape {y.shape}" if isinstance(y, Variable) else f"a {type(y).__name__}"
            raise TypeError(
                f"{self.what}: the function must return one number, got {got}; "
                "see jacobian and elementwise_grad"
            )
        return y

    def gradients(
        self,
        ys: list[Variable],
        seeds: list[Any] | None = None,
        create_graph: bool | None = None,
    ) -> list[Variable]:
        """Differentiate by all stand-ins; zeros where nothing depends on one."""
        if create_graph is None:
            create_graph = recorded_if_needed()
        found, _ = _core.gradients(ys, self.xs, seeds, create_graph)
        return self.filled(found)

    def filled(self, found: list[Variable | None], lead: tuple[int, ...] = ()) -> list[Variable]:
        """Return derivatives by the stand-ins; zeros, with axes in front, where there is none."""
        return [
            constant(0.0, lead + x.shape, x) if g is None else g
            for g, x in zip(found, self.xs, strict=True)
        ]

    def arranged(self, values: list[Any]) -> Any:
        """Return values for the stand-ins in the containers of the arguments."""
        each = iter(values)
        trees = [_tree.rebuild(tree, each) for tree in self.inputs]
        return trees[0] if self.one else tuple(trees)

    def value(self, tree: Any) -> Any:
        """Return results without their history, if nobody could ever differentiate it."""
        ys = [y for y in _tree.leaves(tree) if isinstance(y, Variable)]
        others = _core.is_beyond(ys, self.mark, self.xs)
        return tree if others else _tree.replace(tree, without_history)


def recorded_if_needed() -> bool | None:
    """Say how to record gradients: where something else takes part, but never inside `no_grad`."""
    return None if _core.is_recording() else False


def variables(what: str, result: Any) -> Any:
    """Return what a function returned with Variables in the place of numbers and arrays.

    Raises
    ------
    TypeError
        If it returned None, or something that is no number.
    """
    if result is None:
        raise TypeError(f"{what}: the function returned None")
    try:
        return _tree.replace(result, as_variable)
    except TypeError as error:
        message = str(error).removeprefix("Variable: ")
        raise TypeError(f"{what}: in the result: {message}") from None


def fitting(what: str, tree: Any, given: Any) -> list[Any]:
    """Return the values of a tree that has the containers and shapes of another, of Variables.

    Raises
    ------
    ValueError
        If containers or shapes differ.
    """
    found = []
    for v, x in _tree.pairs(what, tree, given):
        got = as_variable(x).shape
        if got != v.shape:
            raise ValueError(f"{what}: shape {v.shape} is wanted, got {got}")
        found.append(x)
    return found


def as_variable(x: Any) -> Variable:
    """Return a result as a Variable; numbers and arrays are constants."""
    return x if isinstance(x, Variable) else Variable(x, requires_grad=False)


def without_history(x: Any) -> Any:
    """Return a Variable's value as a leaf; other things as they are."""
    return _core.detached(x, x.requires_grad) if isinstance(x, Variable) else x


def constant(value: float, shape: tuple[int, ...], like: Variable) -> Variable:
    """Return an array of one value, of the dtype of another Variable."""
    import numpy as np

    return Variable(np.full(shape, value, like.dtype))
