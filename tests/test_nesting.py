"""Transforms in transforms, and of functions that use Variables from outside."""

import math

import numpy as np
import pytest

import autograd as ag
from autograd import Variable
from autograd import functions as F
from autograd import layers as L
from support import central, same


def close(got, want, tolerance=1e-12):
    got = got.data if isinstance(got, Variable) else got
    np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance)


# How they nest


def test_six_derivatives_of_sine():
    f, want = F.sin, [math.cos, lambda x: -math.sin(x), lambda x: -math.cos(x), math.sin]
    for order in range(6):
        f = ag.grad(f)
        for x in (0.7, Variable(0.7), np.array(0.7)):
            close(f(x), want[order % 4](0.7), 1e-14)
        close(f(np.float32(0.7)), want[order % 4](0.7), 1e-6)


def test_perturbations_are_not_confused():
    """J. M. Siskind and B. A. Pearlmutter, Perturbation Confusion and Referential Transparency,
    2005; the first is their example."""
    assert ag.grad(lambda x: x * ag.grad(lambda y: x + y)(1.0))(1.0).item() == 1.0
    assert ag.grad(lambda x: x * ag.grad(lambda y: x * y)(2.0))(3.0).item() == 6.0
    assert ag.grad(lambda x: ag.grad(lambda y: x * x * y)(2.0))(3.0).item() == 6.0
    # d/dx of x * d/dy (x y²) at y = x: of 2 x³ with the derivative taken first.
    assert ag.grad(lambda x: x * ag.grad(lambda y: x * y * y)(x))(3.0).item() == 54.0
    assert ag.grad(lambda x: ag.jvp(lambda y: x * y * y, (x,), (1.0,))[1])(3.0).item() == 12.0
    three = ag.grad(lambda x: ag.grad(lambda y: ag.grad(lambda z: x * y * y * z * z * z)(y))(x))
    # x y² z³ by z, at z = y: 3 x y⁴; by y, at y = x: 12 x⁴.
    assert three(2.0).item() == 12 * 4 * 8.0


def test_mixed_derivatives():
    def f(x, y):
        return F.sin(x) * y * y

    x, y = 0.4, 1.5
    want = [[-math.sin(x) * y * y, 2 * y * math.cos(x)], [2 * y * math.cos(x), 2 * math.sin(x)]]
    for i in (0, 1):
        for j in (0, 1):
            close(ag.grad(ag.grad(f, i), j)(x, y), want[i][j])
            close(ag.jacobian(ag.grad(f, i), j)(x, y), want[i][j])
            close(ag.grad(ag.jacobian(f, i), j)(x, y), want[i][j])


def test_products_of_products():
    def f(x):
        return F.sin(x) * F.sum(x * x)

    x, u, v = np.array([0.3, -0.8]), np.array([1.0, 2.0]), np.array([0.5, -1.5])
    second = ag.jacobian(ag.jacobian(f))(x).data
    # vjp of jvp: the derivative of J(x) v, contracted with u.
    _, pullback = ag.vjp(lambda x: ag.jvp(f, (x,), (v,))[1], x)
    close(pullback(u)[0], np.einsum("ijk,i,j->k", second, u, v))
    # jvp of vjp: the derivative of u J(x) along v.
    _, tangent = ag.jvp(lambda x: ag.vjp(f, x)[1](u)[0], (x,), (v,))
    close(tangent, np.einsum("ijk,i,k->j", second, u, v))
    # jvp of jvp, and both in their other argument, in which they are linear.
    _, tangent = ag.jvp(lambda x: ag.jvp(f, (x,), (u,))[1], (x,), (v,))
    close(tangent, np.einsum("ijk,j,k->i", second, u, v))
    first = ag.jacobian(f)(x).data
    close(ag.jacobian(lambda v: ag.jvp(f, (x,), (v,))[1])(v), first)
    close(ag.jacobian(lambda u: ag.vjp(f, x)[1](u)[0])(u), first.T)
    fourth = ag.jacobian(ag.jacobian(ag.hessian(lambda x: F.sum(f(x)))))(x).data

    def row(x):
        return ag.hvp(lambda x: F.sum(f(x)), (x,), (u,))[0][0]

    close(ag.hvp(row, (x,), (v,))[0], np.einsum("jkl,j,k->l", fourth[0], u, v))


# Closures


