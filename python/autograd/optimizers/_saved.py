"""What the saved state of an optimizer looks like."""

from __future__ import annotations

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import ArrayLike


class Array:
    """A shape and a dtype to compare with; None stands for any size."""

    def __init__(self, shape: tuple[int | None, ...], dtype: str = "float64") -> None:
        self.shape = shape
        self.dtype = dtype


COUNT = Array((), "int64")


def counts(what: str, state: Mapping[str, ArrayLike], names: Iterable[str]) -> dict[str, int]:
    """Return the counts of these names, without those that are missing or do not look like one.

    Raises
    ------
    ValueError
        If one is negative.
    TypeError
        If the state is no mapping.
    """
    import numpy as np

    from autograd._saving import check_mapping

    check_mapping(what, state)

    found = {}
    for name in names:
        array = np.asarray(state.get(name))
        if array.shape == () and array.dtype == COUNT.dtype:
            found[name] = int(array)
            if found[name] < 0:
                raise ValueError(f"{what}: {name} must not be negative, got {array}")
    return found
