"""Recurrent layers: recorded steps, state, truncated backpropagation, copies on the way."""

import copy
import json
import pickle
from pathlib import Path

import numpy as np
import pytest

import autograd as ag
from autograd import Variable, models, random
from autograd import functions as F
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


class Own(L.Linear):
    """A map of the user's own."""

    def forward(self, x):
        return super().forward(x) * 2.0


def by_primitives(layer, steps):
    """Outputs of an LSTM, step by step, by the formulas of its docstring."""
    h = c = None
    outputs = []
    for x in steps:
        z = {g: getattr(layer, f"x2{g}")(x) for g in "fiou"}
        if h is not None:
            z = {g: z[g] + getattr(layer, f"h2{g}")(h) for g in "fiou"}
        kept = F.sigmoid(z["i"]) * F.tanh(z["u"])
        c = kept if c is None else F.sigmoid(z["f"]) * c + kept
        h = F.sigmoid(z["o"]) * F.tanh(c)
        outputs.append(h)
    return outputs


def gradients_of(layer, y, **options):
    layer.cleargrads()
    y.backward(grad=np.random.default_rng(1).uniform(-1, 1, y.shape), **options)
    return {name: v.grad for name, v in layer.params().items()}


def alike(got, want, rtol=1e-10):
    for name, value in want.items():
        np.testing.assert_allclose(got[name].data, value.data, rtol, 1e-12, err_msg=name)


@pytest.mark.parametrize("shape", [(4, 2, 3, 5), (3, 70, 8, 40)])
@pytest.mark.parametrize("create_graph", [False, True])
def test_fused_steps_are_those_of_the_formulas(shape, create_graph):
    """Small, and large enough for several shares of the batch."""
    n, batch, inputs, size = shape
    layer = L.LSTM(size, rng=0)
    steps = [Variable(x) for x in np.random.default_rng(2).uniform(-1, 1, (n, batch, inputs))]
    y = F.concat([layer(x) for x in steps])
    got = gradients_of(layer, y, create_graph=create_graph)
    got_x = [x.grad.data for x in steps]
    again = F.concat(by_primitives(layer, steps))
    np.testing.assert_allclose(y.data, again.data, rtol=1e-12)
    for x in steps:
        x.cleargrad()
    alike(got, gradients_of(layer, again))
    for x, grad in zip(steps, got_x, strict=True):
        np.testing.assert_allclose(x.grad.data, grad, 1e-10, 1e-12)


@pytest.mark.parametrize("begun", [False, True])
@pytest.mark.parametrize("n", [1, 2, 4])
def test_a_sequence_is_its_steps(n, begun):
    """In results, state, gradients, and what is drawn for the weights."""
    one, many = L.LSTM(5, rng=0), L.LSTM(5, rng=0)
    if begun:
        one(xs()[0])
        many(xs()[0])
    steps = Variable(xs(n))
    want = F.stack([one(x) for x in steps])
    got = many.sequence(steps)
    np.testing.assert_allclose(got.data, want.data, rtol=1e-12)
    for a, b in zip(hidden(many), hidden(one), strict=True):
        np.testing.assert_allclose(a.data, b.data, rtol=1e-12)
    by_one, by_many = (gradients_of(layer, y) for layer, y in ((one, want), (many, got)))
    assert {k for k, v in by_one.items() if v is None} == {
        k for k, v in by_many.items() if v is None
    }
    alike(by_many, {k: v for k, v in by_one.items() if v is not None})
    # The state goes on from there.
    np.testing.assert_allclose(many(xs()[1]).data, one(xs()[1]).data, rtol=1e-12)


def test_a_sequence_that_does_not_fit():
    layer = L.LSTM(5, rng=0)
    shape = "LSTM: x must have the shape (steps, batch, in_size), got (2, 3)"
    fails(lambda: layer.sequence(xs()[0]), ValueError, shape)
    fails(lambda: layer.sequence(np.ones((0, 2, 3))), ValueError, "one step or more")
    layer.sequence(xs())
    fails(lambda: layer.sequence(np.ones((4, 3, 3))), ValueError, "x has 3 rows", "reset_state()")
    before = hidden(layer)
    fails(lambda: layer.sequence(np.ones((4, 2, 9))), ValueError, "(2, 9)")
    assert all(a is b for a, b in zip(hidden(layer), before, strict=True))


