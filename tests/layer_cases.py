"""The layers and models as one table: how each is made and called, and what NumPy computes."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from autograd import Variable, models
from autograd import functions as F
from autograd import layers as L
from table import attention, conv, nn
from table.activations import sigmoid


@dataclass(frozen=True)
class Case:
    """One layer: `make(**options)` takes `dtype` and `rng` if `drawn` or `typed`."""

    name: str
    make: Callable
    # The shapes of the operands.
    shapes: tuple
    # Of the parameters, a dict of arrays, and of the operands.
    reference: Callable
    call: Callable = lambda layer, *xs: layer(*xs)
    # How the layer is shown after a call.
    shown: str = ""
    # Whether it takes rng, and dtype.
    drawn: bool = True
    typed: bool = True
    # Operands are all different, so that no kink is near.
    kinks: bool = False

    def build(self, dtype="float64", seed=0):
        options = {"rng": seed} if self.drawn else {}
        return self.make(**options, **({"dtype": dtype} if self.typed else {}))

    def operands(self, dtype="float64", seed=1):
        rng = np.random.default_rng(seed)
        return [
            ((rng.permutation(int(np.prod(s))) / 3 - 2).reshape(s) if self.kinks
             else rng.uniform(-1, 1, s)).astype(dtype)
            for s in self.shapes
        ]  # fmt: skip


def put(layer, name, value):
    """Put something in the place that has this name: names are paths in Python."""
    owner, _, attribute = name.rpartition(".")
    setattr(eval(f"layer.{owner}") if owner else layer, attribute, value)


# References


def linear(p, name, x):
    w, b = (p.get(f"{name}.{key}" if name else key) for key in ("w", "b"))
    return x @ w if b is None else x @ w + b


def rnn(p, xs, prefix=""):
    h, out = None, []
    for x in xs:
        a = linear(p, f"{prefix}x2h", x)
        h = np.tanh(a if h is None else a + linear(p, f"{prefix}h2h", h))
        out.append(h)
    return np.stack(out)


def lstm(p, xs, prefix=""):
    h, c, out = None, None, []
    for x in xs:
        f, i, o, u = (
            linear(p, f"{prefix}x2{g}", x) + (0 if h is None else linear(p, f"{prefix}h2{g}", h))
            for g in "fiou"
        )
        c = (0 if c is None else sigmoid(f) * c) + sigmoid(i) * np.tanh(u)
        h = sigmoid(o) * np.tanh(c)
        out.append(h)
    return np.stack(out)


def gru(p, xs):
    h = np.zeros((xs.shape[1], p["h2r.w"].shape[0]))
    out = []
    for x in xs:
        r, z = (sigmoid(linear(p, f"x2{g}", x) + linear(p, f"h2{g}", h)) for g in "rz")
        u = np.tanh(linear(p, "x2u", x) + linear(p, "h2u", r * h))
        h = z * h + (1 - z) * u
        out.append(h)
    return np.stack(out)


def heads(p, query, key, value, n, **options):
    """Head by head, each with its columns of the maps."""
    q, k, v = linear(p, "q", query), linear(p, "k", key), linear(p, "v", value)
    parts = zip(*(np.split(x, n, axis=-1) for x in (q, k, v)), strict=True)
    options = {"mask": None, "is_causal": False, "scale": None, **options}
    y = [attention.attention(*part, **options) for part in parts]
    return linear(p, "out", np.concatenate(y, axis=-1))


def run(layer, xs):
    """All steps of a sequence, from a fresh state."""
    layer.reset_state()
    return F.stack([layer(x) for x in xs])


# The table

WINDOWS = {"stride": (2, 1), "padding": (1, 2), "dilation": (1, 2), "groups": 2}
PLAIN = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}
TRANSPOSED = {"stride": (2, 1), "padding": (1, 0), "output_padding": (1, 0), "dilation": (1, 2)}
SEEN = np.array([[True, False, True], [True, True, False]])
STEPS = (3, 2, 2)
POOL = {"kernel_size": (2, 3), "stride": (1, 2), "padding": (1, 0)}

CASES = [
    Case("Linear", lambda **o: L.Linear(3, **o), ((4, 2),),
         lambda p, x: linear(p, "", x), shown="Linear(2 -> 3)"),
    Case("Linear-made", lambda **o: L.Linear(3, 2, bias=False, **o), ((2, 4, 2),),
         lambda p, x: linear(p, "", x), shown="Linear(2 -> 3, bias=False)"),
    Case("RNN", lambda **o: L.RNN(3, **o), (STEPS,), rnn, run, "RNN(2 -> 3)"),
    Case("LSTM", lambda **o: L.LSTM(3, **o), (STEPS,), lstm, run, "LSTM(2 -> 3)"),
    Case("GRU", lambda **o: L.GRU(3, **o), (STEPS,), gru, run, "GRU(2 -> 3)"),
    Case("Embedding", lambda **o: L.Embedding(4, 3, **o), (),
         lambda p: p["w"][[[0, 3], [3, 1]]], lambda layer: layer([[0, 3], [3, 1]]),
         "Embedding(4 -> 3)"),
    Case("LayerNorm", lambda **o: L.LayerNorm(3, eps=0.1, **o), ((2, 2, 3),),
         lambda p, x: nn.layer_norm(x, p["w"], p["b"], axis=-1, eps=0.1),
         shown="LayerNorm(3, eps=0.1)", drawn=False),
    Case("LayerNorm-axes", lambda **o: L.LayerNorm((2, 3), eps=0.1, **o), ((2, 2, 3),),
         lambda p, x: nn.layer_norm(x, p["w"], p["b"], axis=(-2, -1), eps=0.1),
         shown="LayerNorm((2, 3), eps=0.1)", drawn=False),
    Case("BatchNorm", lambda **o: L.BatchNorm(3, eps=0.1, **o), ((4, 3),),
         lambda p, x: nn.batch_norm(x, p["w"], p["b"], eps=0.1),
         shown="BatchNorm(3, momentum=0.1, eps=0.1)", drawn=False),
    Case("BatchNorm-images", lambda **o: L.BatchNorm(2, 0.5, eps=0.1, **o), ((2, 2, 3, 2),),
         lambda p, x: nn.batch_norm(x, p["w"], p["b"], eps=0.1),
         shown="BatchNorm(2, momentum=0.5, eps=0.1)", drawn=False),
    Case("Dropout", lambda **o: L.Dropout(0.25, **o), ((3, 4),),
         lambda p, x: nn.dropout(x, 0.25, 0),
         # From the start of the stream, at each call.
         lambda layer, x: F.dropout(x, layer.p, 0),
         "Dropout(0.25)", typed=False),
    Case("Conv1d", lambda **o: L.Conv1d(4, 3, stride=2, padding=1, **o), ((2, 2, 6),),
         lambda p, x: conv.conv(x, p["w"], p["b"], **{**PLAIN, "stride": 2, "padding": 1}),
         shown="Conv1d(2 -> 4, kernel_size=3, stride=2, padding=1)"),
    Case("Conv2d", lambda **o: L.Conv2d(4, (3, 2), **WINDOWS, **o), ((2, 2, 4, 3),),
         lambda p, x: conv.conv(x, p["w"], p["b"], **WINDOWS),
         shown="Conv2d(2 -> 4, kernel_size=(3, 2), stride=(2, 1), padding=(1, 2), "
               "dilation=(1, 2), groups=2)"),
    Case("Conv2d-same", lambda **o: L.Conv2d(2, 3, 1, padding="same", bias=False, **o),
         ((1, 1, 3, 4),),
         lambda p, x: conv.conv(x, p["w"], **{**PLAIN, "padding": "same"}),
         shown="Conv2d(1 -> 2, kernel_size=3, padding='same', bias=False)"),
    Case("ConvTranspose2d", lambda **o: L.ConvTranspose2d(4, (3, 2), groups=2, **TRANSPOSED, **o),
         ((2, 2, 2, 3),),
         lambda p, x: conv.conv_transpose(x, p["w"], p["b"], groups=2, **TRANSPOSED),
         shown="ConvTranspose2d(2 -> 4, kernel_size=(3, 2), stride=(2, 1), padding=(1, 0), "
               "output_padding=(1, 0), dilation=(1, 2), groups=2)"),
    Case("MaxPool2d", lambda: L.MaxPool2d(**POOL), ((2, 4, 5),),
         lambda p, x: conv.max_pool(x, **POOL),
         shown="MaxPool2d(kernel_size=(2, 3), stride=(1, 2), padding=(1, 0))",
         drawn=False, typed=False, kinks=True),
    Case("AvgPool2d", lambda: L.AvgPool2d(2), ((2, 1, 4, 5),),
         lambda p, x: conv.avg_pool(x, kernel_size=2, stride=None, padding=(0, 0)),
         shown="AvgPool2d(kernel_size=2)", drawn=False, typed=False),
    Case("Flatten", lambda: L.Flatten(), ((2, 3, 2),), lambda p, x: x.reshape(2, 6),
         shown="Flatten()", drawn=False, typed=False),
    Case("MultiHeadAttention", lambda **o: L.MultiHeadAttention(4, 2, **o), ((2, 3, 4),),
         lambda p, x: heads(p, x, x, x, 2, is_causal=True),
         lambda layer, x: layer(x, is_causal=True), "MultiHeadAttention(4, num_heads=2)"),
    Case("MultiHeadAttention-cross",
         lambda **o: L.MultiHeadAttention(4, 2, bias=False, kdim=3, vdim=2, **o),
         ((2, 2, 4), (2, 3, 3), (2, 3, 2)),
         lambda p, q, k, v: heads(p, q, k, v, 2, mask=SEEN),
         lambda layer, q, k, v: layer(q, k, v, SEEN),
         "MultiHeadAttention(4, num_heads=2, bias=False, kdim=3, vdim=2)"),
    Case("Sequential",
         lambda rng, dtype: L.Sequential(
             L.Linear(3, rng=rng, dtype=dtype), F.tanh, L.Linear(1, rng=rng, dtype=dtype)),
         ((4, 2),),
         lambda p, x: linear(p, "layer[2]", np.tanh(linear(p, "layer[0]", x))),
         shown="Sequential(Linear(2 -> 3), tanh, Linear(3 -> 1))"),
    Case("MLP", lambda **o: models.MLP([3, 3, 1], **o), ((4, 2),),
         lambda p, x: linear(p, "linear[2]", sigmoid(linear(
             p, "linear[1]", sigmoid(linear(p, "linear[0]", x))))),
         shown="MLP(2 -> 3 -> 3 -> 1, activation=sigmoid)"),
    Case("models.LSTM", lambda **o: models.LSTM(3, 1, **o), (STEPS,),
         lambda p, xs: linear(p, "linear", lstm(p, xs, "lstm.")), run, "LSTM(2 -> 3 -> 1)"),
]  # fmt: skip


def each_case(function):
    return pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)(function)


def each_with_parameters(function):
    chosen = [case for case in CASES if case.typed]
    return pytest.mark.parametrize("case", chosen, ids=lambda case: case.name)(function)


def called(case, dtype="float64", seed=0):
    """A layer that has been called, with parameters that are all different, and its operands."""
    layer, xs = case.build(dtype, seed), case.operands(dtype)
    case.call(layer, *map(Variable, xs))
    layer.reset_state()
    rng = np.random.default_rng(2)
    for v in layer.params().values():
        v.data = v.data + rng.uniform(-0.2, 0.2, v.shape).astype(dtype)
    return layer, xs
