"""Recurrent layers: recorded steps, state, truncated backpropagation, copies on the way."""

import copy
import json
import pickle
from pathlib import Path

import numpy as np
import pytest

import autograd as ag
from autograd import Variable, models, random
from autograd import layers as L
from support import fails

GOLDEN = json.loads(Path(__file__).with_name("data").joinpath("golden_layers.json").read_text())
LAYERS = [L.RNN, L.LSTM, L.GRU]
each_layer = pytest.mark.parametrize("make", LAYERS)


def array(recorded):
    return np.array(recorded["data"], float).reshape(recorded["shape"])


def close(got, recorded):
    want = array(recorded)
    np.testing.assert_allclose(got.data, want, rtol=1e-9, atol=1e-9 * np.abs(want).max())


@pytest.mark.parametrize("case", GOLDEN)
def test_recorded_steps(case):
    """Weights, outputs, and gradients that add up over the steps, as the Go library has them."""
    recorded = GOLDEN[case]
    make = {"lstm": L.LSTM, "rnn": L.RNN}[case.split("_")[0]]
    layer = make(recorded["hidden"], rng=random.PCG(*recorded["pcg_seed"]))
    for x, step in zip(recorded["xs"], recorded["steps"], strict=True):
        y = layer(Variable(array(x)))
        y.backward()
        close(y, step["y"])
        params = layer.params()
        assert sorted(params) == sorted(step["grads"])
        for name, grad in step["grads"].items():
            if grad is None:
                assert params[name].grad is None
            else:
                close(params[name].grad, grad)
    for name, value in recorded["params"].items():
        np.testing.assert_allclose(layer.params()[name].data, array(value), rtol=1e-15)


def xs(n=4, batch=2, dtype="float64"):
    return np.random.default_rng(3).uniform(-1, 1, (n, batch, 3)).astype(dtype)


def hidden(layer):
    """All that a layer remembers."""
    return [layer.h, *([layer.c] if isinstance(layer, L.LSTM) else [])]


@each_layer
def test_state(make):
    layer = make(5, rng=0)
    assert hidden(layer) == [None] * len(hidden(layer))
    first = [layer(x) for x in xs()]
    assert layer.h is first[-1]
    assert all(h.shape == (2, 5) for h in hidden(layer))
    assert not {"h", "c", "_h", "_c"} & (layer.params() | layer.buffers()).keys()
    on = layer(xs()[0])
    assert not np.array_equal(on.data, first[0].data)
    layer.reset_state()
    assert hidden(layer) == [None] * len(hidden(layer))
    for x, y in zip(xs(), first, strict=True):
        np.testing.assert_array_equal(layer(x).data, y.data)


@pytest.mark.parametrize(
    ("make", "name"), [(L.RNN, "h"), (L.GRU, "h"), (L.LSTM, "h"), (L.LSTM, "c")]
)
def test_state_is_read_only(make, name):
    layer = make(5)
    with pytest.raises(AttributeError):
        setattr(layer, name, Variable(0.0))


@each_layer
def test_what_does_not_fit(make):
    """The message says what to do, and the state stays as it is."""
    name = make.__name__
    fails(lambda: make(0), ValueError, f"{name}: hidden_size must be positive, got 0")
    fails(lambda: make("5"), TypeError, f"{name}: hidden_size must be an int, got str")
    layer = make(5, rng=0)
    fails(lambda: layer(np.ones(3)), ValueError, f"{name}: x must have the shape (batch, in_size)")
    layer(xs()[0])
    before = hidden(layer)
    fails(lambda: layer(np.ones((4, 3))), ValueError, f"{name}: x has 4 rows", "2", "reset_state()")
    fails(lambda: layer(np.ones((2, 4))), ValueError, "(2, 4)", "(3, 5)")
    assert all(a is b for a, b in zip(hidden(layer), before, strict=True))
    layer.reset_state()
    assert layer(np.ones((4, 3))).shape == (4, 5)


