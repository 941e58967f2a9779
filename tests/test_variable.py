"""Variables as objects: making them, reading them, operators."""

import math
import operator

import numpy as np
import pytest

import autograd as ag
from autograd import Variable
from autograd import functions as F
from support import fails

# Creation


@pytest.mark.parametrize(
    ("data", "shape", "dtype"),
    [
        (1.0, (), "float64"),
        (3, (), "float64"),
        (True, (), "float64"),
        ([1, 2], (2,), "float64"),
        ([True, False], (2,), "float64"),
        (((1.0, 2.0), (3.0, 4.0)), (2, 2), "float64"),
        ([], (0,), "float64"),
        ([[]], (1, 0), "float64"),
        (np.float64(1.0), (), "float64"),
        (np.float32(1.0), (), "float32"),
        (np.float16(1.0), (), "float32"),
        (np.int8(1), (), "float64"),
        (np.zeros((2, 3), np.float32), (2, 3), "float32"),
        (np.zeros((2, 3), np.uint8), (2, 3), "float64"),
        (np.zeros((2, 0, 3)), (2, 0, 3), "float64"),
        (np.zeros((2, 3), ">f8"), (2, 3), "float64"),
        (np.zeros((2, 3), ">f4"), (2, 3), "float32"),
        (np.zeros((4, 6))[::-2, 1::2].T, (3, 2), "float64"),
        ([np.ones(2), np.zeros(2)], (2, 2), "float64"),
        (range(3), (3,), "float64"),
    ],
)
def test_creation(data, shape, dtype):
    if isinstance(data, range):
        data = list(data)
    v = Variable(data)
    assert (v.shape, v.dtype, v.ndim, v.size) == (shape, dtype, len(shape), math.prod(shape))
    np.testing.assert_array_equal(v.data, np.asarray(data, dtype))
    assert v.grad is v.creator is v.name is None
    assert v.generation == 0
    assert v.requires_grad


def test_creation_from_a_variable():
    x = Variable(np.ones(3, np.float32), name="x")
    y = Variable(x)
    assert y is not x
    assert (y.dtype, y.name, y.creator) == (np.float32, None, None)
    (y * 2).backward()
    assert x.grad is None
    assert Variable(x, dtype="float64").dtype == np.float64


def test_creation_copies():
    a = np.ones(3)
    v = Variable(a)
    a[:] = 5.0
    np.testing.assert_array_equal(v.data, np.ones(3))


def test_creation_options():
    v = Variable([1, 2], name="w", requires_grad=False, dtype=np.float32)
    assert (v.name, v.requires_grad, v.dtype) == ("w", False, np.float32)


def test_variables_in_a_list():
    np.testing.assert_array_equal(Variable([Variable(1.0), 2.0]).data, [1.0, 2.0])


@pytest.mark.parametrize(
    ("made", "want"),
    [
        (lambda: ag.zeros((2, 3)), np.zeros((2, 3))),
        (lambda: ag.zeros(3), np.zeros(3)),
        (lambda: ag.zeros([2, 1]), np.zeros((2, 1))),
        (lambda: ag.zeros(()), np.zeros(())),
        (lambda: ag.zeros(np.int64(3)), np.zeros(3)),
        (lambda: ag.ones(np.array(2)), np.ones(2)),
        (lambda: ag.full((np.uint8(2), 1), 7.0), np.full((2, 1), 7.0)),
        (lambda: ag.zeros(np.array([2, 1])), np.zeros((2, 1))),
        (lambda: ag.ones((2,), dtype="float32"), np.ones(2, np.float32)),
        (lambda: ag.full((2, 2), 7.0), np.full((2, 2), 7.0)),
        (lambda: ag.zeros_like(np.ones((2, 3), np.float32)), np.zeros((2, 3), np.float32)),
        (lambda: ag.ones_like(Variable([1.0, 2.0])), np.ones(2)),
        (lambda: ag.ones_like([1, 2], dtype="float32"), np.ones(2, np.float32)),
        (lambda: ag.arange(4), np.arange(4.0)),
        (lambda: ag.arange(1, 2, 0.25), np.arange(1, 2, 0.25)),
        (lambda: ag.linspace(0, 1, 5, dtype="float32"), np.linspace(0, 1, 5, dtype="float32")),
        (lambda: ag.eye(2), np.eye(2)),
        (lambda: ag.eye(2, 3), np.eye(2, 3)),
    ],
)
def test_creation_functions(made, want):
    v = made()
    assert type(v) is Variable
    assert v.dtype == want.dtype
    np.testing.assert_array_equal(v.data, want, strict=True)
    assert v.creator is None
    assert v.requires_grad


