"""The numbers that an optimizer is set up with: checked when they are given, and when assigned."""

from __future__ import annotations

import math
import numbers

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    _Schedule = Callable[[int], float]


def real(
    owner: str, name: str, value: object, least: float = 0.0, below: float = math.inf
) -> float:
    """Return a finite number from ``least`` to below ``below`` as a float; refuse anything else."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{owner}: {name} must be a number, got {type(value).__name__}")
    number = float(value)
    if not least <= number < below:
        end = "" if below == math.inf else f" and below {below:g}"
        raise ValueError(f"{owner}: {name} must be finite, at least {least:g}{end}, got {value}")
    return number


def positive(owner: str, name: str, value: object) -> float:
    """Return a finite number above 0 as a float; refuse anything else."""
    number = real(owner, name, value)
    if number == 0:
        raise ValueError(f"{owner}: {name} must be positive, got {value}")
    return number


def whole(owner: str, name: str, value: object, least: int = 1) -> int:
    """Return an integer that is at least ``least``; refuse anything else."""
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise TypeError(f"{owner}: {name} must be an int, got {type(value).__name__}")
    if value < least:
        raise ValueError(f"{owner}: {name} must be at least {least}, got {value}")
    return int(value)


class Setting:
    """An attribute of an optimizer that a group may override.

    Its values lie in the optimizer's ``_settings``, from where `Optimizer` hands them to a step.
    """

    def __init__(self, check: Callable[[str, str, object], Any]) -> None:
        self.check = check

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, optimizer: Any, owner: type) -> Any:
        return self if optimizer is None else optimizer._settings[self.name]

    def __set__(self, optimizer: Any, value: object) -> None:
        optimizer._settings[self.name] = self.check(type(optimizer).__name__, self.name, value)


def rate(owner: str, name: str, value: Any) -> float | _Schedule:
    """Check a learning rate: a number, or a function of the number of updates made."""
    return value if callable(value) else real(owner, name, value)


def fraction(owner: str, name: str, value: object) -> float:
    """Check how much of the past is kept: from 0 to below 1."""
    return real(owner, name, value, below=1.0)


def flag(owner: str, name: str, value: object) -> bool:
    """Check a bool."""
    if not isinstance(value, bool):
        raise TypeError(f"{owner}: {name} must be a bool, got {type(value).__name__}")
    return value
