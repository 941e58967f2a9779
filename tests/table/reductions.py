"""Reductions and scans."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograd import functions as F
from table.base import Case, Sample, axis_arguments, shapes


@st.composite
def reductions(draw, min_side=0):
    shape = draw(shapes(min_side=min_side))
    return Sample(
        (shape,), {"axis": draw(axis_arguments(len(shape))), "keepdims": draw(st.booleans())}
    )


@st.composite
def extrema(draw):
    """Reductions of something: axes of size zero are allowed beside those that are reduced."""
    sample = draw(reductions(min_side=1))
    axis, ndim = sample.args["axis"], len(sample.shapes[0])
    reduced = range(ndim) if axis is None else np.atleast_1d(np.array(axis, int)) % max(ndim, 1)
    free = sorted(set(range(ndim)) - set(map(int, reduced)))
    shape = list(sample.shapes[0])
    if free and draw(st.integers(0, 9)) == 0:
        shape[free[0]] = 0
    return Sample((tuple(shape),), sample.args)


def mean(x, axis, keepdims):
    return np.mean(x, axis=axis, keepdims=keepdims)


@st.composite
def small(draw, min_side=0):
    """Few elements: the derivatives of a product grow with their number."""
    shape = draw(hnp.array_shapes(min_dims=0, max_dims=3, min_side=min_side, max_side=2))
    return Sample(
        (shape,), {"axis": draw(axis_arguments(len(shape))), "keepdims": draw(st.booleans())}
    )


@st.composite
def scans(draw, some_shapes):
    shape = draw(some_shapes)
    ndim = len(shape)
    axis = st.none() | (st.integers(-ndim, ndim - 1) if ndim else st.nothing())
    return Sample((shape,), {"axis": draw(axis)})


@st.composite
def along(draw):
    """An axis that is not empty."""
    shape = draw(shapes(min_dims=1, min_side=1))
    args = {"axis": draw(st.integers(-len(shape), len(shape) - 1))} if draw(st.booleans()) else {}
    return Sample((shape,), args)


@st.composite
def norms(draw, kind):
    """Norms of vectors, of matrices, or of anything."""
    shape = draw(shapes(min_dims={"any": 0, "vector": 1, "matrix": 2}[kind], min_side=1))
    ndim, args = len(shape), {"keepdims": draw(st.booleans())}
    if kind == "any":
        args["axis"] = draw(axis_arguments(ndim))
    elif kind == "vector":
        args["ord"] = draw(st.sampled_from((0, 1, 2, 3, 1.5, 0.5, 2.5, np.inf, -np.inf)))
        args["axis"] = draw(st.integers(-ndim, ndim - 1))
    else:
        # The others have kinks wherever two sums are equal.
        args["ord"] = draw(st.sampled_from((None, "fro")))
        order = draw(st.permutations(range(ndim)))[:2]
        args["axis"] = tuple(a - draw(st.sampled_from((0, ndim))) for a in order)
    return Sample((shape,), args)


def logsumexp(x, axis, keepdims):
    return np.log(np.sum(np.exp(x), axis=axis, keepdims=keepdims))


def softmax(x, axis=-1):
    e = np.exp(x)
    return e / e.sum(axis=axis, keepdims=True)


def log_softmax(x, axis=-1):
    return np.log(softmax(x, axis))


def mean_square(x, axis, keepdims):
    return np.mean(x * x, axis=axis, keepdims=keepdims)


def root_mean_square(x, axis, keepdims):
    return np.sqrt(mean_square(x, axis, keepdims))


def norm(x, ord=None, axis=None, keepdims=False):
    a = np.abs(x)
    match ord:
        case None | "fro":
            return np.sqrt(np.sum(a * a, axis=axis, keepdims=keepdims))
        case 0:
            return np.sum((a != 0).astype(x.dtype), axis=axis, keepdims=keepdims)
        case np.inf:
            return np.max(a, axis=axis, keepdims=keepdims)
        case _ if ord == -np.inf:
            return np.min(a, axis=axis, keepdims=keepdims)
        case p:
            return np.sum(a**p, axis=axis, keepdims=keepdims) ** (a.dtype.type(1) / p)


def norm_case(label):
    facts = {
        "kinks": True,
        "shift": 0.1,
        "label": label,
        "terms": lambda x, **args: norm(x, **args),
    }
    return Case("norm", F.norm, norm, norms(label), "norm", **facts)


CASES = [
    Case("sum", F.sum, np.sum, reductions(), "reduction"),
    Case("mean", F.mean, mean, reductions(min_side=1), "reduction"),
    Case("prod", F.prod, np.prod, small(), "reduction"),
    Case(
        "variance",
        F.variance,
        lambda x, axis, keepdims: np.var(x, axis=axis, keepdims=keepdims),
        reductions(min_side=1),
        "statistic",
        terms=mean_square,
    ),
    Case(
        "std",
        F.std,
        lambda x, axis, keepdims: np.std(x, axis=axis, keepdims=keepdims),
        reductions(min_side=1),
        "statistic",
        kinks=True,
        terms=root_mean_square,
    ),
    Case(
        "logsumexp",
        F.logsumexp,
        logsumexp,
        reductions(min_side=1),
        "reduction",
        terms=lambda x, axis, keepdims: 2.0 + np.abs(logsumexp(x, axis, keepdims)),
    ),
    norm_case("any"),
    norm_case("vector"),
    norm_case("matrix"),
    Case(
        "cumsum",
        F.cumsum,
        np.cumsum,
        scans(shapes()),
        "scan",
        terms=lambda x, axis: 8.0 * np.cumsum(np.abs(x), axis=axis),
    ),
    Case(
        "cumprod",
        F.cumprod,
        np.cumprod,
        scans(hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=2)),
        "scan",
        terms=lambda x, axis: np.abs(np.cumprod(x, axis=axis)),
    ),
    Case("softmax", F.softmax, softmax, along(), "rows", terms=softmax),
    Case("softmax_simple", F.softmax_simple, softmax, along(), "rows", terms=softmax),
    Case(
        "log_softmax",
        F.log_softmax,
        log_softmax,
        along(),
        "rows",
        terms=lambda x, axis=-1: 4.0 + np.abs(log_softmax(x, axis)),
    ),
    Case("max", F.max, np.max, extrema(), "extremum", exact=True, kinks=True),
    Case("min", F.min, np.min, extrema(), "extremum", exact=True, kinks=True),
]

FILES = {
    "away_from_zero": {"std", "norm"},
    "extremum": {"max", "min"},
    "linear_scan": {"cumprod"},
    "shift": {"cumprod", "prod"},
    "softmax": {"softmax", "log_softmax"},
    "sum": {"sum", "mean"},
    "variance": {"variance", "std"},
}
