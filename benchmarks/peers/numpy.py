"""NumPy's side: the gradients are written by hand."""

from functools import partial
from typing import Any

import numpy as np

from .. import inputs
from ..catalogue import PEERS, peer
from ..inputs import BATCH, ELEMENTS, MATRIX, PRODUCT_NAMES, SIZES, TABLE, by_dtype, random
from ..installed import import_time, installed_size
from ..overlap import two_at_once
from ..runs import Run, Timed

PEERS["numpy"]["import"] = partial(import_time, "numpy")
PEERS["numpy"]["size"] = partial(installed_size, "numpy")


def elementwise(n: int, dtype: str) -> Timed:
    x = random(n, dtype)

    def by_hand() -> Any:
        s, e = np.sin(x), np.exp(-x * x)
        y = np.tanh(s * e + x)
        return (1 - y * y) * ((np.cos(x) - 2 * x * s) * e + 1)

    return Timed(by_hand, n)


@peer("numpy", {"elementwise": "float64", "elementwise32": "float32"})
def million(dtype: str) -> Run:
    return Timed(elementwise(ELEMENTS, dtype).call)


@peer("numpy", {f"size-elementwise-{name}": n for name, n in SIZES.items()})
def elementwise_of_size(n: int) -> Run:
    return elementwise(n, "float64")


@peer("numpy", {f"size-sum-{name}": n for name, n in SIZES.items()})
def sum_of_size(n: int) -> Run:
    x = random(n)
    return Timed(lambda: np.sum(x), n)


@peer("numpy", by_dtype("matmul"))
def matmul(dtype: str) -> Run:
    a, b = (random((MATRIX, MATRIX), dtype, seed) for seed in range(2))
    return Timed(lambda: a @ b)


@peer("numpy", PRODUCT_NAMES)
def product(what: tuple[inputs.Product, str]) -> Run:
    shapes, dtype = what
    a, b = shapes.oriented(*shapes.operands(dtype))
    return Timed(lambda: a @ b)


@peer("numpy", {"sum-0": 0, "sum-1": 1})
def sum_axis(axis: int) -> Run:
    x = random(TABLE)
    return Timed(lambda: np.sum(x, axis=axis))


@peer("numpy", "mlp")
def mlp() -> Run:
    (w1, b1, w2, b2), x, t = inputs.small_perceptron()

    def step() -> Any:
        nonlocal w1, b1, w2, b2
        h = np.maximum(x @ w1 + b1, 0.0)
        error = h @ w2 + b2 - t
        gy = error * (2 / BATCH)
        gh = (gy @ w2.T) * (h > 0)
        w2 -= 0.2 * (h.T @ gy)
        b2 -= 0.2 * gy.sum(0, keepdims=True)
        w1 -= 0.2 * (x.T @ gh)
        b1 -= 0.2 * gh.sum(0, keepdims=True)
        return np.mean(error**2)

    return Timed(step)


@peer("numpy", "overlap-elementwise")
def overlap_elementwise() -> Run:
    return two_at_once(partial(million, "float64"))


@peer("numpy", "overlap-matmul")
def overlap_matmul() -> Run:
    return two_at_once(partial(matmul, "float64"))
