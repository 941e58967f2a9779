"""Minima by SciPy's methods, with derivatives."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
from autograd import Variable, optimize
from autograd import functions as F
from support import fails, nodes

scipy = pytest.importorskip("scipy.optimize")

VALUES = ["Nelder-Mead", "Powell", "COBYLA", "COBYQA"]
GRADIENTS = ["CG", "BFGS", "L-BFGS-B", "TNC", "SLSQP"]
PRODUCTS = ["Newton-CG", "trust-ncg", "trust-krylov", "trust-constr"]
MATRICES = ["dogleg", "trust-exact"]
SECOND = PRODUCTS + MATRICES
METHODS = VALUES + GRADIENTS + SECOND


def rosenbrock(x):
    return F.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def bowl(x):
    return F.sum((x - 1) ** 2)


class Counted:
    """A function that counts its calls."""

    def __init__(self, f):
        self.f, self.calls = f, 0

    def __call__(self, *args):
        self.calls += 1
        return self.f(*args)


# Methods


@pytest.mark.parametrize("method", [m for m in METHODS if m != "COBYLA"])
def test_rosenbrock(method):
    found = optimize.minimize(rosenbrock, [1.1, 1.2], method=method, tol=1e-8)
    assert found.success
    np.testing.assert_allclose(found.x, [1, 1], atol=1e-3)
    assert found.x.dtype == np.float64
    assert isinstance(found, scipy.OptimizeResult)


@pytest.mark.parametrize("method", [None, *METHODS])
def test_a_convex_function(method):
    """A distance that grows like a square root: not solved by one step of Newton's."""
    found = optimize.minimize(lambda x: F.sum((1 + (x - 2) ** 2) ** 0.5), [1.5, 2.2], method=method)
    assert found.success
    np.testing.assert_allclose(found.x, [2, 2], atol=2e-4)
    assert found.fun == pytest.approx(2)


@pytest.mark.parametrize("method", [*GRADIENTS, *SECOND])
def test_derivatives_are_those_of_scipy(method):
    """Step by step the same as with derivatives that are written by hand."""
    options = {} if method != "trust-constr" else {"options": {"maxiter": 20}}
    found = optimize.minimize(rosenbrock, [1.1, 1.2, 0.9], method=method, **options)
    hess = {"hess": scipy.rosen_hess} if method in SECOND else {}
    wanted = scipy.minimize(
        scipy.rosen, [1.1, 1.2, 0.9], method=method, jac=scipy.rosen_der, **hess, **options
    )
    assert found.message == wanted.message
    if method in (*PRODUCTS, "TNC"):
        # Inner problems are not solved alike with products and with matrices, and TNC blows up
        # differences of the last bit.
        np.testing.assert_allclose(found.x, wanted.x, atol=1e-3)
    else:
        np.testing.assert_allclose(found.x, wanted.x, atol=1e-6)
        assert found.nfev == wanted.nfev


@pytest.mark.parametrize("method", PRODUCTS)
def test_matrices_instead_of_products(method):
    found = optimize.minimize(rosenbrock, [1.1, 1.2, 0.9], method=method, hess="dense")
    wanted = scipy.minimize(
        scipy.rosen, [1.1, 1.2, 0.9], method=method, jac=scipy.rosen_der, hess=scipy.rosen_hess
    )
    np.testing.assert_allclose(found.x, wanted.x, atol=1e-6)
    assert found.nit == wanted.nit


def test_the_method_is_found_by_what_is_given():
    assert optimize.minimize(bowl, [3.0]).message == scipy.minimize(lambda x: x @ x, [3.0]).message
    assert "NORM" in optimize.minimize(bowl, [3.0], bounds=[(0, 9)]).message, "L-BFGS-B"
    c = {"type": "eq", "fun": lambda x: x - 2}
    assert "terminated successfully" in optimize.minimize(bowl, [3.0], constraints=c).message


