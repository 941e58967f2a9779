"""Functions of one sample made functions of many."""

from collections import namedtuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
from autograd import Variable
from autograd import functions as F
from autograd import layers as L
from support import central, fails, same

Pair = namedtuple("Pair", "a b")


@given(
    shape=st.lists(st.integers(1, 3), min_size=1, max_size=3),
    axes=st.tuples(st.integers(-3, 2), st.integers(-3, 2)),
    kind=st.sampled_from((np.array, Variable)),
    dtype=st.sampled_from((np.float64, np.float32)),
)
def test_axes(shape, axes, kind, dtype):
    """As NumPy moves them."""
    into, out = axes[0] % len(shape), axes[1] % len(shape)
    x = np.random.default_rng(0).uniform(-1, 1, shape).astype(dtype)
    for i, o in ((into, out), (into - len(shape), out - len(shape))):
        got = ag.vmap(lambda v: v * 2, i, o)(kind(x))
        assert got.dtype == dtype
        same(got, np.moveaxis(2 * x, into, out))


def test_several_arguments():
    x, y, z = np.arange(6.0).reshape(2, 3), np.arange(2.0), np.arange(3.0)

    def f(x, y, z):
        assert (np.shape(x), np.shape(y), np.shape(z)) == ((3,), (), (3,))
        return F.sum(x * z) + y

    same(ag.vmap(f, (0, 0, None))(x, y, z), x @ z + y)
    same(ag.vmap(f, [1, -1, None])(x.T, y, z), x @ z + y)
    same(ag.vmap(lambda x, k: x * k)([1.0, 2.0], [3, 4]), [3.0, 8.0])


def test_keywords_and_other_arguments_are_left_alone():
    def f(x, n, *, name, w):
        assert (n, name) == (3, "a")
        return x * n + w

    same(ag.vmap(f, (0, None))(np.ones(2), 3, name="a", w=np.ones(4)), np.full((2, 4), 4.0))


def test_labels_stay_integers():
    def f(table, label):
        assert label.dtype == np.int64
        return table[label]

    same(ag.vmap(f, (None, 0))(Variable([10.0, 20.0, 30.0]), np.array([2, 0])), [30.0, 10.0])


def test_containers():
    tree = {"a": np.arange(4.0).reshape(2, 2), "b": [np.arange(2.0), None], "c": 7.0}

    def f(t, p):
        return Pair({"s": F.sum(t["a"]) + t["b"][0]}, [t["c"] * p.a, None])

    axes = {"a": 1, "b": 0, "c": None}
    got = ag.vmap(f, (axes, Pair(None, 0)), 0)(tree, Pair(2.0, np.zeros(2)))
    assert isinstance(got, Pair)
    same(got.a["s"], tree["a"].sum(0) + tree["b"][0])
    same(got.b[0], [14.0, 14.0])
    assert got.b[1] is None
    same(ag.vmap(f, (axes, None))(tree, Pair(2.0, 0.0)).b[0], [14.0, 14.0])
    # Numbers cut out of arrays stay apart: they do not become one array.
    pairs = ag.vmap(ag.grad(lambda p: p[0] * p[1]))([np.array([1.0, 2.0]), np.array([3.0, 4.0])])
    assert isinstance(pairs, list)
    same(pairs[0], [3.0, 4.0])
    same(pairs[1], [1.0, 2.0])


@pytest.mark.parametrize("model", ["linear", "closure"])
def test_gradients_of_samples(model):
    """Their mean is the gradient of the mean."""
    rng = np.random.default_rng(0)
    x, t, w = rng.uniform(-1, 1, (5, 3)), rng.uniform(-1, 1, 5), rng.uniform(-1, 1, 3)

    def loss(w, x, t):
        return (F.tanh(F.sum(w * x)) - t) ** 2

    each = ag.vmap(ag.grad(loss), (None, 0, 0))(Variable(w) if model == "closure" else w, x, t)
    assert each.shape == (5, 3)
    y = np.tanh(x @ w)
    np.testing.assert_allclose(each.data, (2 * (y - t) * (1 - y**2))[:, None] * x, rtol=1e-13)


def test_gradients_flow_through():
    x = Variable([[0.5, 1.0], [1.5, -2.0]])
    y = Variable(3.0)
    F.sum(ag.vmap(lambda v, y: F.sum(v * v) * y, (1, None))(x, y)).backward()
    same(x.grad, 6 * x.data)
    assert y.grad.item() == (x.data**2).sum()
    layer = L.Linear(1, 2, rng=0)
    F.sum(ag.vmap(layer)(np.ones((3, 4, 2)))).backward()
    same(layer.w.grad, np.full((2, 1), 12.0))


