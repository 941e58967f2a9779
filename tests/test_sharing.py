"""Rows of a Jacobian that share a seed: the same derivatives, whatever lies in between."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd as ag
from autograd import Variable
from autograd import functions as F
from autograd import layers as L
from cases import cases

SEEDS = st.integers(0, 2**32 - 1)
DTYPES = st.sampled_from((np.float64, np.float32))


def by_rows(f, xs):
    """The Jacobian by each argument, a row at a time."""
    y, pullback = ag.vjp(f, *xs)
    rows = [[] for _ in xs]
    for i in range(y.size):
        seed = np.zeros(y.size, y.dtype)
        seed[i] = 1.0
        for row, g in zip(rows, pullback(seed.reshape(y.shape)), strict=True):
            row.append(g.data)
    return [np.reshape(row, y.shape + x.shape) for row, x in zip(rows, xs, strict=True)]


def check(f, *xs):
    got = ag.jacobian(f, tuple(range(len(xs))))(*xs)
    for g, want in zip(got, by_rows(f, xs), strict=True):
        assert g.dtype == want.dtype
        scale = np.max(np.abs(want), initial=1.0, where=np.isfinite(want))
        tolerance = 256 * np.finfo(want.dtype).eps * scale
        np.testing.assert_allclose(g.data, want, rtol=0, atol=tolerance)


# Every operation


@cases()
@settings(max_examples=4)
@given(data=st.data(), dtype=DTYPES)
def test_every_function(case, data, dtype):
    """The table's functions between elementwise ones, which leave rows apart wherever they do."""
    sample = data.draw(case.samples)
    arrays = case.operands(sample, data.draw(SEEDS), dtype)

    def f(*xs):
        return F.square(case.function(*(x * 1.0 for x in xs), **sample.args))

    # Fewer rows never share.
    if 12 <= f(*map(Variable, arrays)).size <= 64:
        check(f, *arrays)


# Many at once

N = 24
STEPS = {
    "elementwise": lambda x, rng: F.sin(x) * rng.uniform(0.5, 1.5, N),
    "by the mean": lambda x, rng: x - F.mean(x),
    "shifted": lambda x, rng: F.concat([x[1:], x[:1]]) * x,
    "reversed": lambda x, rng: x[::-1] + x,
    "by index": lambda x, rng: x[rng.integers(0, N, N)],
    "added by index": lambda x, rng: F.index_add(x, rng.integers(0, N, N), F.sin(x)),
    "updated": lambda x, rng: F.index_update(x, rng.permutation(N)[:5], F.cos(x[:5])),
    "chosen": lambda x, rng: F.where(rng.random(N) < 0.5, x, F.flip(x)),
    "groups": lambda x, rng: F.reshape(
        F.softmax(F.reshape(x, (6, 4)), axis=int(rng.integers(0, 2))), N
    ),
    "sums": lambda x, rng: F.repeat(F.sum(F.reshape(x, (8, 3)), axis=1), 3),
    "turned": lambda x, rng: F.ravel(F.transpose(F.reshape(x, (4, 6)))),
    "products": lambda x, rng: F.ravel(F.reshape(x, (4, 6)) @ rng.uniform(-1, 1, (6, 6))),
    "running": lambda x, rng: F.ravel(F.cumsum(F.reshape(x, (6, 4)), axis=1)),
    "windows": lambda x, rng: F.sum(F.sliding_window_view(F.pad(x, 1), 3), axis=-1),
    "split": lambda x, rng: F.concat(F.split(x, 3)[::-1]),
    "sorted": lambda x, rng: F.sort(x),
    "normed": lambda x, rng: F.ravel(F.layer_norm(F.reshape(x, (6, 4)))),
    "column": lambda x, rng: F.ravel(F.reshape(x, (6, 4)) * F.reshape(x[:6], (6, 1))),
    "float32": lambda x, rng: x.astype(np.float32).astype(np.float64),
}


