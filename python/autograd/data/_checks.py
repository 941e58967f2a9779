"""Checked arguments of loaders and data sets."""

from __future__ import annotations

from autograd._checks import integer
from autograd._core import Variable

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from numpy.typing import ArrayLike, NDArray


def as_array(value: Variable | ArrayLike) -> NDArray[Any]:
    """Return an array with the values of a Variable or of what NumPy takes."""
    import numpy as np

    return np.asarray(value.data if isinstance(value, Variable) else value)


def check_arrays(function: str, values: Iterable[Variable | ArrayLike]) -> list[NDArray[Any]]:
    """Return arrays, if they have the same length along the first axis, at least 1."""
    arrays = []
    for i, value in enumerate(values):
        try:
            array = as_array(value)
        except ValueError as error:
            raise ValueError(f"{function}: argument {i + 1} is no array: {error}") from None
        if array.ndim == 0:
            raise ValueError(
                f"{function}: argument {i + 1} must have at least one axis, "
                f"got {type(value).__name__}"
            )
        arrays.append(array)
    if not arrays:
        raise ValueError(f"{function}: at least one array is wanted")
    if len({len(array) for array in arrays}) > 1:
        lengths = ", ".join(str(len(array)) for array in arrays)
        raise ValueError(f"{function}: arrays must have the same length, got {lengths}")
    if len(arrays[0]) == 0:
        raise ValueError(f"{function}: the arrays are empty")
    return arrays


def check_int(function: str, name: str, value: object, least: int = 1) -> int:
    """Return an integer, if it is one and not too small."""
    number = integer(function, name, value)
    if number < least:
        raise ValueError(f"{function}: {name} must be at least {least}, got {number}")
    return number


def check_noise(function: str, noise: float) -> None:
    """Refuse a negative or infinite amount of noise."""
    if not 0.0 <= noise < float("inf"):
        raise ValueError(f"{function}: noise must be finite and not negative, got {noise}")