def test_second_derivatives_in_one_step():
    """Newton's method on a quadratic: x0 - H⁻¹ g."""
    rng = np.random.default_rng(0)
    a = rng.normal(size=(4, 4))
    h, b = a @ a.T + np.eye(4), rng.normal(size=4)
    found = optimize.minimize(
        lambda x: x @ h @ x / 2 - b @ x, np.zeros(4), method="trust-exact", options={"gtol": 1e-10}
    )
    np.testing.assert_allclose(found.x, np.linalg.solve(h, b), rtol=1e-10)
    np.testing.assert_allclose(found.hess, h, rtol=1e-12)


def test_a_method_of_ones_own():
    """It gets value, gradient and second derivatives as SciPy's convention has them."""
    seen = {}

    def method(fun, x0, args=(), jac=None, hess=None, hessp=None, **rest):
        seen.update(rest, fun=fun(x0), jac=jac(x0), p=hessp(x0, np.array([1.0, 0.0])))
        return scipy.OptimizeResult(x=x0 + 1, success=True)

    x0 = np.array([1.3, 0.7])
    found = optimize.minimize(rosenbrock, x0, method=method, options={"mine": 3})
    np.testing.assert_array_equal(found.x, x0 + 1)
    assert seen["mine"] == 3
    assert seen["fun"] == pytest.approx(scipy.rosen(x0))
    np.testing.assert_allclose(seen["jac"], scipy.rosen_der(x0))
    np.testing.assert_allclose(seen["p"], scipy.rosen_hess(x0)[0])


# Evaluations


@pytest.mark.parametrize("method", [*GRADIENTS, "Newton-CG", "trust-exact"])
def test_value_and_gradient_of_one_evaluation(method):
    f = Counted(rosenbrock)
    found = optimize.minimize(f, [1.1, 1.2, 0.9], method=method)
    # TNC asks for the start twice, with other points in between.
    assert f.calls <= found.nfev + 1


def test_values_alone_record_nothing():
    recorded = []

    def f(x):
        y = bowl(x)
        recorded.append(y.creator)
        return y

    optimize.minimize(f, [3.0], method="Nelder-Mead")
    assert set(recorded) == {None}


@pytest.mark.parametrize("method", ["BFGS", "trust-constr", "SLSQP", "trust-exact"])
def test_nothing_of_the_users_changes(method):
    w = Variable([1.0, 2.0], name="w")
    x0 = np.array([3.0, 4.0])
    optimize.minimize(lambda x: F.sum((x - w) ** 2), x0, method=method)
    assert w.grad is None
    np.testing.assert_array_equal(x0, [3, 4])
    start = Variable([3.0, 4.0])
    found = optimize.minimize(lambda x: F.sum((x - w) ** 2), start, method=method)
    np.testing.assert_allclose(found.x, [1, 2], atol=1e-6)
    assert start.grad is None
    np.testing.assert_array_equal(start.data, [3, 4])


def test_nothing_is_kept(no_gc):
    before = nodes()
    for method in ("BFGS", "trust-ncg"):
        found = optimize.minimize(rosenbrock, [1.1, 1.2], method=method)
    import gc

    # SciPy's objects refer to each other.
    gc.collect()
    assert nodes() == before
    assert found.success


def test_inside_no_grad():
    with ag.no_grad():
        for method in ("BFGS", "trust-constr", "trust-exact"):
            found = optimize.minimize(rosenbrock, [1.1, 1.2], method=method)
            np.testing.assert_allclose(found.x, 1, atol=1e-4)


def test_gradients_inside_the_function():
    """The lowest slope of x³ - x is at 0."""
    slope = ag.elementwise_grad(lambda x: x**3 - x)
    found = optimize.minimize(lambda x: F.sum(slope(x)), [0.5], method="Newton-CG")
    np.testing.assert_allclose(found.x, 0, atol=1e-8)


# What f takes and returns


def test_arguments():
    f = lambda x, a, b: F.sum((x - a) ** 2) + b  # noqa: E731
    found = optimize.minimize(f, np.zeros(2), args=(np.array([1.0, 2.0]), 5.0))
    np.testing.assert_allclose(found.x, [1, 2], atol=1e-7)
    assert found.fun == pytest.approx(5)
    found = optimize.minimize(lambda x, a: (x - a) ** 2, 0.0, args=3.0, method="Newton-CG")
    np.testing.assert_allclose(found.x, 3)


