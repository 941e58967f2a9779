"""Arguments that are checked the same way everywhere."""

from __future__ import annotations

import operator


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
