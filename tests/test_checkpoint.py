"""Functions whose intermediate values are computed again."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
from autograd import Variable
from autograd import functions as F
from autograd import layers as L
from support import fails, live_bytes, nodes, same


def block(x):
    return F.tanh(F.sin(x) * F.exp(-x * x) + F.sum(x) / 8)


def gradients(f, x, order=1):
    """The gradients of the first orders, each of the sum of the one before, by `backward`."""
    x = Variable(x)
    y, found = f(x), []
    for _ in range(order):
        x.cleargrad()
        F.sum(y).backward(create_graph=True)
        y = x.grad
        found.append(y.data)
    return found


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("shape", [(), (1,), (0,), (3,), (2, 3)])
def test_same_values_and_gradients(shape, dtype):
    x = np.random.default_rng(0).uniform(-1, 1, shape).astype(dtype)
    value = ag.checkpoint(block)(x)
    assert value.dtype == dtype
    same(value, block(Variable(x)))
    eps = 64 * np.finfo(dtype).eps
    for a, b in zip(gradients(ag.checkpoint(block), x, 3), gradients(block, x, 3), strict=True):
        assert (a.shape, a.dtype) == (shape, dtype)
        np.testing.assert_allclose(a, b, rtol=eps, atol=20 * eps)


@given(st.lists(st.booleans(), min_size=1, max_size=4), st.integers(0, 99))
def test_any_of_a_chain(which, seed):
    """Checkpoints anywhere, and in one another."""
    x = np.random.default_rng(seed).uniform(-1, 1, 3)

    def chain(wrap):
        def f(x):
            for k, on in enumerate(which):
                part = wrap(lambda x, k=k: block(x) * (k + 1)) if on else block
                x = part(x)
            return F.sum(x)

        return wrap(f)

    plain, made = chain(lambda f: f), chain(ag.checkpoint)
    np.testing.assert_allclose(ag.grad(made)(x).data, ag.grad(plain)(x).data, rtol=1e-12)
    np.testing.assert_allclose(
        ag.hessian(made)(x).data, ag.hessian(plain)(x).data, rtol=1e-10, atol=1e-12
    )


def test_other_transforms():
    x, v = np.array([0.3, -0.7]), np.array([1.0, 2.0])
    made = ag.checkpoint(block)
    np.testing.assert_allclose(ag.jacobian(made)(x).data, ag.jacobian(block)(x).data, rtol=1e-13)
    for got, want in zip(ag.jvp(made, (x,), (v,)), ag.jvp(block, (x,), (v,)), strict=True):
        np.testing.assert_allclose(got.data, want.data, rtol=1e-13)
    same(ag.vmap(made)(x), ag.vmap(block)(x))
    # A derivative inside, and outside too.
    inside = ag.checkpoint(lambda x: F.sum(ag.grad(lambda x: F.sum(block(x)))(x) ** 2))
    plain = ag.grad(lambda x: F.sum(ag.grad(lambda x: F.sum(block(x)))(x) ** 2))
    np.testing.assert_allclose(ag.grad(inside)(x).data, plain(x).data, rtol=1e-12)


def test_containers_and_other_arguments():
    def f(tree, n, labels, *, scale, flag):
        assert (type(n), flag, labels.dtype) == (int, True, np.int64)
        rows = F.take(tree["a"], labels, 0) * n
        return [rows * scale, {"b": tree["b"][0] * 2, "none": None, "n": n}]

    a, b, s = Variable([1.0, 2.0]), Variable(3.0), Variable(4.0)
    args = {"a": a, "b": (b, None)}, 2, np.array([1, 1])
    got = ag.checkpoint(f)(*args, scale=s, flag=True)
    same(got[0], [16.0, 16.0])
    assert got[1]["none"] is None
    assert got[1]["n"].item() == 2
    (F.sum(got[0]) + got[1]["b"]).backward()
    same(a.grad, [0.0, 16.0])
    assert (b.grad.item(), s.grad.item()) == (2.0, 8.0)


def test_results_that_nothing_uses():
    made = ag.checkpoint(lambda x: (F.sin(x), F.exp(x), x))
    assert ag.grad(lambda x: made(x)[0])(0.5).item() == np.cos(0.5)
    assert ag.grad(lambda x: made(x)[2])(0.5).item() == 1.0
    assert ag.checkpoint(lambda x: [])(1.0) == []


@pytest.mark.parametrize("computed", [False, True])
def test_closures(computed):
    p = Variable([2.0, 3.0])
    q = p * p if computed else p
    x = Variable([0.5, 1.0])
    y = F.sum(ag.checkpoint(lambda x: F.exp(x * q))(x))
    y.backward(create_graph=True)
    value = q.data
    d = 2 * p.data if computed else 1.0
    np.testing.assert_allclose(x.grad.data, value * np.exp(x.data * value), rtol=1e-13)
    np.testing.assert_allclose(p.grad.data, d * x.data * np.exp(x.data * value), rtol=1e-13)
    g = F.sum(x.grad)
    p.cleargrad()
    g.backward()
    want = d * (1 + x.data * value) * np.exp(x.data * value)
    np.testing.assert_allclose(p.grad.data, want, rtol=1e-13)


def deep(width, depth):
    rng = ag.random.PCG(1, 2)
    return [L.Sequential(L.Linear(width, width, rng=rng), F.tanh) for _ in range(depth)]


def run(layers, x, wrap):
    for layer in layers:
        x = wrap(layer)(x)
    return F.mean(x * x)


def test_parameters_of_layers():
    layers, x = deep(4, 3), np.random.default_rng(0).uniform(-1, 1, (5, 4))
    found = []
    for wrap in (lambda f: f, ag.checkpoint):
        for layer in layers:
            layer.cleargrads()
        run(layers, x, wrap).backward()
        found.append([p.grad.data for layer in layers for p in layer.params().values()])
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-13, atol=1e-16)


def test_parameters_that_the_first_call_makes():
    layer = L.Linear(2, rng=0)
    F.sum(ag.checkpoint(layer)(np.ones((3, 4)))).backward()
    first = None if layer.w.grad is None else layer.w.grad.data
    layer.cleargrads()
    F.sum(layer(np.ones((3, 4)))).backward()
    same(first, layer.w.grad)


@pytest.mark.usefixtures("no_gc")
def test_memory_of_a_chain():
    """A chain of blocks of k values each keeps one of them for each block."""

    def wide(x):
        for _ in range(8):
            x = F.sin(x) * F.cos(x)
        return x

    def used(wrap):
        x = Variable(np.linspace(0, 1, 20_000))
        before = live_bytes()
        y = x
        for _ in range(6):
            y = wrap(wide)(y)
        kept = live_bytes() - before
        F.sum(y).backward()
        return kept / x.data.nbytes

    plain, made = used(lambda f: f), used(ag.checkpoint)
    assert made <= 7
    assert plain >= 4 * made


@pytest.mark.usefixtures("no_gc")
@pytest.mark.parametrize("create_graph", [False, True])
def test_nothing_stays(create_graph):
    def use():
        x, y = Variable([0.5, 0.7]), Variable(2.0)
        z = ag.checkpoint(lambda a, *, b: F.sin(a) * b)(x, b=y)
        (F.sum(z) ** 2).backward(create_graph=create_graph)

    use()
    before = nodes(), live_bytes()
    for _ in range(3):
        use()
    assert (nodes(), live_bytes()) == before


def test_inside_no_grad():
    calls = []

    def f(x):
        calls.append(1)
        return x * 2

    with ag.no_grad():
        y = ag.checkpoint(f)(Variable(1.0))
    assert (y.item(), y.creator, len(calls)) == (2.0, None, 1)


def test_runs_twice():
    calls = []

    def f(x):
        calls.append(1)
        return x * x

    x = Variable(3.0)
    y = ag.checkpoint(f)(x)
    assert (len(calls), y.creator.name) == (1, "Checkpoint")
    y.backward()
    assert (len(calls), x.grad.item()) == (2, 6.0)


def test_what_differs_is_an_error():
    rng = ag.random.PCG(1, 2)
    for f in (lambda x: F.dropout(x, 0.5, rng=rng), L.RNN(2, rng=0), lambda x: x * rng.uniform()):
        x = Variable(np.ones((8, 4)))
        y = F.sum(ag.checkpoint(f)(x))
        fails(y.backward, RuntimeError, "checkpoint of", "other values than the first")
        assert x.grad is None


def test_not_a_number_is_the_same():
    x = Variable([-1.0, 4.0])
    with np.errstate(all="ignore"):
        F.sum(ag.checkpoint(F.sqrt)(x)).backward()
    assert x.grad.data[1] == 0.25


def test_the_mode_of_the_first_run_holds_for_the_second():
    x = Variable(np.ones(50))
    layer = L.Dropout(0.5, rng=0)
    with ag.test_mode():
        y = F.sum(ag.checkpoint(layer)(x))
    y.backward()
    same(x.grad, np.ones(50))


def test_errors():
    fails(lambda: ag.checkpoint(lambda x: None)(1.0), TypeError, "checkpoint of", "None")
    fails(lambda: ag.checkpoint(lambda x: "a")(1.0), TypeError, "checkpoint of", "str")
