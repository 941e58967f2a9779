"""The base class of layers: what counts as a parameter, names, sharing, lazy ones, conversion."""

import copy
import pickle
from collections import namedtuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
from autograd import Variable
from autograd import functions as F
from autograd import layers as L
from support import fails

Pair = namedtuple("Pair", "left right")


class Scale(L.Layer):
    def __init__(self, size):
        self.w = ag.ones(size)

    def forward(self, x):
        return x * self.w


class Parts(L.Layer):
    """Parameters, buffers and layers at every place that is looked at, and at some that are not."""

    def __init__(self):
        self.w = Variable([1.0, 2.0])
        self.mean = Variable([3.0], requires_grad=False)
        self.scales = [Scale(1), (Scale(2), {"a": Scale(3), 7: Variable(4.0)})]
        self.pair = Pair(Variable(5.0), L.Linear(2, 1, rng=0))
        self.size = 3
        self.name = "parts"
        self.function = F.relu
        self.array = np.ones(2)
        self.nothing = None
        self._hidden = Variable(6.0)
        self._inner = Scale(4)

    @property
    def h(self):
        return self._hidden


class Tied(L.Layer):
    """Two layers that share weights, which come with the first call."""

    def __init__(self):
        self.first = L.Linear(3, bias=False, rng=0)
        self.second = L.Linear(3, bias=False, rng=1)
        self.second.w = self.first.w

    def forward(self, x):
        return self.second(self.first(x))


NAMES = ["pair[0]", "pair[1].b", "pair[1].w", "scales[0].w", "scales[1][0].w",
         "scales[1][1][7]", "scales[1][1][a].w", "w"]  # fmt: skip


def test_names():
    """Parameters are sorted, layers in order of definition; the rest does not count."""
    layer = Parts()
    assert list(layer.params()) == NAMES
    assert list(layer.buffers()) == ["mean"]
    assert list(layer.state_dict()) == sorted([*NAMES, "mean"])
    assert list(layer.layers()) == ["scales[0]", "scales[1][0]", "scales[1][1][a]", "pair[1]"]
    assert layer.params()["pair[0]"] is layer.pair.left
    assert layer.params()["scales[1][1][a].w"] is layer.scales[1][1]["a"].w
    assert layer.layers()["pair[1]"] is layer.pair.right


def test_names_that_are_the_same():
    layer = Scale(2)
    layer.d = {0: ag.ones(1), "0": ag.ones(2)}
    for call in (layer.params, layer.buffers, layer.state_dict):
        fails(call, ValueError, "Scale", "two Variables", "d[0]")
    layer.d = {0: layer.d[0], "0": layer.d[0]}
    assert list(layer.params()) == ["d[0]", "w"]


def test_an_own_layer_trains():
    layer = Scale(2)
    y = layer(Variable([3.0, 4.0]))
    y.backward()
    np.testing.assert_array_equal(layer.w.grad.data, [3.0, 4.0])
    layer.cleargrads()
    assert layer.w.grad is None


def test_no_parameters():
    layer = L.Layer()
    assert layer.params() == layer.buffers() == layer.layers() == layer.state_dict() == {}
    layer.cleargrads()
    layer.reset_state()
    layer.load_state_dict({})


def test_circles():
    """A child may know its parent, and a container may hold itself."""
    parent, child = Scale(1), Scale(2)
    parent.child, child.parent = child, parent
    parent.items = [child]
    parent.items.append(parent.items)
    parent.items.append((parent.items, parent))
    assert list(parent.params()) == ["child.w", "w"]
    assert list(child.params()) == ["parent.w", "w"]
    assert list(parent.layers()) == ["child"]
    parent.reset_state()
    parent.astype("float32")
    assert parent.w.dtype == child.w.dtype == np.float32
    for clone in (copy.deepcopy(parent), pickle.loads(pickle.dumps(parent))):
        assert clone.child.parent is clone
        assert list(clone.params()) == ["child.w", "w"]


def test_an_attribute_may_be_called_layers():
    class Stack(L.Layer):
        def __init__(self):
            self.layers = [L.RNN(2, rng=0), Scale(2)]

        def forward(self, x):
            for layer in self.layers:
                x = layer(x)
            return x

    stack = Stack()
    stack(np.ones((1, 2)))
    stack.reset_state()
    assert stack.layers[0].h is None
    assert list(stack.params())[-1] == "layers[1].w"
    assert stack.astype("float32").layers[1].w.dtype == np.float32


# Sharing


def shared(w):
    """The same Variable at several places."""
    layer = L.Layer()
    layer.a, layer.b = Scale(1), Scale(1)
    layer.a.w = layer.b.w = w
    layer.pair = (w, Variable(0.0))
    layer.again = layer.pair
    layer.mine = {"w": w}
    return layer


def is_tied(layer, w):
    places = layer.a.w, layer.b.w, layer.pair[0], layer.again[0], layer.mine["w"]
    return all(v is w for v in places)


def test_a_shared_variable_appears_once():
    w = Variable([1.0])
    layer = shared(w)
    assert list(layer.params()) == ["a.w", "pair[1]"]
    assert is_tied(layer, w)


