"""Functions of neural networks at their edges: constant rows, modes, masks, bad arguments."""

import inspect
import math

import numpy as np
import pytest

import autograd as ag
from autograd import Variable
from autograd import functions as F
from support import directional, equal, fails, gradients, nodes

RNG = np.random.default_rng(0)
IMAGE = Variable(np.ones((2, 4, 5, 5)))
KERNEL = Variable(np.ones((6, 4, 3, 3)))


def fixed(values):
    return Variable(values, requires_grad=False)


# Layer normalisation


def test_fused_layer_norm_equals_the_simple_one():
    """Up to the second derivative, with the usual eps, on long rows and over inner axes."""
    rng = np.random.default_rng(1)
    for shape, axis in [((3, 700), -1), ((70, 5), 1), ((4, 3, 6), (0, 2)), ((4, 3, 6), None)]:
        over = range(len(shape)) if axis is None else np.atleast_1d(axis) % len(shape)
        row = [shape[a] for a in sorted(over)]
        arrays = [rng.normal(size=s) for s in (shape, row, row)]
        c, ways = rng.normal(size=shape), [[rng.normal(size=a.shape) for a in arrays]] * 2

        def fused(*xs, axis=axis):
            return F.layer_norm(*xs, axis=axis)

        def simple(*xs, axis=axis):
            return F.layer_norm_simple(*xs, axis=axis)

        y, grads = gradients(fused, arrays, c)
        want, simple_grads = gradients(simple, arrays, c)
        np.testing.assert_allclose(y, want, rtol=1e-12, atol=1e-12)
        for a, b in zip(grads, simple_grads, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-10)
        second = directional(fused, arrays, c, ways)
        assert second == pytest.approx(directional(simple, arrays, c, ways), rel=1e-9)


@pytest.mark.parametrize("f", [F.layer_norm, F.layer_norm_simple])
@pytest.mark.parametrize("create_graph", [False, True])
@pytest.mark.parametrize("row", [[5.0], [2.0, 2.0, 2.0], [0.0, 0.0]])
def test_layer_norm_of_constant_rows(f, create_graph, row):
    """The variance is 0: the value too, and eps keeps the gradient finite."""
    x = Variable([row, row])
    y = f(x, eps=1e-4)
    np.testing.assert_array_equal(y.data, np.zeros(x.shape))
    c = np.arange(y.size).reshape(y.shape) + 1.0
    y.backward(c, create_graph=create_graph)
    want = (c - c.mean(1, keepdims=True)) / 1e-2
    np.testing.assert_allclose(x.grad.data, want, atol=1e-10)
    if create_graph:
        gx, x.grad = x.grad, None
        gx.backward()
        assert np.isfinite(x.grad.data).all()


def test_layer_norm_keeps_its_precision_far_from_zero():
    x = np.array([[1e8, 1e8 + 1.0, 1e8 + 2.0]])
    np.testing.assert_allclose(
        F.layer_norm(x, eps=1e-12).data, [[-math.sqrt(1.5), 0.0, math.sqrt(1.5)]], rtol=1e-9
    )


def test_layer_norm_of_nothing():
    for shape in [(0, 3), (3, 0), (0, 0)]:
        x, w, b = (Variable(np.ones(s)) for s in (shape, shape[1:], shape[1:]))
        F.layer_norm(x, w, b).backward()
        assert (x.grad.shape, w.grad.shape) == (shape, shape[1:])
        np.testing.assert_array_equal(b.grad.data, np.zeros(shape[1:]))


def test_layer_norm_is_the_same_with_any_number_of_threads(threads):
    arrays = [RNG.normal(size=s).astype(np.float32) for s in ((500, 130), 130, 130)]
    c = RNG.normal(size=(500, 130)).astype(np.float32)

    def run(n):
        threads(n)
        y, grads = gradients(F.layer_norm, arrays, c)
        return [a.tobytes() for a in (y, *grads)]

    assert run(1) == run(2) == run(3)


