"""Reductions, scans and norms: edges, errors, zeros, long rows."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
from autograd import Variable
from autograd import functions as F
from support import LAYOUTS, central, directional, fails, gradients, strided

INF, NAN = np.inf, np.nan
V23 = Variable(np.arange(6.0).reshape(2, 3))
HUGE = F.broadcast_to(Variable(1.0), (2**20, 2**20))


def grad(f, x, create_graph=False):
    _, (g,) = gradients(f, [np.array(x, float)], None, create_graph=create_graph)
    return g


def second(f, x):
    """The gradient of the sum of the squares of the gradient."""
    x = Variable(np.array(x, float))
    f(x).backward(create_graph=True)
    g = x.grad
    x.cleargrad()
    F.sum(g * g).backward()
    return x.grad.data


both = pytest.mark.parametrize("create_graph", [False, True], ids=["fused", "recorded"])


# Products


def others(x):
    """The products of all other elements, one by one."""
    return np.array([np.prod(np.delete(x, i)) for i in range(x.size)])


@both
@pytest.mark.parametrize("zeros", [(), (1,), (0, 3), (0, 1, 2, 3)])
def test_product_with_zeros(zeros, create_graph):
    x = np.array([2.0, -3.0, 5.0, 7.0])
    x[list(zeros)] = 0.0
    np.testing.assert_array_equal(grad(F.prod, x, create_graph), others(x))


ZEROS = st.lists(st.sampled_from((0.0, 0.0, 1.5, -0.5, 2.0)), min_size=1, max_size=5)


@pytest.mark.parametrize("f", [F.prod, F.cumprod], ids=lambda f: f.__name__)
@pytest.mark.parametrize("order", [1, 2, 3, 4])
@given(x=ZEROS)
def test_products_with_zeros_to_any_order(f, order, x):
    """Polynomials: central differences are exact but for rounding and high terms."""
    x = np.array(x)
    rng = np.random.default_rng(0)
    ways = [[rng.uniform(-1, 1, x.shape)] for _ in range(order)]
    c = rng.uniform(-1, 1, np.shape(f(x).data))

    def along(t):
        return directional(f, [x + t * ways[-1][0]], c, ways[:-1])

    got = directional(f, [x], c, ways)
    assert got == pytest.approx(central(along, 2e-3), rel=1e-7, abs=1e-7)


@both
def test_products_of_large_arrays(create_graph):
    x = np.random.default_rng(0).uniform(0.9, 1.1, (40, 5, 61))
    for axis, layout in itertools.product([None, 0, 1, 2, (0, 2)], LAYOUTS[:-1]):
        v = strided(x, layout)
        y = F.prod(v, axis)
        np.testing.assert_allclose(y.data, x.prod(axis), rtol=1e-11)
        y.backward(retain_grad=True, create_graph=create_graph)
        want = x.prod(axis, keepdims=True) / x
        np.testing.assert_allclose(v.grad.data, want, rtol=1e-11)


def test_a_repeated_product():
    v = F.broadcast_to(Variable([2.0, -1.0]), (3, 2))
    np.testing.assert_array_equal(F.prod(v, axis=0).data, [8.0, -1.0])


@both
def test_running_products_with_zeros(create_graph):
    x = [2.0, 0.0, 3.0, 0.0, 4.0]
    want = [1 + 0, 2 * (1 + 3), 0, 0, 0]
    np.testing.assert_array_equal(grad(F.cumprod, x, create_graph), want)


@pytest.mark.parametrize("f", [F.cumsum, F.cumprod], ids=lambda f: f.__name__)
@pytest.mark.parametrize("shape", [(3, 50_000), (50_000, 3), (2, 300, 100), (100_000,)])
def test_long_scans(f, shape):
    x = np.random.default_rng(0).uniform(0.99, 1.01, shape)
    name = f.__name__
    for axis in (None, *range(len(shape))):
        np.testing.assert_allclose(f(x, axis).data, getattr(np, name)(x, axis), rtol=1e-11)


def test_running_sums_of_infinities():
    np.testing.assert_array_equal(F.cumsum([1.0, INF, 1.0]).data, [1, INF, INF])
    np.testing.assert_array_equal(grad(F.cumsum, [1.0, INF, 1.0]), [3, 2, 1])


def test_scans_of_numbers_and_of_nothing():
    for f in (F.cumsum, F.cumprod):
        x = Variable(3.0)
        y = f(x)
        y.backward()
        assert (y.shape, y.item(), x.grad.shape, x.grad.item()) == ((1,), 3.0, (), 1.0)
        for shape, axis in (((0,), 0), ((0, 3), 0), ((3, 0), 0), ((2, 0), None)):
            x = Variable(np.zeros(shape))
            y = f(x, axis)
            y.backward(create_graph=True)
            assert x.grad.shape == shape
            assert y.shape == (shape if axis == 0 else (0,))


# Statistics


def test_variance_of_large_numbers():
    """Two passes: the mean is taken out before squares are."""
    x = 1e8 + np.array([1.0, 2.0, 3.0, 4.0])
    assert F.variance(x).item() == 1.25
    assert F.variance(np.full(10**6, 1e8 / 3)).item() < 1e-14


def test_variance_of_large_arrays():
    x = np.random.default_rng(0).standard_normal((70, 9, 211))
    for axis, layout in itertools.product([None, 0, 1, 2, (0, 2), ()], LAYOUTS[:-1]):
        v = strided(x, layout)
        np.testing.assert_allclose(F.variance(v, axis).data, x.var(axis), rtol=1e-12, atol=1e-30)
        np.testing.assert_allclose(F.std(v, axis).data, x.std(axis), rtol=1e-12, atol=1e-30)


@both
def test_std_of_equal_elements(create_graph):
    x = [[3.0, 3.0, 3.0], [1.0, 2.0, 3.0]]
    g = grad(lambda v: F.std(v, axis=1), x, create_graph)
    np.testing.assert_array_equal(g[0], np.zeros(3))
    np.testing.assert_allclose(g[1], (np.array(x[1]) - 2) / (3 * np.std(x[1])), rtol=1e-15)


@pytest.mark.parametrize(
    "f", [F.std, F.norm, lambda x: F.norm(x, 3, 0), lambda x: F.norm(x, 0.5, 0)]
)
def test_singular_points_have_finite_second_derivatives(f):
    np.testing.assert_array_equal(second(f, np.zeros(3)), np.zeros(3))
    x = Variable(np.zeros(3))
    for _ in range(3):
        y = F.sum(f(x) * f(x)) if x.grad is None else F.sum(x.grad * x.grad)
        x.cleargrad()
        y.backward(create_graph=True)
        np.testing.assert_array_equal(x.grad.data, np.zeros(3))


def test_statistics_of_nothing():
    empty = Variable(np.zeros((0, 3)))
    for f in (F.variance, F.std):
        assert np.isnan(f(empty).item())
        assert np.isnan(f(empty, axis=0).data).all()
        assert f(empty, axis=1).shape == (0,)
        assert f(Variable(2.0)).item() == 0.0
        for create_graph in (False, True):
            assert grad(f, np.zeros((0, 3)), create_graph).shape == (0, 3)
    assert np.isnan(F.std([1.0, NAN]).item())
    assert np.isnan(F.variance([1.0, INF]).item())
    assert F.prod(empty).item() == 1.0
    np.testing.assert_array_equal(F.prod(empty, axis=0).data, np.ones(3))
    for create_graph in (False, True):
        assert grad(F.prod, np.zeros((0, 3)), create_graph).shape == (0, 3)
        g = grad(lambda x: F.prod(x, axis=0), np.zeros((0, 3)), create_graph)
        assert g.shape == (0, 3)


# Exponentials

EDGES = {
    "large": [1e4, -1e4, 1e4],
    "all -inf": [-INF, -INF, -INF],
    "some -inf": [-INF, 0.0, 0.0],
    "one +inf": [1.0, INF, 2.0],
    "two +inf": [INF, 1.0, INF],
    "both": [-INF, INF, 0.0],
    "one": [5.0],
}
SHARES = {
    "large": [0.5, 0.0, 0.5],
    "all -inf": [1 / 3, 1 / 3, 1 / 3],
    "some -inf": [0.0, 0.5, 0.5],
    "one +inf": [0.0, 1.0, 0.0],
    "two +inf": [0.5, 0.0, 0.5],
    "both": [0.0, 1.0, 0.0],
    "one": [1.0],
}


@pytest.mark.parametrize("width", [None, 70_000], ids=["short", "long"])
@pytest.mark.parametrize("name", EDGES)
def test_softmax_at_edges(name, width):
    """Infinite elements are treated as equal; nothing becomes NaN, to the second order."""
    x = np.array(EDGES[name])
    y = np.array(SHARES[name])
    if width is not None:
        if name == "all -inf":
            x, y = np.full(width, -INF), np.full(width, 1 / width)
        else:
            x = np.concatenate([x, np.full(width - x.size, -INF)])
            y = np.concatenate([y, np.zeros(width - y.size)])
    top = x.max()
    np.testing.assert_allclose(F.softmax(x).data, y, rtol=1e-15)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_y = np.where(np.isfinite(x) & np.isfinite(top), x - top + np.log(y.max()), np.log(y))
    np.testing.assert_allclose(F.log_softmax(x).data, log_y, rtol=1e-13)
    lse = top + np.log(1 / y.max()) if np.isfinite(top) else top
    np.testing.assert_allclose(F.logsumexp(x).item(), lse, rtol=1e-15)
    for create_graph in (False, True):
        np.testing.assert_allclose(grad(F.logsumexp, x, create_graph), y, rtol=1e-15)
        assert np.isfinite(grad(lambda v: F.softmax(v)[0], x, create_graph)).all()
        first = grad(lambda v: F.log_softmax(v)[0], x, create_graph)
        np.testing.assert_allclose(first, np.eye(1, x.size)[0] - y, rtol=1e-15, atol=1e-15)
    for f in (F.logsumexp, lambda v: F.softmax(v)[0], lambda v: F.log_softmax(v)[0]):
        assert np.isfinite(second(f, x)).all()


def test_softmax_passes_nan_on_to_its_row_alone():
    x = [[1.0, NAN], [0.0, 0.0]]
    for f in (F.softmax, F.log_softmax):
        y = f(x).data
        assert np.isnan(y[0]).all()
        assert np.isfinite(y[1]).all()
    np.testing.assert_array_equal(np.isnan(F.logsumexp(x, axis=1).data), [True, False])


def test_exponentials_of_nothing():
    empty = Variable(np.zeros((0, 3)))
    assert F.logsumexp(empty).item() == -INF
    np.testing.assert_array_equal(F.logsumexp(empty, axis=0).data, np.full(3, -INF))
    assert F.logsumexp(empty, axis=1).shape == (0,)
    for f in (F.logsumexp, F.softmax, F.log_softmax, lambda x: F.softmax(x, axis=0)):
        for create_graph in (False, True):
            assert grad(f, np.zeros((0, 3)), create_graph).shape == (0, 3)
    assert F.softmax(empty).shape == F.log_softmax(empty, axis=0).shape == (0, 3)
    assert F.logsumexp(Variable(3.0)).item() == 3.0


@pytest.mark.parametrize("shape", [(2, 70_001), (70_001, 2), (3, 1500), (1500, 3), (7, 24, 25),
                                   (40, 1024), (5, 1025), (1, 200_000)])  # fmt: skip
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_rows_of_all_lengths(shape, dtype):
    """Short rows share tiles, long ones are cut up: values and gradients are those of the twin."""
    rng = np.random.default_rng(0)
    x = rng.normal(0, 3, shape).astype(dtype)
    c = rng.uniform(-1, 1, shape).astype(dtype)
    eps = np.finfo(dtype).eps
    for axis in range(len(shape)):
        wide = x.astype(np.longdouble)
        shifted = wide - wide.max(axis, keepdims=True)
        total = np.exp(shifted).sum(axis, keepdims=True)
        y, g = gradients(lambda v, a=axis: F.softmax(v, a), [x], c)
        want = np.exp(shifted) / total
        np.testing.assert_allclose(y, want, rtol=30 * eps)
        dot = (want * c).sum(axis, keepdims=True)
        np.testing.assert_allclose(g[0], want * (c - dot), rtol=1e3 * eps, atol=8 * eps)
        y, g = gradients(lambda v, a=axis: F.log_softmax(v, a), [x], c)
        np.testing.assert_allclose(y, shifted - np.log(total), rtol=8 * eps, atol=8 * eps)
        # The sum of many gradients may cancel.
        size = 1 + np.sqrt(shape[axis])
        grads = c - want * c.astype(np.longdouble).sum(axis, keepdims=True)
        np.testing.assert_allclose(g[0], grads, rtol=50 * eps, atol=8 * size * eps)
        y, g = gradients(lambda v, a=axis: F.logsumexp(v, a), [x], None)
        lse = np.squeeze(wide.max(axis, keepdims=True) + np.log(total), axis)
        np.testing.assert_allclose(y, lse, rtol=8 * eps, atol=8 * eps)
        np.testing.assert_allclose(g[0], want, rtol=30 * eps)


def test_rows_do_not_depend_on_the_number_of_threads(threads):
    x = np.random.default_rng(0).standard_normal((64, 3000))
    results = []
    for n in (1, 2, 5):
        threads(n)
        v = Variable(x)
        y = F.softmax(v, axis=0) + F.log_softmax(v) + F.cumsum(v, axis=1) + F.variance(v, axis=0)
        y.backward()
        results.append((y.data.tobytes(), v.grad.data.tobytes()))
    assert results[0] == results[1] == results[2]


@pytest.mark.parametrize("order", [1, 2])
@given(data=st.data())
def test_softmax_is_its_twin(order, data):
    shape = data.draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    axis = data.draw(st.integers(-2, 1))
    rng = np.random.default_rng(data.draw(st.integers(0, 999)))
    x, c = rng.uniform(-5, 5, shape), rng.uniform(-1, 1, shape)
    ways = [[rng.uniform(-1, 1, shape)] for _ in range(order)]

    def derivative(f):
        return directional(lambda v: f(v, axis), [x], c, ways)

    want = derivative(F.softmax_simple)
    assert derivative(F.softmax) == pytest.approx(want, rel=1e-10, abs=1e-12)
    log = derivative(lambda v, a: F.log(F.softmax_simple(v, a)))
    assert derivative(F.log_softmax) == pytest.approx(log, rel=1e-9, abs=1e-11)


# Norms


def test_norms_are_those_of_numpy():
    x = np.random.default_rng(0).standard_normal((3, 4))
    for order in (None, 0, 1, 2, 3, 0.5, INF, -INF):
        for keepdims in (False, True):
            got = F.norm(x, order, axis=1, keepdims=keepdims).data
            want = np.linalg.norm(x, order, axis=1, keepdims=keepdims)
            np.testing.assert_allclose(got, want, rtol=1e-14)
        got = F.norm(x[0], order).item()
        assert got == pytest.approx(np.linalg.norm(x[0], order), rel=1e-14)
    for order in (None, "fro", 1, -1, INF, -INF):
        assert F.norm(x, order).item() == pytest.approx(np.linalg.norm(x, order), rel=1e-14)
    assert F.norm(np.ones((2, 3, 4))).item() == pytest.approx(24**0.5)


@both
def test_extreme_sums_of_matrices(create_graph):
    """The largest or smallest sum of a column (1, -1) or of a row takes the gradient."""
    x = [[[1.0, -5.0], [2.0, 3.0]], [[1.0, 1.0], [0.0, 4.0]]]
    column = [[[0, -1], [0, 1]], [[0, 1], [0, 1]]]
    row = [[[1, -1], [0, 0]], [[0, 0], [0, 1]]]
    for order, want, slope in ((1, [8, 5], column), (INF, [6, 4], row)):
        f = lambda v, order=order: F.norm(v, order, axis=(1, 2))  # noqa: E731
        np.testing.assert_array_equal(f(x).data, want)
        np.testing.assert_array_equal(grad(f, x, create_graph), slope)
        turned = F.norm(x, order, axis=(-1, 1), keepdims=True).data
        np.testing.assert_array_equal(turned.ravel(), [6, 4] if order == 1 else [8, 5])
        assert turned.shape == (2, 1, 1)
    np.testing.assert_array_equal(F.norm(x, -1, axis=(1, 2)).data, [3, 1])
    np.testing.assert_array_equal(F.norm(x, -INF, axis=(1, 2)).data, [5, 2])


@both
@pytest.mark.parametrize("order", [None, 0, 1, 2, 3, 1.5, 0.5, INF, -INF])
def test_norms_of_zero_vectors(order, create_graph):
    x = np.zeros((2, 3))
    x[1] = [3.0, 0.0, -4.0]
    g = grad(lambda v: F.norm(v, order, axis=1), x, create_graph)
    assert np.isfinite(g).all()
    np.testing.assert_array_equal(g[0], np.zeros(3))
    assert g[1, 1] == 0.0


@both
def test_norm_zero_counts(create_graph):
    x = [1.0, 0.0, -INF, 2.0]
    assert F.norm(x, 0).item() == 3.0
    np.testing.assert_array_equal(grad(lambda v: F.norm(v, 0), x, create_graph), np.zeros(4))


def test_norms_of_nothing_and_of_numbers():
    empty = Variable(np.zeros((0, 3)))
    assert F.norm(empty).item() == 0.0
    np.testing.assert_array_equal(F.norm(empty, 1, axis=0).data, np.zeros(3))
    assert F.norm(empty, INF, axis=1).shape == (0,)
    for call in (
        lambda: F.norm(empty, INF, 0),
        lambda: F.norm(empty, -INF, 0),
        lambda: F.norm(empty, 1),
    ):
        fails(call, ValueError, "norm", "empty", "(0, 3)")
    x = Variable(-3.0)
    y = F.norm(x)
    y.backward()
    assert (y.item(), x.grad.item()) == (3.0, -1.0)


def test_norm_with_an_order_that_does_not_fit():
    fails(lambda: F.norm(V23, "nuc"), ValueError, "norm", "nuc", "not supported")
    fails(lambda: F.norm(V23, "no"), ValueError, "norm", "'no'")
    fails(lambda: F.norm(V23, 2), ValueError, "norm", "singular values", "got 2")
    fails(lambda: F.norm(V23, 3, axis=(0, 1)), ValueError, "norm", "got 3")
    fails(lambda: F.norm(V23, "fro", axis=0), ValueError, "norm", "two axes")
    fails(lambda: F.norm(1.0, 2), ValueError, "norm", "got 0", "axis")
    fails(lambda: F.norm(np.ones((1, 1, 1)), 1), ValueError, "norm", "got 3")
    for p in (-1.0, NAN):
        fails(lambda p=p: F.norm([1.0], p), ValueError, "norm", "ord", "positive")
    fails(lambda: F.norm(V23, []), TypeError, "norm", "ord", "list")


# Errors and methods


REDUCTIONS = [F.prod, F.variance, F.std, F.logsumexp, F.norm]
ALONG = [F.cumsum, F.cumprod, F.softmax, F.log_softmax]


@pytest.mark.parametrize("f", REDUCTIONS + ALONG, ids=lambda f: f.__name__)
def test_axes_that_are_not_there(f):
    name = f.__name__
    for axis in (2, -3):
        fails(lambda a=axis: f(V23, axis=a), ValueError, name, f"axis {axis}", "2 dimension")
    fails(lambda: f(Variable(1.0), axis=0), ValueError, name, "axis 0")
    fails(lambda: f(V23, axis="x"), TypeError, "axis")
    if f in REDUCTIONS:
        fails(lambda: f(V23, axis=(0, -2)), ValueError, name, "twice")


@pytest.mark.parametrize("f", [*REDUCTIONS, *ALONG, F.softmax_simple], ids=lambda f: f.__name__)
@pytest.mark.parametrize(
    "x", [None, "text", 1j, object(), [[1], [1, 2]]], ids=lambda x: type(x).__name__
)
def test_operands_that_are_no_arrays(f, x):
    with pytest.raises((TypeError, ValueError)):
        f(x)


@pytest.mark.parametrize("f", [*REDUCTIONS[1:], *ALONG], ids=lambda f: f.__name__)
def test_arrays_beyond_memory(f):
    fails(lambda: f(HUGE), MemoryError)
    x = Variable([1.0, 2.0])
    F.sum(f(x)).backward()
    assert np.isfinite(x.grad.data).all()


def test_softmax_of_a_number():
    fails(lambda: F.softmax(Variable(1.0)), ValueError, "softmax", "axis -1")


def test_methods():
    x = np.arange(1.0, 7.0).reshape(2, 3)
    v = Variable(x)
    for name in ("prod", "var", "std"):
        for args in ({}, {"axis": 0}, {"axis": (0, 1), "keepdims": True}):
            got = getattr(v, name)(**args)
            np.testing.assert_allclose(got.data, getattr(x, name)(**args), rtol=1e-14)
    for name in ("cumsum", "cumprod"):
        for axis in (None, 0, -1):
            np.testing.assert_array_equal(getattr(v, name)(axis).data, getattr(x, name)(axis))
    (v.var() + v.cumprod(axis=0).sum()).backward()
    assert v.grad.shape == (2, 3)


def test_results_are_recorded_only_when_asked():
    with ag.no_grad():
        for f in REDUCTIONS + ALONG:
            assert f(V23).creator is None
    assert F.softmax(V23).creator.name == "Softmax"
    assert F.variance(V23).creator.name == "Variance"
