"""Selection beyond the table: edges that were decided, errors, large arrays."""

import math

import numpy as np
import pytest

import autograd as ag
from autograd import Variable
from autograd import functions as F
from support import bits, gradient, same, strided
from test_errors import fails

NAN, INF = math.nan, math.inf
V0, V3 = Variable(1.5), Variable([1.0, 2.0, 3.0])
V23 = Variable(np.arange(6.0).reshape(2, 3))
EMPTY = Variable(np.zeros((0, 3)))


# Indices


@pytest.mark.parametrize(
    "index",
    [
        True,
        False,
        np.True_,
        np.array(False),
        (True, [0, 1]),
        (slice(1), True),
        (0, slice(None), [1, 2]),
        (slice(None), 0, [0, 3]),
        (slice(None), [0, 1], None, [1, 2]),
        ([0, 1], ..., [0, 1]),
        ([0, 1], [0, 1], [2, 2], ...),
        (..., [0, 1], None),
        (None, [0, 1], None),
        [],
        ([], []),
        np.zeros(0, np.uint8),
        np.int64(1),
        np.array(-1),
        (np.array(0), np.array([1, 1])),
        [[0, 1], [1, 0]],
        [True, False],
        ([True, True], [0, 2]),
        (slice(None, None, -2), [2, 0], slice(3, 0, -2)),
        (slice(0, 0), [0, 1]),
        (range(2), slice(1, 2)),
    ],
    ids=str,
)
@pytest.mark.parametrize("layout", ["plain", "transposed", "reversed", "sliced"])
def test_index_as_numpy(index, layout):
    a = np.arange(24.0).reshape(2, 3, 4)
    v = strided(a, layout)
    same(v[index], a[index])
    c = np.random.default_rng(0).uniform(size=a[index].shape)
    v[index].backward(c, retain_grad=True)
    want = np.zeros(24)
    np.add.at(want, np.arange(24).reshape(2, 3, 4)[index], c)
    np.testing.assert_allclose(v.grad.data, want.reshape(2, 3, 4), rtol=1e-15)


def test_variables_of_whole_numbers_are_indices():
    same(V3[Variable([2.0, 0.0])], [3.0, 1.0])
    same(V3[Variable(-1.0)], 3.0)
    same(F.take(V3, Variable([1.0])), [2.0])
    fails(lambda: V3[Variable(0.5)], ValueError, "getitem: ", "whole numbers", "0.5")
    fails(lambda: V3[Variable(NAN)], ValueError, "getitem: ", "whole numbers")


def test_repeated_positions_add_up():
    same(gradient(lambda x: x[[0, 2, 0, -3]], [1.0, 2.0, 3.0]), [3.0, 0.0, 1.0])
    same(gradient(lambda x: F.take(x, [[1, 1], [1, 0]]), [1.0, 2.0]), [1.0, 3.0])
    same(gradient(lambda x: x[[0, 1], [0, 0]] + x[0, 0], np.ones((2, 2))), [[3.0, 0.0], [1.0, 0.0]])


def test_a_mask_without_a_true_element():
    none = np.zeros((2, 3), bool)
    x = Variable(np.ones((2, 3)))
    y = x[none]
    assert y.shape == (0,)
    F.sum(y).backward()
    same(x.grad, np.zeros((2, 3)))
    same(F.index_update(x, none, 7.0), np.ones((2, 3)))
    same(F.index_add(x, none, np.ones(0)), np.ones((2, 3)))


def test_basic_indices_stay_views():
    assert np.shares_memory(V23.data, V23[1:, None].data)
    assert not np.shares_memory(V23.data, V23[[1]].data)
    for f in (
        F.flip,
        F.ravel,
        F.diagonal,
        F.squeeze,
        lambda x: F.split(x, 2)[1],
        lambda x: F.unstack(x, 1)[0],
        lambda x: F.unsqueeze(x, 0),
        lambda x: F.sliding_window_view(x, (2, 2)),
        lambda x: F.moveaxis(x, 0, 1),
    ):
        assert np.shares_memory(V23.data, f(V23).data)


