"""Noisy curves, of which the next value is to be predicted."""

from __future__ import annotations

import math

from autograd import random
from autograd.data._checks import as_array, check_int, check_noise

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from numpy.typing import DTypeLike, NDArray


class Curve:
    """A noisy curve, by default a sine: given each value, predict the next one.

    The curve has ``n`` points ``f(a) + e``, with ``a`` in even steps from 0 to 2 pi, both included,
    and noise ``e``, uniform in [-noise, noise). It unpacks into ``x`` and ``t``.

    Parameters
    ----------
    n : int, default 1000
        The number of points, at least 2.
    noise : float, default 0.05
        The largest deviation from the curve.
    f : callable, optional
        The curve: a function of an array of angles in radians, element by element. By default
        `numpy.sin`.
    rng : int, numpy.random.Generator or source, optional
        Where the noise is drawn from, point by point, see `autograd.random`; a seed of its own by
        default.
    dtype : dtype, default float64
        float64 or float32; all is computed in float64 first.
    periods : float, default 1.0
        The number of times 2 pi that the points cover.

    Attributes
    ----------
    x : ndarray
        All points but the last, of shape (n - 1, 1).
    t : ndarray
        What follows each of them: all points but the first, of shape (n - 1, 1).

    Raises
    ------
    ValueError
        If ``n`` is too small, ``noise`` negative, ``periods`` not positive, or the result of ``f``
        has another shape.
    TypeError
        If ``n`` is no integer, or ``rng`` no source.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.data import Curve, SequenceLoader
    >>> curve = Curve(n=5, noise=0.0, f=np.cos)
    >>> print(curve.x.ravel().round(2) + 0.0, curve.t.ravel().round(2) + 0.0)
    [ 1.  0. -1.  0.] [ 0. -1.  0.  1.]
    >>> x, t = Curve(rng=0)
    >>> len(SequenceLoader(x, t, batch_size=30))
    33
    """

    def __init__(
        self,
        n: int = 1000,
        noise: float = 0.05,
        f: Callable[[NDArray[Any]], Any] | None = None,
        rng: object = None,
        dtype: DTypeLike = "float64",
        *,
        periods: float = 1.0,
    ) -> None:
        import numpy as np

        n = check_int("Curve", "n", n, least=2)
        check_noise("Curve", noise)
        if not 0.0 < periods < math.inf:
            raise ValueError(f"Curve: periods must be finite and positive, got {periods}")
        angles = 2.0 * periods * math.pi * (np.arange(n) / (n - 1))
        values = as_array(np.sin(angles) if f is None else f(angles))
        if values.shape != (n,):
            raise ValueError(f"Curve: f must return an array of shape {(n,)}, got {values.shape}")
        values = values + (random.uniform((n,), rng) * (2.0 * noise) - noise)
        column = values.astype(dtype).reshape(n, 1)
        self.x = column[:-1]
        self.t = column[1:]

    def __iter__(self) -> Iterator[NDArray[Any]]:
        return iter((self.x, self.t))

    def __repr__(self) -> str:
        return f"Curve({len(self.x) + 1} points)"
