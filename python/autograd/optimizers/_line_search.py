"""A line search for the strong Wolfe conditions."""

from __future__ import annotations

import math

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray


class Point:
    """A point of the line: how far it is, and what the function is like there."""

    __slots__ = ("gradient", "slope", "step", "value")

    def __init__(
        self, step: float, value: float, slope: float, gradient: NDArray[np.float64]
    ) -> None:
        self.step = step
        self.value = value
        self.slope = slope
        self.gradient = gradient


class LineSearch:
    """A search for a step that meets the strong Wolfe conditions.

    The conditions are that the value falls enough, ``f(a) <= f(0) + c1 * a * f'(0)``, and that the
    slope becomes flat enough, ``abs(f'(a)) <= c2 * abs(f'(0))``.

    References
    ----------
    J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd edition, 2006, section 3.5.
    """

    def __init__(
        self, evaluate: Callable[[float], Point], start: Point, c1: float, c2: float, limit: int
    ) -> None:
        self.evaluate = evaluate
        self.start = start
        self.c1 = c1
        self.c2 = c2
        self.left = limit

    def run(self, first: float) -> Point:
        """Find a step, beginning with the first one to try: algorithm 3.5.

        When no evaluation is left the best point so far counts, which can be the start.
        """
        before, step = self.start, first
        while self.left:
            point = self._at(step)
            if not self._falls(point) or (before.step > 0 and point.value >= before.value):
                return self._zoom(before, point)
            if self._flat(point):
                return point
            if point.slope >= 0:
                return self._zoom(point, before)
            # It falls on: look further, where the cubic has its minimum, within limits.
            beyond = _minimum(before, point)
            further = min(max(beyond, 1.5 * step), 10 * step) if beyond > step else 4 * step
            before, step = point, further
        return before

    def _zoom(self, low: Point, high: Point) -> Point:
        """Find a step between two: algorithm 3.6. The lower one falls enough, or is the start."""
        while self.left:
            step, width = _minimum(low, high), abs(high.step - low.step)
            nearest = min(abs(step - low.step), abs(step - high.step))
            within = min(low.step, high.step) < step < max(low.step, high.step)
            if not within or nearest < 0.1 * width:
                step = (low.step + high.step) / 2
            if step in (low.step, high.step):
                break
            point = self._at(step)
            if not self._falls(point) or point.value >= low.value:
                high = point
                continue
            if self._flat(point):
                return point
            if point.slope * (high.step - low.step) >= 0:
                high = low
            low = point
        return low

    def _at(self, step: float) -> Point:
        self.left -= 1
        return self.evaluate(step)

    def _falls(self, point: Point) -> bool:
        """Return whether the value falls enough; false where the function is not finite."""
        most = self.start.value + self.c1 * point.step * self.start.slope
        return point.value <= most and math.isfinite(point.slope)

    def _flat(self, point: Point) -> bool:
        return abs(point.slope) <= -self.c2 * self.start.slope


def _minimum(a: Point, b: Point) -> float:
    """Return where the cubic through two points has its minimum: equation 3.59; NaN if nowhere."""
    if not (math.isfinite(b.value) and math.isfinite(b.slope)):
        return math.nan
    width = b.step - a.step
    d1 = a.slope + b.slope - 3 * (b.value - a.value) / width
    square = d1 * d1 - a.slope * b.slope
    if not 0 <= square < math.inf:
        return math.nan
    d2 = math.copysign(math.sqrt(square), width)
    bottom = b.slope - a.slope + 2 * d2
    return b.step - width * (b.slope + d2 - d1) / bottom if bottom else math.nan
