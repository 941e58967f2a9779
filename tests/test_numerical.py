"""Finite differences: recorded ones, and against derivatives that are known."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

import autograd as ag
from autograd import Variable, numerical
from autograd import functions as F
from autograd.testing.strategies import arrays, shapes
from support import fails, nodes

GOLDEN = json.loads(
    Path(__file__).with_name("data").joinpath("golden_numerical.json").read_text("utf-8")
)
RATIONAL = (np.array([[0.5, -1.0], [2.0, 0.25]]), np.array([3.0, -0.5]))


def array(recorded):
    return np.array(recorded["data"]).reshape(recorded["shape"])


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case["fn"])
@pytest.mark.parametrize("make", [Variable, np.asarray])
def test_diff_is_that_of_the_go_library(case, make):
    got = numerical.diff(getattr(F, case["fn"]), [make(array(case["x"]))])
    assert isinstance(got, Variable)
    assert got.creator is None
    np.testing.assert_allclose(got.data, array(case["d"]), rtol=1e-9)


def test_diff_moves_every_element_of_every_argument():
    got = numerical.diff(lambda x, y: x[0] * y, [Variable([2.0, 5.0]), 3.0])
    np.testing.assert_allclose(got.data, 5.0, rtol=1e-9)  # of (2 + h) (3 + h) by h


def test_diff_of_float32():
    got = numerical.diff(F.square, [np.array([1.0, 2.0], np.float32)], h=0.125)
    assert got.dtype == np.float32
    np.testing.assert_array_equal(got.data, [2.0, 4.0])


@given(arrays(shapes(max_dims=2), domain=(0.3, 3.0)))
def test_gradient_of_elementwise_functions(x):
    pairs = [(F.log, 1 / x), (F.sin, np.cos(x)), (F.exp, np.exp(x)), (F.sqrt, 0.5 / np.sqrt(x))]
    for f, want in pairs:
        got = numerical.gradient(f, x)
        assert (type(got), got.shape, got.dtype) == (np.ndarray, x.shape, x.dtype)
        np.testing.assert_allclose(got, want, rtol=1e-9)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_gradient_of_several_arguments(dtype):
    x, y = (a.astype(dtype) for a in RATIONAL)
    dx, dy = numerical.gradient(lambda x, y: F.sum(x @ y) ** 2, x, Variable(y))
    assert dx.dtype == dy.dtype == dtype
    total = 2 * (x @ y).sum()
    # Values of float32 are widened, so only the result is rounded.
    tolerance = 1e-9 if dtype == np.float64 else 1e-6
    np.testing.assert_allclose(dx, total * np.array([y, y]), rtol=tolerance)
    np.testing.assert_allclose(dy, total * x.sum(0), rtol=tolerance)


def test_steps_follow_the_size_of_elements():
    x = np.array([1e-2, 1.0, 1e6, -1e6])
    np.testing.assert_allclose(numerical.gradient(lambda x: x**3, x), 3 * x**2, rtol=1e-8)
    np.testing.assert_allclose(numerical.gradient(F.cos, np.zeros(2)), 0.0, atol=1e-10)


def test_jacobian_of_matrix_product():
    x, y = RATIONAL
    dx, dy = numerical.jacobian(F.matmul, x, y)
    want = np.zeros((2, 2, 2))
    want[0, 0] = want[1, 1] = y
    np.testing.assert_allclose(dx, want, atol=1e-9)
    np.testing.assert_allclose(dy, x, atol=1e-9)


def test_jacobian_agrees_with_the_analytic_one():
    x = np.linspace(-1, 1, 6).reshape(2, 3)
    got = numerical.jacobian(F.softmax, x)
    assert got.shape == (2, 3, 2, 3)
    np.testing.assert_allclose(got, ag.jacobian(F.softmax)(x).data, atol=1e-10)


def test_numbers_and_plain_functions():
    got = numerical.gradient(lambda x: float(x.data) ** 2, 3)
    assert got.shape == ()
    np.testing.assert_allclose(got, 6.0, rtol=1e-9)
    assert numerical.jacobian(lambda x: x.data * 2, np.zeros((2, 0))).shape == (2, 0, 2, 0)


def test_functions_that_compute_in_float32():
    got = numerical.gradient(lambda x: F.sin(x.astype("float32")), np.array([0.3, 1.0]))
    np.testing.assert_allclose(got, np.cos([0.3, 1.0]), rtol=1e-4)

    def strict(x):
        if x.dtype != np.float32:
            raise TypeError("float32 only")
        return F.sin(x)

    got = numerical.gradient(strict, np.array([0.3, 1.0], np.float32))
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, np.cos([0.3, 1.0]), rtol=1e-4)
    fails(lambda: numerical.gradient(strict, 0.3), TypeError, "float32 only")


def test_of_functions_that_differentiate():
    def derivative(x):
        F.sum(F.sin(x)).backward(create_graph=True)
        return x.grad

    np.testing.assert_allclose(numerical.gradient(derivative, 0.5), -np.sin(0.5), rtol=1e-9)


def test_arguments_stay_as_they_are():
    x, w = Variable([1.0, 2.0]), Variable([3.0, 4.0])
    before = nodes()
    numerical.gradient(lambda x: x * w, x)
    numerical.diff(lambda x: x * w, [x])
    assert nodes() == before
    assert x.grad is None
    assert w.grad is None
    np.testing.assert_array_equal(x.data, [1.0, 2.0])


@pytest.mark.parametrize("h", [0, -1e-3, float("nan"), float("inf")])
def test_bad_steps(h):
    fails(lambda: numerical.diff(F.sin, [1.0], h), ValueError, "diff: the step h", str(h))
    fails(lambda: numerical.gradient(F.sin, 1.0, h=h), ValueError, "gradient: the step h", str(h))
    fails(lambda: numerical.jacobian(F.sin, 1.0, h=h), ValueError, "jacobian: the step h", str(h))


def test_bad_arguments():
    fails(lambda: numerical.diff(F.sin, Variable([1.0])), TypeError, "xs must be a list")
    fails(lambda: numerical.gradient(F.sin), TypeError, "gradient: ", "at least one argument")
    fails(lambda: numerical.gradient(F.sin, {"a": 1.0}), TypeError, "gradient: ", "dict")
    fails(lambda: numerical.gradient(lambda x: {}, 1.0), TypeError, "must return", "dict")
    fails(lambda: numerical.jacobian(lambda x: None, 1.0), TypeError, "must return", "NoneType")
