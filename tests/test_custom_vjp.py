"""Functions with a gradient of the user's own."""

import numpy as np
import pytest

import autograd as ag
from autograd import Variable
from autograd import functions as F
from support import central, fails, live_bytes, nodes, same


def made(f, forward, backward):
    g = ag.custom_vjp(f)
    g.defvjp(forward, backward)
    return g


def softplus():
    """With a gradient that does not overflow."""
    return made(
        lambda x: F.log(1 + F.exp(x)),
        lambda x: (F.log(1 + F.exp(x)), x),
        lambda x, gy: (gy * F.sigmoid(x),),
    )


def clipped():
    """The identity with a gradient of at most 1."""
    return made(lambda x: x * 1, lambda x: (x * 1, None), lambda _, gy: (F.clip(gy, -1, 1),))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("shape", [(), (1,), (0,), (2, 3)])
def test_values_and_gradients(shape, dtype):
    x = np.random.default_rng(0).uniform(-1, 1, shape).astype(dtype)
    value, got = ag.value_and_grad(lambda x: F.sum(softplus()(x)))(x)
    assert (value.dtype, got.shape, got.dtype) == (dtype, shape, dtype)
    np.testing.assert_allclose(got.data, 1 / (1 + np.exp(-x)), rtol=1e-6)


def test_the_gradient_is_the_user_s():
    with np.errstate(all="ignore"):
        assert ag.grad(softplus())(1000.0).item() == 1.0
    assert ag.grad(lambda x: clipped()(x) * 50.0)(3.0).item() == 1.0
    x = Variable(3.0)
    (clipped()(x) * -50.0).backward()
    assert x.grad.item() == -1.0


def test_higher_orders():
    """Through the formula of the gradient, and through what was kept."""
    f = softplus()
    for order in range(1, 4):
        g, h = f, F.softplus
        for _ in range(order):
            g, h = ag.grad(g), ag.grad(h)
        assert g(0.3).item() == pytest.approx(h(0.3).item(), rel=1e-13)

    def forward(x):
        e = F.exp(x)
        return F.log(1 + e), e / (1 + e)

    kept = made(lambda x: F.log(1 + F.exp(x)), forward, lambda s, gy: (gy * s,))
    got = ag.grad(ag.grad(ag.grad(kept)))(0.3).item()
    assert got == pytest.approx(ag.grad(ag.grad(ag.grad(F.softplus)))(0.3).item(), rel=1e-12)


def test_inside_other_transforms():
    f = softplus()
    x, v = np.array([0.3, -2.0, 5.0]), np.array([1.0, 0.5, -1.0])
    s = 1 / (1 + np.exp(-x))
    close = np.testing.assert_allclose
    close(ag.jacobian(f)(x).data, np.diag(s), rtol=1e-13)
    close(ag.hessian(lambda x: F.sum(f(x)))(x).data, np.diag(s * (1 - s)), rtol=1e-13)
    close(ag.vmap(f)(x).data, np.log1p(np.exp(x)), rtol=1e-13)
    close(ag.vmap(ag.grad(f))(x).data, s, rtol=1e-13)
    close(ag.hessian(lambda x: F.sum(ag.vmap(f)(x)))(x).data, np.diag(s * (1 - s)), rtol=1e-13)
    close(ag.jvp(f, (x,), (v,))[1].data, s * v, rtol=1e-13)
    close(ag.grad(lambda x: F.sum(ag.checkpoint(f)(x)))(x).data, s, rtol=1e-13)


def test_containers_and_other_arguments():
    def f(p, x, n, name):
        assert (type(n), name) == (int, "a")
        return {"y": p["w"] * x**n, "w": p["w"] * 3}

    def forward(p, x, n, name):
        return f(p, x, n, name), (p, x, n)

    def backward(kept, gys):
        p, x, n = kept
        gw = F.sum(gys["y"] * x**n) + 3 * gys["w"]
        return {"w": gw, "none": None}, gys["y"] * p["w"] * n * x ** (n - 1), "unused", None

    g = made(f, forward, backward)
    w, x = Variable(2.0), Variable([1.0, 3.0])
    got = g({"w": w, "none": None}, x, 2, "a")
    assert got["y"].creator.name == "f"
    (F.sum(got["y"]) + got["w"]).backward()
    assert w.grad.item() == 13.0
    same(x.grad, [4.0, 12.0])
    x.cleargrad()
    F.sum(g({"w": 2.0, "none": None}, x, 2, "a")["y"]).backward()
    same(x.grad, [4.0, 12.0])


def test_none_is_no_gradient():
    f = made(lambda x, y: x * y, lambda x, y: (x * y, y), lambda y, g: (g * y, None))
    got = ag.grad(f, (0, 1))(2.0, 3.0)
    assert [g.item() for g in got] == [3.0, 0.0]


def test_gradients_that_are_right_by_differences():
    """A product rule written by hand, to the second order."""
    f = made(
        lambda x, y: F.sin(x) * y,
        lambda x, y: (F.sin(x) * y, (x, y)),
        lambda kept, g: (g * F.cos(kept[0]) * kept[1], g * F.sin(kept[0])),
    )
    for i in (0, 1):
        for j in (0, 1):

            def along(t, i=i, j=j):
                return ag.grad(f, i)(*(v + t * (k == j) for k, v in enumerate((0.4, 1.5)))).item()

            got = ag.grad(ag.grad(f, i), j)(0.4, 1.5).item()
            assert got == pytest.approx(central(along, 1e-3), abs=1e-9)


@pytest.mark.usefixtures("no_gc")
@pytest.mark.parametrize("create_graph", [False, True])
def test_nothing_stays(create_graph):
    f = softplus()

    def use():
        x = Variable([0.5, 0.7])
        (F.sum(f(x)) ** 2).backward(create_graph=create_graph)

    use()
    before = nodes(), live_bytes()
    for _ in range(3):
        use()
    assert (nodes(), live_bytes()) == before


def test_inside_no_grad():
    with ag.no_grad():
        y = softplus()(Variable(0.0))
    assert y.creator is None
    assert softplus()(0.0).creator is None


def test_as_a_decorator():
    @ag.custom_vjp
    def square(x):
        """Square a number."""
        return x * x

    assert (square.__name__, square.__doc__) == ("square", "Square a number.")
    assert repr(square) == "<custom_vjp square>"
    assert square.f(3.0) == 9.0
    fails(lambda: square(1.0), TypeError, "square: call defvjp")


def test_errors():
    def f(x):
        return x * 2

    for forward, words in [
        (lambda x: x, ("f: forward must return a pair",)),
        (lambda x: [x, x], ("f: forward must return a pair",)),
        (lambda x: (x, x, x), ("f: forward must return a pair",)),
        (lambda x: (None, x), ("f: forward", "None")),
    ]:
        g = made(f, forward, None)
        fails(lambda g=g: g(Variable(1.0)), TypeError, *words)
    for backward, words in [
        (lambda _, g: g, ("backward must return a tuple", "1 argument", "Variable")),
        (lambda _, g: (g, g), ("backward must return a tuple", "got 2")),
        (lambda _, g: ([g],), ("f: gradient 0", "one value is wanted", "list of 1")),
        (lambda _, g: (np.ones(3),), ("shape ()", "(3,)")),
    ]:
        x = Variable(1.0)
        y = made(f, lambda x: (x * 2, None), backward)(x)
        fails(y.backward, ValueError, *words)
        assert x.grad is None
