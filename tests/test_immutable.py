"""Values do not change under a graph: assignment, updates in place, gradients, unchaining."""

import copy

import numpy as np
import pytest

import autograd as ag
from autograd import Variable
from autograd import functions as F
from support import both, equal, nodes

# Immutability


@both(3.0)
def test_a_recorded_graph_keeps_its_values(start):
    x = Variable(start)
    y = x**2
    x.data = np.full(x.shape, 100.0)
    equal(x, 100.0)
    y.backward()
    equal(x.grad, 6.0)
    (x**2).backward()
    equal(x.grad, 206.0)


@both(3.0)
@pytest.mark.parametrize("op", ["add", "sub", "mul", "truediv"])
def test_updates_under_no_grad(start, op):
    x = Variable(start, name="x")
    y = x**2
    identity, seen = id(x), x.data
    with ag.no_grad():
        if op == "add":
            x += 2.0
        elif op == "sub":
            x -= 2.0
        elif op == "mul":
            x *= 2.0
        else:
            x /= 2.0
    want = {"add": 5.0, "sub": 1.0, "mul": 6.0, "truediv": 1.5}[op]
    assert (id(x), x.name, x.creator) == (identity, "x", None)
    equal(x, want)
    np.testing.assert_array_equal(seen, start)
    y.backward()
    equal(x.grad, 6.0)
    x.cleargrad()
    (x**2).backward()
    equal(x.grad, 2 * want)


def test_updates_happen_in_place_when_nothing_looks():
    x = Variable(np.zeros(1000))
    place = x.data.__array_interface__["data"]
    with ag.no_grad():
        x -= np.ones(1000)
    assert x.data.__array_interface__["data"] == place
    seen = x.data
    with ag.no_grad():
        x -= np.ones(1000)
    np.testing.assert_array_equal(seen, -np.ones(1000))
    np.testing.assert_array_equal(x.data, -2 * np.ones(1000))


def test_updates_with_itself_and_with_views_of_itself():
    x = Variable([[1.0, 2.0], [3.0, 4.0]])
    with ag.no_grad():
        x += x
        x += x.T
        x -= x[::-1]
    np.testing.assert_array_equal(x.data, [[-6.0, -6.0], [6.0, 6.0]])


def test_updates_broadcast_and_keep_shape_and_dtype():
    x = Variable(np.ones((2, 3), np.float32))
    with ag.no_grad():
        x += np.arange(3.0)
        assert x.dtype == np.float32
        np.testing.assert_array_equal(x.data, [[1, 2, 3]] * 2)
        with pytest.raises(ValueError, match="shape"):
            x += np.zeros((4, 2, 3))
    np.testing.assert_array_equal(x.data, [[1, 2, 3]] * 2)


def test_augmented_assignment_is_recorded_outside_no_grad():
    x = y = Variable(3.0)
    x += 1.0
    assert x is not y
    assert y.item() == 3.0
    x.backward()
    equal(y.grad, 1.0)


def test_views_of_a_variable_keep_their_values():
    x = Variable([1.0, 2.0, 3.0])
    head, turned = x[:2], x[::-1]
    x.data = np.zeros(3)
    np.testing.assert_array_equal(head.data, [1.0, 2.0])
    np.testing.assert_array_equal(turned.data, [3.0, 2.0, 1.0])


def test_assigned_data_is_copied():
    x, a = Variable(np.zeros(3)), np.ones(3)
    x.data = a
    a[:] = 7.0
    np.testing.assert_array_equal(x.data, np.ones(3))


def test_assignment_to_a_result_makes_it_a_leaf():
    x = Variable(2.0)
    y = x * 3.0
    z = y**2
    y.data = 10.0
    assert y.creator is None
    z.backward()
    equal(x.grad, 36.0)


def test_assignment_again_and_again():
    x = Variable(1.0)
    graphs = []
    for value in range(2, 12):
        graphs.append(x**2)
        x.data = float(value)
    for y in reversed(graphs):
        y.backward()
    equal(x.grad, 2 * sum(range(1, 11)))
    del y
    graphs.clear()
    before = nodes()
    del x
    assert before - nodes() == 2


