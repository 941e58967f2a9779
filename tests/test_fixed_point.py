"""Solutions of x = f(x), and their derivatives without the way to them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
from autograd import Variable
from autograd import functions as F
from autograd import layers as L
from support import central, fails, live_bytes, nodes, same


def heron(x, a):
    return (x + a / x) / 2


def root(a):
    return ag.fixed_point(heron, 1.0, a)


def kepler(x, a):
    """Of x = cos(a x) there is no closed form."""
    return F.cos(a * x)


def test_derivatives_of_square_roots():
    """Newton's iteration: its own derivative at the solution is 0."""
    f, want = root, [lambda a: a**0.5, lambda a: a**-0.5 / 2, lambda a: -(a**-1.5) / 4,
                     lambda a: 3 / 8 * a**-2.5]  # fmt: skip
    for derivative in want:
        for a in (2.0, Variable(2.0)):
            assert f(a).item() == pytest.approx(derivative(2.0), rel=1e-11)
        f = ag.grad(f)


def test_derivatives_of_a_linear_equation():
    """Of x = a x / 2 + 1: the iteration converges slowly, and so do those of the derivatives."""
    f = lambda a: ag.fixed_point(lambda x, a: a * x / 2 + 1, 1.0, a)  # noqa: E731
    for order in range(4):
        want = math.factorial(order) * 0.5**order / (1 - 0.45) ** (order + 1)
        assert f(0.9).item() == pytest.approx(want, rel=1e-9)
        f = ag.grad(f)


def test_derivatives_by_differences():
    f = lambda a: ag.fixed_point(kepler, 1.0, a)  # noqa: E731
    for _ in range(3):
        g = ag.grad(f)
        want = central(lambda t, f=f: f(0.9 + t).item(), 1e-2)
        assert g(0.9).item() == pytest.approx(want, rel=1e-6)
        f = g


@given(seed=st.integers(0, 999), dtype=st.sampled_from((np.float64, np.float32)))
def test_systems(seed, dtype):
    """x = tanh(W x + b), by arguments and by closures: (1 - D W) dx = D db."""
    rng = np.random.default_rng(seed)
    w = (rng.uniform(-1, 1, (3, 3)) / 4).astype(dtype)
    b = rng.uniform(-1, 1, 3).astype(dtype)
    eps = 1e-9 if dtype == np.float64 else 1e-4
    x = ag.fixed_point(lambda x, b: F.tanh(w @ x + b), np.zeros(3, dtype), Variable(b))
    assert x.dtype == dtype
    np.testing.assert_allclose(x.data, np.tanh(w @ x.data + b), atol=eps)
    d = 1 - x.data**2
    want = np.linalg.solve(np.eye(3) - d[:, None] * w, np.diag(d))

    got = ag.jacobian(lambda b: ag.fixed_point(lambda x, b: F.tanh(w @ x + b), 0 * b, b))(b)
    assert got.dtype == dtype
    np.testing.assert_allclose(got.data, want, rtol=100 * eps, atol=100 * eps)
    closed = Variable(b)
    y = ag.fixed_point(lambda x: F.tanh(w @ x + closed), np.zeros(3, dtype))
    F.sum(y).backward()
    np.testing.assert_allclose(closed.grad.data, want.sum(0), rtol=100 * eps, atol=100 * eps)


@pytest.mark.parametrize("scale", [1e-200, 1e-14, 1.0, 1e14])
def test_small_and_large_gradients_are_as_exact(scale):
    """The equation of the gradient is linear: errors are relative to its solution."""
    a = Variable(0.9)
    x = ag.fixed_point(lambda x, a: a * x / 2 + 1, 1.0, a)
    (x * scale).backward()
    assert a.grad.item() / scale == pytest.approx(0.5 / 0.55**2, rel=1e-10)


def test_second_derivatives_reach_closures_and_arguments():
    p, a = Variable(0.9), 0.7

    def f(s):
        return ag.fixed_point(lambda x, s: F.cos(p * x) * s, 1.0, s)

    g = ag.grad(f)(a)
    g.backward()

    def along(t):
        return ag.grad(lambda s: ag.fixed_point(lambda x, s: F.cos((0.9 + t) * x) * s, 1.0, s))(
            a
        ).item()

    assert p.grad.item() == pytest.approx(central(along, 1e-2), rel=1e-6)
    p.cleargrad()
    x = f(a)
    x.backward(create_graph=True)
    first = p.grad
    p.cleargrad()
    first.backward()

    def value(t):
        return ag.grad(lambda q: ag.fixed_point(lambda x: F.cos(q * x) * a, 1.0))(0.9 + t).item()

    assert first.item() == pytest.approx(value(0.0), rel=1e-10)
    assert p.grad.item() == pytest.approx(central(value, 1e-2), rel=1e-6)


def test_a_layer_in_equilibrium():
    """S. Bai et al., Deep Equilibrium Models, 2019: parameters get gradients."""
    layer = L.Linear(3, 3, rng=0)
    layer.w.data = layer.w.data / 4
    u = np.random.default_rng(0).uniform(-1, 1, (2, 3))

    def loss():
        x = ag.fixed_point(lambda x: F.tanh(layer(x) + u), np.zeros((2, 3)))
        return F.mean(x * x)

    loss().backward()
    start, i = layer.w.data.copy(), (1, 2)

    def along(t):
        moved = start.copy()
        moved[i] += t
        layer.w.data = moved
        return loss().item()

    assert layer.w.grad.data[i] == pytest.approx(central(along, 1e-3), rel=1e-7)


