"""Minima by SciPy's methods, with derivatives."""

import functools
import os
import subprocess
import sys

import numpy as np
import pytest

import autograd as ag
from autograd import Variable, optimize
from autograd import functions as F
from minima import GRADIENTS, METHODS, PRODUCTS, SECOND, Counted, bowl, rosenbrock
from support import fails, nodes

scipy = pytest.importorskip("scipy.optimize")


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


def named(x, *, to):
    to.append(x)


@pytest.mark.parametrize("method", ["trust-constr", "BFGS"])
def test_callbacks_that_take_x_alone(method):
    seen = []
    for callback in (
        lambda x: seen.append(x),
        lambda x, **more: seen.append(x),
        functools.partial(named, to=seen),
        seen.append,
    ):
        del seen[:]
        optimize.minimize(bowl, [3.0, 2.0], method=method, callback=callback)
        assert seen
        assert all(x.shape == (2,) for x in seen)


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