def test_gradient_assignment():
    x = Variable([1.0, 2.0])
    x.grad = [3.0, 4.0]
    equal(x.grad, [3.0, 4.0])
    (x * 1.0).backward()
    equal(x.grad, [4.0, 5.0])
    x.grad.data = np.array([7.0, 8.0])
    equal(x.grad, [7.0, 8.0])
    g = x.grad
    g.data = g.data * 2
    equal(x.grad, [14.0, 16.0])
    assert x.grad is g
    with ag.no_grad():
        g *= 0.5
    equal(x.grad, [7.0, 8.0])
    x.grad = None
    assert x.grad is None
    x.grad = g
    assert x.grad is g


def test_gradient_assignment_while_a_graph_holds_the_gradient():
    x = Variable(3.0)
    (x**2).backward(create_graph=True)
    y = x.grad * 2
    x.grad.data = 100.0
    equal(x.grad, 100.0)
    x.cleargrad()
    y.backward()
    equal(x.grad, 4.0)


def test_gradients_of_gradients_of_views():
    x = Variable(np.arange(6.0).reshape(2, 3))
    F.sum(x[0] ** 3 + x.T[:, 1]).backward(create_graph=True)
    F.sum(x.grad).backward(create_graph=True)
    first = 3 * x.data[0] ** 2
    np.testing.assert_array_equal(x.grad.data, [first + 6 * x.data[0], [1.0] * 3])


# Creators


def test_creator():
    x = Variable(2.0, name="x")
    y = x * 3.0
    creator = y.creator
    assert creator.name == "Mul"
    assert creator.inputs[0] is x
    assert creator.inputs[1].item() == 3.0
    assert creator.outputs == (y,)
    assert y.creator.outputs[0] is y
    assert [f(x).creator.name for f in (F.sin, F.square, F.neg)] == ["Sin", "Square", "Neg"]


def test_generation():
    x, y = Variable(1.0), Variable(2.0)
    a = x * y
    b = F.sin(a) + x
    assert [v.generation for v in (x, a, b)] == [0, 1, 3]


def test_walking_to_the_leaves():
    x, y = Variable(1.0, "x"), Variable(2.0, "y")
    z = F.sin(x * y) + x

    def leaves(v):
        return {v.name} if v.creator is None else set().union(*map(leaves, v.creator.inputs))

    assert leaves(z) == {"x", "y"}


@both(2.0)
def test_unchain(start):
    x = Variable(start)
    y = x * 3.0
    z = y**2
    y.unchain()
    assert y.creator is None
    assert y.generation == 0
    z.backward()
    assert x.grad is None
    equal(y.grad, 12.0)


@both(2.0)
def test_unchain_backward(start):
    x = Variable(start)
    a = x * 3.0
    b = a * 2.0
    c = b**2
    c.unchain_backward()
    assert [v.creator is None for v in (a, b, c)] == [True, True, False]
    c.backward()
    equal(b.grad, 24.0)
    assert x.grad is None
    x.unchain_backward()


def test_unchain_backward_through_shared_parts():
    x = Variable(1.0)
    y = x
    for _ in range(60):  # 2**60 paths
        y = y + y
    y.unchain_backward()
    before = nodes()
    del y
    assert nodes() < before


def test_truncated_backpropagation():
    w, h = Variable(0.5), Variable(1.0)
    for _ in range(3):
        for _ in range(4):
            h = F.tanh(h * w)
        w.cleargrad()
        h.backward()
        first = w.grad.item()
        h.unchain_backward()
        h = Variable(h)
        assert np.isfinite(first)


def test_results_stay_usable_when_their_inputs_are_gone():
    def make():
        a, b = Variable([1.0, 2.0]), Variable(3.0)
        return F.exp(a * b)

    y = make()
    y.backward()
    leaf = y.creator.inputs[0].creator.inputs[0]
    np.testing.assert_allclose(leaf.grad.data, 3.0 * np.exp([3.0, 6.0]))


def test_copies_do_not_share_a_node():
    x = Variable([1.0, 2.0], name="x")
    for duplicate in (copy.copy, copy.deepcopy):
        try:
            y = duplicate(x)
        except TypeError:
            continue
        assert y is not x
        y.data = [5.0, 6.0]
        np.testing.assert_array_equal(x.data, [1.0, 2.0])


def test_unchain_backward_cuts_all_results_off():
    """What lies behind one result of an operation is the operation, with its other results."""
    x = Variable([[2.0, 1.0], [1.0, 3.0]])
    q, r = F.qr(x)
    y = F.sum(q)
    y.unchain_backward()
    assert (q.creator, r.creator) == (None, None)
    F.sum(r).backward()
    assert x.grad is None
    equal(r.grad, np.ones((2, 2)))