def test_other_transforms():
    np.testing.assert_allclose(ag.vmap(root)([4.0, 9.0]).data, [2.0, 3.0], rtol=1e-12)
    got = ag.vmap(ag.grad(root))([4.0, 9.0])
    np.testing.assert_allclose(got.data, [1 / 4, 1 / 6], rtol=1e-11)
    _, tangent = ag.jvp(root, (4.0,), (2.0,))
    assert tangent.item() == pytest.approx(0.5, rel=1e-11)
    assert ag.hessian(root)(4.0).item() == pytest.approx(-1 / 32, rel=1e-10)
    assert ag.grad(ag.checkpoint(root))(4.0).item() == pytest.approx(0.25, rel=1e-11)


def test_arguments():
    def step(x, p, n, name):
        assert (type(n), name) == (int, "a")
        return (x + p["a"] / x) / n

    a = Variable(2.0)
    x = ag.fixed_point(step, 1, {"a": a, "none": None}, 2, "a")
    x.backward()
    assert a.grad.item() == pytest.approx(8**-0.5)
    # No gradient flows to where it starts.
    start = Variable(1.0)
    ag.fixed_point(heron, start, a).backward()
    assert start.grad is None


def test_odd_shapes():
    assert ag.fixed_point(lambda x: x / 2, np.zeros((0, 2))).shape == (0, 2)
    assert ag.fixed_point(lambda x: x / 2, np.ones((1, 1))).shape == (1, 1)
    assert ag.fixed_point(lambda x: np.zeros(2), np.ones(2)).creator is None
    got = ag.grad(lambda a: F.sum(ag.fixed_point(lambda x, a: 0.5 * x + a, np.zeros(0), a)))(1.0)
    assert got.item() == 0.0


def test_inside_no_grad():
    with ag.no_grad():
        assert root(Variable(4.0)).creator is None
    assert root(4.0).creator is None


@pytest.mark.usefixtures("no_gc")
@pytest.mark.parametrize("create_graph", [False, True])
def test_nothing_stays(create_graph):
    def use():
        a = Variable(0.9)
        (ag.fixed_point(kepler, 1.0, a) ** 2).backward(create_graph=create_graph)

    use()
    before = nodes(), live_bytes()
    for _ in range(3):
        use()
    assert (nodes(), live_bytes()) == before


def test_the_iterations_are_not_kept():
    a = Variable(0.9)
    before = nodes()
    x = ag.fixed_point(kepler, 1.0, a)
    assert nodes() - before <= 4
    same(x, x.data)


def test_errors():
    a = Variable(2.0)
    for call, error, words in [
        (lambda: ag.fixed_point(lambda x: x + 1, 0.0, max_iter=7), RuntimeError,
         ("fixed_point of <lambda>", "7 iterations", "change was 1")),
        (lambda: ag.fixed_point(lambda x: x * 1e200, 1.0), RuntimeError, ("not finite",)),
        (lambda: ag.fixed_point(lambda x: F.log(x), -1.0), RuntimeError, ("not finite",)),
        (lambda: ag.fixed_point(lambda x: F.stack([x, x]), 1.0), ValueError, ("()", "(2,)")),
        (lambda: ag.fixed_point(lambda x: None, 1.0), TypeError, ("fixed_point of", "None")),
        (lambda: ag.fixed_point(lambda x: (x, x), 1.0), TypeError, ("one array", "tuple")),
        (lambda: ag.fixed_point(lambda x: x, "a"), TypeError, ("real number",)),
        (lambda: ag.fixed_point(heron, 1.0, a, tol=-1.0), ValueError, ("tol", "-1.0")),
        (lambda: ag.fixed_point(heron, 1.0, a, max_iter=0), ValueError, ("max_iter", "0")),
    ]:  # fmt: skip
        fails(call, error, *words)
    # It holds where it starts, but does not contract there.
    x = ag.fixed_point(lambda x, a: x * a, 0.0, a)
    fails(x.backward, RuntimeError, "gradient of fixed_point", "<lambda>")
    assert a.grad is None


def test_an_argument_that_the_function_uses_otherwise_too():
    """Both ways count, whichever argument it is, and if the argument itself is not used."""
    a = Variable(2.0)
    ag.fixed_point(lambda x, b: 0.5 * x + a * b, 0.0, a).backward()
    assert a.grad.item() == pytest.approx(8.0)
    a.cleargrad()
    ag.fixed_point(lambda x, b: 0.5 * x + a * a, 0.0, a).backward()
    assert a.grad.item() == pytest.approx(8.0)

    def f(a):
        return ag.fixed_point(lambda x, b: 0.5 * x + a * b, 0.0, a)

    assert ag.grad(f)(2.0).item() == pytest.approx(8.0)
    assert ag.hessian(f)(2.0).item() == pytest.approx(4.0)
    assert ag.jvp(f, (2.0,), (1.0,))[1].item() == pytest.approx(8.0)
    layer = L.Linear(3, in_size=3, rng=0)
    layer.w.data = layer.w.data * 0.2

    def loss():
        def step(z, w):
            return F.tanh(layer(z)) * 0.5 + F.sum(w) * 0.1

        return F.sum(ag.fixed_point(step, np.zeros((1, 3)), layer.w))

    loss().backward()
    w, h = layer.w.data, np.zeros((3, 3))
    h[0, 0] = 1e-5
    layer.w.data = w + h
    above = loss().item()
    layer.w.data = w - h
    assert layer.w.grad.data[0, 0] == pytest.approx((above - loss().item()) / 2e-5, rel=1e-5)
