"""Elements by their positions."""

from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from table.base import Case, Sample, shapes


@st.composite
def indices(draw):
    shape = draw(shapes())
    index = draw(hnp.basic_indices(shape, max_dims=6, allow_newaxis=True, allow_ellipsis=True))
    return Sample((shape,), {"index": index})


CASES = [
    Case(
        "getitem",
        lambda x, index: x[index],
        lambda x, index: x[index],
        indices(),
        "selection",
        exact=True,
    ),
]

FILES = {"index": {"getitem"}}
