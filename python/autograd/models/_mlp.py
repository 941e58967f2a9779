"""The multi-layer perceptron."""

from __future__ import annotations

from autograd import functions as F
from autograd import random
from autograd.layers import Layer, Linear
from autograd.layers._init import arrow, check_callable, function_name

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from numpy.typing import ArrayLike, DTypeLike

    from autograd._core import Variable


class MLP(Layer):
    """A multi-layer perceptron: linear layers, and a function between each two of them.

    The parameters are ``linear[0].w``, ``linear[0].b``, ``linear[1].w`` and so on.

    Parameters
    ----------
    sizes : iterable of int
        The number of outputs of each layer; the number of inputs of the first is that of the
        first ``x``, at which the weights are drawn.
    activation : callable, default F.sigmoid
        What is applied between two layers, and not after the last.
    rng : int, numpy.random.Generator or source, optional
        Where the weights are drawn from, layer after layer; see `autograd.random`. By default a
        seed of its own.
    dtype : dtype, default float64
        float64 or float32.

    Raises
    ------
    ValueError
        If there is no size, or one that is not positive.
    TypeError
        If ``sizes`` are no integers, or ``activation`` cannot be called.

    Examples
    --------
    >>> import autograd as ag
    >>> from autograd import functions as F, models
    >>> model = models.MLP([10, 1], activation=F.relu, rng=0)
    >>> model(ag.ones((5, 3))).shape
    (5, 1)
    >>> model
    MLP(3 -> 10 -> 1, activation=relu)
    >>> list(model.params())
    ['linear[0].b', 'linear[0].w', 'linear[1].b', 'linear[1].w']
    """

    def __init__(
        self,
        sizes: Iterable[int],
        activation: Callable[[Variable], Any] = F.sigmoid,
        rng: object = None,
        dtype: DTypeLike = "float64",
    ) -> None:
        try:
            sizes = list(sizes)
        except TypeError:
            kind = type(sizes).__name__
            raise TypeError(f"MLP: sizes must be a sequence of ints, got {kind}") from None
        if not sizes:
            raise ValueError("MLP: sizes must name the outputs of one layer at least, got none")
        check_callable("MLP", "activation", activation)
        rng = random.source(rng)
        self.activation = activation
        self.linear = [Linear(size, rng=rng, dtype=dtype) for size in sizes]

    def forward(self, x: Variable | ArrayLike) -> Any:
        """Map ``x`` of shape (..., in_size) to shape (..., sizes[-1])."""
        y = self.linear[0](x)
        for linear in self.linear[1:]:
            y = linear(self.activation(y))
        return y

    def __repr__(self) -> str:
        sizes = [self.linear[0].w.shape[0], *(linear.w.shape[1] for linear in self.linear)]
        return f"MLP({arrow(sizes)}, activation={function_name(self.activation)})"