@pytest.mark.parametrize(
    ("index", "words"),
    [
        ([3], ["index 3", "axis 0", "size 3"]),
        ([0, -4], ["index -4", "axis 0", "size 3"]),
        (np.array([0, 1], float), ["float64"]),
        ([0.5], ["list", "float64"]),
        (["a"], ["list", "<U1"]),
        ([10**30], ["list", "object"]),
        ([True, False], ["boolean", "(2,)", "(3,)"]),
        (np.ones((3, 1), bool), ["2 indices", "(3,)"]),
        (([0], [0]), ["2 indices", "(3,)"]),
        (None.__class__, ["type"]),
        ({0}, ["set"]),
    ],
    ids=str,
)
def test_indices_that_do_not_fit(index, words):
    for call in (lambda: V3[index], lambda: F.index_update(V3, index, 0.0),
                 lambda: F.index_add(V3, index, 0.0)):  # fmt: skip
        fails(call, IndexError, *words)


def test_more_indices_that_do_not_fit():
    fails(lambda: V23[[0, 1], [0, 1, 2]], IndexError, "getitem: ", "(2,)", "(3,)", "broadcast")
    fails(lambda: V23[:, [0, 3]], IndexError, "index 3", "axis 1", "size 3")
    fails(lambda: V23[[[0], [0, 1]]], ValueError, "getitem: ", "inhomogeneous")
    fails(lambda: V0[[0]], IndexError, "1 indices", "()")
    fails(lambda: EMPTY[[0]], IndexError, "index 0", "size 0")
    fails(lambda: V23[np.zeros((3, 2), bool)], IndexError, "(3, 2)", "(2, 3)")
    # Their positions together would take 512 TiB.
    row = np.zeros((1, 2**23), int)
    fails(lambda: V23[row, row.T], MemoryError)


# Values at an index


def test_of_repeated_positions_the_last_wins():
    x, v = Variable(np.zeros(3)), Variable([1.0, 2.0, 3.0, 4.0])
    for create_graph in (False, True):
        x.cleargrad(), v.cleargrad()
        y = F.index_update(x, [0, 2, 0, 0], v)
        same(y, [4.0, 0.0, 2.0])
        (y * Variable([1.0, 10.0, 100.0], requires_grad=False)).backward(create_graph=create_graph)
        same(v.grad, [0.0, 100.0, 0.0, 1.0])
        same(x.grad, [0.0, 10.0, 0.0])
    rows = Variable(np.arange(6.0).reshape(3, 2))
    F.index_update(np.zeros((2, 2)), [1, 1, 0], rows).backward()
    same(rows.grad, [[0.0, 0.0], [1.0, 1.0], [1.0, 1.0]])


def test_additions_accumulate():
    x, v = Variable(np.zeros(3)), Variable([1.0, 2.0, 3.0])
    y = F.index_add(x, [1, 1, 0], v)
    same(y, [3.0, 3.0, 0.0])
    y.backward([1.0, 10.0, 100.0])
    same(v.grad, [10.0, 10.0, 1.0])
    same(x.grad, [1.0, 10.0, 100.0])
    same(F.scatter_add(np.zeros(2), [1, 1, 1], v, 0), [0.0, 6.0])


def test_the_operand_of_an_update_stays():
    x = Variable([1.0, 2.0])
    before = x.data
    F.index_update(x, 0, 9.0), F.index_add(x, [0], 9.0), F.scatter_add(x, [0], 9.0, 0)
    same(x, [1.0, 2.0])
    assert x.data.base is before.base or np.shares_memory(x.data, before)
    # Nothing else holds the operand, and it must yet be left alone while the graph needs it.
    y = Variable([3.0, 4.0]) * 1.0
    z = y * y
    F.index_update(y, 0, 0.0)
    same(z, [9.0, 16.0])


def test_updates_of_numbers():
    x, v = Variable(2.0), Variable(3.0)
    y = F.index_update(x, (), v)
    y.backward()
    assert (y.item(), x.grad.item(), v.grad.item()) == (3.0, 0.0, 1.0)
    y = F.index_add(x, ..., v) * F.index_add(x, True, 1.0)
    assert (y.item(), (y + 1.0).item()) == (15.0, 16.0)
    assert V0[...].item() == V0[True][0].item() == 1.5


def test_updates_keep_the_dtype():
    x = Variable(np.zeros(2, np.float32))
    for f in (lambda v: F.index_update(x, 0, v), lambda v: F.index_add(x, [1], v),
              lambda v: F.masked_fill(x, [True, False], v),
              lambda v: F.scatter_add(x, [0], v, 0)):  # fmt: skip
        v = Variable(2.0)
        y = f(v)
        y.backward()
        assert (y.dtype, v.grad.dtype, v.grad.item()) == (np.float32, np.float64, 1.0)
        assert f(1.0).dtype == f(np.ones(1)).dtype == np.float32