@pytest.mark.parametrize("shape", [(), (1,), (1, 1)])
def test_one_element_in_any_shape(shape):
    found = optimize.minimize(lambda x: F.reshape((x[0] - 1) ** 2, shape), [3.0])
    np.testing.assert_allclose(found.x, [1])


def test_numbers():
    """Values are enough for some methods; in others a number is a plateau."""
    found = optimize.minimize(lambda x: float(np.sum(x.data**2)), [3.0, 1.0], method="Nelder-Mead")
    np.testing.assert_allclose(found.x, 0, atol=1e-4)
    far = optimize.minimize(lambda x: 1e9 if x.data[0] > 100 else bowl(x), [3.0])
    np.testing.assert_allclose(far.x, 1)


@pytest.mark.parametrize("method", ["BFGS", "trust-exact", "trust-krylov"])
@pytest.mark.parametrize("f", [lambda x: float(x.data @ x.data), lambda x: Variable(2.0)])
def test_a_function_without_a_gradient(method, f):
    with pytest.warns(RuntimeWarning, match="never computed from x by functions of Variables"):
        found = optimize.minimize(f, [3.0, 4.0], method=method)
    np.testing.assert_array_equal(found.x, [3, 4])


def test_a_linear_function():
    """The second derivative is 0, and is taken for that."""
    found = optimize.minimize(
        lambda x: F.sum(x * [1.0, -2.0]), [0.0, 0.0], method="trust-constr", bounds=(-1, 1)
    )
    np.testing.assert_allclose(found.x, [-1, 1], atol=1e-3)


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "bool"])
def test_start_of_any_dtype(dtype):
    seen = []

    def f(x):
        seen.append(x.dtype)
        return bowl(x)

    found = optimize.minimize(f, np.array([1, 0], dtype))
    np.testing.assert_allclose(found.x, [1, 1])
    assert {found.x.dtype, found.jac.dtype, *seen} == {np.dtype("float64")}


def test_a_function_that_computes_in_float32():
    found = optimize.minimize(lambda x: bowl(x.astype("float32")), [3.0, 2.0], tol=1e-3)
    np.testing.assert_allclose(found.x, 1, atol=1e-3)
    assert isinstance(found.fun, float)
    assert found.jac.dtype == np.float64


# Containers


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


def parts(tree):
    if isinstance(tree, dict):
        tree = list(tree.values())
    return [tree] if isinstance(tree, np.ndarray) else [a for x in tree for a in parts(x)]


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


# Bounds


@pytest.mark.parametrize(
    "bounds",
    [
        [(None, 0.5), (0.0, None)],
        ((-np.inf, 0.5), [0, np.inf]),
        np.array([[-9, 0.5], [0, 9]]),
        scipy.Bounds([-9, 0], [0.5, 9]),
        scipy.Bounds(ub=[0.5, 9]),
    ],
)
@pytest.mark.parametrize("method", [None, "TNC", "SLSQP", "trust-constr", "Powell", "COBYQA"])
def test_bounds(bounds, method):
    found = optimize.minimize(bowl, [0.25, 0.25], bounds=bounds, method=method)
    np.testing.assert_allclose(found.x, [0.5, 1], atol=1e-3)


@pytest.mark.parametrize(
    "bounds",
    [
        (0, 0.5),
        (None, 0.5),
        [(0, 0.5)] * 6,
        scipy.Bounds(0, 0.5),
        scipy.Bounds(0, np.full((2, 3), 0.5)),
        scipy.Bounds(np.zeros(3), np.full((2, 1), 0.5)),
        scipy.Bounds(np.zeros(6), np.full(6, 0.5)),
    ],
)
def test_bounds_of_a_matrix(bounds):
    found = optimize.minimize(bowl, np.zeros((2, 3)), bounds=bounds)
    np.testing.assert_allclose(found.x, np.full((2, 3), 0.5))


def test_bounds_in_row_major_order():
    bounds = [(k, k + 0.5) for k in range(6)]
    found = optimize.minimize(lambda x: F.sum(x), np.ones((2, 3)), bounds=bounds)
    np.testing.assert_allclose(found.x, np.arange(6).reshape(2, 3))


