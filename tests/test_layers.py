"""Layers: values and derivatives against NumPy, dtypes, copies, what they refuse, their names."""

import copy
import pickle

import numpy as np
import pytest

import autograd as ag
from autograd import Variable, random
from autograd import functions as F
from autograd import layers as L
from layer_cases import CASES, called, each_case, each_with_parameters, put
from support import central, directional, fails


def functional(case, layer):
    """A function of the operands and the parameters, the latter in the order of their names."""
    names = list(layer.params())

    def f(*arrays):
        count = len(arrays) - len(names)
        for name, v in zip(names, arrays[count:], strict=True):
            put(layer, name, v)
        return case.call(layer, *arrays[:count])

    return f, [v.data for v in layer.params().values()]


@each_case
def test_derivatives(case):
    """Value, first and second derivatives along random directions of everything at once."""
    layer, xs = called(case)
    names = list(layer.params())
    f, parameters = functional(case, layer)
    arrays = [*xs, *parameters]
    rng = np.random.default_rng(3)
    u, v = ([rng.uniform(-1, 1, a.shape) for a in arrays] for _ in range(2))

    def reference(s, t):
        moved = [a + s * b + t * c for a, b, c in zip(arrays, u, v, strict=True)]
        return case.reference(dict(zip(names, moved[len(xs) :], strict=True)), *moved[: len(xs)])

    value = reference(0.0, 0.0)
    np.testing.assert_allclose(f(*map(Variable, arrays)).data, value, rtol=1e-12, atol=1e-14)
    seed = rng.uniform(-1, 1, value.shape)

    def along(s, t):
        return float(np.sum(reference(s, t) * seed))

    first = central(lambda s: along(s, 0.0), 1e-3)
    assert directional(f, arrays, seed, [u]) == pytest.approx(first, rel=1e-8, abs=1e-9)
    second = central(lambda t: central(lambda s: along(s, t), 2e-3), 2e-3)
    assert directional(f, arrays, seed, [u, v]) == pytest.approx(second, rel=1e-6, abs=1e-7)


@each_case
def test_every_gradient(case):
    """Each operand and each parameter has its gradient, along a direction of its own."""
    layer, xs = called(case)
    names = list(layer.params())
    f, parameters = functional(case, layer)
    arrays = [*xs, *parameters]
    vs = [Variable(a) for a in arrays]
    y = f(*vs)
    rng = np.random.default_rng(4)
    seed = rng.uniform(-1, 1, y.shape)
    y.backward(seed)
    for i, v in enumerate(vs):
        way = rng.uniform(-1, 1, v.shape)

        def along(t, i=i, way=way):
            moved = [a + t * way if i == j else a for j, a in enumerate(arrays)]
            p = dict(zip(names, moved[len(xs) :], strict=True))
            return float(np.sum(case.reference(p, *moved[: len(xs)]) * seed))

        got = float(np.sum(v.grad.data * way))
        assert got == pytest.approx(central(along, 1e-3), rel=1e-8, abs=1e-9)


@each_with_parameters
@pytest.mark.parametrize("converted", [False, True])
def test_float32(case, converted):
    """Made as float32 or converted: everything is float32, and agrees with float64."""
    wide, xs = called(case)
    if converted:
        layer = copy.deepcopy(wide)
        assert layer.astype("float32") is layer
    else:
        layer, _ = called(case, "float32")
        for name, v in layer.params().items():
            v.data = wide.params()[name].data.astype("float32")
    tensors = {**layer.params(), **layer.buffers()}
    assert {v.dtype for v in tensors.values()} == {np.dtype("float32")}
    vs = [Variable(x.astype("float32")) for x in xs]
    y = case.call(layer, *vs)
    assert y.dtype == "float32"
    np.testing.assert_allclose(
        y.data, case.call(wide, *map(Variable, xs)).data, rtol=1e-4, atol=1e-5
    )
    y.backward()
    for v in [*vs, *layer.params().values()]:
        assert v.grad.dtype == "float32"


@each_with_parameters
def test_float32_draws_the_same_numbers(case):
    wide, xs = case.build(), case.operands()
    narrow = case.build("float32")
    case.call(wide, *map(Variable, xs))
    case.call(narrow, *(Variable(x.astype("float32")) for x in xs))
    for name, v in wide.params().items():
        np.testing.assert_array_equal(narrow.params()[name].data, v.data.astype("float32"))


@each_case
def test_repr(case):
    layer, _ = called(case)
    assert repr(layer) == case.shown


