"""Gradients and Hessians against SciPy: its Rosenbrock function, and its check of gradients."""

import numpy as np
import pytest

optimize = pytest.importorskip("scipy.optimize")

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograd import Variable
from autograd import functions as F
from cases import cases

pytestmark = pytest.mark.oracle

POINTS = hnp.arrays(np.float64, st.integers(2, 12), elements=st.floats(-2.0, 2.0))


def rosenbrock(x):
    return F.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def gradient(f, at, create_graph=False):
    x = Variable(at)
    f(x).backward(create_graph=create_graph)
    return x, x.grad


def hessian(f, at):
    x, g = gradient(f, at, create_graph=True)
    rows = []
    for i in range(x.size):
        x.cleargrad()
        g[i].backward()
        rows.append(x.grad.data)
    return np.stack(rows)


@given(at=POINTS)
def test_rosenbrock(at):
    np.testing.assert_allclose(rosenbrock(Variable(at)).item(), optimize.rosen(at), rtol=1e-12)
    der = optimize.rosen_der(at)
    np.testing.assert_allclose(gradient(rosenbrock, at)[1].data, der, rtol=1e-11, atol=1e-9)


@settings(max_examples=20)
@given(at=POINTS)
def test_rosenbrock_hessian(at):
    want = optimize.rosen_hess(at)
    np.testing.assert_allclose(hessian(rosenbrock, at), want, rtol=1e-11, atol=1e-9)


def test_minimize_with_our_gradient_and_hessian():
    start = np.linspace(-1.2, 1.0, 6)
    found = optimize.minimize(
        lambda x: rosenbrock(Variable(x)).item(),
        start,
        jac=lambda x: gradient(rosenbrock, x)[1].data,
        hess=lambda x: hessian(rosenbrock, x),
        method="trust-exact",
        options={"gtol": 1e-10},
    )
    assert found.success
    np.testing.assert_allclose(found.x, np.ones(6), atol=1e-8)


@cases()
@settings(max_examples=3)
@given(data=st.data())
def test_check_grad(case, data):
    """SciPy's forward differences of a contraction with fixed weights; their step of 1.5e-8 leaves
    an error of about 1e-8 times the second derivative, and of 1e-8 times the value by rounding."""
    sample = data.draw(case.samples)
    arrays = case.operands(sample, data.draw(st.integers(0, 1000)))
    sizes = np.cumsum([a.size for a in arrays])
    if sizes[-1] == 0:
        return
    weights = np.random.default_rng(0).uniform(
        -1.0, 1.0, case.function(*map(Variable, arrays), **sample.args).shape
    )

    def operands(flat):
        parts = np.split(flat, sizes[:-1])
        return [Variable(p.reshape(a.shape)) for p, a in zip(parts, arrays, strict=True)]

    def value(flat):
        return F.sum(case.function(*operands(flat), **sample.args) * weights).item()

    def slopes(flat):
        xs = operands(flat)
        F.sum(case.function(*xs, **sample.args) * weights).backward()
        grads = [np.zeros(x.shape) if x.grad is None else x.grad.data for x in xs]
        return np.concatenate([g.ravel() for g in grads])

    at = np.concatenate([a.ravel() for a in arrays])
    bound = 1e-5 * (1.0 + abs(value(at)) + np.linalg.norm(slopes(at)))
    assert optimize.check_grad(value, slopes, at) < bound
