"""The parameters of what is given to an optimizer."""

from __future__ import annotations

from autograd._core import Variable

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any, Protocol

    class _HasParams(Protocol):
        """A model: something with parameters by name."""

        def params(self) -> dict[str, Variable]: ...

    _Model = _HasParams | Mapping[str, Variable] | Iterable[Variable]


def trained(owner: str, model: _Model) -> dict[str, Variable]:
    """Return the parameters by name: each once, and without those that need no gradient.

    Those of an iterable have their positions for names: "0", "1" and so on.
    """
    names: dict[Variable, str] = {}
    for name, v in _named(owner, model):
        if not isinstance(name, str):
            raise TypeError(f"{owner}: names must be str, got {type(name).__name__}")
        if not isinstance(v, Variable):
            raise TypeError(f"{owner}: parameter {name} must be a Variable, got {type(v).__name__}")
        if v.requires_grad:
            names.setdefault(v, name)
    return {name: v for v, name in names.items()}


def _named(owner: str, model: Any) -> Iterable[tuple[str, Variable]]:
    params = getattr(model, "params", None)
    if callable(params):
        model = params()
    # Going through a Variable would give its rows, which are no parameters.
    if isinstance(model, Variable) or not hasattr(model, "__iter__"):
        hint = ": put it into a list" if isinstance(model, Variable) else ""
        raise TypeError(
            f"{owner}: a model, or an iterable or mapping of Variables, is wanted, "
            f"got {type(model).__name__}{hint}"
        )
    if hasattr(model, "items"):
        named: Iterable[tuple[str, Variable]] = model.items()
        return named
    return ((str(i), v) for i, v in enumerate(model))


def with_grads(model: _Model) -> list[Variable] | None:
    """Return the parameters of a layer that have a gradient, or None if that takes a closer look.

    The short way of an update to which names do not matter.
    """
    quick: Callable[[], list[Variable] | None] | None = getattr(model, "_with_grads", None)
    return None if quick is None else quick()
