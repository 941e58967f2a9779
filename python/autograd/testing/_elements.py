"""Where derivatives are wrong: element by element."""

from __future__ import annotations

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from autograd.testing._differences import Neighbourhood, Slope
    from autograd.testing._tolerance import Forward, Reverse

# Differences for more elements than these would take long; halves are compared then.
_MOST = 256


class Elements:
    """Derivatives by both methods, for some elements.

    Attributes
    ----------
    positions : ndarray of int
        Which elements, in row-major order of the whole.
    analytic, numerical, uncertainty, allowed : ndarray
        Their derivatives, the error of the numerical ones, and the error that passes.
    step : float
        The step of the worst one.
    sides : tuple of float
        The difference quotients of the worst one to the left and to the right.
    worst : int
        Its place in ``positions``.
    """

    def __init__(self, positions: Any, analytic: Any, found: list[tuple[float, ...]]) -> None:
        import numpy as np

        self.positions = np.asarray(positions)
        self.analytic = np.asarray(analytic)
        self.numerical, self.uncertainty, self.allowed, steps = np.array(found).T
        excess = self.miss() / self.allowed
        self.worst = int(np.argmax(np.where(np.isnan(excess), np.inf, excess)))
        self.step = float(steps[self.worst])
        self.sides = (0.0, 0.0)

    def miss(self) -> NDArray[Any]:
        """Return how far both are apart."""
        result: NDArray[Any] = abs(self.analytic - self.numerical)
        return result

    def wrong(self) -> NDArray[Any]:
        """Return a mask of those that are not equal."""
        result: NDArray[Any] = ~(self.miss() <= self.allowed)
        return result


def reverse_elements(reverse: Reverse, near: Neighbourhood, i: int) -> Elements:
    """Compare a gradient element by element, or look for one that is wrong if there are many."""
    import numpy as np

    size, scale = reverse.gradient.size, near.scale(i).reshape(-1)
    positions = np.arange(size) if size <= _MOST else _wrong_one(reverse, near, i)
    found = []
    for j in positions.tolist():
        one = reverse.towards(_unit(reverse.direction, j) * scale[j])
        slope = _best(near.slopes(i, one.direction))
        inexact = one.uncertainty(slope) + one.noise(slope)
        quantities = one.numerical(slope), inexact, one.allowed(slope)
        found.append((*(q / scale[j] for q in quantities), slope.step * scale[j]))
    elements = Elements(positions, reverse.gradient.reshape(-1)[positions], found)
    j = int(positions[elements.worst])
    left, right = near.sides(i, _unit(reverse.direction, j) * scale[j])
    elements.sides = (
        float(reverse.weights @ left / scale[j]),
        float(reverse.weights @ right / scale[j]),
    )
    return elements


def _wrong_one(reverse: Reverse, near: Neighbourhood, i: int) -> NDArray[Any]:
    """Halve the direction until one element is left, and keep the half that is further off."""
    import numpy as np

    direction = reverse.direction.reshape(-1)
    positions = np.arange(direction.size)
    while positions.size > 1:
        misses = []
        halves = np.array_split(positions, 2)
        for half in halves:
            part = np.zeros_like(direction)
            part[half] = direction[half]
            one = reverse.towards(part.reshape(reverse.direction.shape))
            misses.append(one.miss(_best(near.slopes(i, one.direction))))
        positions = halves[0] if not misses[0] < misses[1] else halves[1]
    return positions


def forward_elements(forward: Forward, near: Neighbourhood, i: int) -> Elements:
    """Compare the derivatives of all results along the direction."""
    import numpy as np

    slope = _best(near.slopes(i, forward.direction))
    steps = np.full(slope.value.shape, slope.step)
    found = np.stack(
        [slope.value, slope.spread + slope.rounding, forward.allowed(slope), steps], axis=1
    )
    elements = Elements(
        np.arange(slope.value.size), forward.derivatives, [tuple(row) for row in found]
    )
    left, right = near.sides(i, forward.direction)
    elements.sides = float(left[elements.worst]), float(right[elements.worst])
    return elements


def _unit(like: NDArray[Any], j: int) -> NDArray[Any]:
    import numpy as np

    unit = np.zeros(like.size)
    unit[j] = 1.0
    return unit.reshape(like.shape)


def _best(slopes: list[Slope]) -> Slope:
    """Return the differences that have settled best."""
    import numpy as np

    def spread(slope: Slope) -> float:
        total = float(np.sum(slope.spread + slope.rounding))
        return total if np.isfinite(total) else float("inf")

    return min(slopes, key=spread)
