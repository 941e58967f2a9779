"""Values and derivatives recorded from the Go library of the same name."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from autograd import Variable
from autograd import functions as F

GOLDEN = json.loads(Path(__file__).with_name("data").joinpath("golden.json").read_text())


def matyas(x, y):
    return 0.26 * (x**2 + y**2) - 0.48 * x * y


def goldstein_price(x, y):
    left = 19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2
    right = 18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2
    return (1 + (x + y + 1) ** 2 * left) * (30 + (2 * x - 3 * y) ** 2 * right)


FUNCTIONS = {
    "add_scalar": lambda x, c: x + c,
    "rsub_scalar": lambda x, c: c - x,
    "mul_scalar": lambda x, c: x * c,
    "rdiv_scalar": lambda x, c: c / x,
    "pow": lambda x, c: x**c,
    "getitem": lambda x, indices, axis: F.take(x, indices, axis),
    "concat": lambda *xs, axis: F.concat(xs, axis),
    "split_take": lambda x, sizes, axis, k: F.square(F.split(x, sizes, axis)[k]),
    "softmax": lambda x, axis: F.square(F.softmax(x, axis)),
    "softmax_simple": lambda x, axis: F.square(F.softmax_simple(x, axis)),
    "cross_entropy": lambda x, labels: F.cross_entropy(x, labels),
    "matyas": matyas,
    "goldstein_price": goldstein_price,
}


def arguments(args):
    return {k: tuple(v) if isinstance(v, list) else v for k, v in args.items()}


def array(recorded):
    return np.array(recorded["data"], float).reshape(recorded["shape"])


def same(got, recorded):
    """Up to 1e-9, and up to rounding where a value is a difference that vanishes. Numbers may have
    been recorded as arrays of one element."""
    if recorded is None:
        # No gradient there; here it may also be a zero.
        assert got is None or not np.any(got.data)
        return
    want = array(recorded)
    assert got.shape == want.shape or got.size == want.size == 1
    scale = np.abs(want).max(initial=0.0)
    np.testing.assert_allclose(
        np.reshape(got.data, want.shape), want, rtol=1e-9, atol=1e-12 * max(scale, 1.0)
    )


@pytest.mark.parametrize("i", range(len(GOLDEN["cases"])), ids=lambda i: GOLDEN["cases"][i]["fn"])
def test_function(i):
    case = GOLDEN["cases"][i]
    name = case["fn"]
    xs = [Variable(array(x)) for x in case["inputs"]]
    f = FUNCTIONS.get(name) or getattr(F, name)
    y = f(*xs, **arguments(case.get("args", {})))
    (output,) = case["outputs"]
    same(y, output)
    y.backward(create_graph=True)
    grads = [x.grad for x in xs]
    for got, want in zip(grads, case["grads"], strict=True):
        same(got, want)
    if "grads2" not in case:
        return
    for x in xs:
        x.cleargrad()
    sum(F.sum(g**2) for g in grads if g is not None).backward()
    for x, want in zip(xs, case["grads2"], strict=True):
        same(x.grad, want)


HIGHER = GOLDEN["higher_order"]["derivatives"]


@pytest.mark.parametrize("name", sorted(HIGHER))
@pytest.mark.parametrize("as_array", [False, True])
def test_higher_order(name, as_array):
    at = GOLDEN["higher_order"]["x"]
    x = Variable([at, at] if as_array else at)
    y = x**3.5 if name == "pow3.5" else getattr(F, name)(x)
    for want in HIGHER[name]:
        np.testing.assert_allclose(y.data, np.full(x.shape, want), rtol=1e-9)
        x.cleargrad()
        y.backward(create_graph=True)
        y = x.grad


def test_there_is_something_to_compare():
    assert len(GOLDEN["cases"]) == 264
    assert len({case["fn"] for case in GOLDEN["cases"]}) == 42
    assert len(HIGHER) == 8
    assert math.isfinite(GOLDEN["higher_order"]["x"])
