"""Jacobians and Hessians: shapes, containers, higher orders; by one pass for all rows."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
from autograd import Function, Variable
from autograd import functions as F
from autograd import layers as L
from support import fails, nodes, same

SIZES = st.integers(0, 3)


def close(got, want, tolerance=1e-12):
    got = got.data if isinstance(got, Variable) else got
    np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance)


# Jacobians


@given(n=SIZES, m=SIZES, k=SIZES, dtype=st.sampled_from((np.float64, np.float32)))
def test_of_a_matrix_product(n, m, k, dtype):
    """d(AB)[i, l] / dA[p, q] is 1 (i = p) times B[q, l]."""
    rng = np.random.default_rng(0)
    a, b = rng.uniform(-1, 1, (n, m)).astype(dtype), rng.uniform(-1, 1, (m, k)).astype(dtype)
    by_a, by_b = ag.jacobian(F.matmul, (0, 1))(a, b)
    want_a = np.einsum("ip,ql->ilpq", np.eye(n, dtype=dtype), b)
    want_b = np.einsum("ip,lq->ilpq", a, np.eye(k, dtype=dtype))
    for got, want in ((by_a, want_a), (by_b, want_b)):
        assert (got.shape, got.dtype) == (want.shape, dtype)
        same(got, want)


@pytest.mark.parametrize("shape", [(), (1,), (0,), (3,), (2, 3), (2, 0)])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_of_an_elementwise_function_is_diagonal(shape, dtype):
    x = np.linspace(0.1, 1, math.prod(shape)).reshape(shape).astype(dtype)
    for given_as in (x, Variable(x)):
        got = ag.jacobian(F.square)(given_as)
        assert (got.shape, got.dtype) == (shape + shape, dtype)
        close(got.data.reshape(x.size, x.size), np.diag(2 * x.ravel()), 1e-6)


def test_of_a_number_is_the_derivative():
    assert ag.jacobian(F.sin)(0.5).item() == math.cos(0.5)
    assert ag.jacobian(lambda x: F.stack([x, x * x]))(3.0).data.tolist() == [1.0, 6.0]
    assert ag.jacobian(F.sum)([1.0, 2.0]).data.tolist() == [1.0, 1.0]


def test_containers_of_results_hold_containers_of_arguments():
    def f(p):
        return {"prod": p["w"] * p["b"], "rest": (F.sum(p["w"]), None, 1.0)}

    value, got = ag.value_and_jacobian(f)({"w": np.array([1.0, 2.0]), "b": 3.0})
    same(value["prod"], [3.0, 6.0])
    same(got["prod"]["w"], [[3.0, 0.0], [0.0, 3.0]])
    same(got["prod"]["b"], [1.0, 2.0])
    same(got["rest"][0]["w"], [1.0, 1.0])
    same(got["rest"][0]["b"], 0.0)
    same(got["rest"][2]["w"], [0.0, 0.0])
    assert got["rest"][1] is None
    several = ag.jacobian(lambda x, y: (x * y, y), (1, 0))(2.0, 3.0)
    assert [[g.item() for g in row] for row in several] == [[2.0, 3.0], [1.0, 0.0]]


def test_each_result_keeps_its_history():
    """Also if the last one depends on nothing else."""
    p = Variable(3.0)
    (first, last), _ = ag.value_and_jacobian(lambda x: (x * p, x))(2.0)
    first.backward()
    assert p.grad.item() == 2.0
    assert last.item() == 2.0


def test_of_a_model():
    """Of a linear layer the Jacobian by the input is the weight, for each row."""
    layer = L.Linear(3, 2, rng=0)
    x = np.ones((4, 2))
    got = ag.jacobian(layer)(x)
    want = np.einsum("ip,ql->ilpq", np.eye(4), layer.w.data)
    close(got, want)
    assert layer.w.grad is None


@pytest.mark.usefixtures("no_gc")
def test_one_pass_for_all_rows():
    """The rule of an operation that takes a batch runs once: it makes as many nodes as for one."""
    x = Variable(np.linspace(0.1, 0.9, 30))

    def f(x):
        return F.exp(F.sin(x) * x)

    before = nodes()
    small = ag.jacobian(f)(x[:2])
    few = nodes() - before
    del small
    large = ag.jacobian(f)(x)
    # Equal seeds are shared, and told apart by two operations more.
    assert nodes() - before <= few + 4
    del large


def test_errors():
    fails(lambda: ag.jacobian(lambda x: None)(1.0), TypeError, "jacobian of", "None")
    fails(lambda: ag.jacobian(lambda x: "a")(1.0), TypeError, "in the result", "str")
    fails(lambda: ag.jacobian(F.sin)("a"), TypeError, "jacobian of sin", "argument 0")
    fails(lambda: ag.jacobian(F.sin, 1)(1.0), ValueError, "jacobian of sin", "argnums 1")
    fails(lambda: ag.hessian(F.sin)([1.0, 2.0]), TypeError, "one number", "(2,)")


# Hessians


@given(n=st.integers(0, 4), seed=st.integers(0, 99))
def test_of_a_quadratic_form(n, seed):
    a = np.random.default_rng(seed).uniform(-1, 1, (n, n))
    got = ag.hessian(lambda x: x @ a @ x / 2)(np.ones(n))
    close(got, (a + a.T) / 2)


def test_blocks():
    def f(x, p):
        return F.sum(x * p["a"]) ** 2 + p["b"] ** 3

    x, p = np.array([1.0, 2.0]), {"a": np.array([3.0, -1.0]), "b": 2.0}
    (xx, xp), by_p = ag.hessian(f, (0, 1))(x, p)
    s = x @ p["a"]
    close(xx, 2 * np.outer(p["a"], p["a"]))
    close(xp["a"], 2 * np.outer(p["a"], x) + 2 * s * np.eye(2))
    close(xp["b"], [0.0, 0.0])
    close(by_p["a"][0], xp["a"].data.T)
    close(by_p["b"][0], [0.0, 0.0])
    close(by_p["a"][1]["a"], 2 * np.outer(x, x))
    close(by_p["a"][1]["b"], [0.0, 0.0])
    close(by_p["b"][1]["b"], 12.0)


def rosenbrock(x):
    return F.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def rosenbrock_hessian(x):
    n = len(x)
    inner = np.arange(n - 1)
    h = np.zeros((n, n))
    h[inner, inner] = 1200 * x[:-1] ** 2 - 400 * x[1:] + 2
    h[inner + 1, inner + 1] += 200
    h[inner, inner + 1] = h[inner + 1, inner] = -400 * x[:-1]
    return h


def test_of_the_rosenbrock_function():
    x = np.random.default_rng(0).uniform(-1, 1, 100)
    got = ag.hessian(rosenbrock)(x).data
    np.testing.assert_allclose(got, rosenbrock_hessian(x), rtol=1e-12, atol=1e-10)
    same(got, got.T)
    far = np.abs(np.subtract.outer(np.arange(100), np.arange(100))) > 1
    same(got[far], 0.0)


# Higher orders, and with others


def test_third_and_fourth_derivatives():
    """Of sum(x³ · y) by x: a cube with 6 y on its diagonal."""
    x, y = np.array([0.5, 2.0]), np.array([3.0, -1.0])

    def f(x, y):
        return F.sum(x**3 * y)

    third = ag.jacobian(ag.hessian(f))(x, y)
    want = np.zeros((2, 2, 2))
    want[[0, 1], [0, 1], [0, 1]] = 6 * y
    close(third, want)
    mixed = ag.jacobian(ag.jacobian(ag.hessian(f)), 1)(x, y)
    want = np.zeros((2, 2, 2, 2))
    want[[0, 1], [0, 1], [0, 1], [0, 1]] = 6.0
    close(mixed, want)


def test_of_many_samples():
    xs = np.random.default_rng(0).uniform(-1, 1, (3, 4))
    close(ag.vmap(ag.hessian(rosenbrock))(xs), [rosenbrock_hessian(x) for x in xs])
    whole = ag.hessian(lambda xs: F.sum(ag.vmap(rosenbrock)(xs)))(xs).data
    for i in range(3):
        for j in range(3):
            close(whole[i, :, j], rosenbrock_hessian(xs[i]) if i == j else np.zeros((4, 4)))


def test_recorded_rows_can_be_differentiated():
    """The gradient of the squared norm of a Jacobian, by an argument and by a closure."""
    p = Variable([0.5, -1.5])

    def norm(x):
        return F.sum(ag.jacobian(lambda x: F.exp(x * p))(x) ** 2)

    x = np.array([0.3, 0.8])
    # The sum of p² exp(2 p x).
    close(ag.grad(norm)(x), 2 * p.data**3 * np.exp(2 * p.data * x))
    norm(x).backward()
    close(p.grad, (2 * p.data + 2 * p.data**2 * x) * np.exp(2 * p.data * x))


def test_rules_that_give_none_for_some_rows():
    class Bent(Function):
        def forward(self, x):
            return x * 1.0

        def backward(self, gy):
            return gy if gy.data.any() else None

    got = ag.jacobian(lambda x: F.stack([Bent()(x[0]), x[1]]))([1.0, 2.0])
    np.testing.assert_array_equal(got.data, np.eye(2))


def test_hooks_are_told_of_one_row():
    def f(x):
        y = x * 1.0
        y.register_hook(lambda g: np.ones(3))
        return y

    fails(lambda: ag.jacobian(f)(np.ones(2)), ValueError, "a hook", "shape (2,), got (3,)")
