"""Shapes beyond the table: edges that were decided, errors, methods."""

import math

import numpy as np
import pytest

from autograd import Variable
from autograd import functions as F
from support import gradient, same
from test_errors import fails

NAN = math.nan
V0, V3 = Variable(1.5), Variable([1.0, 2.0, 3.0])
V23 = Variable(np.arange(6.0).reshape(2, 3))
EMPTY = Variable(np.zeros((0, 3)))


# Joining and cutting


def test_joining_several_dtypes():
    narrow, wide = Variable(np.ones(2, np.float32)), Variable(np.ones(3))
    y = F.concat([narrow, wide])
    y.backward()
    assert (y.dtype, narrow.grad.dtype, wide.grad.dtype) == (np.float64, np.float32, np.float64)
    assert F.stack([narrow, narrow]).dtype == F.concat((narrow,)).dtype == np.float32
    assert F.stack([narrow[0], 1.0]).dtype == np.float32
    assert F.stack([1, 2.0]).dtype == np.float64


def test_one_operand_several_times():
    x = Variable([1.0, 2.0])
    y = F.concat([x, x * 2.0, x])
    y.backward(np.arange(6.0))
    same(x.grad, [0.0 + 2 * 2 + 4, 1.0 + 2 * 3 + 5])


def test_parts_of_size_zero():
    x = Variable(np.arange(3.0))
    a, b, c = F.split(x, [0, 3, 0])
    assert (a.shape, b.shape, c.shape) == ((0,), (3,), (0,))
    F.sum(b * b).backward()
    same(x.grad, [0, 2, 4])
    a.backward()
    same(x.grad, [0, 2, 4])
    same(F.concat([a, b, c]), [0, 1, 2])
    assert [p.shape for p in F.split(EMPTY, 2)] == [(0, 3)] * 2
    assert F.split(EMPTY, []) == F.unstack(EMPTY) == []
    assert F.split(V3, np.array([1, 2]))[1].shape == (2,)


def test_sequences_of_operands():
    same(F.concat(V23), V23.data.ravel())
    same(F.stack(iter([V3, V3])), [V3.data] * 2)
    same(F.vstack(np.ones((2, 3))), np.ones((2, 3)))
    for f in (F.concat, F.stack, F.vstack, F.hstack, F.dstack):
        op = f.__name__ + ": "
        fails(lambda f=f: f([]), ValueError, op, "at least one")
        fails(lambda f=f: f(1.0), TypeError, op, "sequence", "float")
        fails(lambda f=f: f([V3, None]), TypeError, op, "NoneType")
        fails(lambda f=f: f([V23, np.ones((3, 4))]), ValueError, op, "shape", "(2, 3", "(3, 4")
    fails(lambda: F.concat([V0, V0]), ValueError, "concat: ", "out of bounds")
    fails(lambda: F.concat([V3, V23]), ValueError, "concat: ", "(3,)", "(2, 3)")
    fails(lambda: F.concat([V3], 1), ValueError, "concat: ", "axis 1")
    fails(lambda: F.stack([V3], 2), ValueError, "stack: ", "axis 2")


def test_cuts_that_do_not_fit():
    for sizes in ([1, 1], [4], [-1, 4], [2**63 - 1, 2**63 - 1], []):
        fails(lambda s=sizes: F.split(V3, s), ValueError, "split: ", "add up", "axis 0", "3")
    for n in (2, 0, -1, 4):
        fails(lambda n=n: F.split(V3, n), ValueError, "split: ", f"{n} equal parts", "3")
    fails(lambda: F.split(EMPTY, 2**62), (MemoryError, ValueError))
    fails(lambda: F.split(V3, [1.0, 2.0]), TypeError, "split: ", "sizes")
    fails(lambda: F.split(V3, None), TypeError, "split: ", "sizes")
    fails(lambda: F.unstack(V0), ValueError, "unstack: ", "out of bounds")


def test_many_small_pieces_are_cheap():
    """The gradients of pieces go into one array, not into one for each."""
    x = Variable(np.ones((3000, 50)))
    F.sum(F.stack([row * 2.0 for row in F.unstack(x)])).backward()
    same(x.grad, np.full((3000, 50), 2.0))


# Other shapes


