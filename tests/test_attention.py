"""Fused attention and its twin of primitives: many tiles, all kinds of masks and layouts."""

from functools import partial

import numpy as np
import pytest

import autograd as ag
from autograd import Variable
from autograd import functions as F
from support import bits, live_bytes

RNG = np.random.default_rng(0)
FORMS = (F.scaled_dot_product_attention, F.scaled_dot_product_attention_simple)


def derivatives(f, arrays, **options):
    """The value, gradients, and gradients of a function of these."""
    xs = [Variable(a) for a in arrays]
    y = f(*xs, **options)
    seed = np.random.default_rng(1).normal(size=y.shape).astype(y.dtype)
    y.backward(seed)
    first = [x.grad.data for x in xs]
    for x in xs:
        x.cleargrad()
    y.backward(seed, create_graph=True)
    recorded = [x.grad for x in xs]
    for x in xs:
        x.cleargrad()
    total = F.sum(F.square(recorded[0]))
    for g in recorded[1:]:
        total = total + F.sum(F.square(g))
    total.backward()
    second = [x.grad.data for x in xs]
    return [y.data], first, [g.data for g in recorded], second


def agree(arrays, dtype, **options):
    got, want = (derivatives(f, arrays, **options) for f in FORMS)
    rtol = 1e-10 if dtype is np.float64 else 2e-4
    # The gradients by kernels are those by primitives too.
    for a, b in zip([*got, got[1]], [*want, got[2]], strict=True):
        for x, y in zip(a, b, strict=True):
            assert x.dtype == y.dtype == dtype
            assert x.shape == y.shape
            np.testing.assert_allclose(x, y, rtol=rtol, atol=rtol * np.abs(y).max(initial=1))


def operands(dtype, batch=(2, 3), lengths=(150, 130), widths=(5, 7)):
    (queries, keys), (width, made) = lengths, widths
    shapes = ((*batch, queries, width), (*batch, keys, width), (*batch, keys, made))
    return [RNG.normal(size=s).astype(dtype) for s in shapes]


MASKS = {
    "none": lambda n, m: None,
    "every": lambda n, m: RNG.random((2, 3, n, m)) < 0.7,
    "row": lambda n, m: RNG.random(m) < 0.7,
    "column": lambda n, m: RNG.random((n, 1)) < 0.7,
    "band": lambda n, m: np.abs(np.subtract.outer(np.arange(n), np.arange(m))) < 20,
    "added": lambda n, m: np.where(RNG.random((3, n, m)) < 0.7, RNG.normal(size=(n, m)), -np.inf),
    "added row": lambda n, m: RNG.normal(size=(2, 1, 1, m)),
}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("mask", MASKS)
def test_fused_attention_is_its_twin(mask, causal, dtype):
    arrays = operands(dtype)
    agree(arrays, dtype, mask=MASKS[mask](150, 130), is_causal=causal)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("shape", [(150, 130), (2, 1, 150, 130), (3, 1, 130), (1,)])
def test_gradients_of_what_is_added(shape, causal):
    arrays = [*operands(np.float64), RNG.normal(size=shape)]
    agree(arrays, np.float64, is_causal=causal)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize(
    "lengths", [(1, 1), (1, 300), (300, 1), (64, 65), (200, 0), (0, 200), (3, 3000)]
)
def test_lengths(lengths, causal):
    agree(operands(np.float64, (2,), lengths), np.float64, is_causal=causal)


def test_one_matrix_is_shared_out():
    """Gradients of keys and values are sums of parts then."""
    agree(operands(np.float64, (), (700, 90)), np.float64)


@pytest.mark.parametrize("widths", [(0, 3), (3, 0), (1, 1), (64, 64)])
def test_widths(widths):
    agree(operands(np.float64, (2,), (70, 70), widths), np.float64, is_causal=True)


@pytest.mark.parametrize(
    "leads", [((2, 3), (3,), ()), ((), (3,), (2, 3)), ((3,), (2, 1), (1,)), ((0,), (1,), ())]
)
def test_batches_broadcast(leads):
    tails = ((70, 4), (66, 4), (66, 3))
    arrays = [RNG.normal(size=(*lead, *tail)) for lead, tail in zip(leads, tails, strict=True)]
    agree(arrays, np.float64)


def test_some_gradients_only():
    arrays = operands(np.float64, (2,))
    whole = derivatives(FORMS[0], arrays)[1]
    for wanted in range(3):
        xs = [Variable(a, requires_grad=i == wanted) for i, a in enumerate(arrays)]
        y = F.scaled_dot_product_attention(*xs)
        y.backward(np.random.default_rng(1).normal(size=y.shape))
        np.testing.assert_array_equal(xs[wanted].grad.data, whole[wanted])
        assert all(x.grad is None for i, x in enumerate(xs) if i != wanted)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 0, 2), (0, 0, 1)])
