"""Powers by a number: common exponents have their own kernels, which agree with the general one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Variable
from autograd import functions as F
from support import LAYOUTS, strided

EXPONENTS = (-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 2.5)
EDGES = [0.0, -0.0, 1.0, -1.5, np.inf, -np.inf, np.nan, 1e-30, -1e30]
dtypes = pytest.mark.parametrize("dtype", [np.float64, np.float32])


def derivatives(power, x, fused):
    """The value and three derivatives. If `fused`, the last is computed without recording."""
    y = power(x)
    out = [y.data]
    for left in (2, 1, 0):
        x.cleargrad()
        if y.creator is None:  # constant from here on
            return out + [np.zeros(x.shape)] * (left + 1)
        y.backward(np.ones(y.shape, y.dtype), create_graph=left > 0 or not fused)
        if x.grad is None:
            return out + [np.zeros(x.shape)] * (left + 1)
        y = x.grad
        out.append(y.data)
    return out


@dtypes
@pytest.mark.parametrize("fused", [False, True])
@pytest.mark.parametrize("exponent", EXPONENTS)
def test_a_number_is_as_good_as_an_array_of_it(exponent, fused, dtype):
    x = np.array(EDGES, dtype)
    with np.errstate(all="ignore"):
        got = derivatives(lambda x: x**exponent, Variable(x), fused)
        each = np.full(x.shape, exponent, dtype)
        want = derivatives(lambda x: x**each, Variable(x), fused)
    for g, w in zip(got, want, strict=True):
        np.testing.assert_allclose(g, w, rtol=1e-6 if dtype == np.float32 else 1e-14)
    assert got[0].dtype == dtype


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("exponent", EXPONENTS)
def test_operands_may_lie_anywhere(exponent, layout):
    x = strided(np.linspace(0.5, 2.0, 12).reshape(3, 4), layout)
    y = x**exponent
    y.backward(np.ones(y.shape), retain_grad=True)
    np.testing.assert_allclose(y.data, x.data**exponent)
    np.testing.assert_allclose(x.grad.data, exponent * x.data ** (exponent - 1), atol=1e-15)


@dtypes
@given(
    st.sampled_from(EXPONENTS),
    st.lists(st.floats(0.125, 8.0, width=32), min_size=1, max_size=40),
    st.booleans(),
)
def test_derivatives_are_those_of_the_formula(dtype, exponent, values, fused):
    x = Variable(np.array(values, dtype))
    got = derivatives(lambda x: x**exponent, x, fused)
    factor, base = 1.0, x.data.astype(np.float64)
    for order, g in enumerate(got):
        want = factor * base ** (exponent - order)
        np.testing.assert_allclose(g, want, rtol=2e-5 if dtype == np.float32 else 1e-12)
        factor *= exponent - order


def test_the_exponent_has_its_gradient_too():
    x = Variable(np.array([1.5, 2.0]))
    c = Variable(2.0)
    y = x**c
    y.backward(np.ones(2), create_graph=True)
    np.testing.assert_allclose(c.grad.data, np.sum(x.data**2 * np.log(x.data)))
    mixed = F.sum(x.grad)
    c.cleargrad()
    mixed.backward()
    want = x.data + 2 * x.data * np.log(x.data)
    np.testing.assert_allclose(c.grad.data, np.sum(want))
