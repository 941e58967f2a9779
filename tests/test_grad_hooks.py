"""`Variable.register_hook`: seeing and changing gradients on their way."""

import weakref

import numpy as np
import pytest

import autograd as ag
from autograd import Variable
from autograd import functions as F
from support import both, equal, fails, nodes


@both(3.0)
def test_a_hook_sees_the_whole_gradient_once(start):
    x = Variable(start)
    seen = []
    x.register_hook(lambda g: seen.append(g.data.copy()))
    y = x * x + 2 * x
    y.backward()
    assert len(seen) == 1
    np.testing.assert_array_equal(seen[0], np.full(x.shape, 8.0))
    equal(x.grad, 8.0)


@both(2.0)
def test_what_a_hook_returns_takes_the_place(start):
    x = Variable(start)
    y = F.exp(x)
    z = y * 3
    y.register_hook(lambda g: g * 10)
    z.backward()
    equal(x.grad, 30 * np.exp(2.0))
    # The result itself is not changed, nor another Variable's gradient.
    equal(z, 3 * np.exp(2.0))


@both(2.0)
def test_hooks_run_in_order_and_accumulation_comes_after(start):
    x = Variable(start)
    x.register_hook(lambda g: g + 1)
    x.register_hook(lambda g: g * 2)
    (3 * x).backward()
    equal(x.grad, 8.0)
    (3 * x).backward()
    equal(x.grad, 16.0)


def test_removed_hooks_are_gone_and_others_stay():
    x = Variable(1.0)
    first = x.register_hook(lambda g: g * 2)
    second = x.register_hook(lambda g: g * 3)
    first.remove()
    third = x.register_hook(lambda g: g * 5)
    first.remove()
    (x * 1.0).backward()
    equal(x.grad, 15.0)
    second.remove()
    third.remove()
    x.cleargrad()
    (x * 1.0).backward()
    equal(x.grad, 1.0)


@both(2.0)
def test_recorded_hooks_are_differentiated(start):
    x = Variable(start)
    x.register_hook(lambda g: g * g)
    (x**3).backward(create_graph=True)
    first = x.grad
    equal(first, 9 * 2.0**4)
    x.cleargrad()
    first.backward()
    # The second pass goes through the same hook: (36 x³)².
    equal(x.grad, (36 * 2.0**3) ** 2)


def test_unrecorded_hooks_leave_nothing_behind(no_gc):
    x = Variable([1.0, 2.0])
    x.register_hook(lambda g: g * g)
    before = nodes()
    for _ in range(3):
        x.cleargrad()
        F.sum(x * x).backward()
    assert nodes() <= before + 1
    assert x.grad.creator is None


def test_retained_gradients_are_those_after_hooks():
    x = Variable(2.0)
    y = x * 3
    y.register_hook(lambda g: g * 7)
    (y * 1.0).backward(retain_grad=True)
    equal(y.grad, 7.0)
    equal(x.grad, 21.0)


def test_a_hook_belongs_to_the_variable_not_to_its_value():
    x = Variable(2.0)
    x.register_hook(lambda g: g * 10)
    before = x * x
    x.data = 5.0
    (x * x).backward()
    equal(x.grad, 100.0)
    x.cleargrad()
    before.backward()
    equal(x.grad, 40.0)


def test_jacobians_show_hooks_one_row_at_a_time():
    shapes = []

    def f(x):
        y = x * x
        y.register_hook(lambda g: shapes.append(g.shape))
        return F.stack([y[0], y[1], y[0] * y[1]])

    jacobian = ag.jacobian(f)(np.array([2.0, 3.0]))
    equal(jacobian, [[4.0, 0.0], [0.0, 6.0], [36.0, 24.0]])
    assert shapes == [(2,)] * 3


def test_numbers_and_arrays_are_gradients_too():
    x = Variable(np.ones(2, np.float32))
    x.register_hook(lambda g: np.array([1.0, 2.0]))
    F.sum(x).backward()
    assert x.grad.dtype == np.float32
    np.testing.assert_array_equal(x.grad.data, [1.0, 2.0])


def test_wrong_results_are_refused_and_change_nothing():
    x, w = Variable([1.0, 2.0]), Variable(3.0)
    handle = x.register_hook(lambda g: g[0])
    y = F.sum(x * w)
    fails(y.backward, ValueError, "register_hook", "(2,)", "()")
    assert x.grad is None
    assert w.grad is None
    handle.remove()
    x.register_hook(lambda g: "no")
    fails(y.backward, TypeError, "register_hook")
    fails(lambda: x.register_hook(3), TypeError, "register_hook", "int")


def test_exceptions_pass_through():
    x = Variable(1.0)

    def broken(g):
        raise KeyError("mine")

    handle = x.register_hook(broken)
    with pytest.raises(KeyError, match="mine"):
        (x * 2).backward()
    assert x.grad is None
    handle.remove()
    (x * 2).backward()
    equal(x.grad, 2.0)


def test_functions_are_let_go_with_the_variable(no_gc):
    class Seer:
        def __call__(self, g):
            return None

    seer = Seer()
    gone = weakref.ref(seer)
    x = Variable([1.0])
    x.register_hook(seer)
    del seer
    (x * 2.0).backward()
    assert gone() is not None
    del x
    assert gone() is None


def test_a_hook_may_use_the_graph_while_it_runs():
    x, other = Variable(2.0), Variable(5.0)

    def nested(g):
        with ag.enable_grad():
            (other * other).backward()
        return g + other.grad

    x.register_hook(nested)
    (x * x).backward()
    equal(x.grad, 14.0)