def test_bounds_of_containers():
    x0 = {"a": np.zeros((2, 2)), "b": (0.0, [3.0, 3.0]), "c": 0.0}
    bounds = {"a": (None, [0.5, 2]), "b": [(2, 3), (None, None)], "c": None}

    def f(t):
        return bowl(t["a"]) + bowl(t["b"][0]) + bowl(t["b"][1]) + (t["c"] - 1) ** 2

    found = optimize.minimize(f, x0, bounds=bounds).x
    np.testing.assert_allclose(found["a"], [[0.5, 1], [0.5, 1]], atol=1e-6)
    np.testing.assert_allclose(found["b"][0], 2)
    np.testing.assert_allclose(found["b"][1], [1, 1], atol=1e-6)
    np.testing.assert_allclose(found["c"], 1, atol=1e-6)
    low = scipy.Bounds(-9, 0.5)
    for a in parts(list(optimize.minimize(lambda t: bowl(t[0]) + bowl(t[1]), ([0.0], np.zeros(2)),
                                          bounds=low).x)):  # fmt: skip
        np.testing.assert_allclose(a, 0.5)


@pytest.mark.parametrize("method", ["L-BFGS-B", "TNC", "SLSQP", "trust-constr"])
def test_a_fixed_element(method):
    found = optimize.minimize(
        rosenbrock, [1.1, 1.2, 0.9], method=method, bounds=[(None, 9), (1.2, 1.2), (None, 9)]
    )
    np.testing.assert_allclose(found.x[1:], [1.2, 1.44], atol=2e-3)


@pytest.mark.parametrize(
    ("x0", "bounds", "words"),
    [
        ([1.0, 2.0, 3.0], [(0, 1)] * 2, ["a pair for each of 3 element(s), got 2"]),
        ([1.0, 2.0], [(0, 1), 3], ["bounds of element 1 must be a pair (low, high), got 3"]),
        ([1.0, 2.0], [(0, 1), (1, 2, 3)], ["element 1", "(1, 2, 3)"]),
        ([1.0, 2.0], 5, ["must be pairs (low, high), got 5"]),
        ([1.0, 2.0], {"a": 1}, ["must be pairs (low, high), got {'a': 1}"]),
        ([1.0, 2.0], scipy.Bounds(np.zeros(3), 1), ["bounds of shape (3,) for x0 of shape (2,)"]),
        ({"a": [1.0]}, scipy.Bounds([0, 0], 1), ["bounds of shape (2,) for x0 of shape (1,)"]),
        (([1.0], 2.0), scipy.Bounds([0, 0, 0], 1), ["shape (3,)", "x0 of 2 elements"]),
        ({"a": 1.0, "b": 2.0}, {"a": (0, 1)}, ["bounds of x0 must have the keys ['a', 'b']"]),
        ({"a": 1.0}, (0, 1), ["bounds of x0 must have the keys ['a'], got [0, 1]"]),
        ({"a": 1.0}, 3, ["bounds of x0 must have the keys ['a'], got 3"]),
        ({"a": (1.0, 2.0)}, {"a": [None]}, ["bounds of x0['a'] must have the keys [0, 1]"]),
        ({"a": 1.0}, {"a": 3}, ["bounds of x0['a'] must be a pair (low, high), got 3"]),
        ({"a": [1.0, 2.0]}, {"a": ([0, 0, 0], 9)}, ["shape (3,) for an array of shape (2,)"]),
    ],
)
def test_bounds_that_do_not_fit(x0, bounds, words):
    f = Counted(lambda x: 1.0)
    fails(lambda: optimize.minimize(f, x0, bounds=bounds), ValueError, "minimize: ", *words)
    assert f.calls == 0


def test_bounds_the_wrong_way_round():
    fails(lambda: optimize.minimize(bowl, [1.0], bounds=[(2, 1)]), ValueError, "bound")


# Constraints

HS71 = np.array([1.0, 4.742994, 3.8211503, 1.3794082])


def hs71(x):
    """Problem 71 of Hock and Schittkowski."""
    return x[0] * x[3] * (x[0] + x[1] + x[2]) + x[2]


