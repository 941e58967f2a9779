"""Parameters that have settings of their own."""

from __future__ import annotations

from autograd._core import Variable

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any


class Group:
    """Parameters for which some settings of an optimizer differ.

    Parameters
    ----------
    select : str, callable or iterable of Variable
        Which parameters: a pattern for their names, in which ``*`` stands for any characters and
        all else, brackets too, for itself; or a function of name and Variable that says whether it
        belongs here; or the Variables themselves.
    **overrides
        What differs, by the names of the optimizer's own settings: ``lr``, which may be a
        schedule, ``weight_decay`` and so on. The optimizer checks them.

    Raises
    ------
    TypeError
        If ``select`` is none of these.
    ValueError
        If there are no overrides.

    Examples
    --------
    >>> from autograd import layers as L, optimizers
    >>> model = L.Linear(3, in_size=2)
    >>> bias = optimizers.Group("*b", weight_decay=0.0)
    >>> optimizer = optimizers.AdamW(weight_decay=0.1, groups=[bias])
    >>> bias.matches("b", model.b), bias.matches("w", model.w)
    (True, False)
    """

    def __init__(
        self, select: str | Callable[[str, Variable], bool] | Iterable[Variable], **overrides: Any
    ) -> None:
        if not overrides:
            raise ValueError("Group: at least one setting must be overridden, such as lr=0.1")
        self.select = select if isinstance(select, str) or callable(select) else _variables(select)
        self.overrides = overrides

    def matches(self, name: str, variable: Variable) -> bool:
        """Return whether a parameter belongs to the group."""
        import re

        if isinstance(self.select, str):
            pattern = ".*".join(map(re.escape, self.select.split("*")))
            return re.fullmatch(pattern, name, re.DOTALL) is not None
        if callable(self.select):
            return bool(self.select(name, variable))
        return any(variable is v for v in self.select)

    def __repr__(self) -> str:
        overrides = "".join(f", {name}={value!r}" for name, value in self.overrides.items())
        select = repr(self.select) if isinstance(self.select, str) else "..."
        return f"Group({select}{overrides})"


def _variables(select: Iterable[Variable]) -> tuple[Variable, ...]:
    given = None if isinstance(select, Variable) or not hasattr(select, "__iter__") else [*select]
    if given is None or not all(isinstance(v, Variable) for v in given):
        raise TypeError(
            "Group: select must be a pattern, a function or an iterable of Variables, "
            f"got {type(select).__name__}"
        )
    return tuple(given)