@pytest.mark.parametrize("mode", ["edge", "reflect", "wrap"])
def test_margins_wider_than_the_array(mode):
    for n in (1, 2, 3):
        a = np.arange(1.0, n + 1)
        same(F.pad(a, (7, 9), mode), np.pad(a, (7, 9), mode))
        assert gradient(lambda x: F.pad(x, (7, 9), mode), a).sum() == n + 16
    fails(lambda: F.pad(EMPTY, 1, mode), ValueError, "pad: ", "axis 0")
    same(F.pad(EMPTY, ((0, 0), (0, 1)), mode), np.zeros((0, 4)))


def test_paddings_that_do_not_fit():
    same(F.pad(V0, 3), 1.5)
    same(F.pad(EMPTY, 1, constant_values=2), np.full((2, 5), 2.0))
    same(F.pad([-0.0], 0), [-0.0])
    same(F.pad([1.0], 1, constant_values=NAN), [NAN, 1.0, NAN])
    fails(lambda: F.pad(V3, -1), ValueError, "pad: ", "negative", "-1")
    fails(lambda: F.pad(V3, (1, 2, 3)), ValueError, "pad: ", "pad_width", "1 axes")
    fails(lambda: F.pad(V3, 1, "mirror"), ValueError, "pad: ", "'mirror'", "'reflect'")
    fails(lambda: F.pad(V3, 1, constant_values=[1, 2, 3]), ValueError, "constant_values")
    fails(lambda: F.pad(V3, 1.5), TypeError, "pad: ", "pad_width", "integers")
    fails(lambda: F.pad(V3, 1, constant_values="a"), TypeError, "pad: ")


def test_shapes_that_do_not_fit():
    fails(lambda: F.squeeze(V23, 0), ValueError, "squeeze: ", "axis 0", "size 2")
    fails(lambda: F.squeeze(V3, 1), ValueError, "squeeze: ", "out of bounds")
    for f in (F.unsqueeze, F.expand_dims):
        fails(lambda f=f: f(V3, 2), ValueError, f.__name__, "out of bounds")
        fails(lambda f=f: f(V3, (0, 0)), ValueError, f.__name__, "twice")
        fails(lambda f=f: f(V3, None), TypeError, f.__name__)
    fails(lambda: F.moveaxis(V23, 2, 0), ValueError, "moveaxis: ", "out of bounds")
    fails(lambda: F.moveaxis(V23, (0, 1), 0), ValueError, "moveaxis: ", "2 axes", "1 places")
    fails(lambda: F.moveaxis(V23, (0, 0), (0, 1)), ValueError, "moveaxis: ", "twice")
    fails(lambda: F.flip(V3, 1), ValueError, "flip: ", "out of bounds")
    fails(lambda: F.roll(V23, (1, 2), (0, 1, 1)), ValueError, "roll: ", "2 shifts", "3 axes")
    fails(lambda: F.roll(V23, 1, 2), ValueError, "roll: ", "out of bounds")
    fails(lambda: F.roll(V23, 0.5), TypeError, "roll: ", "shift")
    fails(lambda: F.tile(V3, -1), ValueError, "tile: ", "negative")
    fails(lambda: F.repeat(V3, -1), ValueError, "repeat: ", "negative")
    fails(lambda: F.repeat(V3, [1, 2]), ValueError, "repeat: ", "2 repeats", "size 3")
    fails(lambda: F.repeat(V3, [[1, 2, 3]]), ValueError, "repeat: ", "one axis")
    fails(lambda: F.repeat(V3, 1, 1), ValueError, "repeat: ", "out of bounds")
    fails(lambda: F.repeat(V3, 0.5), TypeError, "repeat: ", "integers")
    fails(lambda: F.tril(V3), ValueError, "tril: ", "1 dim")
    fails(lambda: F.triu(V0), ValueError, "triu: ", "0 dim")
    fails(lambda: F.diag(V0), ValueError, "diag: ", "0 dim")
    fails(lambda: F.diag(np.ones((1, 1, 1))), ValueError, "diag: ", "3 dim")
    fails(lambda: F.diagonal(V23, 0, 1, -1), ValueError, "diagonal: ", "twice")
    fails(lambda: F.trace(V3), ValueError, "trace: ", "out of bounds")
    fails(lambda: F.take(V3, [3]), IndexError, "take: ", "index 3", "axis 0", "size 3")
    fails(lambda: F.take(EMPTY, 0), IndexError, "take: ", "size 0")
    fails(lambda: F.take(V3, [0.5]), TypeError, "take: ", "integers")
    fails(lambda: F.take(V3, 0, 1), ValueError, "take: ", "out of bounds")
    for f in (F.take_along_axis, F.gather):
        fails(lambda f=f: f(V23, [0], 0), ValueError, f.__name__, "2", "1")
        fails(lambda f=f: f(V23, [[3]], 1), IndexError, f.__name__, "index 3", "axis 1")
        fails(lambda f=f: f(V23, np.zeros((3, 1), int), 1), ValueError, f.__name__, "broadcast")


