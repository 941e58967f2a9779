"""Convolution."""

from __future__ import annotations

import math

from autograd import functions as F
from autograd import random
from autograd._core import Variable
from autograd.layers._init import (
    arrow,
    as_ints,
    as_variable,
    check_known_sizes,
    check_sizes,
    constant,
    fan_in_normal,
    options,
)
from autograd.layers._layer import Layer, Lazy

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from numpy.typing import ArrayLike, DTypeLike

    from autograd.layers._init import _Ints

    _Word = Literal["same", "valid"]
    _Padding = tuple[int, ...] | _Word

_WORDS: tuple[_Word, ...] = ("same", "valid")


class Conv(Layer):
    """What convolutions have in common: windows, and weights that wait for the channels."""

    w: Variable | Lazy

    def __init__(
        self,
        axes: int,
        out_channels: int,
        kernel_size: _Ints,
        in_channels: int | None,
        stride: _Ints,
        dilation: _Ints,
        groups: int,
        bias: bool,
        rng: object,
        dtype: DTypeLike,
    ) -> None:
        name = type(self).__name__
        check_sizes(name, out_channels=out_channels, groups=groups)
        check_known_sizes(name, in_channels=in_channels)
        self.kernel_size = as_ints(name, "kernel_size", kernel_size, axes)
        self.stride = as_ints(name, "stride", stride, axes)
        self.dilation = as_ints(name, "dilation", dilation, axes)
        self.groups = groups
        self._check_groups("out_channels", out_channels)
        self._rng = random.source(rng)
        w = Lazy(self._shape(out_channels), dtype)
        self.w = w if in_channels is None else self._make(w, in_channels)
        self.b = constant((out_channels,), 0.0, dtype) if bias else None

    def _shape(self, out_channels: int) -> tuple[int | None, ...]:
        """Return the shape of the weights, None where that of the input decides."""
        return out_channels, None, *self.kernel_size

    def _make(self, w: Lazy, in_channels: int) -> Variable:
        """Draw the weights, now that the channels are known."""
        self._check_groups("in_channels", in_channels)
        each = in_channels // self.groups
        return fan_in_normal(w, each, each * math.prod(self.kernel_size), self._rng)

    def _weights(self, x: Variable) -> Variable:
        """Return the weights; the first ``x`` decides on their shape."""
        axes = len(self.kernel_size)
        if x.ndim != 2 + axes:
            wanted = "(N, C, L)" if axes == 1 else "(N, C, H, W)"
            name = type(self).__name__
            raise ValueError(f"{name}: x must have the shape {wanted}, got {x.shape}")
        if isinstance(self.w, Lazy):
            self.w = self._make(self.w, x.shape[1])
        return self.w

    def _check_groups(self, name: str, channels: int) -> None:
        if channels % self.groups:
            raise ValueError(
                f"{type(self).__name__}: {name} must be a multiple of groups, "
                f"got {channels} and {self.groups}"
            )

    def _channels(self) -> tuple[int | None, int | None]:
        """Return the number of channels that come in and go out."""
        out_channels, each = self.w.shape[:2]
        return None if each is None else each * self.groups, out_channels

    def _describe(self, **more: tuple[object, object]) -> str:
        ones = (1,) * len(self.kernel_size)
        given = options(
            kernel_size=(self.kernel_size, None),
            stride=(self.stride, ones),
            **more,
            dilation=(self.dilation, ones),
            groups=(self.groups, 1),
            bias=(self.b is not None, True),
        )
        return f"{type(self).__name__}({arrow(self._channels())}, {given})"


def as_padding(layer: str, padding: _Ints | str, axes: int) -> _Padding:
    """Return a padding, if it is one."""
    if not isinstance(padding, str):
        return as_ints(layer, "padding", padding, axes, least=0)
    for known in _WORDS:
        if padding == known:
            return known
    raise ValueError(f'{layer}: padding must be ints, "same" or "valid", got {padding!r}')


