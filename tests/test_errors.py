"""Bad input: the right exception, which names the operation, what it got and what it wanted."""

import gc
import re

import numpy as np
import pytest

import autograd as ag
from autograd import Variable
from autograd import functions as F
from autograd import layers as L
from support import fails, nodes

V23 = Variable(np.ones((2, 3)))
V3 = Variable([1.0, 2.0, 3.0])
V0 = Variable(1.5)
EMPTY = Variable(np.zeros((0, 3)))
FIXED = Variable(2.0, requires_grad=False)
HUGE = (2**40, 2**40)
BINARY = [F.add, F.sub, F.mul, F.div, F.pow, F.maximum, F.minimum]
UNARY = [F.sin, F.cos, F.tanh, F.exp, F.log, F.sqrt, F.square, F.neg]
REDUCTIONS = [F.sum, F.mean, F.max, F.min]
NO_ARRAYS = [None, "text", b"bytes", {}, {1}, object(), 1j, int, lambda: 0, ...]


@pytest.fixture(autouse=True)
def graph_stays_usable():
    before = nodes()
    yield
    # Tracebacks hold operands, in circles; all of them are young.
    gc.collect(1)
    assert nodes() == before
    x = Variable([1.0, 2.0])
    F.sum(x * x + F.exp(x)).backward()
    np.testing.assert_allclose(x.grad.data, 2 * x.data + np.exp(x.data))


def name(f):
    """The same in every process: without addresses."""
    return getattr(f, "__name__", re.sub(" at 0x[0-9a-f]+", "", repr(f)))


# Operands


@pytest.mark.parametrize("f", UNARY + REDUCTIONS, ids=name)
@pytest.mark.parametrize("x", NO_ARRAYS, ids=name)
def test_no_array(f, x):
    fails(lambda: f(x), TypeError, f"{f.__name__}: ", "array", type(x).__name__)


@pytest.mark.parametrize("f", [*BINARY, F.matmul], ids=name)
@pytest.mark.parametrize("x", NO_ARRAYS, ids=name)
def test_no_array_as_one_of_two(f, x):
    for args in ((V3, x), (x, V3), (x, x), (1.0, x)):
        fails(lambda args=args: f(*args), TypeError, f"{f.__name__}: ", type(x).__name__)


@pytest.mark.parametrize(
    "call",
    [
        lambda x: F.sum_to(x, (1,)),
        lambda x: F.broadcast_to(x, (1,)),
        lambda x: F.reshape(x, (1,)),
        lambda x: F.transpose(x),
        lambda x: F.swapaxes(x, 0, 1),
        lambda x: F.clip(x, 0.0, 1.0),
        Variable,
        lambda x: setattr(V3, "data", x),
        lambda x: setattr(V3, "grad", x) if x is not None else Variable(x),
        lambda x: V3.backward(x) if x is not None else Variable(x),
        ag.zeros_like,
    ],
)
@pytest.mark.parametrize("x", NO_ARRAYS, ids=name)
def test_no_array_elsewhere(call, x):
    fails(lambda: call(x), TypeError, type(x).__name__)


@pytest.mark.parametrize("op", ["+", "-", "*", "/", "**", "@"])
@pytest.mark.parametrize("x", NO_ARRAYS, ids=name)
def test_no_array_beside_an_operator(op, x):
    for source in (f"v {op} x", f"x {op} v"):
        # Sequences of Python refuse in their own words.
        fails(lambda s=source: eval(s, {"v": V3, "x": x}), TypeError, "autograd.Variable")


@pytest.mark.parametrize(
    "x",
    [np.array(["a"]), np.array([1j]), np.array([None]), np.array([object()]), ["a"], [None], [1j],
     np.array(["2020"], "M8[Y]"), np.zeros(2, [("a", float)]), [1.0, "x"]],
    ids=name,
)  # fmt: skip
def test_arrays_of_no_real_numbers(x):
    for call, op in ((lambda: Variable(x), "Variable"), (lambda: F.sin(x), "sin"),
                     (lambda: F.add(V3, x), "add"), (lambda: V3 * x, "mul")):  # fmt: skip
        fails(call, TypeError, f"{op}: real numbers are wanted", "dtype")


@pytest.mark.parametrize("x", [[[1, 2], [3]], [1, [2]], [[1], [[2]]], [np.ones(2), np.ones(3)]])
def test_ragged_lists(x):
    for call, op in ((lambda: Variable(x), "Variable"), (lambda: F.exp(x), "exp"),
                     (lambda: F.add(V3, x), "add")):  # fmt: skip
        fails(call, ValueError, f"{op}: ", "inhomogeneous")


