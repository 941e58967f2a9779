"""Hooks: weight decay and clipping, against NumPy."""

import copy
import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Variable, hooks, no_grad, optimizers
from support import LAYOUTS, fails, same, strided

dtypes = st.sampled_from(["float64", "float32"])
shapes = st.lists(st.sampled_from([(), (3,), (2, 3), (1, 4), (0, 2)]), min_size=1, max_size=4)
seeds = st.integers(0, 2**32)


def parameters(shapes, dtype, seed, scale=1.0):
    """Parameters with gradients in all layouts; every fourth one has none."""
    rng = np.random.default_rng(seed)
    params = {}
    for i, shape in enumerate(shapes):
        p = params[f"p{i}"] = Variable(rng.standard_normal(shape), dtype=dtype)
        if i % 4 != 3:
            gradient = (scale * rng.standard_normal(shape)).astype(dtype)
            with no_grad():
                p.grad = strided(gradient, LAYOUTS[int(rng.integers(len(LAYOUTS)))])
    return params


def run(hook, params):
    """The gradients before and after; what showed the old ones must not see the change."""
    old = {name: p.grad for name, p in params.items()}
    before = {name: np.array(g.data) for name, g in old.items() if g is not None}
    values = {name: p.data for name, p in params.items()}
    hook(params)
    for name, p in params.items():
        assert (p.grad is None) == (name not in before)
        same(p, values[name])
        if name in before:
            same(old[name], before[name])
            assert p.grad.dtype == p.dtype
            assert p.grad.creator is None
    return before, {name: params[name].grad.data for name in before}


def close(got, want, dtype):
    np.testing.assert_allclose(got, want, rtol=1e-12 if dtype == "float64" else 1e-5)


@given(shapes, dtypes, seeds, st.floats(0.0, 2.0))
def test_weight_decay(shapes, dtype, seed, rate):
    params = parameters(shapes, dtype, seed)
    before, after = run(hooks.WeightDecay(rate), params)
    for name, g in before.items():
        want = g.astype(float) + rate * params[name].data.astype(float)
        np.testing.assert_allclose(after[name], want, rtol=1e-12 if dtype == "float64" else 1e-5,
                                   atol=1e-14 if dtype == "float64" else 1e-6)  # fmt: skip


@given(shapes, dtypes, seeds, st.floats(1e-3, 100.0), st.floats(1e-3, 1e3))
def test_clip_grad(shapes, dtype, seed, max_norm, scale):
    before, after = run(hooks.ClipGrad(max_norm), parameters(shapes, dtype, seed, scale))
    flat = np.concatenate([g.astype(float).ravel() for g in before.values()])
    rate = min(1.0, max_norm / (np.linalg.norm(flat) + 1e-6))
    for name, g in before.items():
        close(after[name], g.astype(float) * rate, dtype)


@given(shapes, dtypes, seeds, st.floats(1e-3, 3.0))
def test_clip_value(shapes, dtype, seed, largest):
    before, after = run(hooks.ClipValue(largest), parameters(shapes, dtype, seed))
    for name, g in before.items():
        close(after[name], np.clip(g.astype(float), -largest, largest), dtype)


@pytest.mark.parametrize(
    ("dtype", "gradients"),
    [
        ("float64", [[1e200, -1e200], [1e200, 1e200]]),
        ("float64", [[1.7e308] * 4, [1.0]]),
        ("float32", [[3e38] * 4, [3e38]]),
    ],
)
def test_large_gradients_do_not_overflow(dtype, gradients):
    params = {str(i): Variable(np.zeros(len(g)), dtype=dtype) for i, g in enumerate(gradients)}
    for p, g in zip(params.values(), gradients, strict=True):
        p.grad = g
    hooks.ClipGrad(2.0)(params)
    clipped = np.concatenate([p.grad.data for p in params.values()])
    unit = np.concatenate(gradients) / np.max(np.abs(np.concatenate(gradients)))
    np.testing.assert_allclose(clipped, 2.0 * unit / np.linalg.norm(unit), rtol=1e-6)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("max_norm", [1e-9, 1.0])
def test_gradients_that_are_not_finite_are_left(bad, max_norm):
    params = {"x": Variable([1.0, 2.0]), "y": Variable(3.0)}
    params["x"].grad, params["y"].grad = [bad, 1.0], 1e3
    hooks.ClipGrad(max_norm)(params)
    same(params["x"].grad, [bad, 1.0])
    same(params["y"].grad, 1e3)


def test_small_gradients_are_the_same_objects():
    x = Variable([3.0, 4.0])
    x.grad = [0.3, 0.4]
    before = x.grad
    hooks.ClipGrad(1.0)({"x": x})
    assert x.grad is before


def test_nothing_to_clip():
    x = Variable(1.0)
    hooks.ClipGrad(1.0)({})
    hooks.ClipGrad(1.0)({"x": x})
    assert x.grad is None
    x.grad = 0.0
    hooks.ClipGrad(1e-9)({"x": x})
    assert x.grad.item() == 0.0


def test_the_history_of_a_gradient_is_not_carried_on():
    x = Variable(2.0)
    (x**3).backward(create_graph=True)
    first = x.grad
    hooks.ClipGrad(1.0)({"x": x})
    assert x.grad.creator is None
    assert first.creator is not None
    x.cleargrad()
    first.backward()
    assert x.grad.item() == 12.0


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_hooks_run_in_order(order):
    both = [hooks.WeightDecay(1.0), hooks.ClipGrad(1.0)]
    x = Variable(4.0)
    x.grad = 2.0
    optimizers.SGD(lr=1.0, hooks=[both[i] for i in order]).update([x])
    gradient = 6.0 / (6.0 + 1e-6) if order == (0, 1) else 2.0 / (2.0 + 1e-6) + 4.0
    assert x.item() == pytest.approx(4.0 - gradient, rel=1e-12)


@pytest.mark.parametrize(
    "hook", [hooks.WeightDecay(0.5), hooks.ClipGrad(0.5), hooks.ClipValue(0.5)], ids=repr
)
def test_copies_and_reprs(hook):
    again = eval(repr(hook), vars(hooks).copy())
    for other in (pickle.loads(pickle.dumps(hook)), copy.deepcopy(hook), again):
        assert repr(other) == repr(hook)


BAD = [
    (lambda: hooks.WeightDecay(-1.0), ValueError, "WeightDecay: rate", "-1.0"),
    (lambda: hooks.WeightDecay("much"), TypeError, "WeightDecay: rate", "str"),
    (lambda: hooks.ClipGrad(0.0), ValueError, "ClipGrad: max_norm", "positive"),
    (lambda: hooks.ClipGrad(math.inf), ValueError, "ClipGrad: max_norm", "finite", "inf"),
    (lambda: hooks.ClipGrad(None), TypeError, "ClipGrad: max_norm", "NoneType"),
    (lambda: hooks.ClipValue(-2), ValueError, "ClipValue: max", "-2"),
]


@pytest.mark.parametrize(("call", "error", "words"), [(c, e, w) for c, e, *w in BAD])
def test_errors(call, error, words):
    fails(call, error, *words)