def test_repr_before_the_first_call():
    assert repr(L.Linear(3)) == "Linear(? -> 3)"
    assert repr(L.GRU(3)) == "GRU(? -> 3)"
    assert repr(L.Conv2d(4, 3, groups=2)) == "Conv2d(? -> 4, kernel_size=3, groups=2)"
    assert repr(L.ConvTranspose2d(4, 3)) == "ConvTranspose2d(? -> 4, kernel_size=3)"
    assert repr(L.Sequential(L.Flatten(), F.relu)) == "Sequential(Flatten(), relu)"


def clones(layer):
    yield copy.deepcopy(layer)
    yield pickle.loads(pickle.dumps(layer))


@each_case
def test_copies(case):
    """A copy computes the same, shares nothing, and goes on with the same random numbers."""
    layer, xs = called(case)
    for clone in clones(layer):
        assert repr(clone) == repr(layer)
        assert list(clone.params()) == list(layer.params())
        same = case.call(layer, *map(Variable, xs)).data
        np.testing.assert_array_equal(case.call(clone, *map(Variable, xs)).data, same)
        for v in clone.params().values():
            v.data = v.data + 1.0
        layer.reset_state()
        np.testing.assert_array_equal(case.call(layer, *map(Variable, xs)).data, same)


@each_case
@pytest.mark.parametrize("source", [np.random.default_rng, random.PCG])
def test_copies_before_the_first_call(case, source):
    """What copies draw is what the original would have drawn, and takes nothing from it."""
    layer, xs = case.build(seed=source(5)), case.operands()
    results = [case.call(clone, *map(Variable, xs)).data for clone in (*clones(layer), layer)]
    for result in results[:-1]:
        np.testing.assert_array_equal(result, results[-1])


@each_with_parameters
def test_arrays_are_constants(case):
    """Arrays in place of Variables give the same, and parameters get their gradients."""
    layer, xs = called(case)
    want = case.call(layer, *map(Variable, xs)).data
    y = case.call(layer, *xs)
    np.testing.assert_array_equal(y.data, want)
    y.backward()
    assert all(v.grad is not None for v in layer.params().values())


# First values


def moments(v):
    return v.data.mean(), v.data.std()


@pytest.mark.parametrize(
    ("layer", "std"),
    [
        (L.Linear(200, 100, rng=0), 0.1),
        (L.Embedding(100, 200, rng=0), 1.0),
        (L.Conv1d(100, 10, 10, rng=0), 0.1),
        (L.Conv2d(100, 5, 16, groups=4, rng=0), 0.1),
        (L.ConvTranspose2d(50, 10, 100, stride=10, rng=0), 0.1),
        (L.ConvTranspose2d(50, 4, 100, stride=2, rng=0), 0.05),
        (L.ConvTranspose2d(50, (2, 3), 100, stride=(4, 1), groups=2, rng=0), 150**-0.5),
    ],
    ids=repr,
)
def test_scale_of_weights(layer, std):
    mean, spread = moments(layer.w)
    assert abs(mean) < 0.05 * std
    assert spread == pytest.approx(std, rel=0.03)


def test_outputs_of_a_transposed_convolution_keep_the_scale():
    layer = L.ConvTranspose2d(16, 4, stride=2, rng=0)
    x = ag.randn((4, 64, 12, 12), rng=1)
    assert layer(x).data[..., 4:-4, 4:-4].std() == pytest.approx(1.0, rel=0.1)


def test_a_seed_is_one_generator():
    """Sub-layers of one seed differ; equal seeds agree."""
    layer = L.MultiHeadAttention(4, 2, rng=0)
    assert not np.array_equal(layer.q.w.data, layer.k.w.data)
    again = L.MultiHeadAttention(4, 2, rng=0)
    for name, v in layer.params().items():
        np.testing.assert_array_equal(again.params()[name].data, v.data)


def test_weights_wait_for_the_first_call():
    layer = L.Linear(3, rng=0)
    assert list(layer.params()) == ["b"]
    assert repr(layer.w) == "Lazy(?, 3)"
    layer(np.ones((1, 2)))
    np.testing.assert_array_equal(layer.w.data, L.Linear(3, 2, rng=0).w.data)


# Training and test mode