@pytest.mark.parametrize(
    "call", [lambda n: Variable(n), lambda n: V0 + n, lambda n: F.sin(n), lambda n: F.clip(V3, n)]
)
@pytest.mark.parametrize("n", [10**400, -(10**400)])
def test_integers_beyond_float64(call, n):
    fails(lambda: call(n), OverflowError, "too large")


@pytest.mark.parametrize("dtype", [int, "int32", bool, complex, np.float16, "M8[s]", object])
def test_wrong_dtypes(dtype):
    for call, op in ((lambda: Variable(1.0, dtype=dtype), "Variable"),
                     (lambda: V3.astype(dtype), "astype"),
                     (lambda: ag.zeros(2, dtype=dtype), "")):  # fmt: skip
        fails(call, TypeError, op, "dtype must be float64 or float32, got")


def test_no_dtypes():
    for dtype in ("no dtype", 7):
        fails(lambda d=dtype: Variable(1.0, dtype=d), TypeError)


# Shapes


@pytest.mark.parametrize("f", BINARY, ids=name)
def test_shapes_that_do_not_broadcast(f):
    fails(lambda: f(V23, np.ones((2, 2))), ValueError, f"{f.__name__}: ", "(2, 3)", "(2, 2)",
          "broadcast")  # fmt: skip
    fails(lambda: f(V3, Variable([1.0, 2.0])), ValueError, "(3,)", "(2,)")
    fails(lambda: f(EMPTY, np.ones((2, 1, 2))), ValueError, "(0, 3)", "(2, 1, 2)")


@pytest.mark.parametrize(
    ("x", "w"),
    [((2, 3), (2, 3)), ((3,), (2,)), ((), (3,)), ((3,), ()), ((2, 3), (2,)), ((2,), (3, 2)),
     ((4, 2, 3), (4, 2, 3)), ((0,), (1, 1))],
)  # fmt: skip
def test_products_that_do_not_fit(x, w):
    for call in (lambda: F.matmul(np.ones(x), Variable(np.ones(w))),
                 lambda: Variable(np.ones(x)) @ np.ones(w)):  # fmt: skip
        fails(call, ValueError, "matmul: ", str(x), str(w), "transpose")


def test_stacks_that_do_not_fit():
    fails(lambda: F.matmul(np.ones((2, 3, 4)), np.ones((5, 4, 3))), ValueError, "matmul: ", "(2,)",
          "(5,)")  # fmt: skip


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: F.reshape(V23, (4, 2)), ["reshape: ", "(2, 3)", "6 elements", "(4, 2)"]),
        (lambda: V23.reshape(5), ["reshape: ", "(5,)"]),
        (lambda: V23.reshape(-1, -1), ["reshape: ", "(-1, -1)"]),
        (lambda: V23.reshape(-2, 3), ["reshape: ", "(-2, 3)"]),
        (lambda: V23.reshape(4, -1), ["reshape: ", "(4, -1)"]),
        (lambda: EMPTY.reshape(0, -1), ["reshape: ", "(0, -1)"]),
        (lambda: F.reshape(V23, (2**62, 4)), ["reshape: "]),
        (lambda: F.broadcast_to(V23, (3, 3)), ["broadcast_to: ", "(2, 3)", "(3, 3)"]),
        (lambda: F.broadcast_to(V23, (3,)), ["broadcast_to: ", "(3,)"]),
        (lambda: F.broadcast_to(V3, (-1, 3)), ["broadcast_to: ", "negative", "-1"]),
        (lambda: F.sum_to(V23, (3, 1)), ["sum_to: ", "(2, 3)", "(3, 1)"]),
        (lambda: F.sum_to(V3, (2, 3)), ["sum_to: ", "(2, 3)"]),
        (lambda: F.sum_to(V3, (-3,)), ["sum_to: ", "negative"]),
        (lambda: setattr(V3, "data", [1.0]), ["data: ", "(3,)", "(1,)"]),
        (lambda: setattr(V3, "grad", [1.0]), ["grad: ", "(3,)", "(1,)"]),
        (lambda: setattr(V3, "grad", V0), ["grad: ", "(3,)", "()"]),
        (lambda: F.sin(V3).backward([1.0]), ["backward: ", "(3,)", "(1,)"]),
        (lambda: V0.backward([[1.0]]), ["backward: ", "()", "(1, 1)"]),
        (lambda: V3.item(), ["item: ", "one element", "(3,)"]),
        (lambda: float(V23), ["float: ", "one element", "(2, 3)"]),
        (lambda: float(EMPTY), ["float: ", "(0, 3)"]),
        (lambda: bool(V3), ["truth value"]),
        (lambda: F.max(EMPTY), ["max: ", "empty", "(0, 3)"]),
        (lambda: F.min(EMPTY, axis=0), ["min: ", "empty", "(0, 3)"]),
        (lambda: F.clip(V3, 2.0, 1.0), ["clip: ", "min=2", "max=1"]),
        (lambda: F.clip(V3, float("nan"), 1.0), ["clip: ", "NaN"]),
        (lambda: F.clip(V3, max=float("nan")), ["clip: ", "NaN"]),
    ],
)  # fmt: skip
def test_wrong_values(call, words):
    fails(call, ValueError, *words)


