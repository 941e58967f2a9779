"""Gradients of an array that was cut up: parts that make up the whole, and parts that do not."""

import numpy as np
import pytest

import autograd as ag
from autograd import Variable
from autograd import functions as F

RNG = np.random.default_rng(0)
# Large enough for parts to wait for one another.
X = RNG.normal(size=(64, 1200))

CUTS = {
    "thirds": lambda x: F.split(x, 3, -1),
    "rows": lambda x: F.split(x, [10, 50, 4], 0),
    "any order": lambda x: [x[:, 700:], x[:, :100], x[:, 100:700]],
    "one": lambda x: [x[:, :800]],
    "none": lambda x: [x[:, :]],
    "gap": lambda x: [x[:, :500], x[:, 600:]],
    "overlap": lambda x: [x[:, :700], x[:, 500:]],
    "twice": lambda x: [x[:, :600], x[:, :600], x[:, 600:]],
    "crossed": lambda x: [x[:32], x[:, :600]],
    "steps": lambda x: [x[::2], x[1::2], x[:, ::-1]],
    "whole first": lambda x: [x, *F.split(x, 2, 0)],
    "whole last": lambda x: [*F.split(x, 2, 0), x],
    "many": lambda x: F.split(x, [120] * 10, -1) + F.split(x, 8, 0) * 3,
    "more than wait": lambda x: F.split(x, 12, -1) * 3 + F.split(x, 8, 0),
    "large and small": lambda x: [x[:1, :5], x[:, :600], x[3, 4], x[:, 600:]],
    "of parts": lambda x: [q for p in F.split(x, 2, 0) for q in F.split(p, 2, -1)],
    "turned": lambda x: F.split(F.transpose(x), 3, 0),
    "axes": lambda x: F.split(F.reshape(x, (64, 12, 100)), [5, 7], 1),
}


def weighted(parts):
    total = 0.0
    for i, p in enumerate(parts):
        total = total + F.sum(F.square(p)) * (i + 1.0)
    return total


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("inner", [False, True])
@pytest.mark.parametrize("cut", CUTS)
def test_gradients_of_parts(cut, inner, dtype):
    def by(**options):
        x = Variable(X.astype(dtype))
        y = x + 0.0 if inner else x
        weighted(CUTS[cut](y)).backward(**options)
        return x.grad.data

    # What is recorded adds up arrays with zeros in them.
    want = by(create_graph=True)
    np.testing.assert_allclose(by(), want, rtol=1e-12 if dtype is np.float64 else 1e-5)


def test_gradients_of_parts_are_the_array_that_they_lie_in():
    x = Variable(X)
    parts = F.split(x, 3, -1)
    y = F.concat(parts, -1)
    seed = Variable(RNG.normal(size=X.shape))
    y.backward(seed)
    np.testing.assert_array_equal(x.grad.data, seed.data)
    assert np.shares_memory(x.grad.data, seed.data)
    before = seed.data.copy()
    y.backward(seed)
    np.testing.assert_array_equal(x.grad.data, 2 * before)
    np.testing.assert_array_equal(seed.data, before)


def test_hooks_and_kept_gradients_see_the_whole():
    x = Variable(X)
    y = x * 2.0
    seen = []
    y.register_hook(lambda g: seen.append(g.data.copy()))
    parts = F.split(y, 3, -1)
    weighted(parts).backward(retain_grad=True)
    (got,) = seen
    want = np.concatenate([2.0 * (i + 1) * p.data for i, p in enumerate(parts)], -1)
    np.testing.assert_allclose(got, want, rtol=1e-14)
    np.testing.assert_allclose(y.grad.data, want, rtol=1e-14)
    np.testing.assert_allclose(x.grad.data, 2 * want, rtol=1e-14)


def test_gradients_as_results():
    def f(x):
        return weighted(F.split(x, 3, -1))

    got = ag.grad(f)(Variable(X)).data
    x = Variable(X)
    f(x).backward()
    np.testing.assert_array_equal(got, x.grad.data)
