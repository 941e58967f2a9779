"""Functions of a vector at one place, with the derivatives that a method asks for."""

from __future__ import annotations

from autograd import _core
from autograd import functions as F
from autograd._core import Variable
from autograd._modes import enable_grad, no_grad
from autograd.transforms import _tree
from autograd.transforms._differentiate import variables

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

    from autograd.optimize._layout import Layout

    _Vector = NDArray[np.float64]


class VectorFunction:
    """A function of the user's as one of a vector, whose last call is remembered.

    Attributes
    ----------
    recorded : bool
        Whether calls are recorded, to be differentiated.
    second : bool
        Whether gradients are to be differentiated too.
    depends : bool or None
        Whether a gradient was found anywhere; None if there was no look for one.
    """

    def __init__(
        self,
        what: str,
        f: Callable[..., Any],
        args: tuple[Any, ...],
        layout: Layout,
        *,
        scalar: bool,
        recorded: bool = True,
        second: bool = False,
    ) -> None:
        self.what = what
        self._f = f
        self._args = args
        self._layout = layout
        self._scalar = scalar
        self.recorded = recorded
        self.second = second
        self.depends: bool | None = None
        self._point: Point | None = None

    def at(self, x: _Vector) -> Point:
        """Return what is known at a place: methods ask for value and derivatives one by one."""
        import numpy as np

        if self._point is None or not np.array_equal(self._point.x, x):
            self._point = Point(self, np.array(x, np.float64))
        return self._point

    def __call__(self, x: Variable) -> Variable:
        """Compute all results as one vector."""
        result = variables(self.what, self._f(self._layout.variables(x), *self._args))
        if self._scalar:
            one = isinstance(result, Variable)
            if not one or result.size != 1:
                got = f"shape {result.shape}" if one else f"a {type(result).__name__}"
                raise TypeError(f"{self.what}: the function must return one number, got {got}")
        parts = [F.reshape(y, -1) for y in _tree.leaves(result)]
        if not parts:
            raise ValueError(f"{self.what}: the function must return numbers, got none")
        return parts[0] if len(parts) == 1 else F.concat(parts)


class Point:
    """A function at one place, and its derivatives there.

    Derivatives of several results are those of their sum with the given weights.

    Attributes
    ----------
    x : ndarray of shape (n,)
        The place.
    values : ndarray of shape (m,)
        The results.
    """

    def __init__(self, f: VectorFunction, x: _Vector) -> None:
        self._f = f
        self.x = x
        self._x = Variable(x)
        with enable_grad() if f.recorded else no_grad():
            self._y = f(self._x)
        self.values: _Vector = self._y.data.astype(float)
        self._weights: _Vector | None = None
        self._gradient: Variable | None = None

    def jacobian(self) -> _Vector:
        """Return the derivatives of each result, in an array of shape (m, n)."""
        return self._rows(self._y, self.values.size)

    def gradient(self, weights: _Vector) -> _Vector:
        """Return the derivative, of shape (n,)."""
        if self._f.second:
            return _numbers(self._recorded(weights), self.x.shape)
        found = self._differentiate(self._y, weights, create_graph=False)
        return _numbers(found, self.x.shape)

    def product(self, weights: _Vector, direction: _Vector) -> _Vector:
        """Return the product of the second derivative with a vector, both of shape (n,)."""
        gradient = self._recorded(weights)
        found = self._differentiate(gradient, direction, create_graph=False)
        return _numbers(found, self.x.shape)

    def hessian(self, weights: _Vector) -> _Vector:
        """Return the second derivative, of shape (n, n)."""
        return self._rows(self._recorded(weights), self.x.size)

    def _recorded(self, weights: _Vector) -> Variable | None:
        """Return the derivative with its graph; products with several vectors share it."""
        import numpy as np

        if self._weights is None or not np.array_equal(self._weights, weights):
            self._gradient = self._differentiate(self._y, weights, create_graph=True)
            self._weights = weights.copy()
        return self._gradient

    def _differentiate(
        self, y: Variable | None, seed: _Vector, create_graph: bool, batch: int | None = None
    ) -> Variable | None:
        if y is None:
            return None
        seeds = [seed.astype(y.dtype)]
        with enable_grad():
            (found,), _ = _core.gradients([y], [self._x], seeds, create_graph, batch)
        if y is self._y:
            self._f.depends = self._f.depends or found is not None
        return found

    def _rows(self, y: Variable | None, count: int) -> _Vector:
        """Differentiate each element of a vector."""
        import numpy as np

        found = self._differentiate(y, np.eye(count), create_graph=False, batch=count)
        return _numbers(found, (count, self.x.size))


def _numbers(found: Variable | None, shape: tuple[int, ...]) -> _Vector:
    """Return a derivative as an array of its own; zeros where there is none."""
    import numpy as np

    return np.zeros(shape) if found is None else np.array(found.data, np.float64)