def test_layer_norm_keeps_nothing_for_a_bias_alone():
    """Only the bias needs a gradient, which is that of the result."""
    b = Variable(np.zeros(3))
    F.layer_norm(np.ones((2, 3)), None, b).backward()
    np.testing.assert_array_equal(b.grad.data, [2.0, 2.0, 2.0])
    w = Variable(np.ones(2))
    F.layer_norm([[1.0, 3.0]], w, eps=1e-12).backward()
    np.testing.assert_allclose(w.grad.data, [-1.0, 1.0])


def test_bad_layer_norms():
    x = Variable(np.ones((2, 3)))
    fails(lambda: F.layer_norm(x, np.ones(2)), ValueError, "layer_norm: weight", "(3,)", "(2,)")
    fails(lambda: F.layer_norm(x, None, np.ones((1, 3))), ValueError, "layer_norm: bias", "(1, 3)")
    fails(lambda: F.layer_norm(x, 2.0), ValueError, "weight", "()")
    fails(lambda: F.layer_norm(1.0), ValueError, "layer_norm: axis -1", "0 dim")
    fails(lambda: F.layer_norm(x, axis=2), ValueError, "layer_norm: axis 2")
    fails(lambda: F.layer_norm(x, axis=(0, -2)), ValueError, "layer_norm: axis -2", "twice")
    fails(lambda: F.layer_norm(x, axis="x"), TypeError, "layer_norm: axis")
    fails(lambda: F.layer_norm("x"), TypeError, "layer_norm: ")
    for eps in (0.0, -1.0, math.nan, math.inf):
        fails(lambda eps=eps: F.layer_norm(x, eps=eps), ValueError, "layer_norm: eps")
    fails(lambda: F.layer_norm(F.broadcast_to(x[0, 0], (2**20, 2**20))), MemoryError)
    simple = F.layer_norm_simple
    fails(lambda: simple(x, np.array(0.0)), ValueError, "layer_norm_simple: weight", "(3,)", "()")
    fails(lambda: simple(x, None, np.ones((1, 3))), ValueError, "_simple: bias", "(3,)", "(1, 3)")
    equal(simple(x, np.ones(2), axis=np.int64(0)), 0.0)


# Batch normalisation


