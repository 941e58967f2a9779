"""Recorded passes over numbers: the same as those over arrays, and what they leave to these."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
from autograd import Variable
from autograd import functions as F
from support import nodes

UNARY = [F.sin, F.exp, F.tanh, F.neg, F.square, F.softplus, F.sigmoid, abs, F.relu, F.cos]
BINARY = [F.add, F.sub, F.mul, F.div, F.maximum, F.minimum, F.hypot, F.atan2]
POWERS = [2, 3, -1, 0.5, 1.5]

steps = st.lists(
    st.one_of(
        st.tuples(st.just("unary"), st.sampled_from(UNARY), st.integers(0, 9), st.just(0)),
        st.tuples(st.just("binary"), st.sampled_from(BINARY), st.integers(0, 9), st.integers(0, 9)),
        st.tuples(st.just("power"), st.sampled_from(POWERS), st.integers(0, 9), st.just(0)),
        st.tuples(st.just("scale"), st.sampled_from([2.0, -0.5, 1]), st.integers(0, 9), st.just(0)),
    ),
    min_size=1,
    max_size=6,
)
numbers = st.floats(0.25, 2.0)


def run(program, x, y):
    """Run the steps on a growing list of values; the last one counts, and both operands matter."""
    values = [x, y]
    for kind, op, i, j in program:
        a, b = values[i % len(values)], values[j % len(values)]
        if kind == "unary":
            values.append(op(a))
        elif kind == "binary":
            values.append(op(a, b))
        elif kind == "power":
            values.append((F.square(a) + 0.5) ** op)
        else:
            values.append(op * a)
    return values[-1] * x + y


def derivatives(program, a, b, shape):
    """All derivatives up to the third order that lead on from those by x, as numbers."""
    x, y = (Variable(np.full(shape, v)) for v in (a, b))
    z = F.sum(run(program, x, y)) if shape else run(program, x, y)
    found = [z.data.item()]
    for _ in range(3):
        x.cleargrad()
        y.cleargrad()
        z.backward(create_graph=True)
        found += [v.grad.data.item() if v.grad is not None else None for v in (x, y)]
        if x.grad is None or not x.grad.requires_grad or x.grad.creator is None:
            break
        z = F.sum(x.grad) if shape else x.grad
    return found


@given(steps, numbers, numbers)
def test_they_give_the_same_as_those_over_arrays(program, a, b):
    short, general = (derivatives(program, a, b, shape) for shape in ((), (1,)))
    assert len(short) == len(general)
    np.testing.assert_array_equal(np.array(short, float), np.array(general, float))


def test_derivatives_of_sine():
    x = Variable(0.7)
    y = F.sin(x)
    wanted = [math.cos, lambda v: -math.sin(v), lambda v: -math.cos(v), math.sin] * 2
    for f in wanted:
        x.cleargrad()
        y.backward(create_graph=True)
        y = x.grad
        assert y.data == pytest.approx(f(0.7), rel=1e-14)


def test_gradients_are_added_up_and_recorded():
    x = Variable(3.0)
    for _ in range(2):
        (x**3).backward(create_graph=True)
    g = x.grad
    assert g.data == 54.0
    x.cleargrad()
    g.backward()
    assert x.grad.data == 36.0


def test_one_result_becomes_the_gradient_of_two():
    x, y, z = Variable(2.0), Variable(5.0), Variable(3.0)
    (z * z * (x + y)).backward(create_graph=True)
    assert x.grad is not y.grad
    gx, gy = x.grad, y.grad
    z.cleargrad()
    (gx * gy).backward()
    assert gx.data == gy.data == 9.0
    assert z.grad.data == 4 * 3.0**3


def test_the_seed_is_a_constant():
    x = Variable(2.0)
    x.backward(create_graph=True)
    assert x.grad.data == 1.0
    assert x.grad.creator is None
    y = 3.0 * x
    x.cleargrad()
    y.backward(create_graph=True)
    assert x.grad.data == 3.0


def test_an_array_on_the_way_is_left_to_the_general_pass():
    x = Variable(2.0)
    a = x * x
    y = a * F.sum(a * Variable(np.arange(3.0)))
    y.backward(create_graph=True)
    g = x.grad
    assert g.data == pytest.approx(4 * 3 * 2.0**3)
    x.cleargrad()
    g.backward()
    assert x.grad.data == pytest.approx(12 * 3 * 2.0**2)


def test_a_hook_sees_a_gradient_that_can_be_differentiated():
    x = Variable(2.0)
    y = x * x
    seen = []
    y.register_hook(lambda g: seen.append(g) or 2 * g)
    z = y * y
    z.backward(create_graph=True)
    assert seen[0].data == 8.0
    assert x.grad.data == 64.0
    x.cleargrad()
    seen[0].backward()
    assert x.grad.data == 16.0


def test_infinite_gradients_are_gated():
    x = Variable(0.0)
    y = F.where(x > 1, F.sqrt(x), x * x)
    y.backward(create_graph=True)
    assert x.grad.data == 0.0
    g = x.grad
    x.cleargrad()
    g.backward()
    assert x.grad.data == 2.0


def test_a_freed_graph_is_refused_and_nothing_changes():
    x = Variable(2.0)
    y = x * x
    z = y * x
    y.backward(retain_graph=False)
    x.cleargrad()
    with pytest.raises(RuntimeError, match="freed"):
        z.backward(create_graph=True)
    assert x.grad is None
    (x * x).backward(create_graph=True)
    assert x.grad.data == 4.0


def test_an_earlier_gradient_counts_though_its_graph_was_freed():
    a, x = Variable(3.0), Variable(2.0)
    (a * a * x).backward(create_graph=True)
    g = x.grad
    (g * g).backward(retain_graph=False)
    assert x.grad is g
    (x * x).backward(create_graph=True)
    assert x.grad.data == 13.0
    with pytest.raises(RuntimeError, match="freed"):
        x.grad.backward()


def test_nothing_stays_behind():
    before = nodes()
    for _ in range(3):
        x, y = Variable(1.5), Variable(0.5)
        z = F.sin(x * y) * x
        for _ in range(4):
            x.cleargrad()
            y.cleargrad()
            z.backward(create_graph=True)
            z = x.grad + y.grad
        x.cleargrad()
        y.cleargrad()
        del x, y, z
    assert nodes() == before


def test_the_mode_of_the_thread_does_not_matter():
    x = Variable(2.0)
    y = x**3
    with ag.no_grad():
        y.backward(create_graph=True)
    g = x.grad
    x.cleargrad()
    g.backward()
    assert x.grad.data == 12.0
