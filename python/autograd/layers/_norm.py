"""Normalisation."""

from __future__ import annotations

from autograd import functions as F
from autograd._core import Variable
from autograd.layers._init import (
    as_ints,
    as_variable,
    check_fractions,
    check_positive,
    check_sizes,
    constant,
)
from autograd.layers._layer import Layer

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, DTypeLike


class LayerNorm(Layer):
    """Layer normalisation: ``(x - mean) / sqrt(var + eps) * w + b``, over the last axes.

    Mean and variance are those of each sample. ``w`` begins as ones and ``b`` as zeros, of the
    given shape.

    Parameters
    ----------
    shape : int or tuple of int
        The sizes of the axes to normalise over, the last ones of ``x``.
    eps : float, default 1e-5
        Added to the variance; positive.
    dtype : dtype, default float64
        float64 or float32.

    Raises
    ------
    ValueError
        If a size or ``eps`` is not positive, or the last sizes of ``x`` are not ``shape``.

    References
    ----------
    J. L. Ba, J. R. Kiros, G. E. Hinton, *Layer Normalization*, 2016, equations 3 and 4.

    Examples
    --------
    >>> from autograd import Variable, layers as L
    >>> layer = L.LayerNorm(2, eps=1e-12)
    >>> print(layer(Variable([[1.0, 3.0], [5.0, 7.0]])))
    variable([[-1.,  1.],
              [-1.,  1.]])
    >>> layer
    LayerNorm(2, eps=1e-12)
    """

    def __init__(
        self, shape: int | Sequence[int], eps: float = 1e-5, dtype: DTypeLike = "float64"
    ) -> None:
        sizes = as_ints("LayerNorm", "shape", shape)
        if not sizes:
            raise ValueError("LayerNorm: shape must have at least one size, got none")
        check_positive("LayerNorm", eps=eps)
        self.eps = eps
        self.w = constant(sizes, 1.0, dtype)
        self.b = constant(sizes, 0.0, dtype)

    def forward(self, x: Variable | ArrayLike) -> Variable:
        """Normalise ``x`` of shape (..., *shape)."""
        x, sizes = as_variable(x), self.w.shape
        if x.shape[-len(sizes) :] != sizes:
            wanted = ", ".join(["...", *map(str, sizes)])
            raise ValueError(f"LayerNorm: x must have the shape ({wanted}), got {x.shape}")
        return F.layer_norm(x, self.w, self.b, tuple(range(-len(sizes), 0)), self.eps)

    def __repr__(self) -> str:
        shape = self.w.shape if self.w.ndim > 1 else self.w.shape[0]
        return f"LayerNorm({shape}, eps={self.eps})"


class BatchNorm(Layer):
    """Batch normalisation: ``(x - mean) / sqrt(var + eps) * w + b``, per channel.

    In training, mean and variance are those of the batch, over all axes but the second; the
    buffers ``running_mean`` and ``running_var`` follow them. In `autograd.test_mode` these buffers
    are used. ``w`` begins as ones and ``b`` as zeros. All four have the shape (num_features,).

    Parameters
    ----------
    num_features : int
        The number of channels.
    momentum : float, default 0.1
        The share of each batch in the buffers, from 0 to 1: ``(1 - momentum) * old + momentum *
        new``, with the unbiased variance.
    eps : float, default 1e-5
        Added to the variance; positive.
    dtype : dtype, default float64
        float64 or float32.

    Raises
    ------
    ValueError
        If ``num_features`` or ``eps`` is not positive, ``momentum`` is out of its range, ``x`` has
        another number of channels, or there is only one element per channel in training.

    References
    ----------
    S. Ioffe, C. Szegedy, *Batch Normalization: Accelerating Deep Network Training by Reducing
    Internal Covariate Shift*, 2015, algorithms 1 and 2.

    Examples
    --------
    >>> import autograd as ag
    >>> from autograd import Variable, layers as L
    >>> layer = L.BatchNorm(1)
    >>> y = layer(Variable([[1.0], [3.0]]))
    >>> print(layer.running_mean, layer.running_var)
    variable(0.2) variable(1.1)
    >>> with ag.test_mode():
    ...     print(layer(Variable([[0.2]])))
    variable(0.0)
    >>> layer
    BatchNorm(1, momentum=0.1, eps=1e-05)
    """

    def __init__(
        self,
        num_features: int,
        momentum: float = 0.1,
        eps: float = 1e-5,
        dtype: DTypeLike = "float64",
    ) -> None:
        check_sizes("BatchNorm", num_features=num_features)
        check_fractions("BatchNorm", momentum=momentum)
        check_positive("BatchNorm", eps=eps)
        self.momentum = momentum
        self.eps = eps
        shape = (num_features,)
        self.w = constant(shape, 1.0, dtype)
        self.b = constant(shape, 0.0, dtype)
        self.running_mean = constant(shape, 0.0, dtype, requires_grad=False)
        self.running_var = constant(shape, 1.0, dtype, requires_grad=False)

    def forward(self, x: Variable | ArrayLike) -> Variable:
        """Normalise ``x`` of shape (N, num_features) or (N, num_features, ...)."""
        x, size = as_variable(x), self.w.shape[0]
        if x.ndim < 2 or x.shape[1] != size:
            raise ValueError(f"BatchNorm: x must have the shape (N, {size}, ...), got {x.shape}")
        buffers = self.running_mean, self.running_var
        return F.batch_norm(x, *buffers, self.w, self.b, self.momentum, self.eps)

    def __repr__(self) -> str:
        return f"BatchNorm({self.w.shape[0]}, momentum={self.momentum}, eps={self.eps})"
