"""Arguments that are checked the same way everywhere."""

from __future__ import annotations

import operator

from autograd._core import Variable


def integer(owner: str, name: str, value: object) -> int:
    """Return an integer as an int; refuse anything else, bools too.

    Raises
    ------
    TypeError
        If it is no integer; the message names the owner, the argument and what it got.
    """
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"{owner}: {name} must be an int, got {type(value).__name__}")
    return operator.index(value)


def no_operand(owner: str, name: str, value: object) -> None:
    """Refuse a Variable that takes part in differentiation where a number is a parameter.

    Raises
    ------
    TypeError
        If it is one: no gradient would flow to it.
    """
    if isinstance(value, Variable) and value.requires_grad:
        raise TypeError(
            f"{owner}: {name}: a number is wanted, got a Variable, to which no gradient would flow"
        )
