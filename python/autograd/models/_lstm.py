"""The recurrent model."""

from __future__ import annotations

from autograd import layers as L
from autograd import random
from autograd.layers._init import arrow

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import ArrayLike, DTypeLike

    from autograd._core import Variable


class LSTM(L.Layer):
    """A recurrent model: an `LSTM` layer, and a linear map of its output; one step per call.

    The parameters are those of ``lstm``, such as ``lstm.h2f.w``, and of ``linear``. Call
    ``reset_state()`` before a new sequence, and ``unchain_backward()`` of a loss to go no further
    back than here from then on.

    Parameters
    ----------
    hidden_size : int
        The number of outputs of the recurrent layer.
    out_size : int
        The number of outputs of the model.
    rng : int, numpy.random.Generator or source, optional
        Where the weights are drawn from, see `autograd.random`; a seed of its own by default.
        Those of the maps of the state are drawn at once, the others at the first call.
    dtype : dtype, default float64
        float64 or float32.

    Raises
    ------
    ValueError
        If a size is not positive, ``x`` is no matrix, or the number of its rows is not that of
        the step before.

    Examples
    --------
    >>> import autograd as ag
    >>> from autograd import models
    >>> model = models.LSTM(8, 1, rng=0)
    >>> for x in ag.ones((3, 2, 1)):  # three steps, two sequences, one feature
    ...     y = model(x)
    >>> y.shape
    (2, 1)
    >>> model.reset_state()
    >>> model
    LSTM(1 -> 8 -> 1)
    """

    def __init__(
        self,
        hidden_size: int,
        out_size: int,
        rng: object = None,
        dtype: DTypeLike = "float64",
    ) -> None:
        rng = random.source(rng)
        self.lstm = L.LSTM(hidden_size, rng, dtype)
        self.linear = L.Linear(out_size, rng=rng, dtype=dtype)

    def forward(self, x: Variable | ArrayLike) -> Any:
        """Do one step: ``x`` of shape (batch, in_size) gives shape (batch, out_size)."""
        return self.linear(self.lstm(x))

    def sequence(self, x: Variable | ArrayLike) -> Any:
        """Do several steps at once, which takes less time than one call for each.

        Parameters
        ----------
        x : Variable or array_like
            Shape (steps, batch, in_size).

        Returns
        -------
        Variable
            The results of each step, of shape (steps, batch, out_size).

        Raises
        ------
        ValueError
            If ``x`` has another number of axes, or does not go with the state of the step before.

        Examples
        --------
        >>> import autograd as ag
        >>> from autograd import models
        >>> model = models.LSTM(8, 1, rng=0)
        >>> model.sequence(ag.ones((3, 2, 1))).shape
        (3, 2, 1)
        """
        return self.linear(self.lstm.sequence(x))

    def __repr__(self) -> str:
        sizes = [*self.lstm.x2f.w.shape, self.linear.w.shape[1]]
        return f"LSTM({arrow(sizes)})"
