"""Errors of the elementary functions, against correctly rounded values.

``python -m benchmarks.accuracy --references tests/data/accuracy.json`` makes the values.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from autograd import functions as F

DATA = json.loads((Path(__file__).parent / "data" / "accuracy.json").read_text())
DTYPES = ("float64", "float32")

# In ulp, from the correctly rounded value; for all others it is 2. See docs/accuracy.md.
BOUNDS = {"lgamma": 3, "digamma": 8, "polygamma(1, x)": 8}


def function(name):
    """The function of a name, such as `sin` or `polygamma(1, x)`."""
    plain, _, arguments = name.partition("(")
    found = getattr(F, plain, None)
    if found is None:
        pytest.skip(f"autograd.functions has no {plain}")
    return (lambda x: found(1, x)) if arguments else found


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", DATA["values"])
def test_error(name, dtype):
    f = function(name)
    rows = [[float.fromhex(x) for x in row] for row in DATA["values"][name][dtype]]
    *xs, want = np.array(rows, dtype).T
    assert len(want) > 5
    got = f(*xs).data
    assert got.dtype == dtype
    finite = np.isfinite(want)
    np.testing.assert_array_equal(got[~finite], want[~finite])
    ulp = np.abs(got[finite] - want[finite]) / np.spacing(np.abs(want[finite]))
    worst = ulp.argmax()
    at = [x[finite][worst].item() for x in xs]
    assert ulp[worst] <= BOUNDS.get(name, 2), f"{ulp[worst]} ulp at {at}"


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", sorted({name for name, _, _ in DATA["edges"]}))
def test_edges(name, dtype):
    f = function(name)
    for _, xs, want in (row for row in DATA["edges"] if row[0] == name):
        xs = [np.array(float.fromhex(x), dtype) for x in xs]
        want = np.array(float.fromhex(want), dtype)
        # Alone, and in a vector wide enough for every instruction set.
        for shape in ((), (33,)):
            got = f(*(np.broadcast_to(x, shape) for x in xs)).data
            expected = np.broadcast_to(want, shape)
            np.testing.assert_array_equal(got, expected, err_msg=f"{name}{xs}")
            if not np.isnan(want):
                np.testing.assert_array_equal(np.signbit(got), np.signbit(expected))
