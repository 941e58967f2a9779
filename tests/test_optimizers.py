"""Optimizers: against their formulas in NumPy, and which parameters they change, and how."""

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
from autograd import Variable, hooks, optimizers
from autograd import functions as F
from autograd import layers as L
from autograd.optimizers import Group
from support import LAYOUTS, fails, same, strided


def sgd(p, g, s, lr):
    return p - lr * g


def momentum(p, g, s, lr, momentum, nesterov):
    s["v"] = momentum * s.get("v", 0) - lr * g
    return p + (momentum * s["v"] - lr * g if nesterov else s["v"])


def adam(p, g, s, lr, beta1, beta2, eps, weight_decay=0.0):
    t = s["t"] = s.get("t", 0) + 1
    s["m"] = beta1 * s.get("m", 0) + (1 - beta1) * g
    s["v"] = beta2 * s.get("v", 0) + (1 - beta2) * g**2
    step = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t) * s["m"] / (np.sqrt(s["v"]) + eps)
    return p * (1 - lr * weight_decay) - step


def rmsprop(p, g, s, lr, rho, eps):
    s["v"] = rho * s.get("v", 0) + (1 - rho) * g**2
    return p - lr * g / (np.sqrt(s["v"]) + eps)


def adagrad(p, g, s, lr, eps):
    s["v"] = s.get("v", 0) + g**2
    return p - lr * g / (np.sqrt(s["v"]) + eps)


def lion(p, g, s, lr, beta1, beta2, weight_decay):
    m = s.get("m", np.zeros_like(g))
    s["m"] = beta2 * m + (1 - beta2) * g
    return p - lr * (np.sign(beta1 * m + (1 - beta1) * g) + weight_decay * p)


# The class, the formula, and settings that are not the default ones.
KINDS = [
    ("SGD", sgd, {"lr": 0.3}),
    ("Momentum", momentum, {"lr": 0.1, "momentum": 0.7, "nesterov": False}),
    ("Momentum", momentum, {"lr": 0.1, "momentum": 0.7, "nesterov": True}),
    ("Adam", adam, {"lr": 0.02, "beta1": 0.8, "beta2": 0.95, "eps": 1e-3}),
    ("AdamW", adam, {"lr": 0.02, "beta1": 0.8, "beta2": 0.95, "eps": 1e-3, "weight_decay": 0.2}),
    ("RMSprop", rmsprop, {"lr": 0.03, "rho": 0.9, "eps": 1e-3}),
    ("AdaGrad", adagrad, {"lr": 0.05, "eps": 1e-3}),
    ("Lion", lion, {"lr": 0.01, "beta1": 0.7, "beta2": 0.9, "weight_decay": 0.3}),
]
kinds = pytest.mark.parametrize(
    ("name", "formula", "settings"), KINDS, ids=[f"{k[0]}{i}" for i, k in enumerate(KINDS)]
)
DEFAULTS = [
    ("SGD", {"lr": 0.01}),
    ("Momentum", {"lr": 0.01, "momentum": 0.9, "nesterov": False}),
    ("Adam", {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}),
    ("AdamW", {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.01}),
    ("RMSprop", {"lr": 0.01, "rho": 0.99, "eps": 1e-8}),
    ("AdaGrad", {"lr": 0.01, "eps": 1e-10}),
    ("Lion", {"lr": 1e-4, "beta1": 0.9, "beta2": 0.99, "weight_decay": 0.0}),
]
shapes = st.lists(st.sampled_from([(), (3,), (2, 3), (1, 4), (0, 2)]), min_size=1, max_size=3)