@pytest.mark.parametrize(
    ("transform", "want"),
    [
        (lambda f: ag.grad(f)(3.0), 6.0),
        (lambda f: ag.elementwise_grad(f)(3.0), 6.0),
        (lambda f: ag.jacobian(f)(3.0), 6.0),
        (lambda f: ag.hessian(f)(3.0), 2.0),
        (lambda f: ag.jvp(f, (3.0,), (1.0,))[1], 6.0),
        (lambda f: ag.vjp(f, 3.0)[1](1.0)[0], 6.0),
        (lambda f: ag.hvp(f, (3.0,), (1.0,))[0], 2.0),
        (lambda f: ag.jvp(f, (3.0,), (1.0,))[0], 9.0),
        (lambda f: ag.vjp(f, 3.0)[0], 9.0),
        (lambda f: ag.value_and_grad(f)(3.0)[0], 9.0),
        (lambda f: ag.value_and_jacobian(f)(3.0)[0], 9.0),
        (lambda f: ag.checkpoint(f)(3.0), 9.0),
        (lambda f: ag.vmap(f)([3.0]), 9.0),
        (lambda f: ag.vmap(ag.grad(f))([3.0]), 6.0),
    ],
)
def test_closures_take_part(transform, want):
    """Of x² p the gradient by p is that of x², be p a leaf or computed."""
    p = Variable(2.0)
    for made in (p, p * 1.0):
        p.cleargrad()
        y = transform(lambda x, made=made: x * x * made)
        assert y.item() == 2.0 * want
        y.backward()
        assert p.grad.item() == want


def test_variables_as_arguments_take_part():
    """As in a program that differentiates by `backward` what it has computed by a transform."""
    x, y = Variable(3.0), Variable(2.0)
    g = ag.grad(lambda x, y: x * x * y)(x, y)
    g.backward()
    assert (x.grad.item(), y.grad.item()) == (4.0, 6.0)
    t = Variable(5.0)
    _, tangent = ag.jvp(lambda x: x * x, (3.0,), (t,))
    tangent.backward()
    assert t.grad.item() == 6.0
    u = Variable(5.0)
    _, pullback = ag.vjp(lambda x: x * x, 3.0)
    pullback(u)[0].backward()
    assert u.grad.item() == 6.0


def network(dtype=np.float64):
    rng = ag.random.PCG(1, 2)
    return L.Sequential(
        L.Linear(4, 2, rng=rng, dtype=dtype.__name__), F.tanh,
        L.Linear(1, 4, rng=rng, dtype=dtype.__name__),
    )  # fmt: skip


def by_differences(loss, params, h=1e-5):
    """The gradient of a loss by each element of the parameters."""
    found = {}
    for name, p in params.items():
        start, g = p.data.copy(), np.zeros(p.shape)
        for i in np.ndindex(p.shape):

            def at(t, p=p, i=i, start=start):
                moved = start.copy()
                moved[i] += t
                p.data = moved
                return loss().item()

            g[i] = central(at, h)
            p.data = start
        found[name] = g
    return found


def test_gradient_penalty():
    """The norm of the gradient by the inputs, differentiated by the parameters (I. Gulrajani et
    al., Improved Training of Wasserstein GANs, 2017)."""
    model, x = network(), np.random.default_rng(0).uniform(-1, 1, (5, 2))

    def loss():
        g = ag.grad(lambda x: F.sum(model(x)))(x)
        return F.mean((F.norm(g, axis=1) - 1) ** 2)

    loss().backward()
    params = model.params()
    got = {name: np.zeros(p.shape) if p.grad is None else p.grad.data for name, p in params.items()}
    for name, want in by_differences(loss, params, 1e-3).items():
        close(got[name], want, 1e-8)
    assert all(np.abs(g).max() > 1e-3 for name, g in got.items() if name.endswith("w"))


def test_residual_of_a_differential_equation():
    """Second derivatives by the inputs, as a loss: u'' + u at some points."""
    model, points = network(), np.linspace(0.1, 0.9, 4)

    def u(x):
        return F.sum(model(F.reshape(F.stack([x, 0.0 * x]), (1, 2))))

    def loss():
        residual = ag.vmap(lambda x: ag.grad(ag.grad(u))(x) + u(x))(points)
        return F.mean(residual**2)

    loss().backward()
    params = model.params()
    got = {name: np.zeros(p.shape) if p.grad is None else p.grad.data for name, p in params.items()}
    for name, want in by_differences(loss, params, 1e-3).items():
        close(got[name], want, 1e-7)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_float32_models_stay_so(dtype):
    model, x = network(dtype), np.ones((3, 2), dtype)
    g = ag.grad(lambda x: F.sum(model(x)))(x)
    assert g.dtype == dtype
    F.sum(g * g).backward()
    assert all(p.grad is None or p.grad.dtype == dtype for p in model.params().values())
    assert ag.jacobian(model)(x).dtype == dtype
    value, tangent = ag.jvp(model, (x,), (np.ones((3, 2)),))
    assert (value.dtype, tangent.dtype) == (dtype, dtype)


def test_parameters_that_the_first_call_makes():
    model = L.Linear(1, rng=0)
    value, _ = ag.value_and_grad(lambda x: F.sum(model(x)))(np.ones((2, 3)))
    value.backward()
    same(model.w.grad, np.full((3, 1), 2.0))
    for call in (lambda f, x: ag.vjp(f, x)[0], lambda f, x: ag.jvp(f, (x,), (x,))[0]):
        model = L.Linear(1, rng=0)
        F.sum(call(model, np.ones((2, 3)))).backward()
        same(model.w.grad, np.full((3, 1), 2.0))
