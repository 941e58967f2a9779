"""Minima within bounds and under constraints."""

import numpy as np
import pytest

from autograd import Variable, optimize
from autograd import functions as F
from minima import Counted, bowl, parts, rosenbrock
from support import fails

scipy = pytest.importorskip("scipy.optimize")


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
