"""JAX's side, but for training, which is in `jax_training`."""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

from .. import inputs
from ..catalogue import PEERS, peer
from ..inputs import ELEMENTS, MATRIX, PRODUCT_NAMES, SIZES, STEPS, TABLE, by_dtype, random
from ..installed import import_time, installed_size
from ..runs import Run, Timed

jax.config.update("jax_enable_x64", True)
done = jax.block_until_ready

PEERS["jax"]["import"] = partial(import_time, "jax")
PEERS["jax"]["size"] = partial(installed_size, "jax")


@peer("jax", "rosenbrock")
def rosenbrock() -> Run:
    gradient = jax.grad(lambda x0, x1: 100 * (x1 - x0**2) ** 2 + (x0 - 1) ** 2, (0, 1))

    @jax.jit
    def step(x0: Any, x1: Any) -> Any:
        g0, g1 = gradient(x0, x1)
        return x0 - 0.001 * g0, x1 - 0.001 * g1

    def descend() -> Any:
        x = jnp.float64(0.0), jnp.float64(2.0)
        for _ in range(STEPS):
            x = step(*x)
        return done(x)

    return Timed(descend, STEPS)


@peer("jax", "sin6")
def sin6() -> Run:
    derivative: Callable[[Any], Any] = jnp.sin
    for _ in range(6):
        derivative = jax.grad(derivative)
    compiled = jax.jit(derivative)
    return Timed(lambda: done(compiled(1.0)))


@peer("jax", inputs.VARIABLES)
def hessian(variables: int) -> Run:
    second = jax.jit(jax.hessian(lambda x: inputs.rosenbrock(x, jnp.sum)))
    x = jnp.array(random(variables))
    return Timed(lambda: done(second(x)))


def elementwise(n: int, dtype: str) -> Timed:
    x = jnp.array(random(n, dtype))
    gradient = jax.jit(jax.grad(lambda x: jnp.tanh(jnp.sin(x) * jnp.exp(-x * x) + x).sum()))
    return Timed(lambda: done(gradient(x)), n)


@peer("jax", {"elementwise": "float64", "elementwise32": "float32"})
def million(dtype: str) -> Run:
    return Timed(elementwise(ELEMENTS, dtype).call)


@peer("jax", {f"size-elementwise-{name}": n for name, n in SIZES.items()})
def elementwise_of_size(n: int) -> Run:
    return elementwise(n, "float64")


@peer("jax", {f"size-sum-{name}": n for name, n in SIZES.items()})
def sum_of_size(n: int) -> Run:
    x = jnp.array(random(n))
    total = jax.jit(jnp.sum)
    return Timed(lambda: done(total(x)), n)


@peer("jax", {"sum-0": 0, "sum-1": 1})
def sum_axis(axis: int) -> Run:
    x = jnp.array(random(TABLE))
    total = jax.jit(lambda x: x.sum(axis))
    return Timed(lambda: done(total(x)))


@peer("jax", by_dtype("matmul"))
def matmul(dtype: str) -> Run:
    a, b = (jnp.array(random((MATRIX, MATRIX), dtype, seed)) for seed in range(2))
    compiled = jax.jit(jnp.matmul)
    return Timed(lambda: done(compiled(a, b)))


@peer("jax", PRODUCT_NAMES)
def product(what: tuple[inputs.Product, str]) -> Run:
    shapes, dtype = what
    a, b = map(jnp.array, shapes.operands(dtype))
    compiled = jax.jit(lambda a, b: jnp.matmul(*shapes.oriented(a, b)))
    return Timed(lambda: done(compiled(a, b)))