@each_layer
def test_weights_of_the_state_are_drawn_first(make):
    """At construction those of the state, at the first call those of the input."""
    source = random.PCG(1, 2)
    layer = make(5, rng=source)
    inputs = {"RNN": "h", "LSTM": "fiou", "GRU": "rzu"}[make.__name__]
    layer(xs()[0])
    again = random.PCG(1, 2)
    for gate in inputs:
        drawn = again.normal((5, 5)) / np.sqrt(5)
        np.testing.assert_array_equal(layer.params()[f"h2{gate}.w"].data, drawn)
    for gate in inputs:
        drawn = again.normal((3, 5)) / np.sqrt(3)
        np.testing.assert_array_equal(layer.params()[f"x2{gate}.w"].data, drawn)
        np.testing.assert_array_equal(layer.params()[f"x2{gate}.b"].data, np.zeros((1, 5)))
    assert again.uint64() == source.uint64()
    assert len(layer.params()) == 3 * len(inputs)


@each_layer
def test_unchaining_cuts_the_past_off(make):
    """After `unchain_backward` gradients are those of a sequence that begins with that state."""
    layer = make(5, rng=0)
    steps = [Variable(x) for x in xs()]
    for x in steps[:2]:
        y = layer(x)
    y.unchain_backward()
    for x in steps[2:]:
        y = layer(x)
    y.backward()
    assert [x.grad is None for x in steps] == [True, True, False, False]
    got = {name: v.grad.data for name, v in layer.params().items()}

    layer.cleargrads()
    layer.reset_state()
    with ag.no_grad():
        for x in steps[:2]:
            layer(x)
    for x in steps[2:]:
        y = layer(x)
    y.backward()
    for name, v in layer.params().items():
        np.testing.assert_allclose(v.grad.data, got[name], rtol=1e-12)


@each_layer
def test_the_graph_of_a_long_sequence_is_cut(make):
    """Memory does not grow when each chunk is unchained."""
    layer = make(5, rng=0)
    counts = []
    for _ in range(5):
        for x in xs():
            y = layer(x)
        y.backward()
        y.unchain_backward()
        counts.append(ag.graph_stats()["nodes"])
    assert len(set(counts[1:])) == 1


@each_layer
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_copies_go_on_from_the_same_state(make, dtype):
    layer = make(5, rng=0, dtype=dtype)
    steps = xs(dtype=dtype)
    for x in steps[:2]:
        layer(x)
    clones = [copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))]
    want = [layer(x).data for x in steps[2:]]
    for clone in clones:
        got = [clone(x) for x in steps[2:]]
        assert {y.dtype for y in got} == {np.dtype(dtype)}
        np.testing.assert_array_equal([y.data for y in got], want)
        # Nothing leads back into the original.
        got[-1].backward()
    assert all(v.grad is None for v in layer.params().values())


@each_layer
def test_empty_batch(make):
    layer = make(5, rng=0)
    for x in xs(batch=0):
        y = layer(x)
    y.backward()
    assert y.shape == (0, 5)


def test_reset_reaches_layers_inside():
    model = L.Sequential(L.LSTM(4, rng=0), L.Sequential(L.GRU(3, rng=0)), L.RNN(2, rng=0))
    first = model(xs()[0]).data
    model(xs()[1])
    model.reset_state()
    inside = [model[0], model[1][0], model[2]]
    assert [layer.h for layer in inside] == [None] * 3
    np.testing.assert_array_equal(model(xs()[0]).data, first)


def test_gru_keeps_what_its_gate_tells():
    """With z near 1 the state stays, with z near 0 it is the candidate alone."""
    layer = L.GRU(4, rng=0)
    h = layer(xs()[0]).data
    layer.x2z.b.data = np.full((1, 4), 50.0)
    np.testing.assert_allclose(layer(xs()[1]).data, h, rtol=1e-12)
    layer.x2z.b.data = np.full((1, 4), -50.0)
    layer.x2r.b.data = np.full((1, 4), -50.0)
    x = xs()[2]
    want = np.tanh(x @ layer.x2u.w.data + layer.x2u.b.data)
    np.testing.assert_allclose(layer(x).data, want, rtol=1e-12)


def test_the_model_resets():
    model = models.LSTM(4, 2, rng=0)
    first = model(xs()[0]).data
    model(xs()[1])
    model.reset_state()
    assert model.lstm.h is None
    np.testing.assert_array_equal(model(xs()[0]).data, first)