def test_batch_norm_statistics():
    layer = L.BatchNorm(2, momentum=0.25)
    x = np.random.default_rng(0).normal(size=(5, 2, 3))
    layer(Variable(x))
    np.testing.assert_allclose(layer.running_mean.data, 0.25 * x.mean((0, 2)))
    np.testing.assert_allclose(
        layer.running_var.data, 0.75 + 0.25 * x.var((0, 2), ddof=1), rtol=1e-12
    )
    assert list(layer.params()) == ["b", "w"]
    assert list(layer.buffers()) == ["running_mean", "running_var"]
    before = layer.state_dict()
    with ag.test_mode():
        y = layer(Variable(x))
    mean, var = (layer.buffers()[f"running_{k}"].data[:, None] for k in ("mean", "var"))
    np.testing.assert_allclose(y.data, (x - mean) / np.sqrt(var + 1e-5), rtol=1e-12)
    for name, value in before.items():
        np.testing.assert_array_equal(layer.state_dict()[name], value)


def test_dropout_draws_anew():
    layer, x = L.Dropout(0.5, rng=0), np.ones(100)
    first, second = layer(x).data, layer(x).data
    assert set(first) == set(second) == {0.0, 2.0}
    assert not np.array_equal(first, second)
    again = L.Dropout(0.5, rng=0)
    np.testing.assert_array_equal(again(x).data, first)
    np.testing.assert_array_equal(again(x).data, second)
    with ag.test_mode():
        np.testing.assert_array_equal(layer(x).data, x)


def test_attention_drops_weights_in_training_only():
    layer = L.MultiHeadAttention(4, 2, dropout=0.5, rng=0)
    x = np.random.default_rng(1).normal(size=(3, 4))
    assert not np.array_equal(layer(x).data, layer(x).data)
    with ag.test_mode():
        np.testing.assert_array_equal(layer(x).data, layer(x).data)


def test_attention_masks():
    """A mask for all heads, per sample and per head; one of floats has a gradient."""
    layer = L.MultiHeadAttention(4, 2, rng=0)
    rng = np.random.default_rng(1)
    x = Variable(rng.normal(size=(2, 3, 4)))
    seen = rng.random((2, 3, 3)) < 0.7
    want = np.stack([layer(x[i], mask=seen[i]).data for i in range(2)])
    np.testing.assert_allclose(layer(x, mask=seen).data, want, rtol=1e-12)
    each = np.repeat(seen[:, None], 2, axis=1)
    np.testing.assert_allclose(layer(x, mask=each).data, want, rtol=1e-12)
    added = Variable(np.zeros((2, 3, 3)))
    y = layer(x, mask=added)
    y.backward()
    np.testing.assert_allclose(y.data, layer(x).data, rtol=1e-12)
    assert added.grad.shape == (2, 3, 3)
    np.testing.assert_allclose(
        layer(x, mask=np.tri(3, dtype=bool)).data, layer(x, is_causal=True).data
    )


