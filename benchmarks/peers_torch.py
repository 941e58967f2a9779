"""PyTorch's side of the workloads. `peers` has the other libraries."""

import time
from typing import Any

from .common import ELEMENTS, MATRIX, STEPS, TABLE, Figures, Measured, Run, Timed
from .peers import mlp_data, peer, random


def _scalar(value: float) -> Any:
    import torch

    return torch.tensor(value, requires_grad=True, dtype=torch.float64)


@peer("torch", rosenbrock=None)
def torch_rosenbrock() -> Run:
    import torch

    def descend() -> None:
        x0, x1 = _scalar(0.0), _scalar(2.0)
        for _ in range(STEPS // 10):
            x0.grad = x1.grad = None
            y = 100 * (x1 - x0**2) ** 2 + (x0 - 1) ** 2
            y.backward()
            with torch.no_grad():
                x0 -= 0.001 * x0.grad
                x1 -= 0.001 * x1.grad

    return Timed(descend, STEPS // 10)


@peer("torch", chain=None)
def torch_chain() -> Run:
    import torch

    def there_and_back() -> None:
        y = _scalar(0.5)
        for _ in range(STEPS):
            y = torch.sin(y)
        y.backward()

    return Timed(there_and_back, STEPS)


@peer("torch", deep_1e5=10**5)
def torch_deep(n: int) -> Run:
    def phases() -> Figures:
        x = _scalar(0.5)
        begin = time.perf_counter()
        y = x
        for _ in range(n):
            y = y + x
        y.backward()
        del y
        return {"": (time.perf_counter() - begin) / n}

    return Measured(phases)


@peer("torch", sin6=None)
def torch_sin6() -> Run:
    import torch

    def derive() -> None:
        x = _scalar(1.0)
        y = torch.sin(x)
        for _ in range(6):
            (y,) = torch.autograd.grad(y, x, create_graph=True)

    return Timed(derive)


@peer("torch", mlp=None)
def torch_mlp() -> Run:
    import torch

    params, x, t = mlp_data()
    w1, b1, w2, b2 = params = [torch.tensor(p, requires_grad=True) for p in params]
    x, t = torch.from_numpy(x), torch.from_numpy(t)
    optimizer = torch.optim.SGD(params, lr=0.2)

    def step() -> None:
        y = torch.relu(x @ w1 + b1) @ w2 + b2
        loss = torch.nn.functional.mse_loss(y, t)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return Timed(step)


@peer("torch", elementwise="float64", elementwise32="float32")
def torch_elementwise(dtype: str) -> Run:
    import torch

    x = torch.from_numpy(random(ELEMENTS, dtype)).requires_grad_()

    def there_and_back() -> None:
        x.grad = None
        torch.tanh(torch.sin(x) * torch.exp(-x * x) + x).sum().backward()

    return Timed(there_and_back)


@peer("torch", matmul32="float32", matmul64="float64")
def torch_matmul(dtype: str) -> Run:
    import torch

    a, b = (torch.from_numpy(random((MATRIX, MATRIX), dtype, seed)) for seed in range(2))
    return Timed(lambda: a @ b)


@peer("torch", sum_0=0, sum_1=1)
def torch_sum(axis: int) -> Run:
    import torch

    x = torch.from_numpy(random(TABLE))
    return Timed(lambda: x.sum(axis))
