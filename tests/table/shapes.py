"""The same elements in another shape."""

import itertools

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograd import functions as F
from table.base import REALS, UNARY, Case, Sample, axis_arguments, shapes, view


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


def signed(draw, axes, ndim):
    return tuple(a - draw(st.sampled_from((0, ndim))) for a in axes)


@st.composite
def squeezes(draw):
    shape = draw(hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=2))
    ones = [a for a, n in enumerate(shape) if n == 1]
    axes = draw(st.lists(st.sampled_from(ones), unique=True)) if ones else []
    axes = signed(draw, axes, len(shape))
    return Sample((shape,), {"axis": draw(st.sampled_from((None, axes, *axes[:1])))})


@st.composite
def expansions(draw):
    shape, count = draw(shapes()), draw(st.integers(0, 2))
    ndim = len(shape) + count
    axes = draw(st.permutations(range(ndim)))[:count]
    axes = signed(draw, axes, ndim)
    return Sample((shape,), {"axis": axes if count != 1 or draw(st.booleans()) else axes[0]})


@st.composite
def moves(draw):
    shape = draw(shapes())
    n = draw(st.integers(0, len(shape)))
    source, destination = (
        signed(draw, draw(st.permutations(range(len(shape))))[:n], len(shape)) for _ in range(2)
    )
    if n == 1 and draw(st.booleans()):
        source, destination = source[0], destination[0]
    return Sample((shape,), {"source": source, "destination": destination})


@st.composite
def flips(draw):
    shape = draw(shapes())
    return Sample((shape,), {"axis": draw(axis_arguments(len(shape)))})


@st.composite
def rolls(draw):
    shape = draw(shapes())
    steps = st.integers(-6, 6)
    axes = draw(st.lists(st.integers(-len(shape), len(shape) - 1), max_size=3)) if shape else []
    if not axes:
        return Sample((shape,), {"shift": draw(steps), "axis": None})
    if len(axes) == 1:
        return Sample((shape,), {"shift": draw(steps), "axis": axes[0]})
    shift = draw(steps | st.tuples(*(steps for _ in axes)))
    return Sample((shape,), {"shift": shift, "axis": tuple(axes)})


@st.composite
def tilings(draw):
    shape = draw(hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3))
    reps = st.integers(0, 3)
    return Sample((shape,), {"reps": draw(reps | st.lists(reps, max_size=4).map(tuple))})


@st.composite
def repeats(draw):
    shape = draw(shapes())
    axis = draw(st.none() | st.integers(-len(shape), len(shape) - 1)) if shape else None
    size = int(np.prod(shape)) if axis is None else shape[axis]
    each = hnp.arrays(int, size, elements=st.integers(0, 3))
    return Sample((shape,), {"repeats": draw(st.integers(0, 3) | each), "axis": axis})


@st.composite
def paddings(draw, mode):
    constant = mode == "constant"
    shape = draw(
        hnp.array_shapes(min_dims=0, max_dims=3, min_side=0 if constant else 1, max_side=3)
    )
    width = st.integers(0, 4)
    pair = st.tuples(width, width)
    widths = draw(width | pair | st.tuples(pair) | st.tuples(*(pair for _ in shape)))
    args = {"pad_width": widths if shape else 0, "mode": mode}
    if constant and draw(st.booleans()):
        number = st.sampled_from((0.0, -1.5, 2.0))
        numbers = st.tuples(number, number)
        args["constant_values"] = draw(
            number | numbers | st.tuples(*(numbers for _ in shape)) if shape else number
        )
    return Sample((shape,), args)


def pad(mode):
    return view("pad", np.pad, paddings(mode), label=mode)


@st.composite
def matrices(draw):
    shape = draw(shapes(min_dims=2))
    return Sample((shape,), {"k": draw(st.integers(-5, 5))})


@st.composite
def diagonals(draw):
    shape = draw(shapes(min_dims=2))
    axes = signed(draw, draw(st.permutations(range(len(shape))))[:2], len(shape))
    offset = draw(st.integers(-5, 5))
    return Sample((shape,), {"offset": offset, "axis1": axes[0], "axis2": axes[1]})


@st.composite
def diags(draw):
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=2, min_side=0, max_side=4))
    return Sample((shape,), {"k": draw(st.integers(-3, 3))})


# Several operands


@st.composite
def joins(draw):
    shape = draw(shapes(min_dims=1))
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    each = []
    for _ in range(3):
        own = list(shape)
        own[axis] = draw(st.integers(0, 3))
        each.append(tuple(own))
    return Sample(tuple(each), {"axis": axis})