def hs71_constraints(kind):
    if kind == "dicts":
        return [
            {"type": "ineq", "fun": lambda x: F.prod(x) - 25},
            {"type": "eq", "fun": lambda x, c: F.sum(x**2) - c, "args": (40,)},
        ]
    if kind == "objects":
        return [
            scipy.NonlinearConstraint(F.prod, 25, np.inf),
            scipy.NonlinearConstraint(lambda x: F.sum(x**2), 40, 40),
        ]
    return scipy.NonlinearConstraint(lambda x: [F.prod(x), F.sum(x**2)], [25, 40], [np.inf, 40])


@pytest.mark.parametrize("kind", ["dicts", "objects", "one"])
@pytest.mark.parametrize("method", [None, "SLSQP", "trust-constr", "COBYQA", "COBYLA"])
@pytest.mark.filterwarnings("ignore:Equality and inequality constraints are specified")
def test_hock_schittkowski_71(method, kind):
    found = optimize.minimize(
        hs71, [1.0, 5.0, 5.0, 1.0], method=method, bounds=(1, 5), constraints=hs71_constraints(kind)
    )
    np.testing.assert_allclose(found.x, HS71, atol=2e-3)
    assert found.fun == pytest.approx(17.0140173, rel=1e-4)
    assert found.x @ found.x == pytest.approx(40, abs=1e-3)


def test_constraints_get_exact_derivatives():
    """trust-constr shows the Jacobians of the last point."""
    f = Counted(lambda x: F.stack([x[0] * x[1], F.sin(x[0])]))
    c = scipy.NonlinearConstraint(f, [1, -1], [2, 1])
    found = optimize.minimize(bowl, [1.5, 1.5], method="trust-constr", constraints=c)
    x, y = found.x
    np.testing.assert_allclose(found.jac[0], [[y, x], [np.cos(x), 0]], rtol=1e-12)
    assert f.calls <= found.constr_nfev[0] + 1


def test_second_derivatives_of_constraints():
    """The point of a circle that is nearest to one outside."""
    c = scipy.NonlinearConstraint(lambda x: F.sum(x**2), 1, 1, hess=scipy.SR1())

    def found(hess):
        return optimize.minimize(
            lambda x: F.sum((x - [30.0, 40.0]) ** 2),
            [1.0, 0.1],
            method="trust-constr",
            constraints=c,
            hess=hess,
        )

    exact, rough = found(None), found(scipy.BFGS())
    for one in (exact, rough):
        np.testing.assert_allclose(one.x, [0.6, 0.8], atol=1e-6)
    assert exact.nit < rough.nit


def test_linear_constraints():
    """The nearest point of a plane, by Lagrange's rule; the matrix is for all elements in a row."""
    a = np.array([[1.0, 2.0, 3.0, 4.0]])
    c = scipy.LinearConstraint(a, 5, 5)
    for method in ("SLSQP", "trust-constr"):
        found = optimize.minimize(
            lambda t: F.sum(t["m"] ** 2) + F.sum(t["v"] ** 2),
            {"m": np.ones((1, 3)), "v": [1.0]},
            method=method,
            constraints=[c],
        )
        np.testing.assert_allclose(np.append(found.x["m"], found.x["v"]), a[0] / 6, atol=1e-5)


def test_constraints_of_containers():
    found = optimize.minimize(
        lambda t: (t[0] - 3) ** 2 + bowl(t[1]),
        (0.0, [0.0, 0.0]),
        constraints={"type": "ineq", "fun": lambda t: (1 - t[0], t[1] - 2)},
    )
    np.testing.assert_allclose(found.x[0], 1)
    np.testing.assert_allclose(found.x[1], [2, 2])


def test_a_constraint_that_does_not_bind():
    """Of a number, and of nothing that x is in."""
    for fun in (lambda x: 1.0, lambda x: [1.0, 2.0], lambda x: Variable(3.0)):
        for method in ("SLSQP", "trust-constr"):
            found = optimize.minimize(
                bowl, [3.0], method=method, constraints={"type": "ineq", "fun": fun}
            )
            np.testing.assert_allclose(found.x, 1, atol=1e-4)
    np.testing.assert_allclose(optimize.minimize(bowl, [3.0], constraints=None).x, 1)