def test_jacobians_of_maps_are_diagonal():
    x = np.array([[0.3, 0.4], [0.5, 0.6]])
    got = ag.jacobian(ag.vmap(lambda v: F.sum(F.exp(v))))(x).data
    same(got, np.einsum("ij,jk->ijk", np.eye(2), np.exp(x)))
    same(ag.vmap(ag.jacobian(F.exp))(x), np.einsum("ij,jk->ijk", np.exp(x), np.eye(2)))
    second = ag.hessian(lambda x: F.sum(ag.vmap(lambda v: v[0] * v[1])(x)))(x)
    want = np.zeros((2, 2, 2, 2))
    for i in range(2):
        want[i, :, i] = [[0, 1], [1, 0]]
    same(second, want)


def test_maps_in_maps():
    a, b = np.arange(3.0), np.arange(4.0)
    outer = ag.vmap(ag.vmap(lambda x, y: x * y, (None, 0)), (0, None))
    same(outer(a, b), np.outer(a, b))
    _, tangent = ag.jvp(lambda a: outer(a, b), (a,), (np.ones(3),))
    same(tangent, np.outer(np.ones(3), b))


def test_anything_may_happen_inside():
    got = ag.vmap(lambda x: x * x if float(x) > 0 else 0.0 * x)(np.array([-2.0, 3.0]))
    same(got, [0.0, 9.0])

    def along(t):
        return ag.vmap(lambda x: F.sin(x) if float(x) > 0 else x)(np.array([-2.0, 3.0]) + t).data

    got = ag.elementwise_grad(ag.vmap(lambda x: F.sin(x) if float(x) > 0 else x))([-2.0, 3.0])
    np.testing.assert_allclose(got.data, central(along, 1e-3), atol=1e-10)


def test_results_of_any_kind():
    same(ag.vmap(lambda x: 3)(np.ones(2)), [3.0, 3.0])
    same(ag.vmap(lambda x: np.ones(2) * x)(np.ones(3)), np.ones((3, 2)))
    same(ag.vmap(lambda x: [1.0, 2.0])(np.ones(3)), [[1.0, 2.0]] * 3)
    assert ag.vmap(F.sin)(np.ones((2, 0))).shape == (2, 0)


def test_errors():
    one = np.ones((2, 3))
    for call, error, words in [
        (lambda: ag.vmap(F.add)(one, np.ones(3)), ValueError, ("vmap of add", "[2, 3]")),
        (lambda: ag.vmap(F.sin)(np.ones((0, 2))), ValueError, ("vmap of sin", "[0]")),
        (lambda: ag.vmap(F.sin, None)(one), ValueError, ("no argument has one",)),
        (lambda: ag.vmap(F.sin)(), ValueError, ("no argument has one",)),
        (lambda: ag.vmap(F.sin, 2)(one), ValueError, ("axis 2", "(2, 3)")),
        (lambda: ag.vmap(F.sin, -3)(Variable(one)), ValueError, ("axis -3", "(2, 3)")),
        (lambda: ag.vmap(F.sin)(1.0), ValueError, ("axis 0", "()")),
        (lambda: ag.vmap(F.add, (0,))(one, one), ValueError, ("1 entries for 2",)),
        (lambda: ag.vmap(F.sin, ({"a": 0},))(one), ValueError, ("in_axes must be",)),
        (lambda: ag.vmap(sum, ({"a": 0},))({"b": one}), ValueError, ("in_axes must be",)),
        (lambda: ag.vmap(lambda x: None)(one), TypeError, ("vmap of", "None")),
        (lambda: ag.vmap(lambda x: "a")(one), TypeError, ("vmap of", "str")),
        (lambda: ag.vmap(F.sin, 0, 5)(one), ValueError, ("out_axes",)),
        (
            lambda: ag.vmap(lambda x: x if x[0] else (x, x))(np.eye(2)),
            ValueError,
            ("vmap of", "one value is wanted", "a tuple of 2"),
        ),
        (lambda: ag.vmap(lambda x: x[x > 0])(np.array([[1.0], [-1.0]])), ValueError, ("stack",)),
    ]:
        fails(call, error, *words)


def test_axes_that_are_no_axes():
    x = np.ones((2, 3))
    assert ag.vmap(F.sin, np.int64(1))(x).shape == (3, 2)
    assert ag.vmap(F.sin, (np.int64(1),), np.int64(-1))(x).shape == (2, 3)
    fails(lambda: ag.vmap(F.sin, True)(x), ValueError, "in_axes", "True")
    fails(lambda: ag.vmap(F.mul, (1.5, 0))(2.0, x), ValueError, "in_axes", "1.5")
    fails(lambda: ag.vmap(F.mul, ("ab", 0))("xy", x), ValueError, "in_axes", "'ab'")
    fails(lambda: ag.vmap(F.sin, 0, 2)(x), ValueError, "vmap of sin", "out_axes 2", "(3,)")
    fails(lambda: ag.vmap(F.sin, 0, -3)(x), ValueError, "vmap of sin", "out_axes -3", "(3,)")
    fails(lambda: ag.vmap(F.sin, 0, None), TypeError, "vmap", "out_axes must be an int")
