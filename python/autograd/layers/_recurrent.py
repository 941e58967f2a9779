"""What recurrent layers have in common."""

from __future__ import annotations

from autograd._core import Variable
from autograd.layers._init import arrow, as_variable
from autograd.layers._layer import Layer
from autograd.layers._linear import Linear

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from numpy.typing import ArrayLike, DTypeLike


class Recurrent(Layer):
    """A layer that is called once per step, and remembers its output for the next step."""

    def __init__(self) -> None:
        self._h: Variable | None = None

    @property
    def h(self) -> Variable | None:
        """The output of the last step, of shape (batch, hidden_size); None before the first."""
        return self._h

    def _reset(self) -> None:
        self._h = None

    def _step(self, x: Variable | ArrayLike) -> Variable:
        """Return the input of a step as a Variable, if it goes with the state."""
        return self._checked(x, 2, "(batch, in_size)")

    def _steps(self, x: Variable | ArrayLike) -> Variable:
        """Return the input of several steps as a Variable, if it goes with the state."""
        return self._checked(x, 3, "(steps, batch, in_size)")

    def _checked(self, x: Variable | ArrayLike, axes: int, wanted: str) -> Variable:
        x = as_variable(x)
        shape, h = x.shape, self._h
        if len(shape) == axes and (h is None or shape[-2] == h.shape[0]):
            return x
        name = type(self).__name__
        if h is None or len(shape) != axes:
            raise ValueError(f"{name}: x must have the shape {wanted}, got {shape}")
        raise ValueError(
            f"{name}: x has {shape[-2]} rows, the state of the last step {h.shape[0]}: "
            "call reset_state() before a new sequence"
        )

    def _describe(self, x2h: Linear) -> str:
        return f"{type(self).__name__}({arrow(x2h.w.shape)})"


class Joined:
    """The maps of a layer put together, for one product in the place of many.

    It is there to be used again, and goes its own way: copies and pickles of a layer begin without.
    """

    def __init__(self) -> None:
        self.parts: tuple[Variable, ...] | None = None

    def __reduce__(self) -> tuple[type, tuple[()]]:
        return Joined, ()


def from_hidden(count: int, size: int, rng: object, dtype: DTypeLike) -> list[Linear]:
    """Make maps of the state; their weights are drawn now."""
    return [Linear(size, size, bias=False, rng=rng, dtype=dtype) for _ in range(count)]


def from_input(count: int, size: int, rng: object, dtype: DTypeLike) -> list[Linear]:
    """Make maps of the input; their weights are drawn at the first call."""
    return [Linear(size, rng=rng, dtype=dtype) for _ in range(count)]