def test_windows_that_do_not_fit():
    view = F.sliding_window_view
    op = "sliding_window_view: "
    same(view(V23, (1, 2)), np.lib.stride_tricks.sliding_window_view(V23.data, (1, 2)))
    same(view(V0, ()), 1.5)
    fails(lambda: view(V3, 4), ValueError, op, "4 elements", "axis 0", "size 3")
    fails(lambda: view(V3, 2, dilation=3), ValueError, op, "dilation 3", "size 3")
    fails(lambda: view(V3, 2, dilation=2**62), ValueError, op)
    fails(lambda: view(V3, 0), ValueError, op, "positive")
    fails(lambda: view(V3, 1, stride=0), ValueError, op, "positive")
    fails(lambda: view(V3, -1), ValueError, op, "positive")
    fails(lambda: view(V23, 1), ValueError, op, "1 window sizes", "2 axes")
    fails(lambda: view(V23, (1, 1), (0, 0)), ValueError, op, "twice")
    fails(lambda: view(V23, (1, 1), (0, 2)), ValueError, op, "out of bounds")
    fails(lambda: view(V23, (1, 1), stride=(1, 1, 1)), ValueError, op, "as many")
    wide = F.broadcast_to(V0, (2**40,))
    fails(lambda: view(wide, 2**39), (MemoryError, ValueError))


@pytest.mark.parametrize(
    "call",
    [
        lambda: F.tile(V3, 2**62),
        lambda: F.tile(V3, (2**40, 2**40)),
        lambda: F.tile(V0, [2**32] * 3),
        lambda: F.repeat(V3, 2**62),
        lambda: F.repeat(V3, [2**62, 2**62, 2**62]),
        lambda: F.repeat(V3, [2**61, 0, 1]),
        lambda: F.repeat(EMPTY, 2**62, 1),
        lambda: F.pad(V3, 2**62),
        lambda: F.pad(V3, 2**63 - 1),
        lambda: F.pad(V3, 2**60, "wrap"),
        lambda: F.pad(V3, 2**63 - 1, "reflect"),
        lambda: F.diag(V3, 2**62),
        lambda: F.diag(V3, -(2**63)),
        lambda: F.diag(V3, 2**31),
        lambda: F.concat([F.broadcast_to(V0, (2**59,))] * 2),
        lambda: F.stack([F.broadcast_to(V0, (2**40,))] * 2),
        lambda: F.sort(F.broadcast_to(V0, (2**44,))),
        lambda: F.tril(F.broadcast_to(V0, (2**24, 2**24))),
        lambda: F.where(True, F.broadcast_to(V0, (2**40, 1)), F.broadcast_to(V0, (1, 2**40))),
        lambda: F.index_update(F.broadcast_to(V0, (2**44,)), 0, 1.0),
    ],
)
def test_too_large(call):
    fails(call, (MemoryError, ValueError))


def test_far_diagonals_are_empty():
    for k in (5, -5, 2**63 - 1, -(2**63)):
        assert F.diagonal(V23, k).shape == (0,)
        assert F.trace(V23, k).item() == 0.0
        same(gradient(lambda x, k=k: F.trace(x, k), V23.data), np.zeros((2, 3)))
        same(F.tril(V23, k), V23.data if k > 0 else np.zeros((2, 3)))
        same(F.triu(V23, k), V23.data if k < 0 else np.zeros((2, 3)))


def test_methods_are_the_functions():
    x = Variable(np.arange(6.0).reshape(1, 2, 3))
    same(x.squeeze(), F.squeeze(x).data)
    same(x.squeeze(0), F.squeeze(x, 0).data)
    same(x.ravel(), x.data.ravel())
    same(x.flatten(), x.data.ravel())
    same(x.repeat(2, axis=1), np.repeat(x.data, 2, 1))
    same(x.take([1, 1], 2), x.data.take([1, 1], 2))
    same(x.argmax(axis=2), x.data.argmax(2))
    same(x.argmin(2, keepdims=True), x.data.argmin(2, keepdims=True))
    same(x.diagonal(1, 1, 2), x.data.diagonal(1, 1, 2))
    same(x.trace(0, 1, 2), x.data.trace(0, 1, 2))
    same(x.swapaxes(0, -1), x.data.swapaxes(0, -1))


