"""When a derivative and a difference quotient count as equal."""

from __future__ import annotations

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

    from autograd._core import Variable
    from autograd.testing._differences import Neighbourhood, Slope

_RTOL = {"float64": 1e-6, "float32": 1e-3}
_ATOL = {"float64": 1e-9, "float32": 1e-5}


class Tolerance:
    """The tolerances for Variables of these dtypes, and their relative rounding error."""

    def __init__(
        self, variables: Sequence[Variable], rtol: float | None, atol: float | None
    ) -> None:
        import numpy as np

        coarsest = "float32" if any(v.dtype == np.float32 for v in variables) else "float64"
        self.rtol = _RTOL[coarsest] if rtol is None else rtol
        self.atol = _ATOL[coarsest] if atol is None else atol
        # Some operations, each with its rounding error.
        self.rounding = 16 * float(np.finfo(coarsest).eps)


class Reverse:
    """A gradient, contracted with a direction, against weighted differences along that."""

    def __init__(
        self,
        tolerance: Tolerance,
        near: Neighbourhood,
        weights: Sequence[NDArray[Any]],
        gradient: Variable,
        direction: NDArray[Any],
    ) -> None:
        import numpy as np

        self.tolerance, self.near = tolerance, near
        self.weights = np.concatenate([w.astype(np.float64).reshape(-1) for w in weights])
        self.gradient = gradient.data.astype(np.float64)
        self.direction = direction

    def towards(self, direction: NDArray[Any]) -> Reverse:
        """Return the comparison along another direction."""
        import copy

        other = copy.copy(self)
        other.direction = direction
        return other

    def analytic(self) -> float:
        """Return the derivative that the gradient tells."""
        return float((self.gradient * self.direction).sum())

    def numerical(self, slope: Slope) -> float:
        """Return the derivative that differences tell."""
        return float(self.weights @ slope.value)

    def uncertainty(self, slope: Slope) -> float:
        """Return how far the differences with different steps are apart."""
        return float(abs(self.weights) @ slope.spread)

    def noise(self, slope: Slope) -> float:
        """Return what rounding makes of the differences; it adds up like random errors do."""
        return _norm(self.weights * slope.rounding)

    def miss(self, slope: Slope) -> float:
        """Return how far both are apart."""
        return abs(self.analytic() - self.numerical(slope))

    def allowed(self, slope: Slope) -> float:
        """Return how far they may be apart."""
        t = self.tolerance
        inexact = _norm(self.weights * self.near.values) + _norm(self.weights * slope.value)
        size = max(_norm(self.gradient * self.direction), abs(self.numerical(slope)))
        return t.atol + t.rtol * size + t.rounding * inexact + self.noise(slope)

    def agrees(self, slope: Slope) -> bool:
        """Whether both are equal; NaN is not."""
        return self.miss(slope) <= self.allowed(slope)

    def upheld(self, slope: Slope, finer: Slope) -> bool:
        """Whether a disagreement counts though smaller steps, less exact, agree."""
        settled = self.uncertainty(slope) <= 0.01 * self.miss(slope)
        change = abs(self.numerical(slope) - self.numerical(finer))
        return settled and change <= self.allowed(finer)


class Forward:
    """The derivatives of all results along a direction against differences along that."""

    def __init__(
        self,
        tolerance: Tolerance,
        near: Neighbourhood,
        derivatives: Sequence[Variable],
        direction: NDArray[Any],
    ) -> None:
        import numpy as np

        self.tolerance, self.near = tolerance, near
        self.derivatives = np.concatenate(
            [d.data.astype(np.float64).reshape(-1) for d in derivatives]
        )
        self.direction = direction

    def miss(self, slope: Slope) -> NDArray[Any]:
        """Return how far both are apart, for each result."""
        result: NDArray[Any] = abs(self.derivatives - slope.value)
        return result

    def allowed(self, slope: Slope) -> NDArray[Any]:
        """Return how far they may be, for each result."""
        import numpy as np

        t = self.tolerance
        inexact = np.max(abs(self.near.values), initial=0) + np.max(abs(slope.value), initial=0)
        size = np.maximum(abs(self.derivatives), abs(slope.value))
        result: NDArray[Any] = t.atol + t.rtol * size + t.rounding * inexact + slope.rounding
        return result

    def agrees(self, slope: Slope) -> bool:
        """Whether all are equal; NaN is not."""
        return bool((self.miss(slope) <= self.allowed(slope)).all())

    def upheld(self, slope: Slope, finer: Slope) -> bool:
        """Whether a disagreement counts though smaller steps, less exact, agree."""
        wrong = ~(self.miss(slope) <= self.allowed(slope))
        settled = slope.spread <= 0.01 * self.miss(slope)
        alike = abs(slope.value - finer.value) <= self.allowed(finer)
        return bool((wrong & settled & alike).any())


def _norm(x: NDArray[np.float64]) -> float:
    import numpy as np

    return float(np.sqrt((x * x).sum()))