# Axes and indices


@pytest.mark.parametrize("f", REDUCTIONS, ids=name)
def test_axes(f):
    op = f"{f.__name__}: "
    for axis in (2, -3, (0, 2), 10**12):
        fails(lambda a=axis: f(V23, axis=a), ValueError, op, "out of bounds", "2 dim")
    fails(lambda: f(V0, axis=0), ValueError, op, "out of bounds")
    for axis in ((0, 0), (1, -1)):
        fails(lambda a=axis: f(V23, axis=a), ValueError, op, "twice")
    for axis in (1.0, "0", (0, 1.0), ("a",), True, object(), V3):
        fails(lambda a=axis: f(V23, axis=a), TypeError, op, "axis must be an int")
    fails(lambda: f(V23, axis=10**30), OverflowError)


def test_permutations():
    for axes in ((0, 0), (0,), (0, 1, 2), (0, 2), (-3, 0), ()):
        fails(
            lambda a=axes: F.transpose(V23, a), ValueError, "transpose: ", "permutation", "2 axes"
        )
    fails(lambda: F.transpose(V23, "ab"), TypeError, "transpose: ")
    fails(lambda: F.swapaxes(V23, 0, 2), ValueError, "swapaxes: ", "axis 2", "2 dim")
    fails(lambda: F.swapaxes(V23, -3, 0), ValueError, "swapaxes: ", "axis -3")
    fails(lambda: F.swapaxes(V0, 0, 0), ValueError, "swapaxes: ")
    fails(lambda: F.swapaxes(V23, 0.5, 0), TypeError)


@pytest.mark.parametrize("f", [F.reshape, F.sum_to, F.broadcast_to], ids=name)
def test_shapes_of_wrong_types(f):
    for shape in (1.5, "ab", (1.0,), None, {"a": 1}, (2, None), True, object()):
        fails(lambda s=shape: f(V3, s), TypeError, f"{f.__name__}: ", "shape must be an int")


@pytest.mark.parametrize(
    ("index", "words"),
    [
        (3, ["index 3", "axis 0", "size 3"]),
        (-4, ["index -4", "axis 0", "size 3"]),
        ((0, 0), ["2 indices", "(3,)"]),
        ((..., ...), ["ellipsis"]),
        (10**30, ["too large"]),
        ("a", ["str"]),
        (1.0, ["float"]),
        ((None, 5), ["index 5", "axis 0"]),
        (object(), ["object"]),
    ],
)
def test_indices(index, words):
    fails(lambda: V3[index], IndexError, "getitem: ", *words)
    fails(lambda: V0[0], IndexError, "getitem: ", "()")


def test_slices():
    fails(lambda: V3[::0], ValueError, "zero")
    fails(lambda: V3["a":], TypeError)
    fails(lambda: V3.at(), IndexError, "at: ", "got 0 for 1")
    fails(lambda: V3.at(0, 0), IndexError, "at: ", "got 2 for 1")
    fails(lambda: V3.at(3), IndexError, "index 3")
    for index in (slice(0, 2), slice(1), ..., None):
        fails(lambda i=index: V3.at(i), (IndexError, TypeError), "at: ")


# Memory


