"""Checked arguments, and first values of parameters."""

from __future__ import annotations

import math

from autograd import random
from autograd._checks import integer, no_operand
from autograd._core import Variable
from autograd.layers._layer import Lazy

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from numpy.typing import ArrayLike, DTypeLike

    _Ints = int | Iterable[int]


def check_int(layer: str, name: str, value: object, least: int = 1) -> int:
    """Return an integer, if it is one and large enough."""
    number = integer(layer, name, value)
    if number < least:
        wanted = "be positive" if least == 1 else "not be negative"
        raise ValueError(f"{layer}: {name} must {wanted}, got {number}")
    return number


def check_sizes(layer: str, **sizes: int) -> None:
    """Refuse sizes that are not positive integers."""
    for name, size in sizes.items():
        check_int(layer, name, size)


def check_known_sizes(layer: str, **sizes: int | None) -> None:
    """Refuse sizes that are neither positive integers nor None, for one that is not known yet."""
    for name, size in sizes.items():
        if size is not None:
            check_int(layer, name, size)


def as_ints(
    layer: str, name: str, value: _Ints, count: int | None = None, least: int = 1
) -> tuple[int, ...]:
    """Return integers, if they are some and large enough; a single one stands for ``count``."""
    if hasattr(value, "__iter__"):
        numbers = tuple(check_int(layer, name, number, least) for number in value)
        if count is not None and len(numbers) != count:
            raise ValueError(f"{layer}: {name} must be an int or {count} of them, got {numbers}")
        return numbers
    return (check_int(layer, name, value, least),) * (1 if count is None else count)


def check_fractions(layer: str, **values: float) -> None:
    """Refuse numbers that do not lie between 0 and 1."""
    for name, value in values.items():
        _check_number(layer, name, value)
        if not 0.0 <= value <= 1.0:
            raise ValueError(f"{layer}: {name} must lie between 0 and 1, got {value}")


def check_positive(layer: str, **values: float) -> None:
    """Refuse numbers that are not above 0."""
    for name, value in values.items():
        _check_number(layer, name, value)
        if not 0.0 < value < math.inf:
            raise ValueError(f"{layer}: {name} must be positive and finite, got {value}")


def _check_number(layer: str, name: str, value: object) -> None:
    if not hasattr(value, "__float__"):
        raise TypeError(f"{layer}: {name} must be a number, got {type(value).__name__}")
    no_operand(layer, name, value)


def check_callable(layer: str, name: str, function: Any) -> None:
    """Refuse what cannot be called."""
    if not callable(function):
        raise TypeError(f"{layer}: {name} must be callable, got {type(function).__name__}")


def as_variable(x: Variable | ArrayLike) -> Variable:
    """Make a constant of an array; a Variable stays what it is."""
    return x if isinstance(x, Variable) else Variable(x, requires_grad=False)


def normal(shape: tuple[int, ...], std: float, rng: object, dtype: DTypeLike) -> Variable:
    """Draw a parameter from the normal distribution."""
    return Variable(random.normal(shape, rng) * std, dtype=dtype)


def fan_in_normal(w: Lazy, unknown: int, fan_in: float, rng: object) -> Variable:
    """Draw weights that keep the scale of what they are applied to: variance ``1 / fan_in``."""
    shape = tuple(unknown if size is None else size for size in w.shape)
    return w.make(lambda: Variable(random.normal(shape, rng) / math.sqrt(fan_in), dtype=w.dtype))


def constant(
    shape: tuple[int, ...], value: float, dtype: DTypeLike, requires_grad: bool = True
) -> Variable:
    """Make a parameter, or a buffer, of one repeated value."""
    import numpy as np

    return Variable(np.full(shape, value), requires_grad=requires_grad, dtype=dtype)


def arrow(sizes: Iterable[int | None]) -> str:
    """Return how the sizes of inputs and outputs are shown."""
    return " -> ".join("?" if size is None else str(size) for size in sizes)


def options(**given: tuple[object, object]) -> str:
    """Return how arguments are shown; of values and their defaults those that differ."""
    shown = []
    for name, (value, default) in given.items():
        if value != default:
            alike = isinstance(value, tuple) and len(set(value)) == 1
            shown.append(f"{name}={value[0] if isinstance(value, tuple) and alike else value!r}")
    return ", ".join(shown)


def function_name(function: object) -> str:
    """Return how a function, or a layer in its place, is shown."""
    return getattr(function, "__name__", None) or repr(function)
