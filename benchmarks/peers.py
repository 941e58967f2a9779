"""The same workloads, as other libraries do them.

Each function imports its library itself: a process needs the one only that it measures. JAX is
measured compiled, as its users run it: the first call, which compiles, does not count.
"""

import itertools
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from . import common
from .common import BATCH, ELEMENTS, HIDDEN, MATRIX, STEPS, TABLE, Run, Timed

Setup = Callable[[], Run]
PEERS: dict[str, dict[str, Setup]] = {"numpy": {}, "hips": {}, "jax": {}, "torch": {}}

for _side, _module, _distribution in [
    ("numpy", "numpy", "numpy"),
    ("hips", "autograd", "autograd"),
    ("jax", "jax", "jax"),
    ("torch", "torch", "torch"),
]:
    PEERS[_side]["import"] = partial(common.import_time, _module)
    PEERS[_side]["size"] = partial(common.installed_size, _distribution)


def peer(side: str, **names: Any) -> Callable[[Callable[..., Run]], Callable[..., Run]]:
    """Enter a function into the registry, by workload names with the argument of each."""

    def enter(setup: Callable[..., Run]) -> Callable[..., Run]:
        for name, argument in names.items():
            name = name.replace("_", "-")
            PEERS[side][name] = setup if argument is None else partial(setup, argument)
        return setup

    return enter


def mlp_data() -> tuple[list[Any], Any, Any]:
    """Make the parameters, the input and the target of the small perceptron."""
    rng = np.random.default_rng(0)
    x, t = rng.random((BATCH, 1)), rng.random((BATCH, 1))
    w1, w2 = rng.standard_normal((1, HIDDEN)), rng.standard_normal((HIDDEN, 1))
    return [w1, np.zeros((1, HIDDEN)), w2, np.zeros((1, 1))], x, t


def random(shape: int | tuple[int, ...], dtype: str = "float64", seed: int = 0) -> Any:
    """Make an array of uniform random numbers."""
    return np.random.default_rng(seed).random(shape).astype(dtype)


# NumPy: the gradients are written by hand.


@peer("numpy", elementwise="float64", elementwise32="float32")
def numpy_elementwise(dtype: str) -> Run:
    x = random(ELEMENTS, dtype)

    def by_hand() -> Any:
        s, e = np.sin(x), np.exp(-x * x)
        y = np.tanh(s * e + x)
        return (1 - y * y) * ((np.cos(x) - 2 * x * s) * e + 1)

    return Timed(by_hand)


@peer("numpy", matmul32="float32", matmul64="float64")
def numpy_matmul(dtype: str) -> Run:
    a, b = (random((MATRIX, MATRIX), dtype, seed) for seed in range(2))
    return Timed(lambda: a @ b)


@peer("numpy", sum_0=0, sum_1=1)
def numpy_sum(axis: int) -> Run:
    x = random(TABLE)
    return Timed(lambda: np.sum(x, axis=axis))


@peer("numpy", mlp=None)
def numpy_mlp() -> Run:
    (w1, b1, w2, b2), x, t = mlp_data()

    def step() -> None:
        nonlocal w1, b1, w2, b2
        h = np.maximum(x @ w1 + b1, 0.0)
        gy = (h @ w2 + b2 - t) * (2 / BATCH)
        gh = (gy @ w2.T) * (h > 0)
        w2 -= 0.2 * (h.T @ gy)
        b2 -= 0.2 * gy.sum(0, keepdims=True)
        w1 -= 0.2 * (x.T @ gh)
        b1 -= 0.2 * gh.sum(0, keepdims=True)

    return Timed(step)


# HIPS autograd.


