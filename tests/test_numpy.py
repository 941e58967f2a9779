"""NumPy on the other side: ufuncs, arrays on the left, conversion, dtypes."""

import operator

import numpy as np
import pytest

from autograd import Variable
from autograd import functions as F

OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]

# NumPy on the other side


def test_numpy_functions():
    a = np.array([0.5, 1.5])
    v = Variable(a)
    for ufunc in (np.sin, np.cos, np.tanh, np.exp, np.log, np.sqrt, np.square, np.negative):
        got = ufunc(v)
        assert type(got) is Variable
        np.testing.assert_allclose(got.data, ufunc(a), rtol=1e-15)
        assert got.creator is not None
    for ufunc in (np.add, np.subtract, np.multiply, np.divide, np.power, np.maximum, np.minimum):
        for x, y in ((v, a), (a, v), (v, v), (v, 2.0)):
            got = ufunc(x, y)
            assert type(got) is Variable
            np.testing.assert_allclose(got.data, ufunc(np.asarray(x), np.asarray(y)), rtol=1e-15)


def test_numpy_scalars_and_arrays_on_the_left():
    x = Variable([1.0, 2.0])
    for y in (np.float64(3.0) * x, np.array([3.0, 3.0]) * x, np.array(3.0) * x):
        assert type(y) is Variable
        x.cleargrad()
        y.backward()
        np.testing.assert_array_equal(x.grad.data, [3.0, 3.0])


def test_numpy_conversion():
    v = Variable([1.0, 2.0])
    a = np.asarray(v)
    assert np.shares_memory(a, v.data)
    assert not a.flags.writeable
    copy = np.array(v)
    assert not np.shares_memory(copy, v.data)
    copy[0] = 9.0
    assert v.at(0) == 1.0
    assert np.asarray(v, dtype=np.float32).dtype == np.float32
    with pytest.raises(ValueError, match="copy"):
        np.array(v, dtype=np.float32, copy=False)
    np.testing.assert_array_equal(np.stack([v.data, v.data]), [[1.0, 2.0], [1.0, 2.0]])


def test_numpy_functions_without_a_gradient_say_so():
    v = Variable([1.0, 2.0])
    for call in (lambda: np.cbrt(v), lambda: np.add(v, 1.0, out=np.zeros(2)),
                 lambda: np.add.reduce(v)):  # fmt: skip
        with pytest.raises(TypeError, match=r"numpy\.(cbrt|add)"):
            call()


# Dtypes


def test_dtype_rules():
    narrow, wide = Variable(np.float32(2.0)), Variable(2.0)
    vector = Variable(np.ones(2, np.float32))
    for op in OPERATORS:
        for x in (narrow, vector):
            # Python's numbers are weak.
            for weak in (2, 2.0, True):
                assert op(x, weak).dtype == op(weak, x).dtype == np.float32
            assert op(x, np.float32(2)).dtype == op(x, np.ones(2, np.float32)).dtype == np.float32
            # NumPy's are not.
            for strong in (np.float64(2.0), np.ones(2), wide, Variable(1), np.int64(2)):
                assert op(x, strong).dtype == op(strong, x).dtype == np.float64


def test_gradients_have_the_dtype_of_their_variable():
    x, y = Variable(np.ones(2, np.float32)), Variable([1.0, 2.0])
    (x * y).backward(create_graph=True)
    assert (x.grad.dtype, y.grad.dtype) == (np.float32, np.float64)
    F.sum(x.grad * x.grad).backward()
    assert y.grad.dtype == np.float64


def test_data_assignment_keeps_the_dtype():
    x = Variable(np.ones(2, np.float32))
    x.data = np.array([1.5, 2.5])
    assert x.dtype == x.data.dtype == np.float32
    x.data = [3, 4]
    np.testing.assert_array_equal(x.data, np.array([3, 4], np.float32), strict=True)
