"""The gated recurrent unit."""

from __future__ import annotations

from autograd import functions as F
from autograd import random
from autograd.layers._init import check_sizes
from autograd.layers._recurrent import Recurrent, from_hidden, from_input

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from numpy.typing import ArrayLike, DTypeLike

    from autograd._core import Variable


class GRU(Recurrent):
    """The gated recurrent unit: a recurrent layer with gates, one step per call.

    With the output ``h`` of the step before::

        r = sigmoid(x2r(x) + h2r(h))    what of h the candidate sees
        z = sigmoid(x2z(x) + h2z(h))    what of h stays
        u = tanh(x2u(x) + h2u(r * h))
        h = z * h + (1 - z) * u

    This is the variant of the paper: ``r`` multiplies ``h`` before the map ``h2u``. (cuDNN, and
    with it some frameworks, multiply after the map.) All maps are `Linear` layers, those of ``h``
    without a bias. At the first step, and at the first after `reset_state`, there is no ``h``
    yet: its terms are left out, and ``r`` plays no part.

    Parameters
    ----------
    hidden_size : int
        The number of outputs.
    rng : int, numpy.random.Generator or source, optional
        Where the weights are drawn from, see `autograd.random`; a seed of its own by default.
        Those of ``h2r``, ``h2z``, ``h2u`` are drawn at once, in this order; those of ``x2r``,
        ``x2z``, ``x2u`` at the first call.
    dtype : dtype, default float64
        float64 or float32.

    Raises
    ------
    ValueError
        If ``hidden_size`` is not positive, ``x`` is no matrix, or the number of its rows is not
        that of the step before.

    References
    ----------
    K. Cho et al., *Learning Phrase Representations using RNN Encoder-Decoder for Statistical
    Machine Translation*, 2014, equations 5 to 8.

    Examples
    --------
    >>> import autograd as ag
    >>> from autograd import layers as L
    >>> layer = L.GRU(4, rng=0)
    >>> for x in ag.ones((3, 2, 1)):  # three steps, two sequences, one feature
    ...     y = layer(x)
    >>> y.shape, layer.h is y
    ((2, 4), True)
    >>> layer
    GRU(1 -> 4)
    """

    def __init__(self, hidden_size: int, rng: object = None, dtype: DTypeLike = "float64") -> None:
        super().__init__()
        check_sizes("GRU", hidden_size=hidden_size)
        rng = random.source(rng)
        self.h2r, self.h2z, self.h2u = from_hidden(3, hidden_size, rng, dtype)
        self.x2r, self.x2z, self.x2u = from_input(3, hidden_size, rng, dtype)

    def forward(self, x: Variable | ArrayLike) -> Variable:
        """Do one step: ``x``, of shape (batch, in_size), gives shape (batch, hidden_size)."""
        x = self._step(x)
        r, z, u = self.x2r(x), self.x2z(x), self.x2u(x)
        h = self._h
        if h is None:
            y = (1.0 - F.sigmoid(z)) * F.tanh(u)
        else:
            r, z = F.sigmoid(r + self.h2r(h)), F.sigmoid(z + self.h2z(h))
            u = F.tanh(u + self.h2u(r * h))
            y = z * h + (1.0 - z) * u
        self._h = y
        return y

    def __repr__(self) -> str:
        return self._describe(self.x2r)
