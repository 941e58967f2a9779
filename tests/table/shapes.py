"""The same elements in another shape."""

import numpy as np
from hypothesis import strategies as st

from autograd import functions as F
from table.base import Case, Sample, shapes, view


@st.composite
def shape_pairs(draw):
    """A shape, and one that it broadcasts to."""
    large = draw(shapes())
    small = tuple(draw(st.sampled_from((1, size))) for size in large)
    return small[draw(st.integers(0, len(large))) if 1 not in large else 0 :], large


@st.composite
def sums_to(draw):
    small, large = draw(shape_pairs())
    return Sample((large,), {"shape": small})


@st.composite
def broadcasts_to(draw):
    small, large = draw(shape_pairs())
    return Sample((small,), {"shape": large})


@st.composite
def reshapes(draw):
    shape = draw(shapes())
    target = list(draw(st.permutations(shape)))
    if len(target) > 1 and draw(st.booleans()):
        target[:2] = [target[0] * target[1]]
    if draw(st.booleans()):
        target.insert(draw(st.integers(0, len(target))), 1)
    if target and draw(st.booleans()):
        free = draw(st.integers(0, len(target) - 1))
        if np.prod(target[:free] + target[free + 1 :]) > 0:
            target[free] = -1
    return Sample((shape,), {"shape": tuple(target)})


@st.composite
def transposes(draw):
    shape = draw(shapes())
    order = draw(st.permutations(range(len(shape))))
    axes = tuple(a - draw(st.sampled_from((0, len(shape)))) for a in order)
    return Sample((shape,), {"axes": draw(st.sampled_from((None, axes)))})


@st.composite
def swaps(draw):
    shape = draw(shapes(min_dims=1))
    axis = st.integers(-len(shape), len(shape) - 1)
    return Sample((shape,), {"axis1": draw(axis), "axis2": draw(axis)})


@st.composite
def windows(draw):
    shape = draw(shapes(min_dims=1, min_side=1))
    axes = draw(st.lists(st.integers(0, len(shape) - 1), unique=True, min_size=1))
    dilation = tuple(draw(st.integers(1, 2)) for _ in axes)
    size = tuple(
        draw(st.integers(1, (shape[a] - 1) // d + 1)) for a, d in zip(axes, dilation, strict=True)
    )
    stride = tuple(draw(st.integers(1, 3)) for _ in axes)
    axes = tuple(a - draw(st.sampled_from((0, len(shape)))) for a in axes)
    args = {"window_shape": size, "axis": axes, "stride": stride, "dilation": dilation}
    return Sample((shape,), args)


def windows_of(x, window_shape, axis, stride, dilation):
    reach = [(k - 1) * d + 1 for k, d in zip(window_shape, dilation, strict=True)]
    y = np.lib.stride_tricks.sliding_window_view(x, reach, axis)
    places = [slice(None)] * x.ndim
    for a, s in zip(axis, stride, strict=True):
        places[a] = slice(None, None, s)
    return y[(*places, *(slice(None, None, d) for d in dilation))]


def sum_to(x, shape):
    lead = x.ndim - len(shape)
    stretched = [lead + i for i, size in enumerate(shape) if size == 1 != x.shape[lead + i]]
    return x.sum(axis=(*range(lead), *stretched), keepdims=True).reshape(shape)


CASES = [
    Case("sum_to", F.sum_to, sum_to, sums_to(), "reduction"),
    view("broadcast_to", np.broadcast_to, broadcasts_to()),
    view("reshape", np.reshape, reshapes()),
    view("transpose", np.transpose, transposes()),
    view("swapaxes", np.swapaxes, swaps()),
    view("sliding_window_view", windows_of, windows()),
]

FILES = {
    "transpose": {"transpose", "swapaxes"},
    "view": {"diagonal", "getitem"},
    "windows": {"sliding_window_view"},
}