@pytest.mark.parametrize(
    "call",
    [
        lambda: ag.zeros((10**9, 10**9)),
        lambda: ag.ones(2**62),
        lambda: F.broadcast_to(V0, HUGE),
        lambda: F.broadcast_to(V0, (2**62,)),
        lambda: F.broadcast_to(V0, (2**40,)) + 1.0,
        lambda: F.exp(F.broadcast_to(V0, (2**40,))),
        lambda: F.matmul(F.broadcast_to(V0, (2**30, 1)), F.broadcast_to(V0, (1, 2**30))),
        lambda: F.add(F.broadcast_to(V0, (2**40, 1)), F.broadcast_to(V0, (1, 2**40))),
        lambda: F.reshape(F.broadcast_to(V3, (2**40, 3)), (-1,)),
    ],
)
def test_too_large(call):
    fails(call, (MemoryError, ValueError))


# Arguments


@pytest.mark.parametrize("f", UNARY, ids=name)
def test_number_of_arguments(f):
    for args in ((), (V3, V3)):
        fails(lambda a=args: f(*a), TypeError, f.__name__)


@pytest.mark.parametrize("f", [*BINARY, F.matmul], ids=name)
def test_number_of_two_arguments(f):
    for args in ((), (V3,), (V3, V3, V3)):
        fails(lambda a=args: f(*a), TypeError, f.__name__)
    fails(lambda: f(V3, y=V3), TypeError, f.__name__)


def test_other_arguments():
    fails(lambda: F.sum(V3, axes=0), TypeError, "sum", "axes")
    fails(lambda: F.sum(V3, 0, False, 1), TypeError, "sum")
    fails(lambda: F.sum(V3, keepdims="yes"), TypeError, "keepdims")
    fails(lambda: F.clip(V3, "a"), TypeError, "min")
    fails(lambda: F.clip(V3, 0, 1, 2), TypeError, "clip")
    fails(lambda: V3.backward(create=True), TypeError, "backward")
    fails(lambda: V3.backward(None, True), TypeError, "backward")
    fails(lambda: V3.backward(create_graph=1), TypeError, "create_graph")
    fails(lambda: Variable(), TypeError, "data")
    fails(lambda: Variable(1.0, grad=1), TypeError, "grad")
    fails(lambda: Variable(1.0, name=1), TypeError, "name")
    fails(lambda: pow(V3, 2, 3), TypeError)
    fails(lambda: ag.normal(3, std=-1.0), ValueError, "normal: ", "-1.0")


def test_attributes():
    fails(lambda: setattr(V3, "shape", (1, 3)), AttributeError)
    fails(lambda: setattr(V3, "other", 1), AttributeError, "other")
    fails(lambda: V3.missing, AttributeError, "missing")
    fails(lambda: delattr(V3, "data"), (AttributeError, TypeError))
    fails(lambda: V3.__setitem__(0, 1.0), AttributeError)
    fails(lambda: type("Sub", (Variable,), {}), TypeError)


def test_backward_without_anything_to_differentiate():
    for v in (FIXED, FIXED * 2.0, F.sin(FIXED)):
        fails(v.backward, RuntimeError, "backward: ", "requires_grad=False")


def test_a_freed_graph():
    x = Variable(2.0)
    y = F.exp(x * x)
    y.backward(retain_graph=False)
    fails(y.backward, RuntimeError, "backward: ", "freed", "retain_graph=False")


@pytest.mark.parametrize(
    "call",
    [
        lambda v: F.clip(V3, v, 2.0),
        lambda v: F.clip(V3, max=v),
        lambda v: V3.clip(v),
        lambda v: F.soft_clip(V3, 0.0, v),
        lambda v: F.elu(V3, v),
        lambda v: F.leaky_relu(V3, v),
        lambda v: F.huber(V3, 1.0, v),
        lambda v: F.cross_entropy(V23, [0, 1], label_smoothing=v),
        lambda v: F.cross_entropy_simple(V23, [0, 1], label_smoothing=v),
        lambda v: F.layer_norm_simple(V3, eps=v),
        lambda v: F.dropout(V3, v),
        lambda v: F.norm(V3, v),
        lambda v: F.pinv(V23, v),
        lambda v: F.pad(V3, 1, constant_values=v),
        lambda v: L.Dropout(v)(V3),
    ],
)
def test_parameters_take_no_gradient(call):
    fails(lambda: call(Variable(0.5)), TypeError, "Variable", "no gradient")
    assert call(Variable(0.5, requires_grad=False)) is not None


def test_labels_beyond_int64():
    huge = np.array([2**64 - 100], np.uint64)
    fails(lambda: F.cross_entropy(np.zeros((1, 2)), huge), ValueError, "cross_entropy: ", "int64")
