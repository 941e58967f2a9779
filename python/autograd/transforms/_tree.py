"""Nested containers of Variables, arrays and numbers, as flat lists and back."""

from __future__ import annotations

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any


def leaves(tree: Any) -> list[Any]:
    """Return what is in lists, tuples and dicts, in order; of dicts in the order of their keys.

    None counts as an empty container.
    """
    return list(_walk(tree))


def _walk(tree: Any) -> Iterator[Any]:
    if isinstance(tree, dict):
        for value in tree.values():
            yield from _walk(value)
    elif isinstance(tree, (list, tuple)):
        for value in tree:
            yield from _walk(value)
    elif tree is not None:
        yield tree


def rebuild(tree: Any, values: Iterator[Any]) -> Any:
    """Return containers like those of ``tree`` with other values in them."""
    if isinstance(tree, dict):
        return {key: rebuild(value, values) for key, value in tree.items()}
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return type(tree)(*(rebuild(value, values) for value in tree))
    if isinstance(tree, (list, tuple)):
        return type(tree)([rebuild(value, values) for value in tree])
    return None if tree is None else next(values)


def replace(tree: Any, f: Callable[[Any], Any]) -> Any:
    """Return containers like those of ``tree`` with the values that ``f`` makes of its own."""
    return rebuild(tree, map(f, leaves(tree)))


def pairs(what: str, tree: Any, other: Any) -> Iterator[tuple[Any, Any]]:
    """Go through the values of two trees with the same containers.

    Raises
    ------
    ValueError
        If the containers differ.
    """
    kinds = (dict, list, tuple, type(None))
    if isinstance(tree, kinds) or isinstance(other, kinds):
        alike = (
            type(tree) is type(other)
            and (tree is None or len(tree) == len(other))
            and (not isinstance(tree, dict) or tree.keys() == other.keys())
        )
        if not alike:
            raise ValueError(f"{what}: {_kind(tree)} is wanted, got {_kind(other)}")
        if tree is None:
            return
        keys = tree if isinstance(tree, dict) else range(len(tree))
        for key in keys:
            yield from pairs(what, tree[key], other[key])
    else:
        yield tree, other


def _kind(tree: Any) -> str:
    if tree is None:
        return "None"
    if isinstance(tree, dict):
        return f"a dict with the keys {list(tree)}"
    if isinstance(tree, (list, tuple)):
        return f"a {type(tree).__name__} of {len(tree)}"
    return "one value"