@pytest.mark.parametrize(
    ("c", "error", "words"),
    [
        (3, TypeError, ["not iterable"]),
        ([3], TypeError, ["constraint 0 must be a dict", "got int"]),
        ({"fun": bowl}, ValueError, ["constraint 0 must be a dict with 'type'"]),
        ({"type": "le", "fun": bowl}, ValueError, ["'eq' or 'ineq'", "'le'"]),
        ({"type": "eq", "fun": 3}, ValueError, ["'fun'"]),
        ({"type": "eq", "fun": bowl, "grad": 1}, ValueError, ["perhaps 'args'"]),
        ({"type": "eq", "fun": bowl, "jac": bowl}, ValueError, ["has a jac of its own"]),
        (scipy.NonlinearConstraint(bowl, 0, 1, jac=bowl), ValueError, ["constraint 0", "jac"]),
        (scipy.NonlinearConstraint(bowl, 0, 1, hess=bowl), ValueError, ["hess of its own"]),
        ({"type": "eq", "fun": lambda x: None}, TypeError, ["constraint 0, <lambda>", "None"]),
        ({"type": "eq", "fun": lambda x: "no"}, TypeError, ["in the result"]),
        ({"type": "eq", "fun": lambda x: ()}, ValueError, ["must return numbers, got none"]),
    ],
)
def test_constraints_that_are_none(c, error, words):
    fails(lambda: optimize.minimize(bowl, [3.0], constraints=c), error, *words)


# Callbacks and options


@pytest.mark.parametrize(
    "method", ["BFGS", "SLSQP", "trust-exact", "trust-constr", "TNC", "COBYLA"]
)
def test_callback(method):
    seen = []

    def callback(x, *rest):
        assert x["a"].shape == (2,)
        seen.append(x["a"])

    found = optimize.minimize(
        lambda t: rosenbrock(t["a"]), {"a": [0.9, 1.0]}, method=method, callback=callback
    )
    assert len(seen) > 1
    assert all(type(a) is np.ndarray for a in seen)
    if method in ("BFGS", "trust-exact"):
        np.testing.assert_array_equal(seen[-1], found.x["a"])
        assert len(seen) == found.nit


@pytest.mark.parametrize("method", ["BFGS", "L-BFGS-B", "trust-krylov", "Nelder-Mead", "TNC"])
def test_callback_with_the_state(method):
    seen = []

    def callback(intermediate_result):
        seen.append(intermediate_result)

    optimize.minimize(rosenbrock, np.array([0.9, 1.0]), method=method, callback=callback)
    assert all(state.x.shape == (2,) for state in seen)
    if method != "TNC":
        np.testing.assert_allclose([s.fun for s in seen], [scipy.rosen(s.x) for s in seen])


def test_trust_constr_gives_its_state():
    seen = []
    optimize.minimize(
        lambda t: bowl(t[0]),
        ([[3.0, 2.0]],),
        method="trust-constr",
        callback=lambda x, state: seen.append((x[0], state.x[0], state.grad[0])),
    )
    for x, y, g in seen:
        np.testing.assert_array_equal(x, y)
        np.testing.assert_allclose(g, 2 * (x - 1))
        assert x.shape == (1, 2)


def test_callbacks_may_stop():
    def stop(x):
        raise StopIteration

    found = optimize.minimize(rosenbrock, [0.0, 2.0], callback=stop)
    assert (found.success, found.nit) == (False, 1)


def test_callbacks_without_a_signature():
    seen = []
    optimize.minimize(rosenbrock, [0.0, 2.0], callback=seen.append)
    assert len(seen) > 5


def test_options():
    found = optimize.minimize(rosenbrock, [0.0, 2.0], options={"maxiter": 3, "return_all": True})
    assert (found.success, found.nit) == (False, 3)
    assert len(found.allvecs) == 4
    found = optimize.minimize(
        lambda x: rosenbrock(x[0, 0]), [[[0.0, 2.0]]], method="CG", options={"return_all": True}
    )
    assert {v.shape for v in found.allvecs} == {(1, 1, 2)}


