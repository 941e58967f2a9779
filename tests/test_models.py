"""Models: what they are put together of, how they train, and the table of a summary."""

import copy
import pickle

import numpy as np
import pytest

import autograd as ag
from autograd import Variable, models, random
from autograd import functions as F
from autograd import layers as L
from support import fails, nodes

# Models


def test_mlp_draws_layer_after_layer():
    """At the first call, from the one source, in order."""
    source = random.PCG(1, 3)
    model = models.MLP([4, 2], rng=source)
    x = ag.rand((5, 1), rng=source).data
    again = random.PCG(1, 3)
    np.testing.assert_array_equal(again.uniform((5, 1)), x)
    model(x)
    np.testing.assert_array_equal(model.linear[0].w.data, again.normal((1, 4)))
    np.testing.assert_array_equal(model.linear[1].w.data, again.normal((4, 2)) / 2.0)


@pytest.mark.parametrize("activation", [F.relu, F.tanh, L.LayerNorm(3), lambda x: x * 2.0])
def test_mlp_activation(activation):
    """Between layers, and not after the last."""
    model = models.MLP([3, 2], activation, rng=0)
    x = Variable(np.random.default_rng(0).uniform(0, 1, (4, 2)))
    first, second = model.linear
    want = second(activation(first(x))).data
    np.testing.assert_array_equal(model(x).data, want)


def test_mlp_of_one_layer_is_linear():
    model = models.MLP([2], rng=0)
    x = np.ones((3, 4))
    np.testing.assert_array_equal(model(x).data, L.Linear(2, rng=0)(x).data)
    assert repr(model) == "MLP(4 -> 2, activation=sigmoid)"


def test_a_layer_as_activation_has_parameters():
    model = models.MLP([3, 1], activation=L.LayerNorm(3), rng=0)
    assert list(model.params())[:2] == ["activation.b", "activation.w"]
    assert repr(model) == "MLP(? -> 3 -> 1, activation=LayerNorm(3, eps=1e-05))"


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: models.MLP([]), ValueError, "MLP: sizes must name the outputs"),
        (lambda: models.MLP(3), TypeError, "MLP: sizes must be a sequence of ints, got int"),
        (lambda: models.MLP([3, 0]), ValueError, "out_size must be positive, got 0"),
        (lambda: models.MLP("31"), TypeError, "out_size must be an int, got str"),
        (lambda: models.MLP([3], "relu"), TypeError, "MLP: activation must be callable, got str"),
        (lambda: models.LSTM(0, 1), ValueError, "LSTM: hidden_size must be positive, got 0"),
        (lambda: models.LSTM(1, 1.5), TypeError, "out_size must be an int, got float"),
        (lambda: models.summary(F.relu), TypeError, "summary: model must be a Layer, got "),
    ],
)
def test_refusals(make, error, words):
    fails(make, error, words)


@pytest.mark.parametrize("activation", [F.relu, F.sigmoid, F.gelu])
def test_models_are_copied_with_their_functions(activation):
    model = models.MLP([3, 1], activation, rng=0)
    model(np.ones((1, 2)))
    for clone in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert clone.activation is activation
        np.testing.assert_array_equal(clone(np.ones((1, 2))).data, model(np.ones((1, 2))).data)


def test_copies_have_no_gradients_in_common():
    model = models.MLP([3, 1], rng=0)
    model(np.ones((1, 2))).backward()
    clone = copy.deepcopy(model)
    grads = {name: v.grad.data for name, v in model.params().items()}
    clone(np.ones((1, 2))).backward()
    for name, v in model.params().items():
        np.testing.assert_array_equal(v.grad.data, grads[name])
        np.testing.assert_array_equal(clone.params()[name].grad.data, 2 * grads[name])


def test_descent_by_hand():
    """A few steps, with nothing but the values and gradients of the parameters."""
    model = models.MLP([10, 1], rng=0)
    x = np.linspace(0, 1, 50)[:, None]
    t = np.sin(2 * np.pi * x)
    losses = []
    for _ in range(200):
        loss = F.mean_squared_error(model(x), t)
        model.cleargrads()
        loss.backward()
        for v in model.params().values():
            v.data = v.data - 0.2 * v.grad.data
        losses.append(loss.item())
    assert losses[-1] < 0.6 * losses[0]


def test_a_network_of_everything_learns():
    """Convolution, normalisation, pooling and dropout, one after the other."""
    model = L.Sequential(
        L.Conv2d(4, 3, padding="same", rng=0), L.BatchNorm(4), F.relu, L.MaxPool2d(2),
        L.Flatten(), L.Dropout(0.1, rng=1), L.Linear(2, rng=2),
    )  # fmt: skip
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 2, 32)
    x = rng.normal(size=(32, 1, 4, 4)) * 0.3
    x[labels == 1, :, :2] += 1.0
    for _ in range(30):
        loss = F.cross_entropy(model(x), labels)
        model.cleargrads()
        loss.backward()
        for v in model.params().values():
            v.data = v.data - 0.2 * v.grad.data
    with ag.test_mode(), ag.no_grad():
        assert F.accuracy(model(x), labels).item() == 1.0


