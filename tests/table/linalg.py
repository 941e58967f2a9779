"""Products and factorisations of matrices."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograd import functions as F
from table.base import REALS, Case, Sample, broadcastable


@st.composite
def products(draw, ndims):
    n, k, m = (draw(st.integers(0, 4)) for _ in range(3))
    x, y = draw(broadcastable()) if ndims == "batched" else ((), ())
    x = (k,) if ndims[0] == "1" else (*x[-2:], n, k)
    y = (k,) if ndims[-1] == "1" else (*y[-2:], k, m)
    return Sample((x, y))


@st.composite
def stacks_by_one(draw, side):
    """A stack of matrices with a vector or one matrix on a side."""
    n, k, m = (draw(st.integers(0, 4)) for _ in range(3))
    stack = draw(hnp.array_shapes(min_dims=1, max_dims=2, min_side=0, max_side=3))
    vector = draw(st.booleans())
    if side == "left":
        return Sample(((k,) if vector else (n, k), (*stack, k, m)))
    return Sample(((*stack, n, k), (k,) if vector else (k, m)))


def matmul(label, samples):
    return Case("matmul", F.matmul, np.matmul, samples, "product", (REALS, REALS), label=label)


CASES = [
    matmul("vectors", products("1-1")),
    matmul("vector_matrix", products("1-2")),
    matmul("matrix_vector", products("2-1")),
    matmul("matrices", products("2-2")),
    matmul("batched", products("batched")),
    matmul("left", stacks_by_one("left")),
    matmul("right", stacks_by_one("right")),
]

FILES = {}
