"""JAX's steps of training."""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

from .. import inputs, memory
from ..catalogue import peer
from ..inputs import by_dtype
from ..runs import Run, Setup, Timed
from .jax import done


@peer("jax", "mlp", "mlp-layers")
def mlp() -> Run:
    arrays, x, t = inputs.small_perceptron()
    params = list(map(jnp.array, arrays))

    def loss(params: list[Any]) -> Any:
        w1, b1, w2, b2 = params
        return jnp.mean((jax.nn.relu(x @ w1 + b1) @ w2 + b2 - t) ** 2)

    @jax.jit
    def update(params: list[Any]) -> Any:
        value, grads = jax.value_and_grad(loss)(params)
        return value, [p - 0.2 * g for p, g in zip(params, grads, strict=True)]

    def step() -> Any:
        value, params[:] = done(update(params))
        return value

    return Timed(step)


@peer("jax", by_dtype("mlp-large"))
def mlp_large(dtype: str) -> Run:
    arrays, x, t = inputs.large_perceptron(dtype)
    params = list(map(jnp.array, arrays))
    x, t = jnp.array(x), jnp.array(t)

    def loss(params: list[Any]) -> Any:
        h = x
        for i in range(0, len(params) - 2, 2):
            h = jax.nn.relu(h @ params[i] + params[i + 1])
        scores = jax.nn.log_softmax(h @ params[-2] + params[-1])
        return -jnp.mean(scores[jnp.arange(len(t)), t])

    @partial(jax.jit, donate_argnums=(0, 1, 2, 3))
    def update(params: list[Any], m: list[Any], v: list[Any], count: Any) -> Any:
        value, grads = jax.value_and_grad(loss)(params)
        count = count + 1
        m = [a + 0.1 * (g - a) for a, g in zip(m, grads, strict=True)]
        v = [a + 0.001 * (g * g - a) for a, g in zip(v, grads, strict=True)]
        rate = (1e-3 * jnp.sqrt(1 - 0.999**count) / (1 - 0.9**count)).astype(dtype)
        params = [p - rate * a / (jnp.sqrt(b) + 1e-8) for p, a, b in zip(params, m, v, strict=True)]
        return value, (params, m, v, count)

    state = params, [0 * p for p in params], [0 * p for p in params], jnp.array(0.0)
    del params  # the first update takes them

    def step() -> Any:
        nonlocal state
        value, state = done(update(*state))
        return value

    return Timed(step)


@peer("jax", "lstm")
def lstm() -> Run:
    start = inputs.sine()
    params = {name: jnp.array(getattr(start, name)) for name in ("wx", "b", "wh", "wo", "bo")}
    xs, ts, n = jnp.array(start.xs), jnp.array(start.ts), start.steps
    empty = jnp.zeros((start.xs.shape[1], start.hidden))

    def cell(carry: Any, pair: Any) -> Any:
        p, h, c = carry
        x, t = pair
        f, i, o, u = jnp.split(x @ p["wx"] + p["b"] + h @ p["wh"], 4, -1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(u)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
        return (p, h, c), jnp.mean((h @ p["wo"] + p["bo"] - t) ** 2)

    def loss(p: Any, h: Any, c: Any, xs: Any, ts: Any) -> Any:
        (_, h, c), values = jax.lax.scan(cell, (p, h, c), (xs, ts))
        return values.sum(), (h, c)

    @jax.jit
    def update(p: Any) -> Any:
        differentiate = jax.value_and_grad(loss, has_aux=True)
        (value, state), grads = differentiate(p, empty, empty, xs[:n], ts[:n])
        p = {name: p[name] - start.rate * grads[name] for name in p}
        rest, _ = loss(p, *state, xs[n:], ts[n:])
        return value + rest, p

    def epoch() -> Any:
        nonlocal params
        value, params = done(update(params))
        return value

    return Timed(epoch)


def _normalise(x: Any, scale: Any, shift: Any) -> Any:
    mean, variance = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
    return (x - mean) / jnp.sqrt(variance + 1e-5) * scale + shift


@peer("jax", by_dtype("block"))
def block(dtype: str) -> Run:
    start = inputs.block(dtype)
    params = list(map(jnp.array, start.params))
    x0 = jnp.array(start.x)
    inside = start.batch, start.time, start.heads, start.width // start.heads
    mask = jnp.tril(jnp.ones((start.time, start.time), bool))

    def loss(params: list[Any]) -> Any:
        project, out, widen, narrow, scale1, shift1, scale2, shift2 = params
        h = _normalise(x0, scale1, shift1)
        q, k, v = (z.reshape(inside).transpose(0, 2, 1, 3) for z in jnp.split(h @ project, 3, -1))
        scores = q @ k.swapaxes(-1, -2) / inside[-1] ** 0.5
        weights = jax.nn.softmax(jnp.where(mask, scores, -jnp.inf), -1)
        x = x0 + (weights @ v).transpose(0, 2, 1, 3).reshape(x0.shape) @ out
        h = _normalise(x, scale2, shift2)
        x = x + jax.nn.gelu(h @ widen, approximate=True) @ narrow
        return jnp.mean(x * x)

    gradient = jax.jit(jax.grad(loss))
    return Timed(lambda: done(gradient(params)))


def _peak(setup: Setup) -> Run:
    return memory.peak(lambda: done(jnp.ones(10) @ jnp.ones(10)), setup)


for _dtype in inputs.FLOATS:
    _bits = _dtype[-2:]
    peer("jax", {f"memory-mlp{_bits}": partial(mlp_large, _dtype)})(_peak)
    peer("jax", {f"memory-block{_bits}": partial(block, _dtype)})(_peak)
