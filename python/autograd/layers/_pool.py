"""Pooling, and what stands between images and vectors."""

from __future__ import annotations

import math

from autograd import functions as F
from autograd.layers._init import as_ints, as_variable, options
from autograd.layers._layer import Layer

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from autograd._core import Variable


class _Pool2d(Layer):
    """What both have in common."""

    def __init__(
        self,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] | None = None,
        padding: int | tuple[int, int] = 0,
    ) -> None:
        name = type(self).__name__
        self.kernel_size = as_ints(name, "kernel_size", kernel_size, 2)
        self.stride = self.kernel_size if stride is None else as_ints(name, "stride", stride, 2)
        self.padding = as_ints(name, "padding", padding, 2, least=0)

    def __repr__(self) -> str:
        given = options(
            kernel_size=(self.kernel_size, None),
            stride=(self.stride, self.kernel_size),
            padding=(self.padding, (0, 0)),
        )
        return f"{type(self).__name__}({given})"


class MaxPool2d(_Pool2d):
    """The largest element of each window over the last two axes; see `functions.max_pool2d`.

    Parameters
    ----------
    kernel_size : int or tuple of int
        The sizes of a window.
    stride : int or tuple of int, optional
        The steps from one window to the next; by default ``kernel_size``, windows side by side.
    padding : int or tuple of int, default 0
        Elements at both ends of each axis that count as minus infinity; at most half of
        ``kernel_size``.

    Raises
    ------
    ValueError
        If a size or step is not positive, the padding is negative or more than half a window, or
        a window is larger than the padded ``x``.

    Examples
    --------
    >>> import autograd as ag
    >>> from autograd import layers as L
    >>> layer = L.MaxPool2d(2)
    >>> print(layer(ag.arange(8.0).reshape(1, 1, 2, 4)))
    variable([[[[5., 7.]]]])
    >>> layer
    MaxPool2d(kernel_size=2)
    """

    def forward(self, x: Variable | ArrayLike) -> Variable:
        """Map ``x`` of shape (..., H, W) to one element for each window."""
        return F.max_pool2d(x, self.kernel_size, self.stride, self.padding)


class AvgPool2d(_Pool2d):
    """The mean of each window over the last two axes; see `functions.avg_pool2d`.

    Parameters
    ----------
    kernel_size : int or tuple of int
        The sizes of a window.
    stride : int or tuple of int, optional
        The steps from one window to the next; by default ``kernel_size``, windows side by side.
    padding : int or tuple of int, default 0
        Zeros at both ends of each axis, which count as elements of the mean; at most half of
        ``kernel_size``.

    Raises
    ------
    ValueError
        If a size or step is not positive, the padding is negative or more than half a window, or
        a window is larger than the padded ``x``.

    Examples
    --------
    >>> import autograd as ag
    >>> from autograd import layers as L
    >>> layer = L.AvgPool2d(2)
    >>> print(layer(ag.arange(8.0).reshape(1, 1, 2, 4)))
    variable([[[[2.5, 4.5]]]])
    >>> layer
    AvgPool2d(kernel_size=2)
    """

    def forward(self, x: Variable | ArrayLike) -> Variable:
        """Map ``x`` of shape (..., H, W) to one element for each window."""
        return F.avg_pool2d(x, self.kernel_size, self.stride, self.padding)


class Flatten(Layer):
    """Put all axes but the first, that of the samples, into one.

    Examples
    --------
    >>> import autograd as ag
    >>> from autograd import layers as L
    >>> L.Flatten()(ag.ones((5, 3, 2, 2))).shape
    (5, 12)
    """

    def forward(self, x: Variable | ArrayLike) -> Variable:
        """Map ``x`` of shape (N, ...) to shape (N, product of the others).

        Raises
        ------
        ValueError
            If ``x`` is a number.
        """
        x = as_variable(x)
        if x.ndim == 0:
            raise ValueError("Flatten: x must have at least one axis, got a number")
        return F.reshape(x, (x.shape[0], math.prod(x.shape[1:])))

    def __repr__(self) -> str:
        return "Flatten()"
