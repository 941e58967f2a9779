"""Elements by their positions."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograd import functions as F
from table.base import REALS, Case, Sample, broadcastable, shapes

TWO = (REALS, REALS)


# Indices


@st.composite
def indices(draw):
    shape = draw(shapes())
    index = draw(hnp.basic_indices(shape, max_dims=6, allow_newaxis=True, allow_ellipsis=True))
    return Sample((shape,), {"index": index})


def masks(shape):
    return hnp.arrays(bool, shape)


def positions(size, shape):
    """Integers for an axis, negative ones too; an empty axis has none."""
    if size == 0:
        return st.just(np.zeros((0,) * max(len(shape), 1), int))
    return hnp.arrays(int, shape, elements=st.integers(-size, size - 1))


@st.composite
def advanced(draw, shape):
    """Slices, new axes, an ellipsis, integers, integer arrays and masks, in any mix."""
    spread = draw(hnp.array_shapes(min_dims=0, max_dims=2, min_side=1, max_side=3))
    index, axis, dots = [], 0, False
    while axis < len(shape):
        size = shape[axis]
        kinds = ["slice", "array", "mask", "list", "rest", "new"]
        kind = draw(st.sampled_from(kinds + (["integer"] if size else [])))
        if kind == "new":
            index.append(None)
            if draw(st.booleans()):
                continue
            kind = "slice"
        if kind == "rest":
            if not dots and draw(st.booleans()):
                index.append(...)
                dots, axis = True, draw(st.integers(axis, len(shape)))
                continue
            kind = "slice"
        if kind == "mask":
            # As many are true as the other arrays have elements in their last axis.
            span = draw(st.integers(1, min(2, len(shape) - axis)))
            mask = np.zeros(shape[axis : axis + span], bool)
            want = spread[-1] if spread else 1
            if mask.size >= want:
                flat = draw(st.permutations(range(mask.size)))[:want]
                mask.flat[flat] = True
                index.append(mask)
                axis += span
                continue
            kind = "slice"
        if kind in ("array", "list") and size:
            drop = draw(st.integers(0, len(spread)))
            own = tuple(draw(st.sampled_from((1, n))) for n in spread[drop:])
            array = draw(positions(size, own))
            index.append(array.tolist() if kind == "list" and array.ndim else array)
        elif kind == "integer":
            index.append(
                draw(st.sampled_from((int, np.int64, np.int8)))(draw(st.integers(-size, size - 1)))
            )
        else:
            index.append(draw(st.slices(size)))
        axis += 1
    if not dots:
        while index and isinstance(index[-1], slice) and draw(st.booleans()):
            index.pop()
    return tuple(index) if len(index) != 1 or draw(st.booleans()) else index[0]


@st.composite
def advanced_indices(draw):
    shape = draw(shapes())
    return Sample((shape,), {"index": draw(advanced(shape))})


@st.composite
def integer_arrays(draw):
    shape = draw(shapes(min_dims=1, min_side=1))
    return Sample((shape,), {"index": draw(hnp.integer_array_indices(shape))})


@st.composite
def boolean_masks(draw):
    shape = draw(shapes())
    mask = draw(masks(shape[: draw(st.integers(0, len(shape)))]))
    return Sample((shape,), {"index": mask})


def getitem(label, samples):
    def at(x, index):
        return x[index]

    return Case("getitem", at, at, samples, "selection", exact=True, label=label)


# Values at an index


@st.composite
def updates(draw):
    shape = draw(shapes())
    index = draw(
        hnp.basic_indices(shape, allow_newaxis=True, allow_ellipsis=True)
        | advanced(shape)
        | masks(shape)
    )
    full = np.zeros(shape)[index].shape
    part = tuple(draw(st.sampled_from((1, n))) for n in full)
    part = part[draw(st.integers(0, len(part))) :] if 0 not in full else full
    return Sample((shape, part), {"index": index})


def index_update(x, value, index):
    y = x.copy()
    y[index] = value
    return y


def index_add(x, value, index):
    y = x.copy()
    # For a number NumPy's function has no place to add to.
    y = y.reshape(1) if y.ndim == 0 else y
    at = np.arange(x.size).reshape(x.shape)[index]
    flat = y.reshape(-1)
    np.add.at(flat, at, value)
    return flat.reshape(x.shape)


# Positions along an axis


@st.composite
def takes(draw):
    shape = draw(shapes())
    axis = draw(st.none() | st.integers(-len(shape), len(shape) - 1)) if shape else None
    size = int(np.prod(shape)) if axis is None else shape[axis]
    own = draw(hnp.array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=3))
    at = draw(positions(size, own))
    at = draw(st.sampled_from((at, at.tolist()))) if at.size else at
    return Sample((shape,), {"indices": at, "axis": axis})


@st.composite
def lanes(draw, stretch=True):
    shape = draw(shapes(min_dims=1))
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    own = list(shape)
    if stretch:
        own = [draw(st.sampled_from((1, n))) for n in shape]
    own[axis] = draw(st.integers(0, 4)) if shape[axis] else 0
    at = draw(
        hnp.arrays(
            int, tuple(own), elements=st.integers(-max(shape[axis], 1), max(shape[axis] - 1, 0))
        )
    )
    return Sample((shape,), {"indices": at, "axis": axis})


@st.composite
def scatters(draw):
    sample = draw(lanes())
    (shape,), at, axis = sample.shapes, sample.args["indices"], sample.args["axis"]
    full = list(shape)
    full[axis] = at.shape[axis]
    part = tuple(draw(st.sampled_from((1, n))) for n in full) if 0 not in full else tuple(full)
    return Sample((shape, part), sample.args)


def scatter_add(x, values, indices, axis):
    y = x.copy()
    at = np.take_along_axis(np.arange(x.size).reshape(x.shape), indices, axis)
    np.add.at(y.reshape(-1), at, values)
    return y


# Order


@st.composite
def sorts(draw):
    shape = draw(shapes())
    axis = draw(st.none() | st.integers(-len(shape), len(shape) - 1)) if shape else None
    return Sample((shape,), {"axis": axis})


@st.composite
def largest(draw):
    shape = draw(shapes(min_dims=1))
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    return Sample((shape,), {"axis": axis, "k": draw(st.integers(0, shape[axis]))})


@st.composite
def extremes(draw):
    sample = draw(sorts())
    (shape,), axis = sample.shapes, sample.args["axis"]
    if 0 in shape and (axis is None or shape[axis] == 0):
        shape = tuple(n or 1 for n in shape)
    return Sample((shape,), {"axis": axis, "keepdims": draw(st.booleans())})


def topk(x, k, axis):
    return np.take(-np.sort(-x, axis=axis), np.arange(k), axis=axis)


# Conditions


@st.composite
def choices(draw):
    x, y = draw(broadcastable())
    shape = np.broadcast_shapes(x, y)
    condition = draw(masks(tuple(draw(st.sampled_from((1, n))) for n in shape)))
    return Sample((x, y), {"condition": condition})


@st.composite
def fills(draw):
    shape = draw(shapes())
    mask = draw(masks(tuple(draw(st.sampled_from((1, n))) for n in shape)))
    return Sample((shape,), {"mask": mask})


def case(name, of, reference, samples, domains=(REALS,), **facts):
    return Case(name, of, reference, samples, "selection", domains, exact=True, **facts)


def of_positions(name, samples):
    """A function whose results are positions. They are constants: the operand is added without
    weight, so that there is something to differentiate."""
    function, reference = getattr(F, name), getattr(np, name)

    def of(x, **args):
        return F.sum(x) * 0.0 + np.asarray(function(x, **args)).astype(x.dtype)

    def wanted(x, **args):
        return np.asarray(reference(x, **args)).astype(x.dtype)

    return case(name, of, wanted, samples, kinks=True)


CASES = [
    getitem("", indices()),
    getitem("advanced", advanced_indices()),
    getitem("arrays", integer_arrays()),
    getitem("mask", boolean_masks()),
    case(
        "index_update",
        lambda x, v, index: F.index_update(x, index, v),
        index_update,
        updates(),
        TWO,
    ),
    case("index_add", lambda x, v, index: F.index_add(x, index, v), index_add, updates(), TWO),
    case("take", F.take, np.take, takes()),
    case("take_along_axis", F.take_along_axis, np.take_along_axis, lanes()),
    case("gather", F.gather, np.take_along_axis, lanes()),
    case(
        "scatter_add",
        lambda x, v, indices, axis: F.scatter_add(x, indices, v, axis),
        scatter_add,
        scatters(),
        TWO,
    ),
    case("sort", F.sort, np.sort, sorts(), kinks=True),
    case("topk", lambda x, k, axis: F.topk(x, k, axis)[0], topk, largest(), kinks=True),
    of_positions("argsort", sorts()),
    of_positions("argmax", extremes()),
    of_positions("argmin", extremes()),
    case(
        "where",
        lambda x, y, condition: F.where(condition, x, y),
        lambda x, y, condition: np.where(condition, x, y),
        choices(),
        TWO,
    ),
    case(
        "masked_fill",
        lambda x, mask: F.masked_fill(x, mask, 0.5),
        lambda x, mask: np.where(mask, x.dtype.type(0.5), x),
        fills(),
    ),
]

FILES = {
    "index": {"getitem"},
    "select": {"getitem", "take"},
    "update": {"index_update", "index_add"},
    "choose": {"where", "masked_fill"},
    "order": {"sort", "topk", "argsort", "argmax", "argmin"},
}
