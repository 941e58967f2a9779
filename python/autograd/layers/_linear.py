"""The linear layer."""

from __future__ import annotations

from autograd import functions as F
from autograd import random
from autograd._core import Variable
from autograd.layers._init import (
    arrow,
    as_variable,
    check_known_sizes,
    check_sizes,
    constant,
    fan_in_normal,
)
from autograd.layers._layer import Layer, Lazy

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from numpy.typing import ArrayLike, DTypeLike


class Linear(Layer):
    """An affine map of the last axis: ``x @ w + b``.

    The weights ``w``, of shape (in_size, out_size), are drawn from a normal distribution with the
    standard deviation ``1 / sqrt(in_size)``; the bias ``b``, of shape (1, out_size), begins as
    zeros. By its shape the result has at least two axes: an ``x`` of shape (in_size,) gives
    (1, out_size), and (out_size,) without a bias.

    Parameters
    ----------
    out_size : int
        The number of outputs.
    in_size : int, optional
        The number of inputs; by default that of the first ``x``, and ``w`` is made then.
    bias : bool, default True
        Whether there is a ``b``.
    rng : int, numpy.random.Generator or source, optional
        Where the weights are drawn from, see `autograd.random`; a seed of its own by default.
    dtype : dtype, default float64
        float64 or float32.

    Raises
    ------
    ValueError
        If a size is not positive, or the last size of ``x`` is not ``in_size``.

    References
    ----------
    Y. LeCun et al., *Efficient BackProp*, 1998, section 4.6, for the scale of the weights.

    Examples
    --------
    >>> from autograd import Variable, layers as L
    >>> layer = L.Linear(3, rng=0)
    >>> layer(Variable([[1.0, 2.0]])).shape
    (1, 3)
    >>> layer
    Linear(2 -> 3)
    """

    w: Variable | Lazy

    def __init__(
        self,
        out_size: int,
        in_size: int | None = None,
        bias: bool = True,
        rng: object = None,
        dtype: DTypeLike = "float64",
    ) -> None:
        check_sizes("Linear", out_size=out_size)
        check_known_sizes("Linear", in_size=in_size)
        self._rng = random.source(rng)
        w = Lazy((in_size, out_size), dtype)
        self.w = w if in_size is None else self._make(w, in_size)
        self.b = constant((1, out_size), 0.0, dtype) if bias else None

    def forward(self, x: Variable | ArrayLike) -> Variable:
        """Map the last axis of ``x``, of shape (..., in_size), to shape (..., out_size)."""
        if isinstance(self.w, Lazy):
            x = as_variable(x)
            if x.ndim == 0:
                raise ValueError("Linear: x must have at least one axis, got a number")
            self.w = self._make(self.w, x.shape[-1])
        return F.linear(x, self.w, self.b)

    def _make(self, w: Lazy, in_size: int) -> Variable:
        """Draw the weights, now that the number of inputs is known."""
        return fan_in_normal(w, in_size, in_size, self._rng)

    def __repr__(self) -> str:
        return f"Linear({arrow(self.w.shape)}{'' if self.b is not None else ', bias=False'})"
