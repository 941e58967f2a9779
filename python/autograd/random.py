"""Sources of random numbers, and what the rest of the package draws from them.

Wherever this package takes an ``rng`` it may be

- None: a source that the system seeds,
- an int: the seed of a `numpy.random.Generator`,
- a `numpy.random.Generator`,
- `PCG` or `ChaCha8`, whose streams are those of Go's ``math/rand/v2``, bit for bit,
- any object with the methods ``uniform()`` and ``normal()``, which draw one float each.

Arrays are filled in row-major order.

>>> import autograd as ag
>>> from autograd import random
>>> print(ag.rand(3, rng=random.PCG(1, 2)))
variable([0.67645566, 0.46138622, 0.5085474 ])
"""

from __future__ import annotations

from autograd._core import PCG, ChaCha8

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

    _Size = tuple[int, ...]

__all__ = ["PCG", "ChaCha8"]


def source(rng: object) -> Any:
    """Make a source of an ``rng`` argument: a seed becomes a generator, once for all its users."""
    import numpy as np

    if rng is None or (isinstance(rng, (int, np.integer)) and not isinstance(rng, bool)):
        return np.random.default_rng(rng)
    if isinstance(rng, np.random.Generator) or hasattr(rng, "uniform"):
        return rng
    raise TypeError(
        "rng must be an int seed, a numpy.random.Generator, or a source such as random.PCG, "
        f"got {type(rng).__name__}"
    )


def uniform(shape: _Size, rng: object) -> NDArray[np.float64]:
    """Draw uniform numbers in [0, 1)."""
    import numpy as np

    drawer = source(rng)
    if isinstance(drawer, np.random.Generator):
        return drawer.random(shape)
    return _draw(drawer, drawer.uniform, shape)


def normal(shape: _Size, rng: object) -> NDArray[np.float64]:
    """Draw standard normal numbers."""
    import numpy as np

    drawer = source(rng)
    if isinstance(drawer, np.random.Generator):
        return drawer.standard_normal(shape)
    if not hasattr(drawer, "normal"):
        raise TypeError(f"rng has no method normal(): {type(drawer).__name__}")
    return _draw(drawer, drawer.normal, shape)


def permutation(n: int, rng: object) -> NDArray[np.int64]:
    """Draw an order of the integers below ``n``."""
    import numpy as np

    drawer = source(rng)
    if isinstance(drawer, (np.random.Generator, PCG, ChaCha8)):
        return drawer.permutation(n)
    return np.argsort(uniform((n,), drawer), kind="stable")


def _draw(rng: object, draw: Callable[..., Any], shape: _Size) -> NDArray[np.float64]:
    import numpy as np

    if isinstance(rng, (PCG, ChaCha8)):
        drawn: NDArray[np.float64] = draw(shape)
        return drawn
    drawn = np.empty(shape)
    drawn.reshape(-1)[:] = [draw() for _ in range(drawn.size)]
    return drawn