@pytest.mark.parametrize("batch", [1, 2])
@pytest.mark.parametrize("sizes", [(12, 12, 12), (12, 12, 24)])
def test_heads_that_were_split_off(sizes, batch, order):
    """As layers use it: everything lies as the operands do, and nothing else changes."""

    def run(f):
        x = Variable(np.random.default_rng(2).normal(size=(batch, 70, sum(sizes))))
        parts = [F.reshape(p, (batch, 70, 3, -1)) for p in F.split(x, list(sizes), axis=-1)]
        if sizes[2] == 12:
            parts = [parts[i] for i in order]
        heads = [F.swapaxes(p, 1, 2) for p in parts]
        y = F.swapaxes(f(*heads, is_causal=True), 1, 2)
        y.backward(np.random.default_rng(3).normal(size=y.shape))
        return y, x.grad

    (y, g), (want, want_g) = map(run, FORMS)
    assert y.data.flags.c_contiguous
    np.testing.assert_allclose(y.data, want.data, rtol=1e-12)
    np.testing.assert_allclose(g.data, want_g.data, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("widths", [(64, 64), (2, 2)], ids=["kept", "made again"])
def test_bits_do_not_depend_on_threads(widths):
    arrays = operands(np.float32, (3,), (300, 280), widths)

    def run(threads):
        before = ag.get_num_threads()
        ag.set_num_threads(threads)
        try:
            value, gradients, *_ = derivatives(FORMS[0], arrays, is_causal=True)
            return [bits(a) for a in [*value, *gradients]]
        finally:
            ag.set_num_threads(before)

    assert run(1) == run(4)


def test_memory_does_not_grow_with_the_square():
    arrays = operands(np.float32, (), (4000, 4000), (8, 8))
    xs = [Variable(a) for a in arrays]
    before = live_bytes()
    y = F.scaled_dot_product_attention(*xs)
    # The scores would take 64 MB.
    assert live_bytes() - before < 1_000_000
    y.backward()
    assert live_bytes() - before < 2_000_000


@pytest.mark.parametrize("kind", [bool, float, "causal"])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e300])
def test_hidden_scores_reach_nothing(kind, bad):
    """A key of a hidden score may be anything: its value has no weight, and it gets no gradient."""
    q, k, v = operands(np.float64, (), (70, 70), (2, 2))
    k[69] = bad
    mask = np.ones((70, 70), bool)
    mask[:, 69] = False
    options = {"mask": mask if kind is bool else np.where(mask, 0.0, -np.inf)}
    if kind == "causal":
        options, q = {"is_causal": True}, q[:69]
    xs = [Variable(a) for a in (q, k, v)]
    y = F.scaled_dot_product_attention(*xs, **options)
    want = F.scaled_dot_product_attention(q, k[:69], v[:69], is_causal=kind == "causal")
    np.testing.assert_allclose(y.data, want.data, rtol=1e-14)
    y.backward()
    np.testing.assert_array_equal(xs[1].grad.data[69], [0.0, 0.0])
    np.testing.assert_array_equal(xs[2].grad.data[69], [0.0, 0.0])


def test_scores_of_minus_infinity_that_are_seen():
    """They share the weight with one another, and not with what is hidden."""
    q, k = np.array([[1.0]]), np.array([[-np.inf], [-np.inf], [0.0]])
    mask = [True, True, False]
    y = F.scaled_dot_product_attention(q, k, [[1.0], [3.0], [100.0]], np.array(mask))
    np.testing.assert_array_equal(y.data, [[2.0]])


def test_jacobians_are_those_of_the_twin():
    arrays = operands(np.float64, (2,), (4, 3), (2, 3))
    got, want = (ag.jacobian(partial(f, is_causal=True), argnums=(0, 1, 2))(*arrays) for f in FORMS)
    for a, b in zip(got, want, strict=True):
        assert a.shape == b.shape
        np.testing.assert_allclose(a.data, b.data, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("moving", [(0,), (1,), (2,), (3,), (0, 1, 2, 3)], ids=str)
def test_tangents_are_those_of_the_twin(moving):
    arrays = [*operands(np.float64, (2,), (4, 3), (2, 3)), RNG.normal(size=(4, 3))]
    along = [arrays[i] for i in moving]
    directions = [RNG.normal(size=a.shape) for a in along]

    def of(f):
        def run(*given):
            every = list(arrays)
            for i, x in zip(moving, given, strict=True):
                every[i] = x
            return f(*every[:3], Variable(every[3]) if 3 not in moving else every[3])

        return run

    got, want = (ag.jvp(of(f), along, directions) for f in FORMS)
    for a, b in zip(got, want, strict=True):
        np.testing.assert_allclose(a.data, b.data, rtol=1e-10, atol=1e-12)