@given(names=st.lists(st.sampled_from(sorted(STEPS)), min_size=1, max_size=5), seed=SEEDS)
def test_compositions(names, seed):
    """Chains of operations that move, mix and part elements; and Hessians through them."""

    def f(x):
        rng = np.random.default_rng(seed)
        for name in names:
            x = STEPS[name](x, rng)
        return x

    x = np.random.default_rng(seed).uniform(-1, 1, N)
    check(f, x)
    if "float32" not in names:
        check(ag.grad(lambda x: F.sum(F.exp(0.1 * f(x)))), x)


def test_blocks_of_a_model():
    """Samples of a batch do not depend on each other."""
    model = ag.models.MLP([8, 3], rng=0)
    x = np.random.default_rng(0).uniform(-1, 1, (6, 4))
    check(model, x)
    model.cleargrads()
    got = ag.jacobian(model)(x).data
    for i in range(6):
        np.testing.assert_allclose(got[i, :, i], ag.jacobian(model)(x[i])[0].data, atol=1e-14)


def test_hooks_see_each_row():
    """Whatever a hook makes of a gradient, it makes of one row's."""
    x = np.linspace(0.1, 1.0, 16)

    def f(x):
        y = F.sin(x)
        y.register_hook(lambda g: g / F.sum(g * g + 1.0))
        return y * x

    check(f, x)


def test_own_functions_run_for_each_row():
    class Mixed(ag.Function):
        def forward(self, x):
            return x * 2.0

        def backward(self, gy):
            return gy * 2.0 + F.sum(gy)

    x = np.linspace(0.1, 1.0, 16)
    check(lambda x: F.sin(Mixed()(F.cos(x))), x)


def test_not_finite():
    """What a row does not depend on leaves it alone, be it infinite."""
    x = np.linspace(-1.0, 1.0, 20)
    got = ag.jacobian(lambda x: F.log(x) * 1.0)(x).data
    off = ~np.eye(20, dtype=bool)
    np.testing.assert_array_equal(got[off], 0.0)


def test_higher_orders():
    """Third derivatives of a banded function; gradients of a shared Jacobian by something else."""
    x = np.random.default_rng(0).uniform(0.5, 1.5, 13)

    def f(x):
        return F.sum(x[1:] ** 3 * x[:-1])

    third = ag.jacobian(ag.hessian(f))(x).data
    i = np.arange(12)
    want = np.zeros((13, 13, 13))
    want[i + 1, i + 1, i + 1] = 6 * x[:-1]
    for at in [(i + 1, i + 1, i), (i + 1, i, i + 1), (i, i + 1, i + 1)]:
        want[at] = 6 * x[1:]
    np.testing.assert_allclose(third, want, atol=1e-12)

    p = Variable(1.5)
    total = F.sum(ag.jacobian(lambda x: F.sin(x * p))(x) ** 2)
    total.backward()
    c, s = np.cos(1.5 * x), np.sin(1.5 * x)
    want = np.sum(2 * 1.5 * c**2 - 2 * 1.5**2 * c * s * x)
    np.testing.assert_allclose(p.grad.data, want, rtol=1e-12)


@pytest.mark.parametrize("n", [200, 1000])
def test_of_many_variables(n):
    """A band stays a band."""
    x = np.random.default_rng(0).uniform(-1, 1, n)
    got = ag.hessian(lambda x: F.sum(F.sin(x[1:] * x[:-1])))(x).data
    i = np.arange(n - 1)
    product = x[1:] * x[:-1]
    want = np.zeros((n, n))
    want[i, i] -= np.sin(product) * x[1:] ** 2
    want[i + 1, i + 1] -= np.sin(product) * x[:-1] ** 2
    want[i, i + 1] = want[i + 1, i] = np.cos(product) - np.sin(product) * product
    np.testing.assert_allclose(got, want, atol=1e-14)


def test_layers_with_two_inputs():
    layer = L.Linear(3, 2, rng=0)
    check(lambda x, w, b: F.linear(x, w, b), np.ones((5, 2)), layer.w.data, np.zeros(3))