def test_a_sequence_is_cut_off_as_a_whole():
    """After `unchain_backward` of its result nothing leads back through the state either."""
    layer = L.LSTM(5, rng=0)
    first = Variable(xs())
    layer.sequence(first).unchain_backward()
    layer(xs()[0]).backward()
    assert first.grad is None
    assert all(v.grad is not None for v in layer.params().values())


def test_the_model_does_sequences():
    one, many = models.LSTM(4, 2, rng=0), models.LSTM(4, 2, rng=0)
    want = np.stack([one(x).data for x in xs()])
    np.testing.assert_allclose(many.sequence(xs()).data, want, rtol=1e-12)


@pytest.mark.parametrize("how", ["assigned", "loaded", "frozen", "own map", "no_grad"])
def test_steps_see_the_weights_of_the_moment(how):
    """What was put together for earlier steps is not used for longer than it holds."""
    layer = L.LSTM(5, rng=0)
    steps = xs()
    for x in steps[:2]:
        layer(x)
    if how == "assigned":
        layer.h2i.w.data = layer.h2i.w.data * 2.0
    elif how == "loaded":
        layer.load_state_dict({k: v.data + 0.5 for k, v in layer.params().items()})
    elif how == "frozen":
        layer.x2o.w = Variable(layer.x2o.w.data * 3.0, requires_grad=False)
    elif how == "own map":
        own = Own(5, in_size=5, bias=False)
        own.w = layer.h2o.w
        layer.h2o = own
    else:
        with ag.no_grad():
            layer(steps[2])
            layer.x2u.b -= 1.0
    h, c = (v.data for v in hidden(layer))
    y = layer(steps[3])
    z = {g: getattr(layer, f"x2{g}")(steps[3]) + getattr(layer, f"h2{g}")(h) for g in "fiou"}
    c = F.sigmoid(z["f"]) * c + F.sigmoid(z["i"]) * F.tanh(z["u"])
    want = F.sigmoid(z["o"]) * F.tanh(c)
    np.testing.assert_allclose(y.data, want.data, rtol=1e-12)
    got = gradients_of(layer, y)
    assert (got.get("x2o.w") is None) == (how == "frozen")
    assert all(v is not None for v in got.values())


def test_unchaining_while_maps_are_together():
    """Cutting off, freeing and steps without a graph leave weights that learn."""
    layer = L.LSTM(5, rng=0)
    for x in xs():
        y = layer(x)
    y.backward(retain_graph=False)
    layer.reset_state()
    for cut in range(3):
        layer.cleargrads()
        for x in xs():
            y = layer(x)
        y.backward()
        assert all(v.grad is not None for v in layer.params().values()), cut
        y.unchain_backward()


def test_any_number_of_threads_gives_the_same_bits(threads):
    layer = L.LSTM(48, rng=0)
    steps = np.random.default_rng(0).uniform(-1, 1, (3, 70, 20))
    layer.sequence(steps)
    seen = []
    for n in (1, 2, 5):
        threads(n)
        layer.reset_state()
        y = layer.sequence(steps)
        grads = gradients_of(layer, layer(steps[0]) + y[-1])
        seen.append([y.data, *(v.data for v in grads.values())])
    for other in seen[1:]:
        for a, b in zip(seen[0], other, strict=True):
            np.testing.assert_array_equal(a, b)