def test_values_broadcast_as_in_an_assignment():
    same(F.index_update(V3, slice(2), [[7.0]]), [7.0, 7.0, 3.0])
    same(F.index_update(V23, (slice(None), [0, 2]), [[1.0], [2.0]]), [[1, 1, 1], [2, 4, 2]])
    fails(lambda: F.index_update(V3, slice(2), [1.0, 2.0, 3.0]), ValueError, "index_update: ",
          "(3,)", "(2,)")  # fmt: skip
    fails(lambda: F.index_add(V3, [0], np.ones((2, 1))), ValueError, "index_add: ", "(2, 1)")
    fails(lambda: F.scatter_add(V3, [0], [1.0, 2.0], 0), ValueError, "scatter_add: ", "(2,)")
    fails(lambda: F.index_update(V3, 0, "a"), TypeError, "index_update: ", "str")


# Order


def test_ties_keep_their_order():
    x = Variable([2.0, 1.0, 2.0, 1.0, 2.0])
    same(F.argsort(x), [1, 3, 0, 2, 4])
    same(F.topk(x, 2)[1], [0, 2])
    assert (F.argmax(x), F.argmin(x)) == (0, 1)
    F.sort(x)[0].backward()
    same(x.grad, [0, 1, 0, 0, 0])
    zeros = np.array([0.0, -0.0, 0.0])
    assert bits(F.sort(zeros).data) == bits(zeros)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_nan_counts_as_the_largest(dtype):
    a = np.array([3.0, NAN, -INF, INF, NAN, 0.0], dtype)
    same(F.sort(a), np.sort(a))
    same(F.argsort(a), np.argsort(a, kind="stable"))
    assert (F.argmax(a), F.argmin(a)) == (np.argmax(a), np.argmin(a)) == (1, 1)
    values, at = F.topk(a, 4)
    same(values, np.array([NAN, NAN, INF, 3.0], dtype))
    same(at, [1, 4, 3, 0])
    same(gradient(F.sort, a, np.arange(6.0)), [2, 4, 0, 3, 5, 1])


def test_none_and_all_of_the_largest():
    values, at = F.topk(V23, 0)
    assert (values.shape, at.shape, at.dtype) == ((2, 0), (2, 0), np.int64)
    values, at = F.topk(V23, 2, axis=0)
    same(values, [[3, 4, 5], [0, 1, 2]])
    same(at, [[1, 1, 1], [0, 0, 0]])
    fails(lambda: F.topk(V3, 4), ValueError, "topk: ", "axis 0", "3", "4")
    fails(lambda: F.topk(V3, -1), ValueError, "topk: ", "-1")
    fails(lambda: F.topk(V0, 0), ValueError, "topk: ", "out of bounds")
    fails(lambda: F.topk(V3, 10**30), OverflowError)
    assert F.topk(EMPTY, 0, axis=0)[0].shape == (0, 3)
    assert F.topk(EMPTY, 3)[1].shape == (0, 3)


def test_order_of_nothing_and_of_numbers():
    assert F.sort(EMPTY, axis=0).shape == (0, 3)
    same(F.sort(V0, axis=None), [1.5])
    assert F.argsort(EMPTY, axis=None).dtype == np.int64
    assert F.argmax(V0) == V0.argmin() == 0
    assert type(V3.argmax()) is int
    assert F.argmax(EMPTY, axis=1).shape == (0,)
    fails(lambda: F.sort(V0), ValueError, "sort: ", "out of bounds")
    for f in (F.argmax, F.argmin):
        fails(lambda f=f: f(EMPTY), ValueError, f.__name__, "empty", "(0, 3)")
        fails(lambda f=f: f(EMPTY, axis=0), ValueError, f.__name__, "empty")
        fails(lambda f=f: f(V3, axis=1), ValueError, f.__name__, "out of bounds")


def test_positions_carry_no_history():
    for f in (F.argsort, F.argmax, F.argmin):
        before = ag.graph_stats()["nodes"]
        kept = f(V23, axis=1)
        assert ag.graph_stats()["nodes"] == before
        assert kept.dtype == np.int64


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_order_of_large_arrays(axis, dtype):
    a = np.random.default_rng(0).integers(0, 500, (300, 700)).astype(dtype)
    same(F.argsort(a, axis), np.argsort(a, axis, kind="stable"))
    same(F.argmax(a, axis), np.argmax(a, axis))
    largest = np.argsort(-a, axis, kind="stable").take(np.arange(5), axis)
    same(F.topk(a, 5, axis)[1], largest)


