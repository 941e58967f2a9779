"""Losses: edges, errors, extreme operands, and the twins of primitives."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Variable
from autograd import functions as F
from support import directional, fails, gradients
from table.losses import labelled

INF, NAN = np.inf, np.nan
both = pytest.mark.parametrize("create_graph", [False, True], ids=["fused", "recorded"])
PAIRS = [F.mean_squared_error, F.mean_absolute_error, F.huber, F.binary_cross_entropy_with_logits]
LOSSES = [*PAIRS, F.kl_divergence]


def name(f):
    return f.__name__


def evaluate(f, *arrays, create_graph=False):
    y, grads = gradients(f, [np.array(a, float) for a in arrays], None, create_graph=create_graph)
    return (y.item(), *grads)


def second(f, x):
    """The gradient of the sum of the squares of the gradient."""
    x = Variable(np.array(x, float))
    f(x).backward(create_graph=True)
    g = x.grad
    x.cleargrad()
    F.sum(g * g).backward()
    return x.grad.data


# Cross-entropy


@pytest.mark.parametrize("order", [0, 1, 2])
@given(data=st.data())
def test_cross_entropy_is_its_twin(order, data):
    sample = data.draw(labelled())
    rng = np.random.default_rng(data.draw(st.integers(0, 999)))
    (shape,) = sample.shapes
    x = rng.uniform(-5, 5, shape)
    ways = [[rng.uniform(-1, 1, shape)] for _ in range(order)]

    def derivative(f):
        return directional(lambda v: f(v, **sample.args), [x], 1.0, ways)

    want = derivative(F.cross_entropy_simple)
    assert derivative(F.cross_entropy) == pytest.approx(want, rel=1e-11, abs=1e-13)


def test_cross_entropy_by_hand():
    """Two classes, with weights: the mean of log 2 and log 4, weighted 1 : 3."""
    x = np.log([[1.0, 1.0], [3.0, 1.0]])
    loss = F.cross_entropy(x, [0, 1], weight=[1.0, 3.0]).item()
    assert loss == pytest.approx((math.log(2) + 3 * math.log(4)) / 4, rel=1e-15)
    smooth = F.cross_entropy(x[1:], [1], label_smoothing=0.5).item()
    assert smooth == pytest.approx(0.75 * math.log(4) + 0.25 * math.log(4 / 3), rel=1e-15)


@both
@pytest.mark.parametrize("rows", [0, 3])
def test_cross_entropy_where_no_label_counts(rows, create_graph):
    x = np.full((rows, 4), 2.0)
    f = lambda v: F.cross_entropy(v, np.full(rows, -100))  # noqa: E731
    loss, grad = evaluate(f, x, create_graph=create_graph)
    assert loss == 0.0
    np.testing.assert_array_equal(grad, np.zeros((rows, 4)))
    weightless = lambda v: F.cross_entropy(v, np.zeros(rows, int), weight=[0, 1, 1, 1])  # noqa: E731
    loss, grad = evaluate(weightless, x, create_graph=create_graph)
    assert loss == 0.0
    np.testing.assert_array_equal(grad, np.zeros((rows, 4)))


@both
def test_cross_entropy_of_logits_of_any_size(create_graph):
    x = [[1e4, -1e4, 0.0], [-1e4, 1e4, 1e4], [0.0, 0.0, 0.0]]
    loss, grad = evaluate(lambda v: F.cross_entropy(v, [1, 2, -100]), x, create_graph=create_graph)
    assert loss == pytest.approx((2e4 + math.log(2)) / 2, rel=1e-15)
    np.testing.assert_array_equal(grad, [[0.5, -0.5, 0], [0, 0.25, -0.25], [0, 0, 0]])
    assert np.isfinite(second(lambda v: F.cross_entropy(v, [1, 2, 0]), x)).all()


@both
@pytest.mark.parametrize(
    ("row", "label", "loss", "grad"),
    [
        ([-INF, -INF], 1, math.log(2), [0.5, -0.5]),
        ([-INF, 0.0], 1, 0.0, [0, 0]),
        ([-INF, 0.0], 0, INF, [-1, 1]),
        ([INF, 0.0], 0, 0.0, [0, 0]),
        ([INF, 0.0], 1, INF, [1, -1]),
    ],
)
def test_cross_entropy_of_infinite_logits(row, label, loss, grad, create_graph):
    got = evaluate(lambda v: F.cross_entropy(v, [label]), [row], create_graph=create_graph)
    assert got[0] == pytest.approx(loss)
    np.testing.assert_array_equal(got[1], [grad])


@both
def test_cross_entropy_hides_what_is_ignored(create_graph):
    x = [[NAN, INF], [0.0, 0.0]]
    loss, grad = evaluate(lambda v: F.cross_entropy(v, [-100, 0]), x, create_graph=create_graph)
    assert loss == pytest.approx(math.log(2))
    np.testing.assert_array_equal(grad, [[0, 0], [-0.5, 0.5]])
    np.testing.assert_array_equal(second(lambda v: F.cross_entropy(v, [-100, 0]), x)[0], [0, 0])


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("shape", [(50, 1024), (3, 5000), (4000, 3), (2, 70_000), (30, 20, 10)])
def test_cross_entropy_of_many_classes(shape, dtype):
    rng = np.random.default_rng(0)
    x = rng.normal(0, 3, shape).astype(dtype)
    t = rng.integers(0, shape[-1], shape[:-1])
    v = Variable(x)
    loss = F.cross_entropy(v, t)
    loss.backward()
    wide = x.astype(np.longdouble)
    wide -= wide.max(axis=-1, keepdims=True)
    p = np.exp(wide) / np.exp(wide).sum(axis=-1, keepdims=True)
    one_hot = t[..., None] == np.arange(shape[-1])
    eps = np.finfo(dtype).eps
    assert loss.dtype == dtype
    np.testing.assert_allclose(loss.item(), -np.log(p[one_hot]).mean(), rtol=20 * eps)
    np.testing.assert_allclose(
        v.grad.data, (p - one_hot) / t.size, rtol=30 * eps, atol=8 * eps / t.size
    )


@pytest.mark.parametrize(
    "t", [[2, 0], (2, 0), np.array([2, 0], np.uint8), np.array([2, 0], np.int32)[::1],
          Variable([2.0, 0.0]), Variable(np.array([2, 0], np.float32))]
)  # fmt: skip
def test_kinds_of_labels(t):
    x = np.random.default_rng(0).standard_normal((2, 3))
    assert F.cross_entropy(x, t).item() == F.cross_entropy_simple(x, [2, 0]).item()
    assert F.accuracy(np.eye(3)[[2, 1]], t).item() == 0.5


def test_one_row_without_an_axis_of_rows():
    assert F.cross_entropy([0.0, 0.0], 1).item() == pytest.approx(math.log(2))
    assert F.accuracy([0.0, 1.0], 1).item() == 1.0


@pytest.mark.parametrize("f", [F.cross_entropy, F.accuracy], ids=name)
def test_labels_that_do_not_fit(f):
    x, op = np.zeros((2, 3)), f.__name__
    fails(lambda: f(x, [0, 3]), ValueError, op, "label 3", "(1,)", "3 classes")
    fails(lambda: f(x, [-1, 0]), ValueError, op, "label -1", "(0,)", "3 classes")
    fails(lambda: f(x[None], [[0, 9]]), ValueError, op, "label 9", "(0, 1)")
    fails(lambda: f(np.zeros((1, 0)), [0]), ValueError, op, "label 0", "0 classes")
    fails(lambda: f(x, [0]), ValueError, op, "labels", "(2,)", "(1,)")
    fails(lambda: f(x, np.eye(3, dtype=int)[:2]), ValueError, op, "labels", "(2,)", "(2, 3)")
    fails(lambda: f(1.0, 0), ValueError, op, "axis of classes")
    fails(lambda: f(x, [0.0, 1.0]), TypeError, op, "t must be integers")
    fails(lambda: f(x, Variable([0.5, 1.0])), ValueError, op, "t must be whole numbers")
    fails(lambda: f(x, None), TypeError, op)
    fails(lambda: f("x", [0]), TypeError, op)
    assert f(x, [1, -1], ignore_index=-1).item() >= 0.0
    assert f(np.zeros((1, 0)), [-100]).shape == ()


@pytest.mark.parametrize("f", [F.cross_entropy, F.cross_entropy_simple], ids=name)
def test_cross_entropy_of_nothing(f):
    nothing = [((0, 3), []), ((0, 0), []), ((1, 0), [-100]), ((0,), -100), ((2, 0, 3), [[], []])]
    for shape, t in nothing:
        x, labels = Variable(np.zeros(shape, np.float32)), np.array(t, int)
        loss = f(x, labels)
        loss.backward()
        assert (loss.item(), loss.dtype, x.grad.shape) == (0.0, np.float32, shape)


def test_the_twin_refuses_the_same_labels():
    x, f = np.zeros((2, 3)), F.cross_entropy_simple
    for scores, t in [(x, [0, 3]), (x, [-1, 0]), (x[0], 3), (x[:, :0], [0, 0]), (x, [0]), (1.0, 0)]:
        with pytest.raises(ValueError, match="cross_entropy: ") as told:
            F.cross_entropy(scores, t)
        words = str(told.value).removeprefix("cross_entropy")
        fails(lambda s=scores, t=t: f(s, t), ValueError, words)


def test_cross_entropy_with_arguments_out_of_range():
    x, t = np.zeros((2, 3)), [0, 1]
    for smoothing in (-0.1, 1.1, NAN):
        call = lambda s=smoothing: F.cross_entropy(x, t, label_smoothing=s)  # noqa: E731
        fails(call, ValueError, "cross_entropy", "label_smoothing", "[0, 1]")
    for weight in ([1.0, 1.0], 1.0, np.ones((1, 3))):
        call = lambda w=weight: F.cross_entropy(x, t, weight=w)  # noqa: E731
        fails(call, ValueError, "cross_entropy", "weight", "(3,)")
    for bad in (-1.0, INF, NAN):
        call = lambda b=bad: F.cross_entropy(x, t, weight=[1.0, b, 1.0])  # noqa: E731
        fails(call, ValueError, "cross_entropy", "weights must be finite")


# Accuracy


def test_accuracy():
    y = Variable([[0.1, 0.9], [0.8, 0.2], [0.5, 0.5], [NAN, 1.0]])
    got = F.accuracy(y, [1, 1, 0, 0])
    assert got.item() == 0.75  # of equal scores the first counts, and a NaN as the largest
    assert not got.requires_grad
    assert got.creator is None
    assert F.accuracy(y, [1, 1, -100, -100]).item() == 0.5
    assert F.accuracy(np.zeros((2, 1), np.float32), [0, 0]).dtype == np.float32
    for y, t in ((np.zeros((0, 2)), []), (np.zeros((1, 2)), [-100])):
        assert math.isnan(F.accuracy(y, t).item())


# Losses of two operands


@pytest.mark.parametrize("f", LOSSES, ids=name)
@both
def test_losses_of_nothing(f, create_graph):
    loss, *grads = evaluate(f, np.zeros((0, 3)), np.ones((0, 3)), create_graph=create_graph)
    assert math.isnan(loss)
    assert [g.shape for g in grads] == [(0, 3)] * 2


@pytest.mark.parametrize("f", LOSSES, ids=name)
def test_operands_that_do_not_fit(f):
    op = f.__name__
    x = Variable(np.ones((2, 3)))
    fails(lambda: f(x, np.ones(2)), ValueError, op, "(2, 3)", "(2,)", "broadcast")
    for bad in (None, "text", 1j, object()):
        fails(lambda b=bad: f(x, b), TypeError, op, type(bad).__name__)
        fails(lambda b=bad: f(b, x), TypeError, op, type(bad).__name__)
    huge = F.broadcast_to(Variable(1.0), (2**20, 2**20))
    fails(lambda: f(huge, 2.0), MemoryError)


@pytest.mark.parametrize("f", PAIRS, ids=name)
def test_numbers_take_the_dtype_of_the_other_operand(f):
    x = Variable(np.array([1.0, 2.0], np.float32))
    loss = f(x, 1)
    loss.backward()
    assert loss.dtype == x.grad.dtype == np.float32
    assert f(1.0, 0.5).shape == ()


@both
def test_absolute_error_of_equal_operands(create_graph):
    loss, gx, gt = evaluate(
        F.mean_absolute_error, [1.0, 2.0], [1.0, 4.0], create_graph=create_graph
    )
    assert loss == 1.0
    np.testing.assert_array_equal([gx, gt], [[0, -0.5], [0, 0.5]])


@both
def test_huber_at_its_joints(create_graph):
    x = [1e200, 1.0, 0.5, 0.0, -1.0, -2.0]
    loss, gx, gt = evaluate(F.huber, x[1:], np.zeros(5), create_graph=create_graph)
    assert loss == pytest.approx((0.5 + 0.125 + 0 + 0.5 + 1.5) / 5, rel=1e-15)
    np.testing.assert_allclose(gx, np.array([1, 0.5, 0, -1, -1]) / 5, rtol=1e-15)
    np.testing.assert_array_equal(gt, -gx)
    assert np.isfinite(second(lambda v: F.huber(v, np.zeros(6)), x)).all()
    assert F.huber(1e300, 0.0).item() == 1e300
    assert F.huber(INF, 0.0).item() == INF


def test_huber_with_a_delta_out_of_range():
    for delta in (0.0, -1.0, INF, NAN):
        fails(lambda d=delta: F.huber([1.0], [2.0], d), ValueError, "huber", "delta", "positive")


@both
def test_binary_cross_entropy_of_logits_of_any_size(create_graph):
    x, t = [1e4, -1e4, 1e4, 40.0, -40.0], [1.0, 0.0, 0.25, 1.0, 0.0]
    f = F.binary_cross_entropy_with_logits
    loss, gx, gt = evaluate(f, x, t, create_graph=create_graph)
    small = math.exp(-40.0)
    assert loss == pytest.approx(7500 / 5, rel=1e-15)
    np.testing.assert_allclose(gx * 5, [0, 0, 0.75, 0, small], rtol=1e-14, atol=0)
    np.testing.assert_array_equal(gt, -np.array(x) / 5)
    assert np.isfinite(second(lambda v: f(v, t), x)).all()
    assert f(40.0, 1.0).item() == pytest.approx(small, rel=1e-14)
    for right in ((INF, 1.0), (-INF, 0.0)):
        loss, gx, _ = evaluate(f, *right, create_graph=create_graph)
        assert (loss, gx.item()) == (0.0, 0.0)
    assert f(INF, 0.0).item() == f(-INF, 0.5).item() == INF


def test_binary_cross_entropy_has_a_slope_of_a_quarter_at_0():
    """Second derivatives at 0, where logits often start, come from no kink."""
    x = Variable([0.0, 0.0])
    F.binary_cross_entropy_with_logits(x, [1.0, 0.0]).backward(create_graph=True)
    np.testing.assert_array_equal(x.grad.data, [-0.25, 0.25])
    g, x.grad = x.grad, None
    F.sum(g).backward()
    np.testing.assert_array_equal(x.grad.data, [0.125, 0.125])


def test_weights_of_binary_cross_entropy():
    f = F.binary_cross_entropy_with_logits
    x, t = np.array([[0.3, -2.0], [1.0, 0.5]]), np.array([[1.0, 0.0], [0.25, 1.0]])
    w, p = np.array([0.5, 3.0]), np.array([[2.0], [0.0]])
    terms = p * t * np.log1p(np.exp(-x)) + (1 - t) * np.log1p(np.exp(x))
    got = f(Variable(x), t, weight=w, pos_weight=p)
    assert got.item() == pytest.approx(np.mean(w * terms), rel=1e-14)
    narrow = Variable(x.astype(np.float32))
    assert f(narrow, t.astype(np.float32), weight=w, pos_weight=p).dtype == np.float32
    fails(lambda: f(x, t, weight=np.ones(3)), ValueError, "(3,)", "broadcast")
    fails(lambda: f(x, t, pos_weight="w"), TypeError, f.__name__)


@both
def test_divergence_of_probabilities_that_are_0(create_graph):
    p, q = [[1.0, 0.0], [0.5, 0.5]], [[1.0, 0.0], [0.25, 0.75]]
    loss, gp, gq = evaluate(F.kl_divergence, p, q, create_graph=create_graph)
    want = 0.5 * math.log(2) + 0.5 * math.log(2 / 3)
    assert loss == pytest.approx(want / 2, rel=1e-14)
    np.testing.assert_allclose(gp * 2, [[1, 0], [1 + math.log(2), 1 + math.log(2 / 3)]], rtol=1e-14)
    np.testing.assert_allclose(gq * 2, [[-1, 0], [-2, -2 / 3]], rtol=1e-14)
    for f in (lambda v: F.kl_divergence(v, q), lambda v: F.kl_divergence(p, v)):
        assert np.isfinite(second(f, p)).all()
    assert F.kl_divergence([0.5, 0.5], [1.0, 0.0]).item() == INF
    assert math.isnan(F.kl_divergence([NAN, 0.5], [0.5, 0.5]).item())


def test_divergence_needs_an_axis():
    fails(lambda: F.kl_divergence(0.5, 0.5), ValueError, "kl_divergence", "axis -1")
    assert F.kl_divergence(np.zeros((2, 0)), np.zeros((2, 0))).item() == 0.0


@pytest.mark.parametrize("f", LOSSES, ids=name)
def test_a_loss_of_itself_is_small(f):
    """Operands that are one Variable: gradients add up, and cancel for errors."""
    x = Variable([0.25, 0.75])
    loss = f(x, x)
    loss.backward()
    if f is not F.binary_cross_entropy_with_logits:
        assert loss.item() == 0.0
    if f in PAIRS[:3]:
        np.testing.assert_array_equal(x.grad.data, [0.0, 0.0])


def test_squared_error_is_its_twin():
    rng = np.random.default_rng(0)
    x, t = rng.standard_normal((3, 4)), rng.standard_normal((1, 4))
    a = evaluate(F.mean_squared_error, x, t)
    b = evaluate(F.mean_squared_error_simple, x, t)
    for got, want in zip(a, b, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-13)
