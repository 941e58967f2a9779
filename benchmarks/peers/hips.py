"""HIPS autograd's side."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import autograd.numpy as anp
import numpy as np

from autograd import grad, hessian

from .. import inputs
from ..catalogue import PEERS, peer
from ..inputs import DEPTHS, ELEMENTS, SIZES, STEPS, random
from ..installed import import_time, installed_size
from ..runs import Figures, Measured, Run, Timed

PEERS["hips"]["import"] = partial(import_time, "autograd")
PEERS["hips"]["size"] = partial(installed_size, "autograd")


@peer("hips", "rosenbrock")
def rosenbrock() -> Run:
    gradient = grad(lambda x: 100 * (x[1] - x[0] ** 2) ** 2 + (x[0] - 1) ** 2)

    def descend() -> Any:
        x = np.array([0.0, 2.0])
        for _ in range(STEPS):
            x = x - 0.001 * gradient(x)
        return x

    return Timed(descend, STEPS)


def repeat(f: Callable[[Any], Any], n: int) -> Callable[[Any], Any]:
    """Return a function that applies another one so many times."""

    def chain(x: Any) -> Any:
        for _ in range(n):
            x = f(x)
        return x

    return chain


@peer("hips", "chain")
def chain() -> Run:
    gradient = grad(repeat(anp.sin, STEPS))
    return Timed(lambda: gradient(0.5), STEPS)


@peer("hips", {f"deep-{name}": n for name, n in DEPTHS.items() if n <= 10**5})
def deep(n: int) -> Run:
    def total(x: Any) -> Any:
        y = x
        for _ in range(n):
            y = y + x
        return y

    gradient = grad(total)

    def measure() -> Figures:
        begin = time.perf_counter()
        gradient(0.5)
        return {"": (time.perf_counter() - begin) / n}

    return Measured(measure)


@peer("hips", "sin6")
def sin6() -> Run:
    derivative = repeat(grad, 6)(anp.sin)
    return Timed(lambda: derivative(1.0))


@peer("hips", inputs.VARIABLES)
def hessian_(variables: int) -> Run:
    second = hessian(lambda x: inputs.rosenbrock(x, anp.sum))
    x = random(variables)
    return Timed(lambda: second(x))


@peer("hips", "mlp")
def mlp() -> Run:
    params, x, t = inputs.small_perceptron()

    def loss(params: list[Any]) -> Any:
        w1, b1, w2, b2 = params
        return anp.mean((anp.maximum(x @ w1 + b1, 0.0) @ w2 + b2 - t) ** 2)

    gradient = grad(loss)

    def step() -> None:
        params[:] = [p - 0.2 * g for p, g in zip(params, gradient(params), strict=True)]

    return Timed(step)


def elementwise(n: int, dtype: str) -> Timed:
    x = random(n, dtype)
    gradient = grad(lambda x: anp.sum(anp.tanh(anp.sin(x) * anp.exp(-x * x) + x)))
    return Timed(lambda: gradient(x), n)


@peer("hips", {"elementwise": "float64", "elementwise32": "float32"})
def million(dtype: str) -> Run:
    return Timed(elementwise(ELEMENTS, dtype).call)


@peer("hips", {f"size-elementwise-{name}": n for name, n in SIZES.items()})
def elementwise_of_size(n: int) -> Run:
    return elementwise(n, "float64")
