"""Vectors that are looked up by number."""

from __future__ import annotations

from autograd import functions as F
from autograd import random
from autograd._core import Variable
from autograd.layers._init import arrow, check_sizes, normal
from autograd.layers._layer import Layer

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from numpy.typing import ArrayLike, DTypeLike


class Embedding(Layer):
    """A table of vectors that are looked up by number: ``w[indices]``.

    The vectors, the rows of ``w`` of shape (num_embeddings, embedding_dim), are drawn from the
    standard normal distribution.

    Parameters
    ----------
    num_embeddings : int
        The number of vectors.
    embedding_dim : int
        The length of each.
    rng : int, numpy.random.Generator or source, optional
        Where the vectors are drawn from, see `autograd.random`; a seed of its own by default.
    dtype : dtype, default float64
        float64 or float32.

    Raises
    ------
    ValueError
        If a size is not positive.
    IndexError
        If a number is negative, or not less than ``num_embeddings``.
    TypeError
        If the numbers are no integers.

    Examples
    --------
    >>> from autograd import layers as L
    >>> layer = L.Embedding(10, 3, rng=0)
    >>> layer([[1, 2, 9], [0, 0, 1]]).shape
    (2, 3, 3)
    >>> layer
    Embedding(10 -> 3)
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        rng: object = None,
        dtype: DTypeLike = "float64",
    ) -> None:
        check_sizes("Embedding", num_embeddings=num_embeddings, embedding_dim=embedding_dim)

        self.w = normal((num_embeddings, embedding_dim), 1.0, random.source(rng), dtype)

    def forward(self, indices: Variable | ArrayLike) -> Variable:
        """Look up integers of any shape; the vectors lie along a new last axis."""
        return F.embedding(indices, self.w)

    def __repr__(self) -> str:
        return f"Embedding({arrow(self.w.shape)})"
