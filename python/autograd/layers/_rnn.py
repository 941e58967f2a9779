"""The simple recurrent layer."""

from __future__ import annotations

from autograd import functions as F
from autograd import random
from autograd.layers._init import check_sizes
from autograd.layers._linear import Linear
from autograd.layers._recurrent import Recurrent

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from numpy.typing import ArrayLike, DTypeLike

    from autograd._core import Variable


class RNN(Recurrent):
    """A recurrent layer: ``h = tanh(x2h(x) + h2h(h))``, one step per call.

    ``x2h`` and ``h2h`` are `Linear` layers, the second without a bias. At the first step, and at
    the first after `reset_state`, there is no ``h`` yet, and the term of ``h2h`` is left out.

    Parameters
    ----------
    hidden_size : int
        The number of outputs.
    rng : int, numpy.random.Generator or source, optional
        Where the weights are drawn from, see `autograd.random`; a seed of its own by default.
        Those of ``h2h`` are drawn at once, those of ``x2h`` at the first call.
    dtype : dtype, default float64
        float64 or float32.

    Raises
    ------
    ValueError
        If ``hidden_size`` is not positive, ``x`` is no matrix, or the number of its rows is not
        that of the step before.

    References
    ----------
    J. L. Elman, *Finding Structure in Time*, Cognitive Science 14, 1990.

    Examples
    --------
    >>> import autograd as ag
    >>> from autograd import layers as L
    >>> layer = L.RNN(4, rng=0)
    >>> for x in ag.ones((3, 2, 1)):  # three steps, two sequences, one feature
    ...     y = layer(x)
    >>> y.shape, layer.h is y
    ((2, 4), True)
    >>> layer.reset_state()
    >>> print(layer.h, layer)
    None RNN(1 -> 4)
    """

    def __init__(self, hidden_size: int, rng: object = None, dtype: DTypeLike = "float64") -> None:
        super().__init__()
        check_sizes("RNN", hidden_size=hidden_size)
        rng = random.source(rng)
        self.h2h = Linear(hidden_size, hidden_size, bias=False, rng=rng, dtype=dtype)
        self.x2h = Linear(hidden_size, rng=rng, dtype=dtype)

    def forward(self, x: Variable | ArrayLike) -> Variable:
        """Do one step: ``x``, of shape (batch, in_size), gives shape (batch, hidden_size)."""
        a = self.x2h(self._step(x))
        h = self._h
        self._h = y = F.tanh(a if h is None else a + self.h2h(h))
        return y

    def __repr__(self) -> str:
        return self._describe(self.x2h)
