"""Windows that slide: convolution and pooling."""

import itertools

import numpy as np
from hypothesis import strategies as st

from autograd import functions as F
from table.base import REALS, Case, Sample


@st.composite
def convolutions(draw, n, bias):
    """Tiny operands; sizes are chosen so that the kernel fits."""
    batch, groups = draw(st.integers(0, 2)), draw(st.integers(1, 2))
    channels, made = draw(st.integers(0, 2)), draw(st.integers(1, 2))
    kernel = tuple(draw(st.integers(1, 3)) for _ in range(n))
    stride, dilation, padding = (
        tuple(draw(st.integers(low, 2)) for _ in range(n)) for low in (1, 1, 0)
    )
    named = draw(st.sampled_from((None, None, None, "same", "valid")))
    if named:
        padding = (0,) * n
    if named == "same":
        stride = (1,) * n
    sizes = tuple(
        max((k - 1) * d + 1 - 2 * p, 1) + draw(st.integers(0, 2))
        for k, d, p in zip(kernel, dilation, padding, strict=True)
    )
    args = {"stride": stride, "padding": named or padding, "dilation": dilation, "groups": groups}
    if draw(st.booleans()):
        # A single number stands for all axes.
        args |= {
            name: value[0]
            for name, value in args.items()
            if isinstance(value, tuple) and len(set(value)) == 1
        }
    x, w = (batch, groups * channels, *sizes), (groups * made, channels, *kernel)
    return Sample((x, w, (groups * made,)) if bias else (x, w), args)


def per_axis(value, n):
    return (value,) * n if isinstance(value, int) else value


def taps(kernel, sizes, stride, dilation):
    """Each element of a kernel, and what it meets as the kernel slides."""
    for tap in itertools.product(*map(range, kernel)):
        starts = [t * d for t, d in zip(tap, dilation, strict=True)]
        ends = [a + (m - 1) * s + 1 for a, m, s in zip(starts, sizes, stride, strict=True)]
        yield tap, (..., *map(slice, starts, ends, stride))


def conv(x, w, b=None, *, stride, padding, dilation, groups):
    n = x.ndim - 2
    stride, dilation = per_axis(stride, n), per_axis(dilation, n)
    reach = [(k - 1) * d for k, d in zip(w.shape[2:], dilation, strict=True)]
    if padding == "same":
        ends = [(r // 2, r - r // 2) for r in reach]
    else:
        ends = [(p, p) for p in per_axis(0 if padding == "valid" else padding, n)]
    x = np.pad(x, [(0, 0), (0, 0), *ends])
    sizes = [(d - r - 1) // s + 1 for d, r, s in zip(x.shape[2:], reach, stride, strict=True)]
    x = x.reshape(len(x), groups, w.shape[1], *x.shape[2:])
    w = w.reshape(groups, w.shape[0] // groups, *w.shape[1:])
    y = np.zeros((len(x), groups, w.shape[1], *sizes), x.dtype)
    for tap, places in taps(w.shape[3:], sizes, stride, dilation):
        y += np.einsum("ngc...,goc->ngo...", x[places], w[(..., *tap)])
    y = y.reshape(len(x), groups * w.shape[1], *sizes)
    return y if b is None else y + b.reshape(-1, *(1,) * n)


@st.composite
def transposed(draw, bias):
    groups, channels, made = (draw(st.integers(1, 2)) for _ in range(3))
    kernel, stride, dilation, sizes = (
        tuple(draw(st.integers(1, high)) for _ in range(2)) for high in (3, 3, 2, 2)
    )
    more = tuple(draw(st.integers(0, s - 1)) for s in stride)
    full = [
        (m - 1) * s + (k - 1) * d + 1 + o
        for m, s, k, d, o in zip(sizes, stride, kernel, dilation, more, strict=True)
    ]
    padding = tuple(draw(st.integers(0, min(2, (f - 1) // 2))) for f in full)
    args = {"stride": stride, "padding": padding, "output_padding": more}
    args |= {"dilation": dilation, "groups": groups}
    x = (draw(st.integers(0, 2)), groups * channels, *sizes)
    w = (groups * channels, made, *kernel)
    return Sample((x, w, (groups * made,)) if bias else (x, w), args)


def conv_transpose(x, w, b=None, *, stride, padding, output_padding, dilation, groups):
    sizes, kernel = x.shape[2:], w.shape[2:]
    full = [
        (m - 1) * s + (k - 1) * d + 1 + o
        for m, s, k, d, o in zip(sizes, stride, kernel, dilation, output_padding, strict=True)
    ]
    y = np.zeros((len(x), groups, w.shape[1], *full), x.dtype)
    x = x.reshape(len(x), groups, w.shape[0] // groups, *sizes)
    w = w.reshape(groups, w.shape[0] // groups, *w.shape[1:])
    for tap, places in taps(kernel, sizes, stride, dilation):
        y[places] += np.einsum("ngc...,gco->ngo...", x, w[(..., *tap)])
    y = y.reshape(len(x), groups * w.shape[2], *full)
    y = y[(..., *(slice(p, f - p) for p, f in zip(padding, full, strict=True)))]
    return y if b is None else y + b.reshape(-1, 1, 1)


def products(name, reference, samples):
    for label, bias in (("plain", False), ("bias", True)):
        domains = (REALS,) * (3 if bias else 2)
        yield Case(
            name, getattr(F, name), reference, samples(bias), "product", domains, label=label
        )


# Pooling


@st.composite
def pools(draw):
    kernel = tuple(draw(st.integers(1, 3)) for _ in range(2))
    padding = tuple(draw(st.integers(0, k // 2)) for k in kernel)
    stride = draw(st.none() | st.tuples(st.integers(1, 3), st.integers(1, 3)))
    sizes = (
        max(k - 2 * p, 1) + draw(st.integers(0, 3)) for k, p in zip(kernel, padding, strict=True)
    )
    lead = draw(st.lists(st.integers(0, 2), max_size=2))
    if len(set(kernel)) == 1 and draw(st.booleans()):
        kernel = kernel[0]
    return Sample(((*lead, *sizes),), {"kernel_size": kernel, "stride": stride, "padding": padding})


def pool(x, fill, join, *, kernel_size, stride, padding):
    kernel = per_axis(kernel_size, 2)
    stride = kernel if stride is None else stride
    x = np.pad(x, [(0, 0)] * (x.ndim - 2) + [(p, p) for p in padding], constant_values=fill)
    sizes = [(d - k) // s + 1 for d, k, s in zip(x.shape[-2:], kernel, stride, strict=True)]
    return join(np.stack([x[places] for _, places in taps(kernel, sizes, stride, (1, 1))]))


def max_pool(x, **args):
    return pool(x, -np.inf, lambda parts: np.max(parts, axis=0), **args)


def avg_pool(x, **args):
    return pool(x, 0.0, lambda parts: np.mean(parts, axis=0), **args)


CASES = [
    *products("conv1d", conv, lambda bias: convolutions(1, bias)),
    *products("conv2d", conv, lambda bias: convolutions(2, bias)),
    *products("conv_transpose2d", conv_transpose, transposed),
    Case("max_pool2d", F.max_pool2d, max_pool, pools(), "extremum", exact=True, kinks=True),
    Case("avg_pool2d", F.avg_pool2d, avg_pool, pools(), "reduction"),
]

FILES = {
    "conv": {"conv1d", "conv2d", "conv_transpose2d"},
    "pool": {"max_pool2d", "avg_pool2d"},
    "slide": {"conv2d", "max_pool2d"},
}