# Summaries


def network(seed=0):
    return L.Sequential(
        L.Conv2d(8, 3, padding=1, rng=seed), L.BatchNorm(8), F.relu, L.MaxPool2d(2),
        L.Flatten(), L.Dropout(rng=seed), L.Linear(10, rng=seed),
    )  # fmt: skip


WITH_INPUTS = """\
layer     class       output        parameters              count
-----------------------------------------------------------------
          Sequential  (2, 10)
layer[0]  Conv2d      (2, 8, 8, 8)  w (8, 3, 3, 3), b (8,)    224
layer[1]  BatchNorm   (2, 8, 8, 8)  w (8,), b (8,)             16
layer[3]  MaxPool2d   (2, 8, 4, 4)
layer[4]  Flatten     (2, 128)
layer[5]  Dropout     (2, 128)
layer[6]  Linear      (2, 10)       w (128, 10), b (1, 10)  1,290
-----------------------------------------------------------------
1,530 parameters, 16 elements of buffers, 12,368 bytes"""


def test_summary(capsys):
    model = network()
    assert models.summary(model, ag.ones((2, 3, 8, 8))) is None
    assert capsys.readouterr().out == WITH_INPUTS + "\n"
    assert models.summary_text(model, np.ones((2, 3, 8, 8))) == WITH_INPUTS


def test_summary_without_inputs():
    lines = models.summary_text(network()).splitlines()
    assert lines[3] == "layer[0]  Conv2d      w (8, ?, 3, 3), b (8,)      ?"
    assert lines[-1] == (
        "34 parameters, 16 elements of buffers, 400 bytes, and those that the first call makes"
    )


def everything(model):
    """All that a call could change."""
    return pickle.dumps((model, {n: (v.data, v.grad) for n, v in model.params().items()}))


@pytest.mark.parametrize("was_called", [False, True])
def test_a_summary_changes_nothing(was_called, no_gc):
    """Neither statistics, state, sources of random numbers, gradients, nor the mode."""
    model = L.Sequential(
        L.LSTM(4, rng=0), L.BatchNorm(4), L.Dropout(0.5, rng=random.PCG(1)), L.Linear(2, rng=0)
    )
    if was_called:
        model(np.random.default_rng(0).normal(size=(3, 2))).backward()
    before, count, forwards = everything(model), nodes(), [vars(x) for x in model]
    # Another batch than the one that the state is of.
    text = models.summary_text(model, np.ones((5, 2)))
    assert "layer[3]      Linear      (5, 2)" in text
    assert everything(model) == before
    assert nodes() == count
    assert not any("forward" in attributes for attributes in forwards)


def test_a_summary_restores_what_it_found_after_an_error():
    model = models.LSTM(3, 1, rng=0)
    with pytest.raises(ValueError, match="LSTM: x must have the shape"):
        models.summary(model, np.ones(3))
    assert (Variable(1.0) * 2.0).creator is not None
    assert model.params().keys() == models.LSTM(3, 1).params().keys()


class Shared(L.Layer):
    """Several inputs and outputs, a layer at two places, tied weights, own parameters."""

    def __init__(self):
        self.scale = ag.ones(2)
        self.table = {"a": ag.ones(3), "b": L.Linear(2, 2, rng=0)}
        self.again = self.table["b"]
        self.tied = L.Linear(2, 2, bias=False, rng=0)
        self.tied.w = self.again.w

    def forward(self, x, y):
        x = self.again(x * self.scale)
        return {"x": x, "all": (self.tied(x), [y])}


def test_summary_of_what_is_shared():
    text = models.summary_text(Shared(), np.ones((4, 2)), np.ones(3))
    lines = [line.split("  ") for line in text.splitlines()]
    rows = [[cell.strip() for cell in line if cell] for line in lines]
    assert rows[2:-2] == [
        ["Shared", "(4, 2), (4, 2), (3,)", "scale (2,), table[a] (3,)", "5"],
        ["table[b]", "Linear", "(4, 2)", "w (2, 2), b (1, 2)", "6"],
        ["tied", "Linear", "(4, 2)"],
    ]
    assert rows[-1] == ["11 parameters, 88 bytes"]


def test_summary_of_float32():
    text = models.summary_text(L.Linear(2, 3, dtype="float32"))
    assert text.endswith("8 parameters, 32 bytes")


def test_summary_of_a_layer_without_parameters():
    assert models.summary_text(L.Flatten(), np.ones((2, 3, 4))) == (
        "layer  class    output   parameters  count\n"
        "------------------------------------------\n"
        "       Flatten  (2, 12)\n"
        "------------------------------------------\n"
        "0 parameters, 0 bytes"
    )