@pytest.mark.parametrize("way", ["deepcopy", "pickle", "astype", "load"])
def test_a_shared_variable_stays_shared(way):
    layer = shared(Variable([1.0]))
    match way:
        case "deepcopy":
            layer = copy.deepcopy(layer)
        case "pickle":
            layer = pickle.loads(pickle.dumps(layer))
        case "astype":
            layer.astype("float32")
        case "load":
            layer.load_state_dict({"a.w": [2.0], "pair[1]": np.float64(1.0)})
            assert layer.b.w.item() == 2.0
    assert is_tied(layer, layer.a.w)
    assert layer.pair[1] is layer.again[1]
    layer.mine["w"].data = np.array([7.0])
    assert layer.a.w.item() == 7.0


@pytest.mark.parametrize("way", ["call", "deepcopy", "pickle", "astype", "load", "half"])
def test_a_shared_lazy_parameter_is_made_once(way):
    layer = Tied()
    assert list(layer.params()) == []
    x = np.ones((2, 3), "float32" if way == "astype" else "float64")
    match way:
        case "deepcopy":
            layer = copy.deepcopy(layer)
        case "pickle":
            layer = pickle.loads(pickle.dumps(layer))
        case "astype":
            layer.astype("float32")
        case "load":
            layer.load_state_dict({"first.w": np.eye(3)})
        case "half":
            layer.second(x)
            assert list(layer.state_dict()) == ["first.w"]
    y = layer(x)
    assert layer.first.w is layer.second.w
    assert list(layer.params()) == ["first.w"]
    assert y.dtype == x.dtype
    w = layer.first.w.data
    np.testing.assert_allclose(y.data, x @ w @ w, rtol=1e-5)
    if way != "load":
        made = L.Linear(3, 3, rng=1 if way == "half" else 0, bias=False).w.data
        np.testing.assert_array_equal(w, made.astype(w.dtype))


# Conversion


@pytest.mark.parametrize("dtype", ["float32", "float64", np.float32])
def test_astype(dtype):
    layer = Parts()
    layer.lazy = L.Linear(2, rng=0)
    layer.w.backward()
    before = layer.params() | layer.buffers()
    values = {name: v.data for name, v in before.items()}
    assert layer.astype(dtype) is layer
    after = layer.params() | layer.buffers()
    assert list(after) == list(before)
    for name, v in after.items():
        assert v.dtype == dtype
        assert v.requires_grad == before[name].requires_grad
        assert v.grad is None
        np.testing.assert_array_equal(v.data, values[name].astype(dtype))
    assert type(layer.pair) is Pair
    assert layer.lazy(Variable(np.ones((1, 2), dtype))).dtype == dtype
    assert layer._hidden.dtype == np.float64


def test_astype_starts_anew():
    layer = L.LSTM(2, rng=0)
    layer(np.ones((1, 2)))
    layer.astype("float32")
    assert layer.h is None
    assert layer.c is None
    x = np.ones((1, 2), "float32")
    layer(x)
    assert layer(x).dtype == np.float32


def test_astype_refuses():
    layer = L.Linear(3, rng=0)
    lazy = layer.w
    with pytest.raises(TypeError, match="int64"):
        layer.astype("int64")
    assert layer.w is lazy
    assert layer.b.dtype == np.float64


# Any nesting

tensors = st.integers(1, 3).map(lambda n: ("tensor", n))
trees = st.recursive(
    tensors,
    lambda inner: (
        st.tuples(st.just("list"), st.lists(inner, max_size=3))
        | st.tuples(st.just("tuple"), st.lists(inner, max_size=3))
        | st.tuples(st.just("dict"), st.dictionaries(st.sampled_from("xyz"), inner))
        | st.tuples(st.just("layer"), st.dictionaries(st.sampled_from("abc"), inner))
    ),
    max_leaves=8,
)


def grown(tree, name, found):
    """What a tree describes, and its Variables under the names that they should have."""
    kind, inside = tree
    match kind:
        case "tensor":
            found[name] = Variable(np.arange(inside, dtype=float))
            return found[name]
        case "list" | "tuple":
            parts = [grown(t, f"{name}[{i}]", found) for i, t in enumerate(inside)]
            return parts if kind == "list" else tuple(parts)
        case "dict":
            return {k: grown(t, f"{name}[{k}]", found) for k, t in inside.items()}
    layer = L.Layer()
    for k, t in inside.items():
        setattr(layer, k, grown(t, f"{name}.{k}", found))
    return layer


@given(trees)
def test_any_nesting(tree):
    found = {}
    layer = L.Layer()
    layer.top = grown(tree, "top", found)
    assert list(layer.params()) == sorted(found)
    assert all(v is found[name] for name, v in layer.params().items())
    changed = {name: value + 1.0 for name, value in layer.state_dict().items()}
    layer.load_state_dict(changed)
    layer.astype("float32")
    assert list(layer.params()) == sorted(found)
    for name, v in layer.params().items():
        assert v.dtype == np.float32
        np.testing.assert_array_equal(v.data, changed[name])
