"""Derivatives along a direction by finite differences, with an estimate of their error."""

from __future__ import annotations

from autograd._core import Variable
from autograd.numerical import SMALLEST, STEPS, quotient

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from autograd.testing._subject import _Flat

    _Phi = Callable[[float], NDArray[Any]]


class Slope:
    """The derivatives of all results, in one flat array.

    Attributes
    ----------
    value : ndarray
        The derivatives.
    spread : ndarray
        How far the last two extrapolations are apart; NaN or infinite where values are.
    rounding : ndarray
        What rounding of the values makes of them, about.
    step : float
        The first of the steps.
    """

    def __init__(self, phi: _Phi, step: float, size: NDArray[Any], eps: float) -> None:
        coarse, middle, fine = (quotient(phi, step / 2**i) for i in range(3))
        first, second = (4 * middle - coarse) / 3, (4 * fine - middle) / 3
        self.value: NDArray[Any] = (16 * second - first) / 15
        self.spread: NDArray[Any] = abs(self.value - second)
        self.rounding: NDArray[Any] = 16 * eps * size / step
        self.step = step


class Neighbourhood:
    """A flat function around a point, evaluated in float64 wherever it allows that.

    Attributes
    ----------
    values : ndarray
        The results at the point, flat.
    eps : float
        The relative rounding error of results.
    """

    def __init__(self, f: _Flat, points: Sequence[Variable], step: float | None) -> None:
        import numpy as np

        self.f = f
        self.arrays: list[NDArray[Any]] = [x.data.astype(np.float64) for x in points]
        try:
            ys = self._call(self.arrays)
        except (TypeError, ValueError):
            if all(x.dtype == np.float64 for x in points):
                raise
            # A function that insists on float32.
            self.arrays = [x.data for x in points]
            ys = self._call(self.arrays)
        self.shapes = [y.shape for y in ys]
        self.values = _joined(ys)
        coarsest = "float32" if any(y.dtype == np.float32 for y in ys) else "float64"
        self.eps = float(np.finfo(coarsest).eps)
        self.given = step is not None
        self.step = STEPS[coarsest] if step is None else step

    def _call(self, arrays: Sequence[NDArray[Any]]) -> tuple[Variable, ...]:
        import numpy as np

        # Steps may leave the domain; what comes of it is looked at.
        with np.errstate(all="ignore"):
            return self.f(*map(Variable, arrays))

    def along(self, i: int, direction: NDArray[Any]) -> _Phi:
        """Return the results, flat, as a function of a step from one operand's value."""

        def phi(t: float) -> NDArray[Any]:
            x = self.arrays[i]
            moved = (x + t * direction).astype(x.dtype)
            ys = self._call([*self.arrays[:i], moved, *self.arrays[i + 1 :]])
            shapes = [y.shape for y in ys]
            if shapes != self.shapes:
                raise AssertionError(
                    "check_grads: the shapes of results depend on the values of arguments: "
                    f"{self.shapes} and, nearby, {shapes}"
                )
            return _joined(ys)

        return phi

    def slope(self, i: int, direction: NDArray[Any], factor: float = 1.0) -> Slope:
        """Differentiate along a direction in one operand."""
        import numpy as np

        with np.errstate(all="ignore"):
            phi = self.along(i, direction)
            return Slope(phi, self.step * factor, abs(self.values), self.eps)

    def slopes(self, i: int, direction: NDArray[Any]) -> list[Slope]:
        """Differentiate with smaller steps too, for functions that change fast."""
        factors = (1.0,) if self.given else (1.0, 1 / 16, 1 / 256)
        return [self.slope(i, direction, factor) for factor in factors]

    def sides(self, i: int, direction: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the difference quotients to the left and to the right, with a tiny step."""
        import numpy as np

        phi, h = self.along(i, direction), self.step / 64
        with np.errstate(all="ignore"):
            return (self.values - phi(-h)) / h, (phi(h) - self.values) / h

    def scale(self, i: int) -> NDArray[Any]:
        """Return the sizes that steps are proportional to, for the elements of an operand."""
        import numpy as np

        scale: NDArray[Any] = np.maximum(abs(self.arrays[i]), SMALLEST)
        return scale


def _joined(ys: Sequence[Variable]) -> NDArray[Any]:
    import numpy as np

    return np.concatenate([y.data.astype(np.float64).reshape(-1) for y in ys])