@peer("hips", rosenbrock=None)
def hips_rosenbrock() -> Run:
    from autograd import grad

    gradient = grad(lambda x: 100 * (x[1] - x[0] ** 2) ** 2 + (x[0] - 1) ** 2)

    def descend() -> None:
        x = np.array([0.0, 2.0])
        for _ in range(STEPS // 10):
            x = x - 0.001 * gradient(x)

    return Timed(descend, STEPS // 10)


def _repeat(f: Callable[[Any], Any], n: int) -> Callable[[Any], Any]:
    def chain(x: Any) -> Any:
        for _ in range(n):
            x = f(x)
        return x

    return chain


@peer("hips", chain=None)
def hips_chain() -> Run:
    from autograd import grad
    from autograd import numpy as anp

    gradient = grad(_repeat(anp.sin, STEPS))
    return Timed(lambda: gradient(0.5), STEPS)


@peer("hips", sin6=None)
def hips_sin6() -> Run:
    from autograd import grad
    from autograd import numpy as anp

    derivative = _repeat(grad, 6)(anp.sin)
    return Timed(lambda: derivative(1.0))


@peer("hips", hessian=None)
def hips_hessian() -> Run:
    from autograd import hessian
    from autograd import numpy as anp

    second = hessian(lambda x: common.rosenbrock(x, anp.sum))
    x = random(common.VARIABLES)
    return Timed(lambda: second(x))


@peer("hips", mlp=None)
def hips_mlp() -> Run:
    from autograd import grad
    from autograd import numpy as anp

    params, x, t = mlp_data()

    def loss(params: list[Any]) -> Any:
        w1, b1, w2, b2 = params
        return anp.mean((anp.maximum(x @ w1 + b1, 0.0) @ w2 + b2 - t) ** 2)

    gradient = grad(loss)

    def step() -> None:
        params[:] = [p - 0.2 * g for p, g in zip(params, gradient(params), strict=True)]

    return Timed(step)


@peer("hips", elementwise="float64", elementwise32="float32")
def hips_elementwise(dtype: str) -> Run:
    from autograd import grad
    from autograd import numpy as anp

    x = random(ELEMENTS, dtype)
    gradient = grad(lambda x: anp.sum(anp.tanh(anp.sin(x) * anp.exp(-x * x) + x)))
    return Timed(lambda: gradient(x))


# JAX.


def _jax() -> tuple[Any, Any, Callable[..., Any]]:
    import jax

    jax.config.update("jax_enable_x64", True)
    return jax, jax.numpy, jax.block_until_ready


@peer("jax", rosenbrock=None)
def jax_rosenbrock() -> Run:
    jax, jnp, done = _jax()
    gradient = jax.grad(lambda x0, x1: 100 * (x1 - x0**2) ** 2 + (x0 - 1) ** 2, (0, 1))

    @jax.jit
    def step(x0: Any, x1: Any) -> Any:
        g0, g1 = gradient(x0, x1)
        return x0 - 0.001 * g0, x1 - 0.001 * g1

    def descend() -> None:
        x = jnp.float64(0.0), jnp.float64(2.0)
        for _ in range(STEPS):
            x = step(*x)
        done(x)

    return Timed(descend, STEPS)


@peer("jax", sin6=None)
def jax_sin6() -> Run:
    jax, jnp, done = _jax()
    derivative = jax.jit(_repeat(jax.grad, 6)(jnp.sin))
    return Timed(lambda: done(derivative(1.0)))


@peer("jax", hessian=None)
def jax_hessian() -> Run:
    jax, jnp, done = _jax()
    second = jax.jit(jax.hessian(lambda x: common.rosenbrock(x, jnp.sum)))
    x = jnp.array(random(common.VARIABLES))
    return Timed(lambda: done(second(x)))


@peer("jax", mlp_large32="float32", mlp_large64="float64")
def jax_mlp_large(dtype: str) -> Run:
    jax, jnp, done = _jax()
    rng = np.random.default_rng(0)
    x = jnp.array(random(common.IMAGES, dtype))
    t = jnp.array(rng.integers(0, common.LAYERS[-1], common.IMAGES[0]))
    sizes = [common.IMAGES[1], *common.LAYERS]
    params = [
        jnp.array(a, dtype)
        for n, m in itertools.pairwise(sizes)
        for a in (rng.standard_normal((n, m)) / n**0.5, np.zeros(m))
    ]

    def loss(params: list[Any]) -> Any:
        h = x
        for i in range(0, len(params) - 2, 2):
            h = jax.nn.relu(h @ params[i] + params[i + 1])
        scores = jax.nn.log_softmax(h @ params[-2] + params[-1])
        return -jnp.mean(scores[jnp.arange(len(t)), t])

    @partial(jax.jit, donate_argnums=(0, 1, 2))
    def step(params: list[Any], m: list[Any], v: list[Any]) -> Any:
        grads = jax.grad(loss)(params)
        m = [a + 0.1 * (g - a) for a, g in zip(m, grads, strict=True)]
        v = [a + 0.001 * (g * g - a) for a, g in zip(v, grads, strict=True)]
        moved = [p - 1e-3 * a / (jnp.sqrt(b) + 1e-8) for p, a, b in zip(params, m, v, strict=True)]
        return moved, m, v

    state = [params, [0 * p for p in params], [0 * p for p in params]]

    def update() -> None:
        state[:] = done(step(*state))

    return Timed(update)


@peer("jax", mlp=None)
def jax_mlp() -> Run:
    jax, jnp, done = _jax()
    params, x, t = mlp_data()

    def loss(params: list[Any]) -> Any:
        w1, b1, w2, b2 = params
        return jnp.mean((jax.nn.relu(x @ w1 + b1) @ w2 + b2 - t) ** 2)

    @jax.jit
    def update(params: list[Any]) -> list[Any]:
        return [p - 0.2 * g for p, g in zip(params, jax.grad(loss)(params), strict=True)]

    def step() -> None:
        params[:] = done(update(params))

    return Timed(step)


@peer("jax", elementwise="float64", elementwise32="float32")
def jax_elementwise(dtype: str) -> Run:
    jax, jnp, done = _jax()
    x = jnp.array(random(ELEMENTS, dtype))
    gradient = jax.jit(jax.grad(lambda x: jnp.tanh(jnp.sin(x) * jnp.exp(-x * x) + x).sum()))
    return Timed(lambda: done(gradient(x)))


@peer("jax", matmul32="float32", matmul64="float64")
def jax_matmul(dtype: str) -> Run:
    jax, jnp, done = _jax()
    a, b = (jnp.array(random((MATRIX, MATRIX), dtype, seed)) for seed in range(2))
    product = jax.jit(jnp.matmul)
    return Timed(lambda: done(product(a, b)))


@peer("jax", sum_0=0, sum_1=1)
def jax_sum(axis: int) -> Run:
    jax, jnp, done = _jax()
    x = jnp.array(random(TABLE))
    total = jax.jit(lambda x: x.sum(axis))
    return Timed(lambda: done(total(x)))