# What is refused


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: L.Linear(0), ValueError, "Linear: out_size must be positive, got 0"),
        (lambda: L.Linear(2.0), TypeError, "Linear: out_size must be an int, got float"),
        (lambda: L.Linear(None), TypeError, "Linear: out_size must be an int, got NoneType"),
        (lambda: L.Linear(2, bias=False, dtype="int64"), TypeError, "int64"),
        (lambda: L.LSTM(2, dtype="int64"), TypeError, "int64"),
        (lambda: L.Linear(True), TypeError, "Linear: out_size must be an int, got bool"),
        (lambda: L.Linear(2, in_size=-1), ValueError, "in_size must be positive, got -1"),
        (lambda: L.Linear(2, rng="x"), TypeError, "rng must be an int seed"),
        (lambda: L.Embedding(0, 2), ValueError, "Embedding: num_embeddings must be positive"),
        (lambda: L.Embedding(2, None), TypeError, "Embedding: embedding_dim must be an int"),
        (lambda: L.LayerNorm(()), ValueError, "LayerNorm: shape must have at least one size"),
        (lambda: L.LayerNorm((2, 0)), ValueError, "LayerNorm: shape must be positive, got 0"),
        (lambda: L.LayerNorm(2, eps=0.0), ValueError, "LayerNorm: eps must be positive"),
        (lambda: L.LayerNorm(2, eps="x"), TypeError, "LayerNorm: eps must be a number, got str"),
        (lambda: L.BatchNorm(-2), ValueError, "BatchNorm: num_features must be positive, got -2"),
        (lambda: L.BatchNorm(2, 1.5), ValueError, "momentum must lie between 0 and 1, got 1.5"),
        (lambda: L.BatchNorm(2, eps=float("nan")), ValueError, "BatchNorm: eps must be positive"),
        (lambda: L.Dropout(-0.1), ValueError, "Dropout: p must lie between 0 and 1, got -0.1"),
        (lambda: L.Conv1d(2, 0), ValueError, "Conv1d: kernel_size must be positive, got 0"),
        (lambda: L.Conv1d(2, 3, stride=0), ValueError, "Conv1d: stride must be positive, got 0"),
        (lambda: L.Conv2d(2, 3, padding=-1), ValueError, "padding must not be negative, got -1"),
        (lambda: L.Conv2d(2, 3, padding="full"), ValueError, "got 'full'"),
        (lambda: L.Conv2d(2, (3, 3, 3)), ValueError, "kernel_size must be an int or 2 of them"),
        (lambda: L.Conv2d(3, 3, groups=2), ValueError, "out_channels must be a multiple of groups"),
        (lambda: L.Conv2d(4, 3, 3, groups=2), ValueError, "in_channels must be a multiple"),
        (lambda: L.MaxPool2d(1.5), TypeError, "MaxPool2d: kernel_size must be an int, got float"),
        (lambda: L.AvgPool2d(2, stride=(1, 0)), ValueError, "AvgPool2d: stride must be positive"),
        (lambda: L.MultiHeadAttention(4, 3), ValueError, "must divide embed_dim, got 3 and 4"),
        (lambda: L.MultiHeadAttention(4, 2, 2.0), ValueError, "dropout must lie between 0 and 1"),
        (lambda: L.Sequential(F.relu, 3), TypeError, "layers[1] must be callable, got int"),
        (lambda: L.Linear(2)(1.0), ValueError, "Linear: x must have at least one axis"),
        (lambda: L.Linear(2, 3)(np.ones((1, 2))), ValueError, "linear"),
        (lambda: L.Flatten()(1.0), ValueError, "Flatten: x must have at least one axis"),
        (lambda: L.Conv1d(2, 3)(np.ones((2, 3))), ValueError, "must have the shape (N, C, L), got"),
        (lambda: L.Conv2d(2, 3)(np.ones((2, 3, 4))), ValueError, "(N, C, H, W), got (2, 3, 4)"),
        (lambda: L.Conv2d(2, 1, groups=2)(np.ones((1, 3, 1, 1))), ValueError, "got 3 and 2"),
        (lambda: L.LayerNorm((2, 3))(np.ones(3)), ValueError, "shape (..., 2, 3), got (3,)"),
        (lambda: L.LayerNorm(3)(1.0), ValueError, "LayerNorm: x must have the shape (..., 3), got"),
        (lambda: L.BatchNorm(3)(np.ones((2, 2))), ValueError, "shape (N, 3, ...), got (2, 2)"),
        (lambda: L.BatchNorm(3)(np.ones(3)), ValueError, "BatchNorm: x must have the shape (N, 3"),
        (lambda: L.BatchNorm(3)(np.ones((1, 3))), ValueError, "batch_norm"),
        (lambda: L.Embedding(3, 2)([3]), IndexError, "embedding"),
        (lambda: L.Embedding(3, 2)([0.5]), TypeError, "embedding"),
        (lambda: L.MultiHeadAttention(4, 2)(np.ones(4)), ValueError, "query must have two axes"),
        (lambda: L.Layer()(1), NotImplementedError, "Layer must define forward"),
    ],
)  # fmt: skip
def test_refusals(make, error, words):
    fails(make, error, words)


def test_a_first_call_that_fails_makes_nothing():
    for layer, x in ((L.Linear(2), 1.0), (L.Conv2d(2, 1, groups=2), np.ones((1, 3, 1, 1)))):
        with pytest.raises(ValueError, match=r"x must|in_channels must"):
            layer(x)
        assert isinstance(layer.w, L.Lazy)


def test_every_layer_is_in_the_table():
    tested = {case.name.split("-")[0] for case in CASES}
    assert set(L.__all__) - {"Layer", "Lazy"} <= tested


# Sequential


def test_sequential_is_a_sequence():
    parts = [L.Linear(2, 3, rng=0), F.relu, L.Linear(1, 2, rng=1)]
    model = L.Sequential(*parts)
    assert len(model) == 3
    assert list(model) == parts
    assert model[-1] is parts[-1]
    assert list(model[::2]) == parts[::2]
    assert L.Sequential()(3) == 3
    with pytest.raises(IndexError):
        model[3]
    inner = L.Sequential(model, lambda x: x * 2.0)
    assert list(inner.params())[:2] == ["layer[0].layer[0].b", "layer[0].layer[0].w"]
    x = np.ones((4, 3))
    np.testing.assert_array_equal(inner(x).data, 2 * model(x).data)


def test_a_bias_gives_a_vector_another_axis():
    x = np.ones(2)
    assert L.Linear(3, 2)(x).shape == (1, 3)
    assert L.Linear(3, 2, bias=False)(x).shape == (3,)
