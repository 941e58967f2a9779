"""Minima over matrices and nested containers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Variable, optimize
from autograd import functions as F
from minima import parts
from support import fails

scipy = pytest.importorskip("scipy.optimize")


@pytest.mark.parametrize("method", [None, "Nelder-Mead", "trust-exact", "trust-constr"])
def test_a_matrix(method):
    goal = np.arange(6.0).reshape(2, 3)
    found = optimize.minimize(lambda x: F.sum((x - goal) ** 2), np.ones((2, 3)), method=method)
    np.testing.assert_allclose(found.x, goal, atol=2e-3)
    assert found.x.shape == (2, 3)
    if method != "Nelder-Mead":
        gradient = found.grad if method == "trust-constr" else found.jac
        assert gradient.shape == (2, 3)


def test_a_number():
    found = optimize.minimize(lambda x: (x - 2) ** 2, 0.5)
    assert found.x.shape == found.jac.shape == ()
    assert found.x == pytest.approx(2)


def test_containers():
    def f(tree):
        a, (b, c) = tree["a"], tree["rest"]
        assert (a.shape, b.shape, c.shape) == ((2, 2), (3,), ())
        return F.sum((a - 1) ** 2) + F.sum((b - [1.0, 2.0, 3.0]) ** 2) * 2 + (c + b[0]) ** 2

    x0 = {"a": np.zeros((2, 2), "float32"), "rest": ([0.0, 0.0, 0.0], Variable(2.0))}
    for method in ("BFGS", "trust-krylov", "dogleg"):
        found = optimize.minimize(f, x0, method=method)
        assert list(found.x) == ["a", "rest"]
        a, (b, c) = found.x["a"], found.x["rest"]
        np.testing.assert_allclose(a, np.ones((2, 2)), atol=1e-6)
        np.testing.assert_allclose(b, [1, 2, 3], atol=1e-6)
        np.testing.assert_allclose(c, -1, atol=1e-6)
        assert isinstance(found.x["rest"], tuple)
        assert found.jac["a"].shape == (2, 2)
        assert all(type(v) is np.ndarray and v.dtype == np.float64 for v in (a, b, c))


shapes = st.lists(st.integers(0, 3), max_size=3).map(tuple)
trees = st.recursive(
    shapes.map(lambda s: np.arange(float(np.prod(s, dtype=int))).reshape(s)),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3),
        st.tuples(inner, inner),
        st.dictionaries(st.sampled_from("abc"), inner, min_size=1),
    ),
    max_leaves=4,
)


def kinds(tree):
    if isinstance(tree, dict):
        return {k: kinds(v) for k, v in tree.items()}
    return tree.shape if isinstance(tree, np.ndarray) else type(tree)(map(kinds, tree))


@given(trees)
def test_every_container_comes_back(x0):
    arrays = parts(x0)
    if not sum(a.size for a in arrays):
        fails(lambda: optimize.minimize(lambda x: 1.0, x0), ValueError, "x0 has no elements")
        return

    def f(tree):
        assert kinds_of(tree) == kinds(x0)
        return sum(F.sum((v - 1) ** 2) for v in variables(tree))

    def variables(tree):
        if isinstance(tree, dict):
            tree = list(tree.values())
        return [tree] if isinstance(tree, Variable) else [v for x in tree for v in variables(x)]

    def kinds_of(tree):
        if isinstance(tree, dict):
            return {k: kinds_of(v) for k, v in tree.items()}
        return tree.shape if isinstance(tree, Variable) else type(tree)(map(kinds_of, tree))

    found = optimize.minimize(f, x0, method="BFGS")
    assert kinds(found.x) == kinds(found.jac) == kinds(x0)
    for a in parts(found.x):
        np.testing.assert_allclose(a, 1, atol=1e-4)
