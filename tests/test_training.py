"""Training as a whole: recorded runs, and runs that are saved, copied, and go on elsewhere."""

import copy
import json
import pickle
from pathlib import Path

import numpy as np
import pytest

import autograd as ag
from autograd import Variable, hooks, models, optimizers, random
from autograd import functions as F
from autograd import layers as L
from autograd.optimizers import Group, schedules
from support import bits, fails

GOLDEN = json.loads(
    Path(__file__).with_name("data").joinpath("golden_training.json").read_text("utf-8")
)
OPTIMIZERS = {
    "sgd": lambda hooks: optimizers.SGD(0.2, hooks),
    "momentum": lambda hooks: optimizers.Momentum(0.1, 0.9, hooks=hooks),
    "adam": lambda hooks: optimizers.Adam(0.01, hooks=hooks),
}
HOOKS = {
    "none": [],
    "weight_decay_1e-3": [hooks.WeightDecay(1e-3)],
    "clip_grad_0.1": [hooks.ClipGrad(0.1)],
    "both": [hooks.WeightDecay(1e-3), hooks.ClipGrad(0.1)],
}


def same_params(model, recorded):
    params = model.params()
    assert params.keys() == recorded.keys()
    for name, p in params.items():
        want = np.reshape(recorded[name]["data"], recorded[name]["shape"])
        np.testing.assert_allclose(p.data, want, rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("name", [name for name in GOLDEN if name.startswith("mlp")])
def test_golden_mlp(name):
    case = GOLDEN[name]
    _, optimizer, hook = name.split("_", 2)
    rng = random.PCG(*case["pcg_seed"])
    model = models.MLP(case["sizes"], activation=F.relu, rng=rng)
    x, t = ag.rand((100, 1), rng=rng), ag.rand((100, 1), rng=rng)
    losses = fit(OPTIMIZERS[optimizer](HOOKS[hook]), model, x, t, len(case["losses"]))
    np.testing.assert_allclose(losses, case["losses"], rtol=1e-7)
    same_params(model, case["params"])


def test_golden_lstm():
    """Truncated backpropagation through time: the loss goes on, the history is cut."""
    case = GOLDEN["lstm_sin"]
    data, batch = np.array(case["data"]), case["batch"]
    model = models.LSTM(case["hidden"], case["out"], rng=random.PCG(*case["pcg_seed"]))
    optimizer, means = optimizers.SGD(case["lr"]), []
    for _ in case["mean_losses"]:
        model.reset_state()
        loss, count = Variable(0.0), 0
        for start in range(0, len(data) - batch, batch):
            x, t = data[start : start + batch, None], data[start + 1 : start + batch + 1, None]
            loss, count = loss + F.mean_squared_error(model(Variable(x)), Variable(t)), count + 1
            if count % case["bptt"] == 0:
                model.cleargrads()
                loss.backward()
                loss.unchain_backward()
                optimizer.update(model)
        means.append(loss.item() / count)
    np.testing.assert_allclose(means, case["mean_losses"], rtol=1e-7)
    same_params(model, case["params"])


def fit(optimizer, model, x, t, steps):
    """The losses before each update."""
    losses = []
    for _ in range(steps):
        loss = F.mean_squared_error(model(x), t)
        model.cleargrads()
        loss.backward()
        optimizer.update(model)
        losses.append(loss.item())
    return losses


def test_recorded_losses():
    rng = random.PCG()
    model = models.MLP([10, 1], activation=F.relu, rng=rng)
    x, t = ag.rand((100, 1), rng=rng), ag.rand((100, 1), rng=rng)
    losses = fit(optimizers.SGD(0.2), model, x, t, 100)
    assert " ".join(f"{loss:.8f}" for loss in losses[::10]) == (
        "0.17547970 0.07741569 0.07284688 0.07090371 0.07005858 "
        "0.06968885 0.06952675 0.06945531 0.06942337 0.06940859"
    )


SCHEDULE = schedules.WarmUp(3, schedules.Cosine(0.05, steps=10))
BIAS = Group("*.b", lr=0.01)
MAKE = {
    "SGD": lambda: optimizers.SGD(SCHEDULE, groups=[BIAS]),
    "Momentum": lambda: optimizers.Momentum(SCHEDULE, nesterov=True, groups=[BIAS]),
    "Adam": lambda: optimizers.Adam(SCHEDULE, hooks=HOOKS["both"], groups=[BIAS]),
    "AdamW": lambda: optimizers.AdamW(SCHEDULE, groups=[BIAS]),
    "RMSprop": lambda: optimizers.RMSprop(SCHEDULE, groups=[BIAS]),
    "AdaGrad": lambda: optimizers.AdaGrad(SCHEDULE, groups=[BIAS]),
    "Lion": lambda: optimizers.Lion(SCHEDULE, weight_decay=0.1, groups=[BIAS]),
    "LBFGS": lambda: optimizers.LBFGS(0.1, history_size=4),
}
each = pytest.mark.parametrize("name", MAKE)
dtypes = pytest.mark.parametrize("dtype", ["float64", "float32"])


def begin(name, dtype):
    """A model and its optimizer after a few steps, and what they learn from."""
    x, t = ag.rand((20, 2), rng=0, dtype=dtype), ag.rand((20, 1), rng=1, dtype=dtype)
    model, optimizer = models.MLP([5, 1], rng=2, dtype=dtype), MAKE[name]()
    fit(optimizer, model, x, t, 6)
    return model, optimizer, x, t


def values(model):
    return {name: bits(array) for name, array in model.state_dict().items()}


@each
@dtypes
def test_saved_training_goes_on(name, dtype, tmp_path):
    """Bit by bit, in a model and an optimizer made anew, schedules included."""
    model, optimizer, x, t = begin(name, dtype)
    model.save(tmp_path / "model")
    optimizer.save(tmp_path / "optimizer", model)
    again, other = models.MLP([5, 1], dtype=dtype), MAKE[name]()
    again.load(tmp_path / "model")
    other.load(tmp_path / "optimizer", again)
    assert fit(other, again, x, t, 7) == fit(optimizer, model, x, t, 7)
    assert values(again) == values(model)
    assert other.steps == 13


@each
@pytest.mark.parametrize("copied", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_copies_go_on(name, copied):
    """Model and optimizer copied together stay together; the copy is on its own."""
    model, optimizer, x, t = begin(name, "float64")
    again, other = copied((model, optimizer))
    before = values(model)
    losses = fit(other, again, x, t, 7)
    assert values(model) == before
    assert losses == fit(optimizer, model, x, t, 7)
    assert values(again) == values(model)


def test_groups_of_variables_are_copied_with_the_model():
    layer = L.Linear(1, in_size=2, rng=0)
    optimizer = optimizers.SGD(lr=0.0, groups=[Group([layer.b], lr=1.0)])
    layer, optimizer = pickle.loads(pickle.dumps((layer, optimizer)))
    layer.b.grad = [[1.0]]
    optimizer.update(layer)
    assert layer.b.item() == -1.0


def test_state_dict():
    model = L.Linear(1, in_size=2, rng=0)
    optimizer = optimizers.Adam()
    assert {k: v.item() for k, v in optimizer.state_dict(model).items()} == {
        "steps": 0,
        "b/steps": 0,
        "w/steps": 0,
    }
    model.w.grad = np.ones((2, 1))
    optimizer.update(model)
    state = optimizer.state_dict(model)
    assert list(state) == ["steps", "b/steps", "w/steps", "w/m", "w/v"]
    assert [int(state[k]) for k in ("steps", "b/steps", "w/steps")] == [1, 0, 1]
    np.testing.assert_allclose(state["w/m"], np.full((2, 1), 0.1))
    np.testing.assert_allclose(state["w/v"], np.full((2, 1), 0.001))
    assert list(optimizers.SGD().state_dict(model)) == ["steps"]


def test_load_state_dict_replaces_what_was_there():
    model = L.Linear(1, in_size=2, rng=0)
    optimizer = optimizers.Momentum()
    empty = optimizer.state_dict(model)
    model.w.grad = np.ones((2, 1))
    optimizer.update(model)
    optimizer.load_state_dict(empty, model)
    assert {k: v.item() for k, v in optimizer.state_dict(model).items()} == {
        k: v.item() for k, v in empty.items()
    }


@pytest.mark.parametrize("name", ["Adam", "LBFGS"])
def test_load_state_dict_names_all_that_differs(name):
    """And changes nothing then."""
    model, optimizer, _, _ = begin(name, "float64")
    state = optimizer.state_dict(model)
    kind = "m" if name == "Adam" else "s"
    wrong = dict(state)
    del wrong[f"linear[0].b/{kind}"]
    wrong["more"] = np.zeros(2)
    wrong[f"linear[0].w/{kind}"] = state[f"linear[0].w/{kind}"].astype("float32")
    wrong[f"linear[1].b/{kind}"] = np.zeros((7, 7, 7))
    other = MAKE[name]()
    before = other.state_dict(model)
    fails(
        lambda: other.load_state_dict(wrong, model),
        ValueError,
        f"{name}.load_state_dict",
        f"missing: linear[0].b/{kind}",
        "left over: more",
        f"linear[0].w/{kind}: dtype float32 where float64 is wanted",
        f"linear[1].b/{kind}: shape (7, 7, 7) where",
    )
    after = other.state_dict(model)
    assert {k: bits(v) for k, v in after.items()} == {k: bits(v) for k, v in before.items()}
    negative = {**state, "steps": np.array(-1)}
    fails(lambda: other.load_state_dict(negative, model), ValueError, "steps", "negative", "-1")
    floats = {**state, "steps": np.array(1.0)}
    fails(lambda: other.load_state_dict(floats, model), ValueError, "steps: dtype float64")
    fails(lambda: other.load_state_dict({}, model), ValueError, "missing: steps")
    assert other.steps == 0


def test_load_looks_whose_file_it_is(tmp_path):
    model, optimizer, _, _ = begin("Adam", "float64")
    optimizer.save(tmp_path / "adam", model)
    model.save(tmp_path / "model")
    wrong = optimizers.AdamW()
    fails(lambda: wrong.load(tmp_path / "adam", model), ValueError, "AdamW.load", "adam", "of Adam")
    fails(lambda: wrong.load(tmp_path / "model", model), ValueError, "model", "no optimizer")
    (tmp_path / "text").write_text("no tensors")
    fails(lambda: wrong.load(tmp_path / "text", model), ValueError, "text", "safetensors")
    fails(lambda: wrong.load(tmp_path / "none", model), FileNotFoundError, "none")
