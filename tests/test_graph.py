"""Backward passes: seeds, accumulation, orders, what is retained."""

import numpy as np
import pytest

from autograd import Variable
from autograd import functions as F
from support import both, equal, nodes


@both(3.0)
def test_backward_twice_adds(start):
    x = Variable(start)
    y = x**2 + x
    y.backward()
    equal(x.grad, 7.0)
    y.backward()
    equal(x.grad, 14.0)
    x.cleargrad()
    assert x.grad is None
    y.backward()
    equal(x.grad, 7.0)


@both(2.0)
def test_gradients_of_several_results_add(start):
    x = Variable(start)
    (x * 3).backward()
    (x**2).backward()
    equal(x.grad, 7.0)


@both(2.0)
def test_a_diamond(start):
    x = Variable(start)
    a = x**2
    y = a**2 + a**2
    y.backward()
    equal(x.grad, 64.0)
    assert y.generation == 3


def test_seeds():
    x = Variable([1.0, 2.0])
    y = x**2
    for seed in ([1.0, 10.0], np.array([1, 10]), Variable([1.0, 10.0]), np.float32([1, 10])):
        x.cleargrad()
        y.backward(seed)
        equal(x.grad, [2.0, 40.0])
        assert x.grad.dtype == np.float64
    x.cleargrad()
    y.backward(grad=[0.0, 0.0])
    equal(x.grad, 0.0)


def test_a_seed_is_differentiable():
    x, seed = Variable(3.0), Variable(2.0)
    (x**2).backward(seed, create_graph=True)
    x.grad.backward()
    equal(seed.grad, 6.0)


def test_backward_of_a_leaf():
    x = Variable([1.0, 2.0])
    x.backward()
    equal(x.grad, 1.0)


@both(2.0)
def test_higher_derivatives(start):
    x = Variable(start)
    y = x**4
    for want in (32.0, 48.0, 48.0, 24.0, 0.0):
        x.cleargrad()
        y.backward(create_graph=True)
        y = x.grad
        equal(y, want)


def test_newton_with_the_gradient_as_part_of_the_function():
    """DeZero's double backpropagation: z = (dy/dx)**3 + y."""
    x = Variable(2.0)
    y = x**2
    y.backward(create_graph=True)
    gx = x.grad
    x.cleargrad()
    (gx**3 + y).backward()
    equal(x.grad, 100.0)


@both(2.0)
def test_retain_grad(start):
    x = Variable(start)
    y = x**2
    z = y * 3
    z.backward()
    assert y.grad is None
    assert z.grad is None
    z.backward(retain_grad=True)
    equal(y.grad, 3.0)
    equal(z.grad, 1.0)
    z.backward(retain_grad=True)
    equal(y.grad, 6.0)


@both(2.0)
@pytest.mark.parametrize("create_graph", [False, True])
def test_retain_graph(start, create_graph):
    x = Variable(start)
    y = x**2
    z = y * 3 + y
    z.backward(retain_graph=False, create_graph=create_graph)
    equal(x.grad, 16.0)
    for v in (z, y):
        with pytest.raises(RuntimeError, match="freed"):
            v.backward()
    with pytest.raises(RuntimeError, match="freed"):
        (y * 2).backward()
    equal(x.grad, 16.0)
    equal(z, 16.0)
    (x**2).backward()
    equal(x.grad, 20.0)


def test_retain_graph_leaves_nothing_behind():
    x = Variable(0.5)
    y = x
    for _ in range(100):
        y = F.sin(y)
    before = nodes()
    y.backward(retain_graph=False)
    assert nodes() <= before - 98


def test_requires_grad_false():
    x, c = Variable(2.0), Variable(3.0, requires_grad=False)
    y = x * c
    y.backward()
    assert c.grad is None
    equal(x.grad, 3.0)
    fixed = c * 2.0
    assert (fixed.requires_grad, fixed.creator) == (False, None)
    with pytest.raises(RuntimeError, match="requires_grad"):
        fixed.backward()
    assert Variable(1.0).requires_grad


def test_a_failed_backward_changes_nothing():
    x = Variable([1.0, 2.0])
    y = x * 2
    y.backward()
    with pytest.raises(ValueError, match="backward"):
        y.backward([1.0, 2.0, 3.0])
    equal(x.grad, 2.0)
