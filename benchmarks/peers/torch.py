"""PyTorch's side, but for training, which is in `torch_training`."""

import time
from functools import partial
from typing import Any

import torch

from .. import inputs
from ..catalogue import PEERS, peer
from ..inputs import (
    DEPTHS,
    ELEMENTS,
    MATRIX,
    PRODUCT_NAMES,
    SIZES,
    STEPS,
    TABLE,
    by_dtype,
    random,
)
from ..installed import import_time, installed_size
from ..overlap import two_at_once
from ..runs import Figures, Measured, Run, Timed

PEERS["torch"]["import"] = partial(import_time, "torch")
PEERS["torch"]["size"] = partial(installed_size, "torch")


def scalar(value: float) -> Any:
    return torch.tensor(value, requires_grad=True, dtype=torch.float64)


@peer("torch", "rosenbrock")
def rosenbrock() -> Run:
    def descend() -> Any:
        x0, x1 = scalar(0.0), scalar(2.0)
        for _ in range(STEPS):
            x0.grad = x1.grad = None
            y = 100 * (x1 - x0**2) ** 2 + (x0 - 1) ** 2
            y.backward()
            with torch.no_grad():
                x0 -= 0.001 * x0.grad
                x1 -= 0.001 * x1.grad
        return x0, x1

    return Timed(descend, STEPS)


@peer("torch", "chain")
def chain() -> Run:
    def there_and_back() -> Any:
        x = scalar(0.5)
        y = x
        for _ in range(STEPS):
            y = torch.sin(y)
        y.backward()
        return x.grad

    return Timed(there_and_back, STEPS)


@peer("torch", {f"deep-{name}": n for name, n in DEPTHS.items() if n <= 10**6})
def deep(n: int) -> Run:
    def measure() -> Figures:
        x = scalar(0.5)
        begin = time.perf_counter()
        y = x
        for _ in range(n):
            y = y + x
        y.backward()
        del y
        return {"": (time.perf_counter() - begin) / n}

    return Measured(measure)


@peer("torch", "sin6")
def sin6() -> Run:
    def derive() -> Any:
        x = scalar(1.0)
        y = torch.sin(x)
        for _ in range(6):
            (y,) = torch.autograd.grad(y, x, create_graph=True)
        return y

    return Timed(derive)


@peer("torch", inputs.VARIABLES)
def hessian(variables: int) -> Run:
    x = torch.from_numpy(random(variables))
    return Timed(
        lambda: torch.autograd.functional.hessian(lambda x: inputs.rosenbrock(x, torch.sum), x)
    )


def elementwise(n: int, dtype: str) -> Timed:
    x = torch.from_numpy(random(n, dtype)).requires_grad_()

    def there_and_back() -> Any:
        x.grad = None
        torch.tanh(torch.sin(x) * torch.exp(-x * x) + x).sum().backward()
        return x.grad

    return Timed(there_and_back, n)


@peer("torch", {"elementwise": "float64", "elementwise32": "float32"})
def million(dtype: str) -> Run:
    return Timed(elementwise(ELEMENTS, dtype).call)


@peer("torch", {f"size-elementwise-{name}": n for name, n in SIZES.items()})
def elementwise_of_size(n: int) -> Run:
    return elementwise(n, "float64")


@peer("torch", {f"size-sum-{name}": n for name, n in SIZES.items()})
def sum_of_size(n: int) -> Run:
    x = torch.from_numpy(random(n))
    return Timed(lambda: torch.sum(x), n)


@peer("torch", {"sum-0": 0, "sum-1": 1})
def sum_axis(axis: int) -> Run:
    x = torch.from_numpy(random(TABLE))
    return Timed(lambda: x.sum(axis))


@peer("torch", by_dtype("matmul"))
def matmul(dtype: str) -> Run:
    a, b = (torch.from_numpy(random((MATRIX, MATRIX), dtype, seed)) for seed in range(2))
    return Timed(lambda: a @ b)


@peer("torch", PRODUCT_NAMES)
def product(what: tuple[inputs.Product, str]) -> Run:
    shapes, dtype = what
    a, b = shapes.oriented(*map(torch.from_numpy, shapes.operands(dtype)))
    return Timed(lambda: a @ b)


@peer("torch", "overlap-elementwise")
def overlap_elementwise() -> Run:
    return two_at_once(partial(million, "float64"))


@peer("torch", "overlap-matmul")
def overlap_matmul() -> Run:
    return two_at_once(partial(matmul, "float64"))
