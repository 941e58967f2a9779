"""PyTorch's steps of training."""

from functools import partial
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

from .. import inputs, memory
from ..catalogue import peer
from ..inputs import by_dtype
from ..runs import Run, Setup, Timed


def _copy(parameter: Any, array: Any) -> None:
    with torch.no_grad():
        parameter.copy_(torch.from_numpy(np.ascontiguousarray(array)))


def perceptron(params: list[Any]) -> Any:
    """Put layers together that have these weights and biases, in turn."""
    layers: list[Any] = []
    for w, b in zip(params[::2], params[1::2], strict=True):
        layer = torch.nn.Linear(*w.shape, dtype=torch.from_numpy(w).dtype)
        _copy(layer.weight, w.T)
        _copy(layer.bias, b[0])
        layers += [layer, torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])


def training(model: Any, optimizer: Any, loss_of: Any, x: Any, t: Any) -> Run:
    """Return the step that is the same for every perceptron."""
    x, t = torch.from_numpy(x), torch.from_numpy(t)

    def step() -> Any:
        loss = loss_of(model(x), t)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.detach()

    return Timed(step)


@peer("torch", "mlp")
def mlp() -> Run:
    arrays, x, t = inputs.small_perceptron()
    w1, b1, w2, b2 = params = [torch.from_numpy(a).requires_grad_() for a in arrays]

    def model(x: Any) -> Any:
        return torch.relu(x @ w1 + b1) @ w2 + b2

    return training(model, torch.optim.SGD(params, lr=0.2), F.mse_loss, x, t)


@peer("torch", "mlp-layers")
def mlp_layers() -> Run:
    arrays, x, t = inputs.small_perceptron()
    model = perceptron(arrays)
    return training(model, torch.optim.SGD(model.parameters(), lr=0.2), F.mse_loss, x, t)


@peer("torch", by_dtype("mlp-large"))
def mlp_large(dtype: str) -> Run:
    arrays, x, t = inputs.large_perceptron(dtype)
    model = perceptron(arrays)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    return training(model, optimizer, F.cross_entropy, x, t)


def _recurrent(start: inputs.Sine) -> tuple[Any, Any]:
    """Make a cell, whose gates are in the order i, f, u, o, and the map of its output."""

    def turned(array: Any) -> Any:
        f, i, o, u = np.split(array, 4, axis=-1)
        return np.concatenate([i, f, u, o], axis=-1).T

    cell = torch.nn.LSTMCell(1, start.hidden).double()
    _copy(cell.weight_ih, turned(start.wx))
    _copy(cell.weight_hh, turned(start.wh))
    _copy(cell.bias_ih, turned(start.b)[:, 0])
    torch.nn.init.zeros_(cell.bias_hh)
    linear = torch.nn.Linear(start.hidden, 1).double()
    _copy(linear.weight, start.wo.T)
    _copy(linear.bias, start.bo[0])
    return cell, linear


@peer("torch", "lstm")
def lstm() -> Run:
    start = inputs.sine()
    cell, linear = _recurrent(start)
    # Its second bias stays: the others have one, so it must not learn.
    cell.bias_hh.requires_grad_(False)
    learning = [p for p in (*cell.parameters(), *linear.parameters()) if p.requires_grad]
    optimizer = torch.optim.SGD(learning, lr=start.rate)
    xs, ts = torch.from_numpy(start.xs), torch.from_numpy(start.ts)

    def epoch() -> Any:
        state, loss = None, torch.zeros((), dtype=torch.float64)
        for i, (x, t) in enumerate(zip(xs, ts, strict=True), 1):
            state = cell(x, state)
            loss = loss + F.mse_loss(linear(state[0]), t)
            if i % start.steps == 0:
                optimizer.zero_grad()
                loss.backward()
                state = tuple(s.detach() for s in state)
                loss = loss.detach()
                optimizer.step()
        return loss.detach()

    return Timed(epoch)


@peer("torch", by_dtype("block"))
def block(dtype: str) -> Run:
    start = inputs.block(dtype)
    params = [torch.from_numpy(p).requires_grad_() for p in start.params]
    project, out, widen, narrow, scale1, shift1, scale2, shift2 = params
    inside = start.batch, start.time, start.heads, start.width // start.heads
    x0 = torch.from_numpy(start.x)
    width = start.width

    def gradients() -> Any:
        for p in params:
            p.grad = None
        h = F.layer_norm(x0, (width,), scale1, shift1)
        q, k, v = (z.reshape(inside).transpose(1, 2) for z in (h @ project).split(width, -1))
        attended = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x0 + attended.transpose(1, 2).reshape(x0.shape) @ out
        h = F.layer_norm(x, (width,), scale2, shift2)
        x = x + F.gelu(h @ widen, approximate="tanh") @ narrow
        x.square().mean().backward()
        return [p.grad for p in params]

    return Timed(gradients)


def _peak(setup: Setup) -> Run:
    return memory.peak(lambda: torch.ones(10) @ torch.ones(10), setup)


for _dtype in inputs.FLOATS:
    _bits = _dtype[-2:]
    peer("torch", {f"memory-mlp{_bits}": partial(mlp_large, _dtype)})(_peak)
    peer("torch", {f"memory-block{_bits}": partial(block, _dtype)})(_peak)