# Conditions


@pytest.mark.parametrize("bad", [NAN, INF, -INF])
def test_what_is_not_taken_leaves_no_trace(bad):
    """Also where only a product with exactly 0 would keep it out."""
    x, y = Variable([2.0, 3.0]), Variable([bad, 5.0])
    z = F.where([True, False], x, y) ** 2
    same(z, [4.0, 25.0])
    z.backward(create_graph=True)
    gx, gy = x.grad, y.grad
    same(gx, [4.0, 0.0])
    same(gy, [0.0, 10.0])
    x.cleargrad(), y.cleargrad()
    (gx + gy).backward()
    same(x.grad, [2.0, 0.0])
    same(y.grad, [0.0, 2.0])


def test_a_branch_with_a_safe_operand():
    x = Variable([-1.0, 0.0, 4.0])
    safe = F.where(x > 0, x, 1.0)
    y = F.where(x > 0, F.sqrt(safe) + F.log(safe), 0.0)
    y.backward(create_graph=True)
    gx = x.grad
    same(gx, [0.0, 0.0, 0.5])
    x.cleargrad()
    gx.backward()
    np.testing.assert_allclose(x.grad.data, [0.0, 0.0, -1 / 32 - 1 / 16], rtol=1e-15)


def test_masks_and_triangles_hide_nan():
    bad = np.full((2, 2), NAN)
    same(F.tril(bad, -2), np.zeros((2, 2)))
    same(F.masked_fill(bad, np.ones(2, bool), 1.0), np.ones((2, 2)))
    same(gradient(lambda x: F.masked_fill(x, [True, False], 0.0), [NAN, 1.0]), [0.0, 1.0])
    value = Variable(3.0)
    F.masked_fill(V23, V23 > 3.0, value).backward()
    assert value.grad.item() == 2.0
    assert bits(F.where(True, -0.0, 0.0).data) == bits(np.array(-0.0))


def test_conditions_that_do_not_fit():
    fails(lambda: F.where([True, False], V3, 0.0), ValueError, "where: ", "(2,)", "(3,)")
    fails(lambda: F.where(True, V3, [1.0, 2.0]), ValueError, "where: ", "(3,)", "(2,)")
    fails(lambda: F.where(V3.data, V3, 0.0), TypeError, "where: ", "boolean", "float64")
    fails(lambda: F.where([0, 1, 1], V3, 0.0), TypeError, "where: ", "boolean")
    fails(lambda: F.where(True, "a", V3), TypeError, "where: ", "str")
    fails(lambda: F.masked_fill(V3, [[True]] * 2, 0.0), ValueError, "masked_fill: ", "(2, 1)")
    fails(lambda: F.masked_fill(V3, True, [1.0, 2.0]), ValueError, "masked_fill: ", "(2,)")
    assert F.where(Variable([1.0, 0.0]), 1.0, 2.0).data.tolist() == [1.0, 2.0]


def test_numbers_take_the_dtype_of_the_other_side():
    x = Variable(np.ones(2, np.float32))
    assert F.where(True, x, 1.0).dtype == F.where(True, 1.0, x).dtype == np.float32
    assert F.where(True, x, np.ones(2)).dtype == np.float64


# Threads


def large(f, *shapes):
    """Value and gradients of a function of large arrays."""
    rng = np.random.default_rng(0)
    xs = [Variable(rng.standard_normal(s)) for s in shapes]
    y = f(*xs)
    y.backward(rng.standard_normal(y.shape))
    return [y.data, *(x.grad.data for x in xs)]


@pytest.mark.parametrize(
    ("f", "shapes"),
    [
        (lambda x: x[np.arange(500) % 7], [(7, 900)]),
        (lambda x: x[:, np.arange(500) % 7], [(300, 7)]),
        (lambda x: x[:, np.arange(500) % 7, ::-2], [(30, 7, 41)]),
        (lambda x: x[np.arange(200_000) * 7919 % 1000], [(1000,)]),
        (lambda x: F.sliding_window_view(x, (3, 5), (2, 3), stride=2), [(3, 4, 90, 91)]),
        (lambda x: F.sliding_window_view(x, 700), [(1000,)]),
        (lambda x, v: F.index_update(x, np.arange(900) % 800, v), [(800, 130), (900, 130)]),
        (lambda x, y: F.concat([x, y.T, x], 1), [(400, 100), (90, 400)]),
        (lambda x, y: F.where(np.arange(400) % 3 == 0, x, y), [(300, 1), (300, 400)]),
        (lambda x: F.sort(x, 0), [(300, 301)]),
        (lambda x: F.diagonal(x, 3), [(300, 300, 7)]),
    ],
)
def test_results_do_not_depend_on_threads(f, shapes, threads):
    threads(1)
    want = large(f, *shapes)
    for n in (2, 5):
        threads(n)
        assert list(map(bits, large(f, *shapes))) == list(map(bits, want))