def test_what_does_not_fit_a_step():
    x, h = np.ones((2, 3)), np.ones((2, 4))
    wx, wh, b = np.ones((3, 16)), np.ones((4, 16)), np.ones(16)
    for change, *texts in (
        ({"x": np.ones(3)}, "x must have the shape (batch, inputs), got (3,)"),
        ({"wh": np.ones((4, 12))}, "wh must have the shape (size, 4 size), got (4, 12)"),
        ({"wx": np.ones((2, 16))}, "wx must have the shape (3, 16), got (2, 16)"),
        ({"b": np.ones(4)}, "b must have the shape (16,) or (1, 16), got (4,)"),
        ({"h": np.ones((3, 4))}, "h must have the shape (2, 4), got (3, 4)"),
        ({"c": np.ones((2, 5))}, "c must have the shape (2, 4), got (2, 5)"),
    ):
        given = {"x": x, "h": h, "c": h, "wx": wx, "wh": wh, "b": b} | change
        fails(lambda given=given: F.lstm_cell(**given), ValueError, "lstm_cell: ", *texts)
    fails(lambda: F.lstm(x, h, h, wx, wh), ValueError, "lstm: x must have the shape (steps, ")
    h, c = F.lstm(np.ones((0, 2, 3)), h, 2 * h, wx, wh)
    assert h.shape == (0, 2, 4)
    np.testing.assert_array_equal(c.data, np.full((2, 4), 2.0))


def test_gradients_stop_where_they_are_zero():
    """An infinite cell that nothing depends on spoils no gradient."""
    c = Variable([[np.inf, 1.0]])
    w = [Variable(np.ones((n, 8))) for n in (1, 2)]
    h, _ = F.lstm_cell([[1.0]], None, c, *w)
    h[0, 1].backward()
    assert np.isfinite(w[0].grad.data).all()
    assert c.grad.data[0, 0] == 0.0


@pytest.mark.parametrize("way", ["plain", "hook", "retained", "kept", "free", "anomaly"])
@pytest.mark.parametrize("leaf", [True, False])
def test_gradients_of_weights_add_up(way, leaf):
    """Over many steps, with what the weights give otherwise, be they leaves or not, and with what
    there is already."""
    rng = np.random.default_rng(0)
    values = [rng.uniform(-0.5, 0.5, shape) for shape in ((3, 24), (6, 24), (24,))]
    steps = rng.uniform(-1, 1, (12, 70, 3))
    seen = []

    def run(cell):
        given = [Variable(v) for v in values]
        w = given if leaf else [v * 1.0 for v in given]
        h = c = None
        total = F.sum(w[1] * 2.0)
        for x in steps:
            h, c = cell(x, h, c, *w)
        total = total + F.sum(h * h) + F.sum(w[1] * w[1])
        if way == "hook":
            w[1].register_hook(lambda g: seen.append(g.data) or g * 3.0)
        if way == "anomaly":
            with ag.detect_anomaly():
                total.backward()
        else:
            total.backward(retain_grad=way == "retained", retain_graph=way != "free")
        if way == "kept":
            total.backward()
        grads = [v.grad.data for v in given]
        return grads + ([v.grad.data for v in w] if way == "retained" else [])

    got, want = run(F.lstm_cell), run(F.lstm_cell_simple)
    for a, b in zip(got, want, strict=True):
        np.testing.assert_allclose(a, b, 1e-10, 1e-10)
    if way == "hook":
        np.testing.assert_allclose(*seen, 1e-10, 1e-10)


def test_transforms_of_steps():
    """Gradients as results, Jacobians, tangents and second derivatives."""
    rng = np.random.default_rng(0)
    wh = rng.uniform(-0.5, 0.5, (2, 8))
    steps, wx = rng.uniform(-1, 1, (4, 2, 3)), rng.uniform(-1, 1, (3, 8))
    v = rng.uniform(-1, 1, wh.shape)

    def by(cell):
        def f(w):
            h = c = None
            for x in steps:
                h, c = cell(x, h, c, wx, w)
            return h

        def loss(w):
            return F.sum(F.square(f(w)))

        return [
            ag.grad(loss)(wh),
            ag.jacobian(f)(wh),
            ag.jvp(f, (wh,), (v,))[1],
            ag.hvp(loss, (wh,), (v,))[0],
        ]

    for a, b in zip(by(F.lstm_cell), by(F.lstm_cell_simple), strict=True):
        np.testing.assert_allclose(a.data, b.data, 1e-9, 1e-12)