class Conv1d(Conv):
    """Convolution of sequences: windows of ``x`` along its last axis, times weights, summed.

    The weights ``w``, of shape (out_channels, in_channels / groups, kernel_size), are drawn from a
    normal distribution of variance ``1 / (in_channels / groups * kernel_size)``; the bias ``b``,
    of shape (out_channels,), begins as zeros.

    Parameters
    ----------
    out_channels : int
        The number of outputs at each position.
    kernel_size : int
        The size of a window.
    in_channels : int, optional
        The channels of ``x``; by default those of the first ``x``, and ``w`` is made then.
    stride, dilation : int, default 1
        The steps from one window to the next, and from one element of a window to the next.
    padding : int, "same" or "valid", default 0
        Zeros at both ends; "same" keeps the length, "valid" is 0.
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
        other channels or axes, or a window is larger than the padded ``x``.

    Examples
    --------
    >>> import autograd as ag
    >>> from autograd import layers as L
    >>> layer = L.Conv1d(4, 3, padding="same", rng=0)
    >>> layer(ag.ones((2, 1, 10))).shape
    (2, 4, 10)
    >>> layer
    Conv1d(1 -> 4, kernel_size=3, padding='same')
    """

    def __init__(
        self,
        out_channels: int,
        kernel_size: int,
        in_channels: int | None = None,
        stride: int = 1,
        padding: int | str = 0,
        dilation: int = 1,
        groups: int = 1,
        bias: bool = True,
        rng: object = None,
        dtype: DTypeLike = "float64",
    ) -> None:
        self.padding = as_padding("Conv1d", padding, 1)
        super().__init__(
            1, out_channels, kernel_size, in_channels, stride, dilation, groups, bias, rng, dtype
        )

    def forward(self, x: Variable | ArrayLike) -> Variable:
        """Map ``x`` of shape (N, in_channels, L) to shape (N, out_channels, windows)."""
        x = as_variable(x)
        w = self._weights(x)
        return F.conv1d(x, w, self.b, self.stride, self.padding, self.dilation, self.groups)

    def __repr__(self) -> str:
        return self._describe(padding=(self.padding, (0,)))


class Conv2d(Conv):
    """Convolution of images: windows of ``x`` over its last two axes, times weights, summed.

    The weights ``w``, of shape (out_channels, in_channels / groups, KH, KW), are drawn from a
    normal distribution of variance ``1 / (in_channels / groups * KH * KW)``; the bias ``b``, of
    shape (out_channels,), begins as zeros.

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
    padding : int, tuple of int, "same" or "valid", default 0
        Zeros at both ends of each axis; "same" keeps the sizes, "valid" is 0.
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
        other channels or axes, or a window is larger than the padded ``x``.

    Examples
    --------
    >>> import autograd as ag
    >>> from autograd import layers as L
    >>> layer = L.Conv2d(8, 3, stride=2, padding=1, rng=0)
    >>> layer(ag.ones((2, 3, 28, 28))).shape
    (2, 8, 14, 14)
    >>> layer
    Conv2d(3 -> 8, kernel_size=3, stride=2, padding=1)
    """

    def __init__(
        self,
        out_channels: int,
        kernel_size: _Ints,
        in_channels: int | None = None,
        stride: _Ints = 1,
        padding: _Ints | str = 0,
        dilation: _Ints = 1,
        groups: int = 1,
        bias: bool = True,
        rng: object = None,
        dtype: DTypeLike = "float64",
    ) -> None:
        self.padding = as_padding("Conv2d", padding, 2)
        super().__init__(
            2, out_channels, kernel_size, in_channels, stride, dilation, groups, bias, rng, dtype
        )

    def forward(self, x: Variable | ArrayLike) -> Variable:
        """Map ``x`` of shape (N, in_channels, H, W) to shape (N, out_channels, ...)."""
        x = as_variable(x)
        w = self._weights(x)
        return F.conv2d(x, w, self.b, self.stride, self.padding, self.dilation, self.groups)

    def __repr__(self) -> str:
        return self._describe(padding=(self.padding, (0, 0)))
