"""NumPy on the other side: ufuncs, arrays on the left, conversion, dtypes."""

import operator
import warnings
from typing import NamedTuple

import numpy as np
import pytest

import autograd as ag
from autograd import Variable
from autograd import functions as F
from autograd.testing import check_grads
from support import fails

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


ARRAY_FUNCTIONS = [
    (np.sum, np.ones((2, 3)), {}),
    (np.sum, np.ones((2, 3)), {"axis": 0, "keepdims": True}),
    (np.mean, np.arange(6.0).reshape(2, 3), {"axis": 1}),
    (np.var, np.arange(4.0), {}),
    (np.max, np.arange(4.0), {}),
    (np.prod, np.arange(1.0, 4.0), {}),
    (np.cumsum, np.arange(4.0), {"axis": 0}),
    (np.clip, np.arange(4.0), {"a_min": 1.0, "a_max": 2.0}),
    (np.reshape, np.arange(4.0), {"shape": (2, 2)}),
    (np.transpose, np.ones((2, 3)), {}),
    (np.expand_dims, np.ones(3), {"axis": 0}),
    (np.roll, np.arange(4.0), {"shift": 1}),
    (np.tril, np.ones((3, 3)), {}),
    (np.sort, np.array([3.0, 1.0, 2.0]), {}),
    (np.linalg.inv, 2.0 * np.eye(2), {}),
    (np.linalg.det, 2.0 * np.eye(2), {}),
    (np.linalg.norm, np.array([3.0, 4.0]), {}),
]


@pytest.mark.parametrize(("f", "a", "kwargs"), ARRAY_FUNCTIONS)
def test_numpy_array_functions_are_recorded(f, a, kwargs):
    v = Variable(a)
    got = f(v, **kwargs)
    assert type(got) is Variable
    assert got.creator is not None
    np.testing.assert_allclose(got.data, f(a, **kwargs), rtol=1e-15)


def test_numpy_array_functions_of_several_operands():
    a, b = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    v = Variable(a)
    for got, want in [
        (np.concatenate([v, b]), np.concatenate([a, b])),
        (np.stack([b, v], axis=1), np.stack([b, a], axis=1)),
        (np.where(a > 1.5, v, b), np.where(a > 1.5, a, b)),
        (np.dot(v, b), np.dot(a, b)),
        (np.einsum("i,j->ij", v, b), np.outer(a, b)),
        (np.linalg.solve(2.0 * np.eye(2), v), a / 2.0),
    ]:
        assert type(got) is Variable
        np.testing.assert_allclose(got.data, want)
        v.cleargrad()
        got.backward()
        assert v.grad is not None


def test_numpy_split_counts_positions():
    a = np.arange(7.0)
    for at in ([2, 5], [0, 9], [5, 2], [-3], (1, 2), np.array([1, 3]), np.array([7])):
        got, want = np.split(Variable(a), at), np.split(a, at)
        assert len(got) == len(want)
        for g, w in zip(got, want, strict=True):
            np.testing.assert_array_equal(g.data, w)


def test_numpy_functions_that_are_not_here_give_arrays():
    v = Variable([3.0, 1.0, 2.0], requires_grad=False)
    assert np.median(v) == 2.0
    assert np.allclose(v, [3.0, 1.0, 2.0])
    assert np.shape(v) == (3,)
    assert type(np.fft.fft(v)) is np.ndarray
    with pytest.raises(TypeError):
        np.sum(v, dtype=np.float32)
    assert type(np.column_stack(Pair(v, v))) is np.ndarray
    for test in (np.isfinite, np.isnan, np.signbit):
        np.testing.assert_array_equal(test(v), test(v.data))
    np.testing.assert_array_equal(np.logical_and(v, [1, 0, 1]), [True, False, True])
    np.testing.assert_array_equal(np.where(v > 1.5)[0], [0, 2])


class Pair(NamedTuple):
    first: object
    second: object


def test_numpy_linalg_has_meanings_of_its_own():
    a = np.arange(18.0).reshape(2, 3, 3) ** 2
    v = Variable(a)
    np.testing.assert_array_equal(np.linalg.trace(v).data, np.linalg.trace(a))
    np.testing.assert_array_equal(np.linalg.diagonal(v).data, np.linalg.diagonal(a))
    shapes = [part.shape for part in np.linalg.svd(Variable(np.ones((4, 2))))]
    assert shapes == [(4, 4), (2,), (2, 2)]
    assert type(np.linalg.matmul(v, a)) is Variable


def test_numpy_arguments_that_ask_for_nothing():
    a = np.array([[0.4, 1.6], [2.5, -0.5]])
    v = Variable(a)
    for call in (
        lambda x: np.sum(x, axis=0, dtype=None, out=None),
        lambda x: np.std(x, ddof=0),
        lambda x: np.reshape(x, (4,), order="C"),
        lambda x: np.sort(x, kind="stable"),
        lambda x: np.einsum("ij->ji", x, optimize=True),
        lambda x: np.concatenate([x, x], out=None),
        lambda x: np.round(x),
        lambda x: np.lib.stride_tricks.sliding_window_view(x, 2, axis=1),
    ):
        assert type(call(v)) is Variable
        np.testing.assert_array_equal(call(v).data, call(a))
    with pytest.raises(TypeError):
        np.std(v, ddof=1)


