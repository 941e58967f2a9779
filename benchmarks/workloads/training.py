"""Steps of training: perceptrons, a recurrent model, a transformer block."""

from typing import Any

import numpy as np

import autograd as ag
from autograd import Variable, models, optimizers
from autograd import functions as F

from .. import inputs
from ..catalogue import workload
from ..runs import Run, Timed
from .products import constant


@workload("mlp", "us", "MLP 1-10-1, batch 100, SGD step", goal=25.0, yardstick="numpy")
def mlp() -> Run:
    params, x, t = inputs.small_perceptron()
    w1, b1, w2, b2 = params = [Variable(p) for p in params]
    x, t = constant(x), constant(t)

    def step() -> object:
        y = F.maximum(x @ w1 + b1, 0.0) @ w2 + b2
        loss = F.mean((y - t) ** 2)
        for p in params:
            p.cleargrad()
        loss.backward()
        with ag.no_grad():
            for p in params:
                p -= 0.2 * p.grad
        return loss

    return Timed(step)


def set_weights(linear: Any, w: np.ndarray, b: np.ndarray) -> None:
    """Replace the weights that a layer has drawn."""
    linear.w.data, linear.b.data = w, b


def _perceptron(params: list[np.ndarray], dtype: str, x: object) -> models.MLP:
    model = models.MLP([b.shape[1] for b in params[1::2]], activation=F.relu, dtype=dtype)
    model(x)  # which makes the weights
    for linear, w, b in zip(model.linear, params[::2], params[1::2], strict=True):
        set_weights(linear, w, b)
    return model


@workload(
    "mlp-layers",
    "us",
    "the same with `models.MLP` and `optimizers.SGD`",
    goal=25.0,
    yardstick="floats",
)
def mlp_layers() -> Run:
    params, x, t = inputs.small_perceptron()
    x, t = constant(x), constant(t)
    model = _perceptron(params, "float64", x)
    optimizer = optimizers.SGD(lr=0.2)

    def step() -> object:
        loss = F.mean_squared_error(model(x), t)
        model.cleargrads()
        loss.backward()
        optimizer.update(model)
        return loss

    return Timed(step)


LARGE = "MLP 784-1000-1000-10, batch 128, Adam step, {}"


@workload(
    "mlp-large32", "ms", LARGE.format("float32"), "float32", goal=10.0, yardstick="training32"
)
@workload(
    "mlp-large64", "ms", LARGE.format("float64"), "float64", goal=19.0, yardstick="training64"
)
def mlp_large(dtype: str) -> Run:
    params, x, t = inputs.large_perceptron(dtype)
    model = _perceptron(params, dtype, x)
    optimizer = optimizers.Adam(lr=1e-3)

    def step() -> object:
        loss = F.cross_entropy(model(x), t)
        model.cleargrads()
        loss.backward()
        optimizer.update(model)
        return loss

    return Timed(step)


@workload(
    "lstm",
    "ms",
    "LSTM, hidden 100, an epoch of the sine: 33 steps, batch 30",
    goal=6.0,
    yardstick="training64",
)
def lstm() -> Run:
    start = inputs.sine()
    model = models.LSTM(start.hidden, 1)
    model(start.xs[0])  # which makes the weights
    for gate, name in enumerate("fiou"):
        columns = slice(gate * start.hidden, (gate + 1) * start.hidden)
        from_input = getattr(model.lstm, f"x2{name}")
        set_weights(from_input, start.wx[:, columns], start.b[:, columns])
        getattr(model.lstm, f"h2{name}").w.data = start.wh[:, columns]
    set_weights(model.linear, start.wo, start.bo)
    optimizer = optimizers.SGD(lr=start.rate)

    def epoch() -> object:
        model.reset_state()
        loss = Variable(0.0, requires_grad=False)
        for i, (x, t) in enumerate(zip(start.xs, start.ts, strict=True), 1):
            loss = loss + F.mean_squared_error(model(x), t)
            if i % start.steps == 0:
                model.cleargrads()
                loss.backward()
                loss.unchain_backward()
                optimizer.update(model)
        return loss

    return Timed(epoch)


BLOCK = "transformer block (batch 4, 128 by 256, 4 heads), gradients, {}"


@workload("block32", "ms", BLOCK.format("float32"), "float32", goal=22.0, yardstick="training32")
@workload("block64", "ms", BLOCK.format("float64"), "float64", goal=42.0, yardstick="training64")
def block(dtype: str) -> Run:
    start = inputs.block(dtype)
    params = [Variable(p) for p in start.params]
    project, out, widen, narrow, scale1, shift1, scale2, shift2 = params
    inside = start.batch, start.time, start.heads, start.width // start.heads
    thirds = [start.width] * 3
    x0 = constant(start.x)

    def gradients() -> object:
        for p in params:
            p.cleargrad()
        h = F.layer_norm(x0, scale1, shift1)
        q, k, v = (
            F.swapaxes(F.reshape(z, inside), 1, 2) for z in F.split(h @ project, thirds, axis=-1)
        )
        attended = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x0 + F.reshape(F.swapaxes(attended, 1, 2), x0.shape) @ out
        h = F.layer_norm(x, scale2, shift2)
        x = x + F.gelu(h @ widen) @ narrow
        F.mean(F.square(x)).backward()
        return [p.grad for p in params]

    return Timed(gradients)