def test_batch_norm_updates_running_statistics():
    """The population's variance normalises, the unbiased one is kept."""
    x = RNG.normal(size=(4, 3, 2))
    mean, var = fixed(np.zeros(3)), fixed(np.ones(3))
    y = F.batch_norm(x, mean, var, momentum=0.25)
    m, v = x.mean((0, 2)), x.var((0, 2))
    want = (x - m[:, None]) / np.sqrt(v + 1e-5)[:, None]
    np.testing.assert_allclose(y.data, want, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(mean.data, 0.25 * m)
    np.testing.assert_allclose(var.data, 0.75 + 0.25 * x.var((0, 2), ddof=1))
    assert mean.creator is None
    assert not mean.requires_grad


def test_batch_norm_in_test_mode_uses_them_and_leaves_them():
    x = Variable(RNG.normal(size=(1, 2)))
    mean, var = fixed([1.0, -1.0]), fixed([4.0, 0.25])
    want = (x.data - mean.data) / np.sqrt(var.data + 1e-5)
    with ag.test_mode():
        y = F.batch_norm(x, mean, var)
        np.testing.assert_allclose(F.batch_norm(x, mean.data, var.data).data, want)
    np.testing.assert_allclose(y.data, want)
    np.testing.assert_allclose(F.batch_norm(x, mean, var, training=False).data, want)
    np.testing.assert_array_equal(mean.data, [1.0, -1.0])
    y.backward()
    np.testing.assert_allclose(x.grad.data, [1 / np.sqrt(var.data + 1e-5)])
    assert mean.grad is None
    with ag.test_mode():
        # `training` says more than the mode.
        y = F.batch_norm(np.ones((2, 2)), mean, var, training=True, momentum=1.0)
    np.testing.assert_array_equal(y.data, np.zeros((2, 2)))
    np.testing.assert_array_equal(mean.data, [1.0, 1.0])
    np.testing.assert_array_equal(var.data, [0.0, 0.0])


def test_running_statistics_are_immutable_for_older_graphs():
    mean, var = Variable([0.0]), Variable([1.0])
    seen = mean * 3.0
    F.batch_norm([[1.0], [3.0]], mean, var)
    assert seen.item() == 0.0
    np.testing.assert_allclose(mean.data, [0.2])


def test_running_statistics_do_not_widen():
    x = RNG.normal(size=(4, 2)).astype(np.float32)
    mean, var = fixed(np.zeros(2)), fixed(np.ones(2, np.float32))
    for training in (True, False):
        assert F.batch_norm(x, mean, var, training=training).dtype == np.float32
    assert (mean.dtype, var.dtype) == (np.float64, np.float32)


def test_batch_norm_of_constant_channels():
    x = Variable(np.full((3, 2), 7.0))
    y = F.batch_norm(x, weight=[1.0, 2.0], bias=[3.0, 4.0])
    np.testing.assert_array_equal(y.data, [[3.0, 4.0]] * 3)
    y.backward([[1.0, 0.0], [0.0, 0.0], [0.0, 0.0]])
    assert np.isfinite(x.grad.data).all()


def test_batch_norm_of_nothing():
    mean, var = fixed(np.zeros(3)), fixed(np.ones(3))
    with ag.test_mode():
        assert F.batch_norm(np.ones((0, 3, 2)), mean, var).shape == (0, 3, 2)
    none = fixed(np.zeros(0))
    assert F.batch_norm(np.ones((2, 0)), none, none).shape == (2, 0)


def test_bad_batch_norms():
    x, mean, var = Variable(np.ones((2, 3))), fixed(np.zeros(3)), fixed(np.ones(3))
    fails(lambda: F.batch_norm([1.0]), ValueError, "batch_norm: x", "(N, C)", "(1,)")
    fails(lambda: F.batch_norm(x, mean), ValueError, "running_var", "together")
    fails(lambda: F.batch_norm(x, mean, fixed([1.0])), ValueError, "running_var", "(3,)", "(1,)")
    fails(lambda: F.batch_norm(x, weight=[1.0]), ValueError, "batch_norm: weight", "(1,)")
    fails(lambda: F.batch_norm(x, bias=x), ValueError, "batch_norm: bias", "(2, 3)")
    fails(lambda: F.batch_norm(x, mean.data, var.data), TypeError, "Variables", "ndarray")
    fails(lambda: F.batch_norm(x, momentum=1.5), ValueError, "momentum", "1.5")
    fails(lambda: F.batch_norm(x, eps=0.0), ValueError, "batch_norm: eps")
    fails(lambda: F.batch_norm(x, training=False), ValueError, "running_mean")
    for shape in [(1, 3), (0, 3), (1, 3, 1)]:
        fails(lambda s=shape: F.batch_norm(np.ones(s), mean, var), ValueError, "more than one")
    np.testing.assert_array_equal(mean.data, np.zeros(3))


# Dropout


def test_dropout_draws_in_row_major_order():
    x = np.arange(6.0).reshape(2, 3) + 1.0
    kept = np.random.default_rng(3).random(6).reshape(2, 3) >= 0.4
    want = np.where(kept, x / 0.6, 0.0)
    for rng in (3, np.random.default_rng(3)):
        np.testing.assert_allclose(F.dropout(x, 0.4, rng).data, want)
    np.testing.assert_allclose(F.dropout(Variable(x.T.copy()).T, 0.4, rng=3).data, want)

    class Source:
        draws = iter([0.1, 0.39, 0.4, 0.9, 0.0, 0.5])

        def uniform(self):
            return next(self.draws)

    y = F.dropout(x, 0.4, Source())
    np.testing.assert_array_equal(y.data != 0, [[False, False, True], [True, False, True]])


def test_dropout_at_its_ends():
    x = Variable([1.0, math.inf, math.nan])
    np.testing.assert_array_equal(F.dropout(x, 0.0).data, x.data)
    with ag.test_mode():
        np.testing.assert_array_equal(F.dropout(x, 0.7).data, x.data)
    y = F.dropout(x, 1.0)
    np.testing.assert_array_equal(y.data, np.zeros(3))
    y.backward(create_graph=True)
    np.testing.assert_array_equal(x.grad.data, np.zeros(3))
    assert F.dropout(Variable(2.0), 0.5, rng=0).shape == ()
    assert F.dropout(np.ones(3, np.float32), 0.5).dtype == np.float32
    assert not F.dropout([1.0], 0.0).requires_grad


def test_dropout_keeps_the_mean():
    x = np.ones(100_000)
    for p in (0.1, 0.5, 0.9):
        # Four standard deviations of the mean.
        bound = 4 * math.sqrt(p / (1 - p) / x.size)
        assert F.mean(F.dropout(x, p, rng=0)).item() == pytest.approx(1.0, abs=bound)


def test_bad_dropouts():
    for p in (-0.1, 1.1, math.nan):
        fails(lambda p=p: F.dropout([1.0], p), ValueError, "dropout: p", str(p))
    fails(lambda: F.dropout([1.0], 0.5, rng="seed"), TypeError, "rng")
    fails(lambda: F.dropout("x"), TypeError, "dropout: ")


# Embedding


def test_embedding_takes_variables_of_whole_numbers():
    w = Variable(np.arange(6.0).reshape(3, 2))
    y = F.embedding(Variable([[2.0], [0.0]]), w)
    np.testing.assert_array_equal(y.data, [[[4.0, 5.0]], [[0.0, 1.0]]])
    assert F.embedding(1, w).shape == (2,)
    assert F.embedding([], w).shape == (0, 2)
    assert F.embedding(np.array([1], np.uint8), w).shape == (1, 2)


def test_bad_embeddings():
    w = Variable(np.ones((3, 2)))
    for i in (3, -1):
        fails(lambda i=i: F.embedding([0, i], w), IndexError, f"embedding: index {i}", "size 3")
    fails(lambda: F.embedding([0.5], w), TypeError, "embedding: indices", "float64")
    fails(lambda: F.embedding(Variable([0.5]), w), ValueError, "embedding: indices", "0.5")
    fails(lambda: F.embedding([0], [1.0]), ValueError, "embedding: weight", "(1,)")
    fails(lambda: F.embedding([0], np.ones((0, 2))), IndexError, "size 0")


# Attention


@pytest.mark.parametrize("create_graph", [False, True])
@pytest.mark.parametrize("kind", [bool, float])
def test_a_query_that_sees_nothing_gives_zeros(create_graph, kind):
    q, k, v = (Variable(RNG.normal(size=s)) for s in ((2, 3), (4, 3), (4, 2)))
    mask = np.array([[False] * 4, [True, False, True, False]])
    mask = mask if kind is bool else np.where(mask, 0.0, -np.inf)
    y = F.scaled_dot_product_attention(q, k, v, mask)
    np.testing.assert_array_equal(y.data[0], [0.0, 0.0])
    assert np.all(y.data[1] != 0)
    y.backward(create_graph=create_graph)
    np.testing.assert_array_equal(q.grad.data[0], np.zeros(3))
    np.testing.assert_array_equal(v.grad.data[1], np.zeros(2))
    for x in (q, k, v):
        assert np.isfinite(x.grad.data).all()


@pytest.mark.parametrize("bad", [1e6, -1e6, math.inf, -math.inf, math.nan])
def test_hidden_scores_do_not_matter(bad):
    """Not even to the second derivative: exponentials of hidden scores would overflow."""
    scores = Variable([[0.5, bad]])
    # Of no width, so that the scores are what is added to them.
    shapes = np.ones((1, 0)), np.ones((2, 0)), np.ones((2, 1))
    weights = ag._core.attention_weights(*shapes, [[True, False]], scores, False, None)
    np.testing.assert_array_equal(weights.data, [[1.0, 0.0]])
    weights.backward([[1.0, 2.0]], create_graph=True)
    g, scores.grad = scores.grad, None
    np.testing.assert_array_equal(g.data, [[0.0, 0.0]])
    g.backward()
    assert scores.grad is None or np.isfinite(scores.grad.data).all()


def test_large_scores_do_not_overflow():
    x = Variable([[1000.0], [-1000.0]])
    y = F.scaled_dot_product_attention(x, x, [[1.0], [2.0]], scale=1.0)
    np.testing.assert_array_equal(y.data, [[1.0], [2.0]])


def test_attention_over_no_keys_is_zero():
    y = F.scaled_dot_product_attention(np.ones((2, 3)), np.ones((0, 3)), np.ones((0, 4)))
    np.testing.assert_array_equal(y.data, np.zeros((2, 4)))


def test_a_mask_does_not_widen():
    x = Variable(np.ones((2, 2), np.float32))
    added = Variable(np.zeros((2, 2)))
    y = F.scaled_dot_product_attention(x, x, x, added)
    assert y.dtype == np.float32
    y.backward()
    assert added.grad.dtype == np.float64


def test_attention_with_dropout():
    x = Variable(RNG.normal(size=(3, 2)))
    plain = F.scaled_dot_product_attention(x, x, np.eye(3))
    y = F.scaled_dot_product_attention(x, x, np.eye(3), dropout_p=0.5, rng=7)
    np.testing.assert_allclose(y.data, F.dropout(plain, 0.5, rng=7).data)
    with ag.test_mode():
        z = F.scaled_dot_product_attention(x, x, np.eye(3), dropout_p=0.5)
    np.testing.assert_array_equal(z.data, plain.data)


def test_bad_attention():
    f, name = F.scaled_dot_product_attention, "scaled_dot_product_attention: "
    q, k, v = np.ones((2, 3)), np.ones((4, 3)), np.ones((4, 5))
    fails(lambda: f(q[0], k, v), ValueError, name, "query", "(3,)")
    fails(lambda: f(q, k, 1.0), ValueError, name, "value", "()")
    fails(lambda: f(q, k[:, :2], v), ValueError, name, "(2, 3)", "(4, 2)")
    fails(lambda: f(q, k, v[:3]), ValueError, name, "(4, 3)", "(3, 5)")
    fails(lambda: f(np.ones((2, 2, 3)), np.ones((3, 4, 3)), v), ValueError, name, "(2,)", "(3,)")
    fails(lambda: f(q, k, np.ones((4, 5)), np.ones(3, bool)), ValueError, name, "mask", "(2, 4)")
    fails(lambda: f(q, k, v, np.ones((3, 2, 4))), ValueError, name, "mask", "(3, 2, 4)")
    fails(lambda: f(q, k, v, np.ones((2, 4), int)), TypeError, name, "mask", "int64")
    fails(lambda: f(q, k, v, dropout_p=2.0), ValueError, "dropout", "2.0")
    fails(lambda: f("x", k, v), TypeError, name)


# All of them


@pytest.mark.parametrize(
    "call",
    [
        lambda: F.layer_norm(IMAGE, np.ones(5), np.ones(5)),
        lambda: F.batch_norm(IMAGE, weight=Variable(np.ones(4))),
        lambda: F.dropout(IMAGE, 0.5),
        lambda: F.embedding([0, 1], IMAGE[0, 0]),
        lambda: F.conv2d(IMAGE, KERNEL, np.ones(6), padding=1),
        lambda: F.max_pool2d(IMAGE, 2),
        lambda: F.avg_pool2d(IMAGE, 2),
        lambda: F.scaled_dot_product_attention(IMAGE, IMAGE, IMAGE, is_causal=True),
    ],
    ids=lambda call: inspect.getsource(call).split("(")[0].split(".")[-1],
)
def test_graphs_go_when_dropped(call, no_gc):
    before = nodes()
    y = call()
    y.backward(create_graph=True)
    IMAGE.cleargrad()
    KERNEL.cleargrad()
    del y
    assert nodes() == before