@pytest.mark.parametrize("make", [ag.zeros, ag.ones, ag.rand, ag.randn, ag.normal])
def test_shapes(make):
    assert make(np.int32(3)).shape == (3,)
    for shape in (1.5, None, Variable(2.0)):
        fails(lambda s=shape: make(s), TypeError, f"{make.__name__}: shape must be an int or a tup")
    for shape in (True, "ab", (2, 1.5), [2, False]):
        fails(lambda s=shape: make(s), TypeError, f"{make.__name__}: shape must be an int, got")


@pytest.mark.parametrize("make", [ag.rand, ag.randn, ag.normal])
def test_random(make):
    a, b = make((3, 4), rng=7), make((3, 4), rng=np.random.default_rng(7))
    np.testing.assert_array_equal(a.data, b.data)
    assert make((3, 4)).shape == (3, 4)
    assert np.any(make((3, 4)).data != make((3, 4)).data)
    narrow = make((3, 4), rng=7, dtype="float32")
    np.testing.assert_array_equal(narrow.data, a.data.astype(np.float32))
    source = np.random.default_rng(7)
    assert np.any(make(4, rng=source).data != make(4, rng=source).data)
    with pytest.raises(TypeError, match="rng"):
        make(3, rng="seed")


def test_random_distributions():
    u, n = ag.rand(10_000, rng=0).data, ag.normal(10_000, mean=2.0, std=0.5, rng=0).data
    assert 0.0 <= u.min() < u.max() < 1.0
    assert u.mean() == pytest.approx(0.5, abs=0.02)
    assert (n.mean(), n.std()) == (pytest.approx(2.0, abs=0.03), pytest.approx(0.5, abs=0.03))
    np.testing.assert_array_equal(ag.randn(5, rng=3).data, ag.normal(5, rng=3).data)
    with pytest.raises(ValueError, match="std"):
        ag.normal(3, std=-1.0)


# Reading


def test_data_is_a_read_only_view():
    v = Variable([[1.0, 2.0], [3.0, 4.0]])
    assert not v.data.flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        v.data[0, 0] = 9.0
    with pytest.raises(ValueError, match="WRITEABLE"):
        v.data.flags.writeable = True
    assert np.shares_memory(v.data, v.data)
    assert np.shares_memory(v.data, v.T.data)
    assert np.shares_memory(v.data, v[0].data)


def test_data_outlives_its_variable():
    v = Variable(np.arange(1000.0))
    data = v.data
    del v
    Variable(np.zeros(1000))
    np.testing.assert_array_equal(data, np.arange(1000.0))


def test_layout():
    v = Variable(np.zeros((2, 3, 4), np.float32))
    assert v.strides == (48, 16, 4)
    assert v.T.shape == (4, 3, 2)
    assert v.T.strides == (4, 16, 48)
    assert v[::-1].strides == (-48, 16, 4)
    assert Variable(1.0).strides == ()


def test_elements():
    v = Variable([[1.0, 2.0], [3.0, 4.0]])
    assert v.at(1, 0) == 3.0
    assert v.at(-1, -1) == 4.0
    assert Variable(2.5).at() == Variable(2.5).item() == float(Variable([[2.5]])) == 2.5
    assert type(v.at(0, 0)) is type(Variable(np.float32(1.0)).item()) is float
    assert math.sqrt(Variable(4.0)) == 2.0


def test_truth():
    assert Variable(2.0)
    assert not Variable([0.0])
    assert not Variable(-0.0)
    assert Variable(math.nan)
    for many in ([], [1.0, 2.0]):
        with pytest.raises(ValueError, match="truth value"):
            bool(Variable(many))