@kinds
@given(shapes, st.data())
def test_formula(name, formula, settings, shapes, data):
    """Streams of gradients, in all layouts, which not every parameter has at every step."""
    dtype = data.draw(st.sampled_from(["float64", "float32"]))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    params = [Variable(rng.standard_normal(shape), dtype=dtype) for shape in shapes]
    want, states = [p.data.astype(float) for p in params], [{} for _ in shapes]
    optimizer = getattr(optimizers, name)(**settings)
    for _ in range(data.draw(st.integers(1, 5))):
        for i, p in enumerate(params):
            p.cleargrad()
            if data.draw(st.booleans()):
                layout = data.draw(st.sampled_from(LAYOUTS))
                p.grad = strided(rng.standard_normal(p.shape).astype(dtype), layout)
                gradient = p.grad.data.astype(float)
                want[i] = formula(want[i], gradient, states[i], **settings)
        optimizer.update(params)
    tolerance = 1e-12 if dtype == "float64" else 2e-5
    for p, w in zip(params, want, strict=True):
        assert p.dtype == dtype
        np.testing.assert_allclose(p.data, w, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(("name", "settings"), DEFAULTS)
def test_defaults(name, settings):
    optimizer = getattr(optimizers, name)()
    assert {key: getattr(optimizer, key) for key in settings} == settings
    shown = ", ".join(f"{key}={value!r}" for key, value in settings.items())
    assert repr(optimizer) == f"{name}({shown})"


def train(optimizer, model, steps):
    x = ag.rand((5, 3), rng=0)
    for _ in range(steps):
        model.cleargrads()
        F.sum(model(x) ** 2).backward()
        optimizer.update(model)


@kinds
def test_graphs_and_arrays_keep_what_they_saw(name, formula, settings):
    optimizer = getattr(optimizers, name)(**settings)
    x = Variable([1.0, -2.0])
    y = F.sum(x**3)
    for _ in range(2):
        before, value = x.data, x.data.copy()
        x.cleargrad()
        F.sum(x**2).backward()
        state = optimizer.state_dict([x])
        saved = {key: array.copy() for key, array in state.items()}
        optimizer.update([x])
        assert (x.data != value).all()
        same(before, value)
        assert all((state[key] == saved[key]).all() for key in saved)
    x.cleargrad()
    y.backward()
    same(x.grad, [3.0, 12.0])


def test_what_is_trained():
    """Each Variable once, if it wants and has a gradient; of models, dicts and iterables."""
    a, b, alone = Variable(1.0), Variable(2.0), Variable(3.0)
    frozen = Variable(4.0, requires_grad=False)
    a.grad, b.grad, frozen.grad = 1.0, 1.0, 1.0
    optimizer = optimizers.SGD(lr=0.5)
    optimizer.update([a, b, a, alone, frozen, a])
    assert [v.item() for v in (a, b, alone, frozen)] == [0.5, 1.5, 3.0, 4.0]
    optimizer.update(v for v in (a, b))
    optimizer.update({"a": a, "same": a})
    assert [a.item(), b.item()] == [-0.5, 1.0]

    class Model:
        def params(self):
            return {"b": b}

    optimizer.update(Model())
    assert (b.item(), optimizer.steps) == (0.5, 4)
    optimizer.update([])
    assert optimizer.steps == 5


def test_one_optimizer_for_two_models():
    """Each parameter has moments of its own, and its own count of steps."""
    optimizer = optimizers.Adam()
    models = [L.Linear(2, 3, rng=seed) for seed in (0, 1)]
    alone = [L.Linear(2, 3, rng=seed) for seed in (0, 1)]
    for model, steps in zip(models, (3, 1), strict=True):
        train(optimizer, model, steps)
    for model, steps in zip(alone, (3, 1), strict=True):
        train(optimizers.Adam(), model, steps)
    for one, other in zip(models, alone, strict=True):
        same(one.w, other.w.data)
    assert optimizer.steps == 4
    assert optimizer.state_dict(models[1])["w/steps"] == 1


def test_parameters_that_come_later():
    optimizer, model = optimizers.Adam(), L.Linear(2, rng=0)
    optimizer.update(model)
    train(optimizer, model, 2)
    assert optimizer.state_dict(model)["w/steps"] == 2


def test_higher_order_gradients_leave_no_history():
    x = Variable(2.0)
    (x**3).backward(create_graph=True)
    optimizers.Momentum(lr=0.1).update([x])
    assert x.creator is None
    assert x.item() == pytest.approx(2.0 - 0.1 * 12.0)


def test_settings_can_be_assigned():
    optimizer, x = optimizers.SGD(lr=1.0), Variable(0.0)
    x.grad = 1.0
    for lr in (1.0, 0.5, np.float32(0.25), lambda n: n):
        optimizer.lr = lr
        optimizer.update([x])
    assert x.item() == -4.75
    fails(lambda: setattr(optimizer, "lr", -1.0), ValueError, "SGD: lr", "-1.0")
    assert callable(optimizer.lr)


NAMES = ["linear[0].w", "linear[0].b", "linear[1].w", "norm.b"]
SELECT = [
    ("*", NAMES),
    ("*.b", ["linear[0].b", "norm.b"]),
    ("linear[0].*", ["linear[0].w", "linear[0].b"]),
    ("linear*w", ["linear[0].w", "linear[1].w"]),
    ("norm.b", ["norm.b"]),
    ("norm.?", []),
    ("b", []),
    ("", []),
    (lambda name, v: v.ndim > 1, ["linear[0].w", "linear[1].w"]),
]


@pytest.mark.parametrize(("select", "chosen"), SELECT)
def test_group_selects(select, chosen):
    params = {name: Variable(np.zeros((2, 2) if "w" in name else 2)) for name in NAMES}
    group = Group(select, lr=1.0)
    assert [name for name, v in params.items() if group.matches(name, v)] == chosen
    by_identity = Group((params[name] for name in chosen), lr=1.0)
    assert [name for name, v in params.items() if by_identity.matches(name, v)] == chosen


def test_groups():
    """The first that matches counts; what is not overridden is the optimizer's own."""
    params = {name: Variable(1.0) for name in ("a", "b", "c")}
    for p in params.values():
        p.grad = 1.0
    groups = [Group("a", lr=0.5), Group("*", weight_decay=0.5), Group("c", lr=0.0)]
    optimizer = optimizers.AdamW(lr=0.25, weight_decay=0.0, groups=groups)
    optimizer.update(params)
    got = [p.item() for p in params.values()]
    assert got == pytest.approx([0.5, 0.625, 0.625], rel=1e-6)
    optimizer.lr = 0.0
    optimizer.update(params)
    assert params["a"].item() < 0.2
    assert params["b"].item() == pytest.approx(got[1])


@pytest.mark.skipif(sys.platform != "linux", reason="a limit as Linux has it")
def test_a_step_without_memory():
    """What has been changed by then keeps its moments; the rest is as it was."""
    import resource

    small, large = Variable(np.ones(3)), Variable(np.ones((3000, 3000)))
    optimizer = optimizers.Adam(0.1)
    small.grad, large.grad = ag.ones(3), ag.ones((3000, 3000))
    optimizer.update([large])
    ag.empty_cache()
    before = large.data.copy()
    limits = resource.getrlimit(resource.RLIMIT_AS)
    with open("/proc/self/statm") as file:
        size = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + 2**24, limits[1]))
    try:
        with pytest.raises(MemoryError):
            optimizer.update([small, large])
    finally:
        resource.setrlimit(resource.RLIMIT_AS, limits)
    np.testing.assert_array_equal(large.data, before)
    np.testing.assert_allclose(small.data, 0.9)
    state = optimizer.state_dict({"small": small, "large": large})
    assert (state["small/steps"], state["large/steps"]) == (1, 1)
    optimizer.update([small, large])
    assert optimizer.state_dict({"large": large})["large/steps"] == 2