A = np.random.default_rng(5).standard_normal((3, 4))
W = np.array([0.5, 2.0, 1.0, 3.0])


@pytest.mark.parametrize(
    "f",
    [
        np.diff,
        lambda x: np.diff(x, 2, axis=0),
        lambda x: np.diff(x, n=0),
        np.average,
        lambda x: np.average(x, axis=1, weights=W),
        lambda x: np.average(x, -1, W, keepdims=True),
        lambda x: np.average(x, weights=A**2),
        lambda x: np.average(x, (0,), [1.0, 2.0, 0.5]),
        lambda x: np.average(x, (1, 0), A.T**2),
        lambda x: np.average(x, (-2, 1), A**2 + 1),
        lambda x: np.average(A[0], weights=x[1] ** 2),
        lambda x: np.append(x, W),
        lambda x: np.append(x, W[None], axis=0),
        lambda x: np.append(W, x),
        np.flipud,
        np.fliplr,
    ],
)
def test_numpy_functions_that_are_put_together(f):
    v = Variable(A)
    y = f(v)
    np.testing.assert_allclose(y.data, f(A), rtol=1e-14)
    check_grads(f, A)


def test_numpy_functions_that_are_not_recorded():
    v = Variable([1.0, 2.0, 4.0])
    with pytest.warns(RuntimeWarning, match=r"numpy.median is not recorded.*constant") as caught:
        assert np.median(v) == 2.0
    assert caught[0].filename == __file__
    with pytest.warns(RuntimeWarning, match="numpy.array_split"):
        np.array_split(v, 2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.median(v.data), np.median(Variable([1.0], requires_grad=False))
        np.allclose(v, 1.0), np.isclose(v, 1.0), np.zeros_like(v), np.searchsorted(v, 2.0)
        with ag.no_grad():
            np.median(v)
    fails(lambda: np.diff(v, -1), ValueError, "diff: n", "-1")
    fails(lambda: np.diff(v, axis=5), IndexError, "diff: axis 5")
    assert np.diff(Variable(1.0), 0).item() == 1.0
    fails(lambda: np.average(v, weights=[1.0, 2.0]), ValueError, "average: weights", "(2,)", "(3,)")
    fails(lambda: np.average(v, weights=[1.0, -1.0, 0.0]), ZeroDivisionError, "average")


@pytest.mark.parametrize(
    ("call", "name", "argument"),
    [
        (lambda v: np.linalg.svd(v, compute_uv=False), "numpy.linalg.svd", "'compute_uv'"),
        (lambda v: np.sum(v, where=v > 0), "numpy.sum", "'where'"),
        (lambda v: np.mean(v, dtype="f4"), "numpy.mean", "'dtype'"),
        (lambda v: np.clip(v, 0, 1, out=np.ones((2, 2))), "numpy.clip", "'out'"),
        (lambda v: np.einsum("ij->i", v, order="K"), "numpy.einsum", "'order'"),
        (lambda v: np.sum(v, 0, None, None, True), "numpy.sum", "3 positional arguments"),
        (lambda v: np.linalg.svd(v, True, False), "numpy.linalg.svd", "2 positional arguments"),
    ],
)
def test_numpy_arguments_that_are_not_here(call, name, argument):
    v = Variable(np.eye(2))
    fails(lambda: call(v), TypeError, f"{name}: ", argument, "supported for a Variable", "v.data")


def test_numpy_keeps_other_errors():
    v = Variable(np.eye(2))
    fails(lambda: np.sum(v, axis="x"), TypeError, "sum: axis must be an int", "str")
    np.testing.assert_array_equal(np.clip(v, min=0.5).data, np.clip(v.data, 0.5, None))
    np.testing.assert_array_equal(np.clip(v, a_max=0.5, a_min=None).data, v.data / 2)


def test_arrays_that_are_not_aligned():
    a = np.frombuffer(b"HEAD " + np.arange(3.0).tobytes(), "f8", offset=5)
    np.testing.assert_array_equal((Variable(a) + a).data, 2 * np.arange(3.0))
    at = np.frombuffer(b"!" + np.array([2, 0]).tobytes(), "i8", offset=1)
    np.testing.assert_array_equal(F.take(Variable(a), at).data, [2.0, 0.0])


def test_int():
    assert int(Variable(4.7)) == 4
    with pytest.raises(ValueError, match="one element"):
        int(Variable([1.0, 2.0]))


def test_numpy_positive_and_methods_of_its_functions():
    v = Variable([1.0, -2.0])
    np.positive(v).backward()
    np.testing.assert_array_equal(v.grad.data, [1.0, 1.0])
    fails(
        lambda: np.add.reduce(v), TypeError, "numpy.add.reduce cannot", "numpy.add.reduce(v.data)"
    )
