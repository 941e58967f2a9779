"""Attention with several heads."""

from __future__ import annotations

from autograd import functions as F
from autograd import random
from autograd._core import Variable
from autograd.layers._init import (
    as_variable,
    check_fractions,
    check_known_sizes,
    check_sizes,
    options,
)
from autograd.layers._layer import Layer
from autograd.layers._linear import Linear

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from numpy.typing import ArrayLike, DTypeLike


class MultiHeadAttention(Layer):
    """Attention with several heads, each of which looks at a part of the features.

    ``out(concat(heads))``, where each head is `functions.scaled_dot_product_attention` of its part
    of ``q(query)``, ``k(key)`` and ``v(value)``. All four maps are `Linear` layers with
    ``embed_dim`` outputs; their parameters are ``q.w``, ``q.b`` and so on.

    Parameters
    ----------
    embed_dim : int
        The number of features of a query, and of a result.
    num_heads : int
        The number of heads, which divides ``embed_dim``.
    dropout : float, default 0.0
        The probability with which a weight is dropped in training; see `functions.dropout`.
    bias : bool, default True
        Whether the maps have a bias.
    kdim, vdim : int, optional
        The number of features of keys and values; ``embed_dim`` by default.
    rng : int, numpy.random.Generator or source, optional
        Where the weights of ``q``, ``k``, ``v`` and ``out`` are drawn from, in this order, and
        what is dropped; see `autograd.random`. By default a seed of its own.
    dtype : dtype, default float64
        float64 or float32.

    Raises
    ------
    ValueError
        If a size is not positive, ``num_heads`` does not divide ``embed_dim``, ``dropout`` does
        not lie between 0 and 1, or shapes do not fit.

    References
    ----------
    A. Vaswani et al., *Attention Is All You Need*, 2017, section 3.2.2.

    Examples
    --------
    >>> import autograd as ag
    >>> from autograd import layers as L
    >>> layer = L.MultiHeadAttention(8, 2, rng=0)
    >>> x, memory = ag.ones((5, 3, 8)), ag.ones((5, 4, 8))
    >>> layer(x, is_causal=True).shape, layer(x, memory).shape
    ((5, 3, 8), (5, 3, 8))
    >>> layer
    MultiHeadAttention(8, num_heads=2)
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        kdim: int | None = None,
        vdim: int | None = None,
        rng: object = None,
        dtype: DTypeLike = "float64",
    ) -> None:
        name = "MultiHeadAttention"
        check_sizes(name, embed_dim=embed_dim, num_heads=num_heads)
        check_known_sizes(name, kdim=kdim, vdim=vdim)
        check_fractions(name, dropout=dropout)
        if embed_dim % num_heads:
            raise ValueError(
                f"{name}: num_heads must divide embed_dim, got {num_heads} and {embed_dim}"
            )
        self.num_heads = num_heads
        self.dropout = dropout
        self._rng = random.source(rng)

        def linear(in_size: int | None) -> Linear:
            return Linear(embed_dim, in_size or embed_dim, bias, self._rng, dtype)

        self.q = linear(embed_dim)
        self.k = linear(kdim)
        self.v = linear(vdim)
        self.out = linear(embed_dim)

    def forward(
        self,
        query: Variable | ArrayLike,
        key: Variable | ArrayLike | None = None,
        value: Variable | ArrayLike | None = None,
        mask: Variable | ArrayLike | None = None,
        is_causal: bool = False,
    ) -> Variable:
        """Let each query look at the keys, and return the values that it sees.

        Parameters
        ----------
        query : Variable or array_like
            Shape (..., L, embed_dim).
        key : Variable or array_like, optional
            Shape (..., S, kdim); by default ``query``: self-attention.
        value : Variable or array_like, optional
            Shape (..., S, vdim); ``key`` by default.
        mask : Variable or array_like, optional
            Booleans, true where a query sees a key, or floats that are added to the scores. It
            broadcasts to the shape (..., L, S) and holds for all heads; if it has an axis more
            than ``query``, to (..., num_heads, L, S).
        is_causal : bool, default False
            Whether query ``i`` sees the keys up to ``i`` only; with a mask, where both allow it.

        Returns
        -------
        Variable
            Shape (..., L, embed_dim).
        """
        query = as_variable(query)
        key = query if key is None else as_variable(key)
        value = key if value is None else as_variable(value)
        for name, x in (("query", query), ("key", key), ("value", value)):
            if x.ndim < 2:
                raise ValueError(
                    f"MultiHeadAttention: {name} must have two axes or more, got shape {x.shape}"
                )
        if mask is not None:
            mask = _for_heads(mask, query.ndim)
        q, k, v = (self._split(y) for y in (self.q(query), self.k(key), self.v(value)))
        y = F.scaled_dot_product_attention(
            q, k, v, mask, is_causal, dropout_p=self.dropout, rng=self._rng
        )
        y = F.swapaxes(y, -2, -3)
        result: Variable = self.out(F.reshape(y, (*y.shape[:-2], y.shape[-2] * y.shape[-1])))
        return result

    def _split(self, x: Variable) -> Variable:
        """Give each head its part: shape (..., L, E) becomes (..., num_heads, L, E / num_heads)."""
        size = x.shape[-1] // self.num_heads
        return F.swapaxes(F.reshape(x, (*x.shape[:-1], self.num_heads, size)), -2, -3)

    def __repr__(self) -> str:
        in_size, out_size = self.q.w.shape
        given = options(
            num_heads=(self.num_heads, None),
            dropout=(self.dropout, 0.0),
            bias=(self.q.b is not None, True),
            kdim=(self.k.w.shape[0], in_size),
            vdim=(self.v.w.shape[0], in_size),
        )
        return f"MultiHeadAttention({out_size}, {given})"


def _for_heads(mask: Variable | ArrayLike, ndim: int) -> Variable | ArrayLike:
    """Give a mask that holds for all heads an axis for them."""
    if isinstance(mask, Variable):
        if 2 < mask.ndim <= ndim:
            return F.expand_dims(mask, -3)
        return mask
    import numpy as np

    array = np.asarray(mask)
    return np.expand_dims(array, -3) if 2 < array.ndim <= ndim else array