def test_len_and_iteration():
    v = Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    assert len(v) == 3
    rows = list(v)
    assert [r.shape for r in rows] == [(2,)] * 3
    a, b, c = v
    (a[0] * b[1] * c[0]).backward()
    np.testing.assert_array_equal(v.grad.data, [[20.0, 0.0], [0.0, 5.0], [4.0, 0.0]])
    assert list(Variable([])) == []
    for f in (len, iter):
        with pytest.raises(TypeError):
            f(Variable(1.0))


def test_hash_is_by_identity():
    x, y = Variable(1.0), Variable(1.0)
    assert {x: "x", y: "y"}[x] == "x"
    h = hash(x)
    x.data = 5.0
    assert hash(x) == h


@pytest.mark.parametrize("op", [operator.lt, operator.le, operator.eq, operator.ne, operator.gt,
                                operator.ge])  # fmt: skip
def test_comparison(op):
    a, b = np.array([1.0, 2.0, 3.0, math.nan]), np.array([[2.0], [math.nan]])
    want = op(a, b)
    for got in (op(Variable(a), Variable(b)), op(Variable(a), b), op(a, Variable(b))):
        assert type(got) is np.ndarray
        assert got.dtype == bool
        np.testing.assert_array_equal(got, want)
    np.testing.assert_array_equal(op(Variable(a), 2), op(a, 2))
    np.testing.assert_array_equal(op(2.0, Variable(a)), op(2.0, a))
    np.testing.assert_array_equal(op(Variable(a), [1, 2, 3, 4]), op(a, [1, 2, 3, 4]))
    assert op(Variable(1.0), 2.0) == op(1.0, 2.0)


def test_comparison_with_something_else():
    assert (Variable(1.0) == "x") is False
    assert (Variable(1.0) != None) is True  # noqa: E711
    with pytest.raises(TypeError):
        Variable(1.0) < "x"  # noqa: B015


@pytest.mark.parametrize(
    ("v", "text"),
    [
        (F.sin(Variable(1.0)), "variable(0.8414709848078965)"),
        (Variable([[0.8414709848078965]]), "variable(0.8414709848078965)"),
        (Variable(np.float32(0.1)), "variable(0.1)"),
        (Variable(np.ones((1, 1), np.float32) * 0.1), "variable(0.1)"),
        (Variable(3), "variable(3.0)"),
        (Variable(-0.0), "variable(-0.0)"),
        (Variable(math.inf), "variable(inf)"),
        (Variable(1e300), "variable(1e+300)"),
        (Variable([1, 2.5]), "variable([1. , 2.5])"),
        (Variable([[1.0, 2.0], [3.0, 4.0]]), "variable([[1., 2.],\n          [3., 4.]])"),
        (Variable([[1.0, 2.0], [3.0, 4.0]], name="w"), "w([[1., 2.],\n   [3., 4.]])"),
        (Variable(1.0, name="größe"), "größe(1.0)"),
        (Variable([]), "variable([])"),
    ],
)
def test_text(v, text):
    assert str(v) == repr(v) == f"{v}" == text


def test_text_of_a_large_array_is_short():
    assert len(str(ag.zeros((1000, 1000)))) < 1000


def test_name():
    x = Variable(1.0)
    x.name = "x"
    assert (x.name, str(x), x.creator) == ("x", "x(1.0)", None)
    x.name = None
    assert (x.name, str(x)) == (None, "variable(1.0)")
    y = Variable(1.0, "y")
    y.data = 2.0
    assert y.name == "y"
    for wrong in (1, b"x"):
        with pytest.raises(TypeError):
            x.name = wrong


# Methods and operators


def test_methods():
    a = np.arange(24.0).reshape(2, 3, 4)
    v = Variable(a)
    for got, want in [
        (v.T, a.T),
        (v.reshape(4, 6), a.reshape(4, 6)),
        (v.reshape((6, -1)), a.reshape(6, -1)),
        (v.reshape(24), a.reshape(24)),
        (v.reshape(-1), a.reshape(-1)),
        (Variable(1.0).reshape(()), np.array(1.0)),
        (v.transpose(), a.T),
        (v.transpose(1, 0, 2), a.transpose(1, 0, 2)),
        (v.transpose((2, 0, -2)), a.transpose(2, 0, 1)),
        (v.astype("float32"), a.astype("float32")),
        (v.sum(), a.sum()),
        (v.sum(1), a.sum(1)),
        (v.mean((0, -1), keepdims=True), a.mean((0, -1), keepdims=True)),
        (v.max(axis=2), a.max(axis=2)),
        (v.min(-1, True), a.min(-1, keepdims=True)),
        (+v, a),
    ]:
        assert type(got) is Variable
        np.testing.assert_array_equal(got.data, want, strict=True)