def test_tolerance():
    loose, tight = (optimize.minimize(rosenbrock, [0.0, 2.0], tol=tol) for tol in (1e-1, 1e-10))
    assert loose.nit < tight.nit
    assert np.abs(tight.jac).max() < 1e-10


# Errors


@pytest.mark.parametrize("method", METHODS)
def test_errors_of_the_function_pass_through(method):
    class Mine(Exception):
        pass

    def f(x):
        if np.any(x.data != start):
            raise Mine("from f")
        return rosenbrock(x)

    start = [1.1, 1.2]
    fails(lambda: optimize.minimize(f, start, method=method), Mine, "from f")


@pytest.mark.parametrize("method", ["SLSQP", "trust-constr", "COBYLA", "COBYQA"])
def test_errors_of_constraints_pass_through(method):
    def fun(x):
        return F.reshape(x, (5, 5))

    fails(
        lambda: optimize.minimize(
            bowl, [3.0, 2.0], method=method, constraints={"type": "eq", "fun": fun}
        ),
        ValueError,
        "reshape",
    )


@pytest.mark.parametrize("method", ["BFGS", "Nelder-Mead", "trust-exact", "SLSQP"])
@pytest.mark.parametrize(
    ("result", "words"),
    [
        (None, ["minimize of <lambda>: the function returned None"]),
        (lambda x: x, ["the function must return one number, got shape (2,)"]),
        (lambda x: (x[0], x[1]), ["must return one number, got a tuple"]),
        (lambda x: "no", ["minimize of <lambda>: in the result"]),
    ],
)
def test_what_is_no_number(method, result, words):
    f = lambda x: result(x) if result else None  # noqa: E731
    fails(lambda: optimize.minimize(f, [1.0, 2.0], method=method), TypeError, *words)


@pytest.mark.parametrize(
    ("x0", "error", "words"),
    [
        ([1j, 2.0], TypeError, ["x0 must be real numbers", "complex128"]),
        ("no", TypeError, ["x0 must be real numbers"]),
        (object(), TypeError, ["got a object"]),
        ({"a": [1.0], "b": "no"}, TypeError, ["x0 must be real numbers"]),
        ([], ValueError, ["x0 has no elements"]),
        ({}, ValueError, ["x0 has no elements"]),
        (None, ValueError, ["x0 has no elements"]),
        ([1.0, [2.0, 3.0]], ValueError, ["rows of different lengths", "a tuple or dict"]),
        (np.zeros((0, 3)), ValueError, ["x0 has no elements"]),
    ],
)
def test_starts_that_are_none(x0, error, words):
    f = Counted(bowl)
    fails(lambda: optimize.minimize(f, x0), error, "minimize: ", *words)
    assert f.calls == 0


@pytest.mark.parametrize(
    ("method", "hess", "error", "words"),
    [
        ("BFGS", "dense", ValueError, ["method BFGS does not take hess='dense'"]),
        (None, "product", ValueError, ["method None does not take hess='product'"]),
        ("dogleg", "product", ValueError, ["method dogleg does not take hess='product'"]),
        ("Powell", "dense", ValueError, ["method Powell"]),
        ("Newton-CG", scipy.BFGS(), ValueError, ["Newton-CG takes no BFGS() as hess"]),
        ("trust-constr", "full", TypeError, ["hess must be None, 'dense', 'product'", "'full'"]),
        ("trust-ncg", scipy.rosen_hess, TypeError, ["derivatives are computed"]),
        ("newton", None, ValueError, ["newton"]),
    ],
)
def test_methods_that_do_not_fit(method, hess, error, words):
    fails(lambda: optimize.minimize(bowl, [3.0], method=method, hess=hess), error, *words)


def test_without_scipy(tmp_path):
    (tmp_path / "scipy.py").write_text("raise ModuleNotFoundError('no scipy')\n")
    program = (
        "from autograd import optimize\n"
        "try: optimize.minimize(lambda x: x, 1.0)\n"
        "except ModuleNotFoundError as e: print(e)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    assert done.stderr == ""
    assert done.stdout == "minimize needs SciPy: pip install 'autograd-rs[optimize]'\n"
