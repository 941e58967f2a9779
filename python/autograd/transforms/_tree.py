"""Nested containers of Variables, arrays and numbers, as flat lists and back.

Containers are tuples, dicts and lists. A list of numbers, or of such lists, is an array, as for
every function of this package.
"""

from __future__ import annotations

from autograd._core import Variable

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

# Stands where a Variable was taken out.
_GAP = object()


def leaves(tree: Any) -> list[Any]:
    """Return what is in lists, tuples and dicts, in order; of dicts in the order of their keys.

    None counts as an empty container.
    """
    return [tree] if _is_single(tree) else list(_walk(tree))


def _walk(tree: Any) -> Iterator[Any]:
    if _is_single(tree):
        yield tree
    elif isinstance(tree, dict):
        for value in tree.values():
            yield from _walk(value)
    elif _is_sequence(tree):
        for value in tree:
            yield from _walk(value)
    elif tree is not None:
        yield tree


def rebuild(tree: Any, values: Iterator[Any]) -> Any:
    """Return containers like those of ``tree`` with other values in them."""
    if _is_single(tree):
        return next(values)
    if isinstance(tree, dict):
        return {key: rebuild(value, values) for key, value in tree.items()}
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return type(tree)(*(rebuild(value, values) for value in tree))
    if _is_sequence(tree):
        return type(tree)([rebuild(value, values) for value in tree])
    return None if tree is None else next(values)


def replace(tree: Any, f: Callable[[Any], Any]) -> Any:
    """Return containers like those of ``tree`` with the values that ``f`` makes of its own."""
    return f(tree) if _is_single(tree) else rebuild(tree, map(f, _walk(tree)))


def take_out(tree: Any) -> tuple[list[Variable], Any]:
    """Return the Variables in a tree, and the tree with gaps in their places."""
    found = [x for x in leaves(tree) if isinstance(x, Variable)]
    return found, replace(tree, lambda x: _GAP if isinstance(x, Variable) else x)


def fill(tree: Any, values: Iterator[Any]) -> Any:
    """Return a tree with values in its gaps."""
    return replace(tree, lambda x: next(values) if x is _GAP else x)


def is_gap(x: Any) -> bool:
    """Tell whether a Variable was taken out here."""
    return x is _GAP


def pairs(what: str, tree: Any, other: Any) -> Iterator[tuple[Any, Any]]:
    """Go through the values of two trees with the same containers.

    Raises
    ------
    ValueError
        If the containers differ.
    """
    if _is_container(tree) or _is_container(other):
        if not _are_alike(tree, other):
            raise ValueError(f"{what}: {_kind(tree)} is wanted, got {_kind(other)}")
        if tree is None:
            return
        keys = tree if isinstance(tree, dict) else range(len(tree))
        for key in keys:
            yield from pairs(what, tree[key], other[key])
    else:
        yield tree, other


def _is_single(x: Any) -> bool:
    """Tell at first sight that something is no container, as most trees are none."""
    return not isinstance(x, (tuple, list, dict)) and x is not None


def _is_sequence(x: Any) -> bool:
    return isinstance(x, tuple) or (isinstance(x, list) and not _is_array(x))


def _is_container(x: Any) -> bool:
    return x is None or isinstance(x, dict) or _is_sequence(x)


def _is_array(x: list[Any]) -> bool:
    return bool(x) and all(_is_array(v) if isinstance(v, list) else _is_number(v) for v in x)


def _is_number(x: Any) -> bool:
    if isinstance(x, (int, float)):
        return True
    # The scalars of NumPy; an array of no axes is an array.
    return hasattr(x, "dtype") and hasattr(x, "nbytes") and not hasattr(x, "__array_finalize__")


def _are_alike(a: Any, b: Any) -> bool:
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys()
    if a is None or b is None or not _is_container(b):
        return a is b
    return type(a) is type(b) and len(a) == len(b)


def _kind(tree: Any) -> str:
    if tree is None:
        return "None"
    if isinstance(tree, dict):
        return f"a dict with the keys {list(tree)}"
    if _is_sequence(tree):
        return f"a {type(tree).__name__} of {len(tree)}"
    return "one value"
