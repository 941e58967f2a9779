"""Transposed convolution."""

from __future__ import annotations

import math

from autograd import functions as F
from autograd._core import Variable
from autograd.layers._conv import Conv
from autograd.layers._init import as_ints, as_variable, fan_in_normal

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from numpy.typing import ArrayLike, DTypeLike

    from autograd.layers._init import _Ints
    from autograd.layers._layer import Lazy


class ConvTranspose2d(Conv):
    """Transposed convolution: each element of ``x``, times weights, is added to a window.

    It maps the sizes of a result of `Conv2d` back to those of its ``x``, as decoders need it. The
    weights ``w``, of shape (in_channels, out_channels / groups, KH, KW), are drawn from a normal
    distribution of variance 1 over the number of terms of an output: ``in_channels / groups``,
    times the windows that overlap there. The bias ``b``, of shape (out_channels,), begins as
    zeros.

    Parameters
    ----------
    out_channels : int
        The number of outputs at each position.
    kernel_size : int or tuple of int
        The sizes of a window, (KH, KW).
    in_channels : int, optional
        The channels of ``x``; by default those of the first ``x``, and ``w`` is made then.
    stride, dilation : int or tuple of int, default 1
        The steps from one window to the next, and from one element of a window to the next.
    padding : int or tuple of int, default 0
        Elements that are left out at both ends of each axis.
    output_padding : int or tuple of int, default 0
        Elements that the result has besides at the end of each axis; less than the stride.
    groups : int, default 1
        Parts into which the channels are cut; each has weights of its own.
    bias : bool, default True
        Whether there is a ``b``.
    rng : int, numpy.random.Generator or source, optional
        Where the weights are drawn from, see `autograd.random`; a seed of its own by default.
    dtype : dtype, default float64
        float64 or float32.

    Raises
    ------
    ValueError
        If a size or step is not positive, the channels are no multiple of ``groups``, ``x`` has
        other channels or axes, or the padding leaves nothing.

    References
    ----------
    V. Dumoulin, F. Visin, *A guide to convolution arithmetic for deep learning*, 2016, chapter 4.

    Examples
    --------
    >>> import autograd as ag
    >>> from autograd import layers as L
    >>> layer = L.ConvTranspose2d(3, 4, stride=2, padding=1, rng=0)
    >>> layer(ag.ones((2, 8, 14, 14))).shape
    (2, 3, 28, 28)
    >>> layer
    ConvTranspose2d(8 -> 3, kernel_size=4, stride=2, padding=1)
    """

    def __init__(
        self,
        out_channels: int,
        kernel_size: _Ints,
        in_channels: int | None = None,
        stride: _Ints = 1,
        padding: _Ints = 0,
        output_padding: _Ints = 0,
        dilation: _Ints = 1,
        groups: int = 1,
        bias: bool = True,
        rng: object = None,
        dtype: DTypeLike = "float64",
    ) -> None:
        name = "ConvTranspose2d"
        self.padding = as_ints(name, "padding", padding, 2, least=0)
        self.output_padding = as_ints(name, "output_padding", output_padding, 2, least=0)
        super().__init__(
            2, out_channels, kernel_size, in_channels, stride, dilation, groups, bias, rng, dtype
        )

    def forward(self, x: Variable | ArrayLike) -> Variable:
        """Map ``x`` of shape (N, in_channels, H, W) to shape (N, out_channels, ...)."""
        x = as_variable(x)
        w = self._weights(x)
        steps = self.stride, self.padding, self.output_padding
        return F.conv_transpose2d(x, w, self.b, *steps, self.groups, self.dilation)

    def _shape(self, out_channels: int) -> tuple[int | None, ...]:
        return None, out_channels // self.groups, *self.kernel_size

    def _make(self, w: Lazy, in_channels: int) -> Variable:
        self._check_groups("in_channels", in_channels)
        overlap = (max(k / s, 1.0) for k, s in zip(self.kernel_size, self.stride, strict=True))
        terms = in_channels // self.groups * math.prod(overlap)
        return fan_in_normal(w, in_channels, terms, self._rng)

    def _channels(self) -> tuple[int | None, int | None]:
        in_channels, each = self.w.shape[:2]
        return in_channels, None if each is None else each * self.groups

    def __repr__(self) -> str:
        zeros = (0, 0)
        return self._describe(
            padding=(self.padding, zeros), output_padding=(self.output_padding, zeros)
        )