def test_more_parts_than_memory_holds():
    fails(lambda: F.unstack(F.broadcast_to(V0, (1 << 50,))), MemoryError, str(1 << 50))
    fails(lambda: F.split(Variable(np.zeros(0)), 1 << 50), MemoryError, str(1 << 50))


def test_huge_margins_name_the_shape_of_the_result():
    for mode in ("constant", "edge", "reflect", "wrap"):
        fails(lambda m=mode: F.pad(Variable([1.0]), 1 << 50, m), MemoryError, f"({2**51 + 1},)")
        fails(lambda m=mode: F.pad(Variable([1.0]), (1 << 63) - 1, m), MemoryError, str(2**64 - 1))


@pytest.mark.parametrize("bad", [True, 1.5, "1", [1], (0,), None])
def test_single_integers_name_function_and_argument(bad):
    square = Variable(np.ones((2, 2)))
    got = type(bad).__name__
    calls = {
        "diag: k": lambda: F.diag(square, bad),
        "tril: k": lambda: F.tril(square, bad),
        "triu: k": lambda: F.triu(square, k=bad),
        "diagonal: offset": lambda: F.diagonal(square, bad),
        "diagonal: axis1": lambda: F.diagonal(square, 0, bad),
        "trace: axis2": lambda: F.trace(square, axis2=bad),
        "stack: axis": lambda: F.stack([square], bad),
        "split: axis": lambda: F.split(square, 2, bad),
        "unstack: axis": lambda: F.unstack(square, bad),
    }
    if bad is not None:
        calls["concat: axis"] = lambda: F.concat([square], bad)
        calls["repeat: axis"] = lambda: F.repeat(square, 2, bad)
    for name, call in calls.items():
        fails(call, TypeError, f"{name} must be an int, got {got}")


def test_integers_of_other_kinds():
    square = Variable([[1.0, 2.0], [3.0, 4.0]])
    for one in (np.int8(1), np.array(1)):
        np.testing.assert_array_equal(F.tril(square, -one).data, [[0.0, 0.0], [3.0, 0.0]])
        assert F.stack([square, square], one).shape == (2, 2, 2)
    fails(lambda: F.tril(square, 1 << 70), OverflowError, "tril: k")
    fails(lambda: F.tril(square, np.True_), TypeError, "tril: k must be an int")


def test_arguments_of_pad():
    fails(lambda: F.pad(V3, 1, None), TypeError, "pad: mode must be a str, got NoneType")
    for mode in ("edge", "reflect", "wrap"):
        fails(lambda m=mode: F.pad(V3, 1, m, 3), ValueError, "pad: constant_values", f"'{mode}'")
    assert F.pad(V3, 1, "edge", None).shape == (5,)


def test_steps_of_windows_are_positive():
    view = F.sliding_window_view
    for n in (0, -1):
        for what in ("stride", "dilation"):
            message = f"sliding_window_view: {what} must be positive, got {n}"
            fails(lambda w=what, n=n: view(V3, 1, **{w: n}), ValueError, message)
        fails(lambda n=n: view(V3, n), ValueError, f"window_shape must be positive, got {n}")


def test_joining_on_the_last_axis():
    """Single elements between others, from strided and broadcast operands, over many rows."""
    x = np.arange(6000.0).reshape(3000, 2)
    parts = [x, x[::-1], np.broadcast_to(x[:1], x.shape), np.asfortranarray(x) + 0.5]
    given = [Variable(x), Variable(x)[::-1], F.broadcast_to(Variable(x[:1]), x.shape), parts[3]]
    same(F.stack(given, -1), np.stack(parts, -1))
    same(F.concat([v[:, :1] for v in given], 1), np.concatenate([p[:, :1] for p in parts], 1))

    def mixed(vs):
        return [vs[0], vs[1][:, 1:], vs[2], vs[3][:, :0], vs[3][:, :1]]

    same(F.concat(mixed(given), 1), np.concatenate(mixed(parts), 1))
