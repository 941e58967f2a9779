"""Long short-term memory."""

from __future__ import annotations

from autograd import functions as F
from autograd import random
from autograd._core import Variable, lstm_steps
from autograd.layers._init import check_sizes
from autograd.layers._layer import Lazy
from autograd.layers._linear import Linear
from autograd.layers._recurrent import Joined, Recurrent, from_hidden, from_input

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from numpy.typing import ArrayLike, DTypeLike

_PLAIN = {Linear}


class LSTM(Recurrent):
    """Long short-term memory: a recurrent layer with gates, one step per call.

    With the output ``h`` and the cell ``c`` of the step before::

        f = sigmoid(x2f(x) + h2f(h))    what the cell keeps
        i = sigmoid(x2i(x) + h2i(h))    what it takes in
        o = sigmoid(x2o(x) + h2o(h))    what it shows
        u = tanh(x2u(x) + h2u(h))
        c = f * c + i * u
        h = o * tanh(c)

    All maps are `Linear` layers, those of ``h`` without a bias. At the first step, and at the
    first after `reset_state`, there is no ``h`` and no ``c`` yet: their terms are left out, and
    ``f`` plays no part. A step is one product for all maps, see `functions.lstm_cell`, and
    `sequence` does many steps at once; a map that has been replaced by another layer is called.

    Parameters
    ----------
    hidden_size : int
        The number of outputs.
    rng : int, numpy.random.Generator or source, optional
        Where the weights are drawn from, see `autograd.random`; a seed of its own by default.
        Those of ``h2f``, ``h2i``, ``h2o``, ``h2u`` are drawn at once, in this order; those of
        ``x2f``, ``x2i``, ``x2o``, ``x2u`` at the first call.
    dtype : dtype, default float64
        float64 or float32.

    Raises
    ------
    ValueError
        If ``hidden_size`` is not positive, ``x`` is no matrix, or the number of its rows is not
        that of the step before.

    References
    ----------
    S. Hochreiter, J. Schmidhuber, *Long Short-Term Memory*, Neural Computation 9, 1997.
    F. A. Gers, J. Schmidhuber, F. Cummins, *Learning to Forget: Continual Prediction with LSTM*,
    Neural Computation 12, 2000, for the gate ``f``.

    Examples
    --------
    >>> import autograd as ag
    >>> from autograd import layers as L
    >>> layer = L.LSTM(4, rng=0)
    >>> for x in ag.ones((3, 2, 1)):  # three steps, two sequences, one feature
    ...     y = layer(x)
    >>> y.shape, layer.h is y, layer.c.shape
    ((2, 4), True, (2, 4))
    >>> layer.reset_state()
    >>> print(layer.h, layer.c, layer)
    None None LSTM(1 -> 4)
    """

    def __init__(self, hidden_size: int, rng: object = None, dtype: DTypeLike = "float64") -> None:
        super().__init__()
        check_sizes("LSTM", hidden_size=hidden_size)
        rng = random.source(rng)
        self._c: Variable | None = None
        self.h2f, self.h2i, self.h2o, self.h2u = from_hidden(4, hidden_size, rng, dtype)
        self.x2f, self.x2i, self.x2o, self.x2u = from_input(4, hidden_size, rng, dtype)
        self._joined = Joined()

    @property
    def c(self) -> Variable | None:
        """The cell after the last step, of shape (batch, hidden_size); None before the first."""
        return self._c

    def forward(self, x: Variable | ArrayLike) -> Variable:
        """Do one step: ``x``, of shape (batch, in_size), gives shape (batch, hidden_size)."""
        x = self._step(x)
        h, c = self._h, self._c
        if h is None or c is None:
            # All maps are called, to make their weights.
            _, i, o, u = self.x2f(x), self.x2i(x), self.x2o(x), self.x2u(x)
            c = F.sigmoid(i) * F.tanh(u)
            y = F.sigmoid(o) * F.tanh(c)
            self._h, self._c = y, c
            return y
        maps = self._maps()
        if maps is not None and x.shape[1] == maps[0][0].shape[0]:
            return self._fused(x, maps)
        f, i = self.x2f(x) + self.h2f(h), self.x2i(x) + self.h2i(h)
        o, u = self.x2o(x) + self.h2o(h), self.x2u(x) + self.h2u(h)
        c = F.sigmoid(f) * c + F.sigmoid(i) * F.tanh(u)
        y = F.sigmoid(o) * F.tanh(c)
        self._h, self._c = y, c
        return y

    def sequence(self, x: Variable | ArrayLike) -> Variable:
        """Do several steps at once, which takes less time than one call for each.

        Parameters
        ----------
        x : Variable or array_like
            Shape (steps, batch, in_size).

        Returns
        -------
        Variable
            The outputs after each step, of shape (steps, batch, hidden_size).

        Raises
        ------
        ValueError
            If ``x`` has another number of axes, or does not go with the state of the step before.

        Examples
        --------
        >>> import autograd as ag
        >>> from autograd import layers as L
        >>> layer = L.LSTM(4, rng=0)
        >>> layer.sequence(ag.ones((3, 2, 1))).shape
        (3, 2, 4)
        """
        x = self._steps(x)
        steps, _, in_size = x.shape
        if steps == 0:
            raise ValueError("LSTM: x must have one step or more")
        if self._h is None and steps > 1:
            for x2h in (self.x2f, self.x2i, self.x2o, self.x2u):
                x2h(x[0, :0])  # makes the weights, in the order of single steps
        maps = self._maps()
        # A first step on its own has no part for the gate f.
        if (self._h is None and steps == 1) or maps is None or in_size != maps[0][0].shape[0]:
            return F.stack([self(step) for step in F.unstack(x)])
        return self._fused(x, maps)

    def _maps(self) -> tuple[tuple[Variable, ...], ...] | None:
        """Return all weights of the input, all of the state, all biases, in the order of F.lstm.

        None where a map is not of the kind that the layer begins with, or not made yet.
        """
        # Written out: this is asked at each step.
        f, i, o, u = self.x2f, self.x2i, self.x2o, self.x2u
        hf, hi, ho, hu = self.h2f, self.h2i, self.h2o, self.h2u
        if {type(f), type(i), type(o), type(u), type(hf), type(hi), type(ho), type(hu)} != _PLAIN:
            return None
        if not (hf.b is hi.b is ho.b is hu.b is None):
            return None
        b = f.b, i.b, o.b, u.b
        wx, wh = (f.w, i.w, o.w, u.w), (hf.w, hi.w, ho.w, hu.w)
        for w in (*wx, *wh):
            if isinstance(w, Lazy):
                return None
        for bias in b:
            if bias is None:
                return None
        return wx, wh, b  # type: ignore[return-value]  # none of them is Lazy or None

    def _fused(self, x: Variable, maps: tuple[tuple[Variable, ...], ...]) -> Variable:
        y, self._h, self._c, self._joined.parts = lstm_steps(
            x, self._h, self._c, maps, self._joined.parts
        )
        return y

    def _reset(self) -> None:
        super()._reset()
        self._c = self._joined.parts = None

    def __repr__(self) -> str:
        return self._describe(self.x2f)