def test_group_with_a_schedule():
    x, y = Variable(0.0), Variable(0.0)
    x.grad, y.grad = 1.0, 1.0
    optimizer = optimizers.SGD(lr=1.0, groups=[Group([x], lr=lambda n: 10.0**n)])
    for _ in range(3):
        optimizer.update([x, y])
    assert (x.item(), y.item()) == (-111.0, -3.0)


def test_hooks_run_before_each_update():
    seen = []
    x, y = Variable(1.0), Variable(2.0)
    x.grad = 1.0

    def give(params):
        params["y"].grad = 4.0

    optimizer = optimizers.SGD(lr=1.0, hooks=[lambda params: seen.append(dict(params)), give])
    optimizer.update({"x": x, "y": y, "again": x})
    assert (x.item(), y.item()) == (0.0, -2.0)
    assert list(seen[0]) == ["x", "y"]
    optimizer.hooks = optimizer.hooks[:1]
    optimizer.update([x, y])
    assert list(seen[1]) == ["0", "1"]


def test_an_optimizer_of_ones_own():
    """Its states may be replaced; they are saved like others."""

    class Averaged(optimizers.Optimizer):
        slots = ("mean",)

        def __init__(self, lr, decay):
            super().__init__(lr, decay=decay)

        def step(self, params, states, settings):
            for i, p in enumerate(params):
                mean = states[i].arrays[0] if states[i].steps else np.zeros(p.shape)
                mean = settings["decay"] * mean + p.grad.data
                states[i] = optimizers.Moments(states[i].steps + 1, [mean])
                p.data = p.data - settings["lr"] * mean

    x = Variable([0.0, 1.0])
    x.grad = [1.0, 2.0]
    optimizer, other = Averaged(0.5, decay=0.5), Averaged(0.5, decay=0.5)
    optimizer.update([x])
    other.load_state_dict(optimizer.state_dict([x]), [x])
    other.update([x])
    same(x, [-1.25, -1.5])
    fails(lambda: optimizers.Optimizer(0.1).update([x]), NotImplementedError, "define step")


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_lion_takes_the_sign_of_whatever_there_is(dtype):
    p = Variable(np.ones(4, dtype))
    p.grad = np.array([np.inf, -np.inf, np.nan, 0.0], dtype)
    optimizers.Lion(lr=0.5).update([p])
    same(p, [0.5, 1.5, np.nan, 1.0])