def test_gradients_of_large_windows():
    """Against additions one by one."""
    x = Variable(np.random.default_rng(0).standard_normal((2, 70, 80)))
    args = {"window_shape": (3, 4), "axis": (1, 2), "stride": (2, 3), "dilation": (2, 1)}
    y = F.sliding_window_view(x, **args)
    c = np.random.default_rng(1).standard_normal(y.shape)
    y.backward(c)
    at = F.sliding_window_view(np.arange(x.size, dtype=float).reshape(x.shape), **args)
    want = np.zeros(x.size)
    np.add.at(want, at.data.astype(int), c)
    np.testing.assert_allclose(x.grad.data, want.reshape(x.shape), rtol=1e-13, atol=1e-13)


def test_positions_in_endless_views_need_memory():
    """A view repeats an element as often as its shape says; a table of positions cannot."""
    tall = F.broadcast_to(Variable(1.0), (1 << 50, 1))
    memory = (MemoryError, ValueError)
    for f in (F.gather, F.take_along_axis):
        fails(lambda f=f: f(tall, [[0]], 1), memory, str(1 << 50))
    fails(lambda: F.scatter_add(tall, [[0]], 1.0, 1), memory, str(1 << 50))
    fails(lambda: F.topk(tall, 1, 0), memory, str(1 << 50))
    fails(lambda: F.topk(F.transpose(tall), 1), memory, str(1 << 50))
    fails(lambda: F.argsort(tall, 0), memory, str(1 << 50))
    # Along the long axis no table is longer than the indices.
    np.testing.assert_array_equal(F.gather(tall, [[5], [-1]], 0).data, [[1.0], [1.0]])
    np.testing.assert_array_equal(F.topk(tall[:4], 2, 0)[1], [[0], [1]])


def test_lanes_of_several_axes():
    """Axes of size one on either side spread, also where the chosen axis is in the middle."""
    x = np.arange(24.0).reshape(2, 3, 4)
    for shape, axis in [
        ((2, 5, 4), 1),
        ((1, 5, 4), 1),
        ((2, 2, 1), 1),
        ((1, 1, 7), 2),
        ((6, 3, 1), 0),
    ]:
        at = np.random.default_rng(0).integers(-x.shape[axis], x.shape[axis], shape)
        np.testing.assert_array_equal(
            F.take_along_axis(Variable(x), at, axis).data, np.take_along_axis(x, at, axis)
        )
        y = np.broadcast_to(x[:1, :, :1], x.shape)
        z = F.broadcast_to(Variable(x[:1, :, :1]), x.shape)
        np.testing.assert_array_equal(F.gather(z, at, axis).data, np.take_along_axis(y, at, axis))
    one = F.take_along_axis(Variable(x[:1]), np.zeros((3, 1, 4), int), 1)
    np.testing.assert_array_equal(one.data, np.repeat(x[:1, :1], 3, 0))
    assert F.gather(Variable(np.zeros((0, 3))), np.zeros((0, 2), int), 1).shape == (0, 2)


@pytest.mark.parametrize("bad", [True, 1.5, "1", [1], (0,), None])
def test_order_wants_single_integers(bad):
    got = type(bad).__name__
    calls = {"topk: k": lambda: F.topk(V3, bad), "topk: axis": lambda: F.topk(V3, 1, bad)}
    if bad is not None:
        for f in (F.sort, F.argsort, F.argmax, F.argmin):
            calls[f"{f.__name__}: axis"] = lambda f=f: f(V3, bad)
    for name, call in calls.items():
        fails(call, TypeError, f"{name} must be an int, got {got}")


def test_keepdims_is_a_bool():
    for f in (F.argmax, F.argmin):
        for bad in (1, None, "yes"):
            name = f"{f.__name__}: keepdims must be a bool, got {type(bad).__name__}"
            fails(lambda f=f, bad=bad: f(V3, keepdims=bad), TypeError, name)
        assert f(V3, keepdims=np.True_).shape == (1,)
