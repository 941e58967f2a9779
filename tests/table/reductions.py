"""Reductions and scans."""

import numpy as np
from hypothesis import strategies as st

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


CASES = [
    Case("sum", F.sum, np.sum, reductions(), "reduction"),
    Case("mean", F.mean, mean, reductions(min_side=1), "reduction"),
    Case("max", F.max, np.max, extrema(), "extremum", exact=True, kinks=True),
    Case("min", F.min, np.min, extrema(), "extremum", exact=True, kinks=True),
]

FILES = {"extremum": {"max", "min"}, "sum": {"sum", "mean"}}