BAD = [
    (lambda: optimizers.SGD(lr=-0.1), ValueError, "SGD: lr must be", "at least 0", "-0.1"),
    (lambda: optimizers.SGD(lr=float("nan")), ValueError, "SGD: lr", "nan"),
    (lambda: optimizers.SGD(lr=float("inf")), ValueError, "SGD: lr", "inf"),
    (lambda: optimizers.SGD(lr="fast"), TypeError, "SGD: lr", "a number", "str"),
    (lambda: optimizers.SGD(lr=True), TypeError, "SGD: lr", "a number", "bool"),
    (lambda: optimizers.Momentum(momentum=1.0), ValueError, "Momentum: momentum", "below 1"),
    (lambda: optimizers.Momentum(nesterov=1), TypeError, "Momentum: nesterov", "bool", "int"),
    (lambda: optimizers.Adam(beta1=-0.1), ValueError, "Adam: beta1", "-0.1"),
    (lambda: optimizers.Adam(beta2=1), ValueError, "Adam: beta2", "below 1"),
    (lambda: optimizers.Adam(eps=0.0), ValueError, "Adam: eps", "positive"),
    (lambda: optimizers.AdamW(weight_decay=-1), ValueError, "AdamW: weight_decay", "-1"),
    (lambda: optimizers.RMSprop(rho=2.0), ValueError, "RMSprop: rho", "2.0"),
    (lambda: optimizers.AdaGrad(eps=-1.0), ValueError, "AdaGrad: eps", "-1.0"),
    (lambda: optimizers.Lion(beta2=1.5), ValueError, "Lion: beta2", "1.5"),
    (lambda: optimizers.SGD(hooks=[1.0]), TypeError, "SGD: a hook must be callable", "float"),
    (
        lambda: optimizers.SGD(hooks=hooks.ClipGrad(1.0)),
        TypeError,
        "SGD: hooks",
        "list",
        "ClipGrad",
    ),
    (lambda: optimizers.SGD(groups=Group("*", lr=1)), TypeError, "SGD: groups", "list", "Group"),
    (lambda: optimizers.SGD(groups=["*.b"]), TypeError, "SGD: groups must be Groups", "str"),
    (lambda: optimizers.SGD(groups=[Group("*", eps=1)]), TypeError, "SGD", "sets eps", "lr"),
    (lambda: optimizers.Adam(groups=[Group("*", eps=-1)]), ValueError, "Adam: eps", "-1"),
    (lambda: Group("*"), ValueError, "Group", "lr=0.1"),
    (lambda: Group(1, lr=0.1), TypeError, "Group: select", "int"),
    (lambda: Group(Variable([1.0]), lr=0.1), TypeError, "Group: select", "Variable"),
    (lambda: Group([1.0], lr=0.1), TypeError, "Group: select", "list"),
    (lambda: optimizers.SGD().update(Variable([1.0])), TypeError, "SGD.update", "into a list"),
    (lambda: optimizers.SGD().update(3), TypeError, "SGD.update", "iterable", "int"),
    (lambda: optimizers.SGD().update(["w"]), TypeError, "SGD.update: parameter 0", "str"),
    (lambda: optimizers.SGD().update({"w": 1.0}), TypeError, "parameter w", "Variable", "float"),
    (lambda: optimizers.SGD().update({1: Variable(1.0)}), TypeError, "names must be str", "int"),
]


@pytest.mark.parametrize(("call", "error", "words"), [(c, e, w) for c, e, *w in BAD])
def test_errors(call, error, words):
    fails(call, error, *words)


@pytest.mark.parametrize("lr", [float("nan"), -1.0, "fast", None])
def test_a_schedule_must_give_a_number(lr):
    """Nothing is changed, not even by groups that come first."""
    x, y = Variable(1.0), Variable(1.0)
    x.grad, y.grad = 1.0, 1.0
    optimizer = optimizers.Momentum(lr=lambda n: lr, groups=[Group([x], lr=0.1)])
    error = ValueError if isinstance(lr, float) else TypeError
    fails(
        lambda: optimizer.update([x, y]), error, "Momentum.update: the learning rate of", "step 0"
    )
    assert (x.item(), y.item(), optimizer.steps) == (1.0, 1.0, 0)
    assert optimizer.state_dict([x])["0/steps"] == 0


def test_reprs():
    assert repr(Group("*.b", lr=0.5, beta1=0.9)) == "Group('*.b', lr=0.5, beta1=0.9)"
    assert repr(Group([Variable(1.0)], lr=0.5)) == "Group(..., lr=0.5)"