@st.composite
def ravelled_joins(draw):
    return Sample(tuple(draw(shapes()) for _ in range(3)), {"axis": None})


@st.composite
def stacks(draw):
    shape = draw(hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3))
    return Sample((shape,) * 3, {"axis": draw(st.integers(-len(shape) - 1, len(shape)))})


@st.composite
def stacks_on(draw, axis):
    """Operands of `vstack`, `hstack` or `dstack`: alike except on the axis."""
    shape = draw(hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3))
    axis = 0 if axis == 1 == len(shape) else axis
    free = len(shape) > max(axis, 0) and not (axis == 0 and len(shape) == 1)
    sizes = [draw(st.integers(0, 3)) for _ in range(3)]
    return Sample(tuple((*shape[:axis], n, *shape[axis + 1 :]) if free else shape for n in sizes))


def joined(name, reference, samples, label=""):
    function = getattr(F, name)
    return Case(
        name,
        lambda *xs, **args: function(xs, **args),
        lambda *xs, **args: reference(xs, **args),
        samples,
        "view",
        (REALS,) * 3,
        label=label,
        exact=True,
    )


@st.composite
def splits(draw):
    shape = draw(shapes(min_dims=1))
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    cuts = sorted(draw(st.lists(st.integers(0, shape[axis]), min_size=1, max_size=3)))
    sizes = np.diff([0, *cuts, shape[axis]]).tolist()
    if len(set(sizes)) == 1 and draw(st.booleans()):
        return Sample((shape,), {"sizes": len(sizes), "axis": axis})
    return Sample((shape,), {"sizes": sizes, "axis": axis})


def split(x, sizes, axis):
    cuts = sizes if isinstance(sizes, int) else list(itertools.accumulate(sizes))[:-1]
    return np.concatenate(weighted(np.split(x, cuts, axis)), axis)


def weighted(parts):
    """Parts in one array again, each with a weight of its own."""
    return [(2.0**i) * part for i, part in enumerate(parts)]


@st.composite
def unstacks(draw):
    shape = draw(shapes(min_dims=1, min_side=1))
    return Sample((shape,), {"axis": draw(st.integers(-len(shape), len(shape) - 1))})


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
    view("squeeze", np.squeeze, squeezes()),
    view("unsqueeze", np.expand_dims, expansions()),
    view("expand_dims", np.expand_dims, expansions()),
    view("moveaxis", np.moveaxis, moves()),
    view("ravel", np.ravel, UNARY),
    view("flatten", np.ravel, UNARY),
    view("flip", np.flip, flips()),
    view("roll", np.roll, rolls()),
    view("tile", np.tile, tilings()),
    view("repeat", np.repeat, repeats()),
    pad("constant"),
    pad("edge"),
    pad("reflect"),
    pad("wrap"),
    view("tril", np.tril, matrices()),
    view("triu", np.triu, matrices()),
    view("diag", np.diag, diags()),
    view("diagonal", np.diagonal, diagonals()),
    Case("trace", F.trace, np.trace, diagonals(), "reduction"),
    joined("concat", np.concatenate, joins()),
    joined("concat", np.concatenate, ravelled_joins(), "ravelled"),
    joined("stack", np.stack, stacks()),
    joined("vstack", np.vstack, stacks_on(0)),
    joined("hstack", np.hstack, stacks_on(1)),
    joined("dstack", np.dstack, stacks_on(2)),
    Case(
        "split",
        lambda x, sizes, axis: F.concat(weighted(F.split(x, sizes, axis)), axis),
        split,
        splits(),
        "view",
        exact=True,
    ),
    Case(
        "unstack",
        lambda x, axis: F.stack(weighted(F.unstack(x, axis))),
        lambda x, axis: np.stack(weighted(np.moveaxis(x, axis, 0))),
        unstacks(),
        "view",
        exact=True,
    ),
]

FILES = {
    "axes": {"squeeze", "unsqueeze", "expand_dims", "ravel", "flatten", "flip", "roll"},
    "concat": {"concat", "stack", "vstack", "hstack", "dstack", "split", "unstack"},
    "diagonal": {"diagonal", "trace", "diag"},
    "repeat": {"repeat", "tile"},
    "transpose": {"transpose", "swapaxes", "moveaxis"},
    "triangle": {"tril", "triu"},
    "view": {"diagonal", "getitem"},
    "windows": {"sliding_window_view"},
}
