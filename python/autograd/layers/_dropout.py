"""Dropout."""

from __future__ import annotations

from autograd import functions as F
from autograd import random
from autograd.layers._init import check_fractions
from autograd.layers._layer import Layer

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from autograd._core import Variable


class Dropout(Layer):
    """Set elements to 0 at random, and scale the others so that the mean stays.

    In `autograd.test_mode` nothing is changed; see `autograd.functions.dropout`.

    Parameters
    ----------
    p : float, default 0.5
        The probability with which an element is dropped, from 0 to 1.
    rng : int, numpy.random.Generator or source, optional
        Where each call draws from, see `autograd.random`; a seed of its own by default.

    Raises
    ------
    ValueError
        If ``p`` does not lie between 0 and 1.

    References
    ----------
    N. Srivastava et al., *Dropout: A Simple Way to Prevent Neural Networks from Overfitting*,
    JMLR 15, 2014.

    Examples
    --------
    >>> import autograd as ag
    >>> from autograd import layers as L
    >>> layer = L.Dropout(0.5, rng=0)
    >>> print(layer(ag.ones(4)))
    variable([2., 0., 0., 0.])
    >>> with ag.test_mode():
    ...     print(layer(ag.ones(4)))
    variable([1., 1., 1., 1.])
    """

    def __init__(self, p: float = 0.5, rng: object = None) -> None:
        check_fractions("Dropout", p=p)
        self.p = p
        self._rng = random.source(rng)

    def forward(self, x: Variable | ArrayLike) -> Variable:
        """Drop elements of ``x``, of any shape."""
        return F.dropout(x, self.p, self._rng)

    def __repr__(self) -> str:
        return f"Dropout({self.p})"
