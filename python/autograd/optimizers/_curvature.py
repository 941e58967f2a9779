"""What L-BFGS knows of the curvature, and parameters as one vector."""

from __future__ import annotations

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

    from autograd._core import Variable

    _Vector = NDArray[np.float64]


class Memory:
    """The last changes ``s`` of the parameters, each with the change ``y`` of the gradient.

    References
    ----------
    J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd edition, 2006, section 7.2.
    """

    def __init__(self) -> None:
        self.pairs: list[tuple[_Vector, _Vector]] = []
        # Where the last step began, and the gradient there, when the one at its end is not known.
        self.pending: tuple[_Vector, _Vector] | None = None

    def learn(self, s: _Vector, y: _Vector) -> None:
        """Remember a change, unless there is little curvature in it, or it is negative."""
        if dot(s, y) > 1e-10 * dot(s, s) ** 0.5 * dot(y, y) ** 0.5:
            self.pairs.append((s, y))

    def resume(self, x: _Vector, gradient: _Vector) -> None:
        """Learn from the step that is pending, now that the gradient at its end is known."""
        if self.pending is not None:
            self.learn(x - self.pending[0], gradient - self.pending[1])
            self.pending = None

    def limit(self, size: int) -> None:
        """Forget all but the last ones."""
        del self.pairs[:-size]

    def direction(self, gradient: _Vector) -> _Vector:
        """Return the direction of a step: algorithm 7.4, with the scale of equation 7.20."""
        r, factors = -gradient, []
        for s, y in reversed(self.pairs):
            a = dot(s, r) / dot(s, y)
            r = r - a * y
            factors.append(a)
        if self.pairs:
            s, y = self.pairs[-1]
            r = r * (dot(s, y) / dot(y, y))
        for (s, y), a in zip(self.pairs, reversed(factors), strict=True):
            r = r + s * (a - dot(y, r) / dot(s, y))
        if self.pairs and not dot(r, gradient) < 0 and gradient.any():
            # Rounding has spoilt it.
            self.pairs.clear()
            return -gradient
        return r


def dot(x: _Vector, y: _Vector) -> float:
    """Return the inner product; what is not finite is nothing to warn of."""
    import numpy as np

    with np.errstate(over="ignore", invalid="ignore"):
        return float(x @ y)


def flat(arrays: Iterable[NDArray[Any]]) -> _Vector:
    """Return all elements as one vector."""
    import numpy as np

    return np.concatenate([np.zeros(0), *(a.reshape(-1) for a in arrays)], dtype=np.float64)


def split(params: list[Variable], vector: _Vector) -> list[_Vector]:
    """Return the part of each parameter, in its shape; leading axes of the vector stay."""
    parts, start = [], 0
    for p in params:
        part = vector[..., start : start + p.size]
        parts.append(part.reshape((*vector.shape[:-1], *p.shape)))
        start += p.size
    return parts


def put(params: list[Variable], vector: _Vector) -> None:
    """Give the parameters the values of a vector, in their own dtypes."""
    for p, part in zip(params, split(params, vector), strict=True):
        p.data = part