def test_astype_is_differentiable():
    x = Variable([1.0, 2.0])
    y = x.astype(np.float32)
    (y * y).backward()
    assert (y.dtype, x.grad.dtype) == (np.float32, np.float64)
    np.testing.assert_array_equal(x.grad.data, [2.0, 4.0])


OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]


@pytest.mark.parametrize("op", OPERATORS)
@pytest.mark.parametrize("other", [2, 2.0, True, np.float64(2.0), np.array([2.0, 3.0]), [2.0, 3.0],
                                   (2, 3), np.array(2), np.int64(2)], ids=repr)  # fmt: skip
def test_operators_with_constants(op, other):
    a = np.array([1.5, 2.5])
    v = Variable(a)
    constant = np.asarray(other, float)
    for got, want in ((op(v, other), op(a, constant)), (op(other, v), op(constant, a))):
        assert type(got) is Variable
        assert got.dtype == np.float64
        np.testing.assert_allclose(got.data, want, rtol=1e-15)
        assert got.creator is not None


@pytest.mark.parametrize("op", OPERATORS)
def test_operators_by_attribute(op):
    """`Variable.__add__(a, b)` and the reflected one, as `a + b`."""
    x, y = Variable(3.0), Variable(2.0)
    name = op.__name__
    assert getattr(x, f"__{name}__")(y).item() == op(3.0, 2.0)
    assert getattr(x, f"__r{name}__")(2.0).item() == op(2.0, 3.0)
    assert getattr(x, f"__{name}__")("text") is NotImplemented


def test_matmul_operator():
    a, b = np.arange(6.0).reshape(2, 3), np.arange(12.0).reshape(3, 4)
    for got in (Variable(a) @ Variable(b), Variable(a) @ b, a @ Variable(b)):
        assert type(got) is Variable
        np.testing.assert_array_equal(got.data, a @ b)


def test_operators_leave_unknown_types_to_them():
    class Other:
        def __radd__(self, v):
            return "radd"

        def __rmatmul__(self, v):
            return "rmatmul"

    assert Variable(1.0) + Other() == "radd"
    assert Variable(1.0) @ Other() == "rmatmul"


@pytest.mark.parametrize(
    "same",
    [
        lambda x: F.reshape(x, (3,)),
        lambda x: x.reshape(3),
        F.ravel,
        F.squeeze,
        lambda x: F.roll(x, 0),
        lambda x: F.broadcast_to(x, (3,)),
        lambda x: F.sum_to(x, (3,)),
        lambda x: F.moveaxis(x, 0, 0),
        lambda x: x.astype(np.float64),
    ],
)
def test_a_result_is_a_variable_of_its_own(same):
    """Also where nothing had to be done: what becomes of it does not become of the operand."""
    x = Variable([1.0, 2.0, 3.0])
    y = same(x)
    assert y is not x
    y.backward()
    np.testing.assert_array_equal(x.grad.data, np.ones(3))
    with ag.no_grad():
        z = same(x)
        z -= 1.0
    y.data = np.zeros(3)
    np.testing.assert_array_equal(x.data, [1.0, 2.0, 3.0])


def test_format():
    v = Variable(np.pi)
    assert f"{v:.2f}|{v:>8.3g}" == "3.14|    3.14"
    assert f"{v}" == str(v)
    assert f"{Variable([1.0, 2.0])}" == "variable([1., 2.])"
    assert f"{Variable(np.float32(0.5)):.3f}" == "0.500"
    fails(lambda: f"{Variable([1.0]):.2f}", TypeError, "shape (1,)", ".2f")
    fails(lambda: f"{v:d}", ValueError, "'d'")
