"""Numbers: what an operation costs beside its arithmetic."""

import time
from typing import Any

import autograd as ag
from autograd import Variable
from autograd import functions as F

from ..catalogue import workload
from ..inputs import STEPS
from ..runs import Figures, Measured, Run, Timed


@workload("scalar", "ns", "`x + x` for a scalar: recorded, and freed again", yardstick="floats")
def scalar() -> Run:
    n = 100_000

    def loop(x: object) -> float:
        begin = time.perf_counter()
        for _ in range(n):
            x + x  # type: ignore[operator]
        return (time.perf_counter() - begin) / n

    def empty() -> float:
        begin = time.perf_counter()
        for _ in range(n):
            pass
        return (time.perf_counter() - begin) / n

    def parts() -> Figures:
        x = Variable(0.5)
        figures = {"": loop(x)}
        with ag.no_grad():
            figures["under `no_grad`"] = loop(x)
        return figures | {"`float + float`": loop(0.5), "the empty loop": empty()}

    return Measured(parts)


@workload(
    "rosenbrock",
    "us",
    "Rosenbrock step: 7 ops forward, backward, update",
    goal=1.5,
    mark=3.0,
    yardstick="floats",
)
def rosenbrock() -> Run:
    def descend() -> object:
        x0: Any = Variable(0.0)
        x1: Any = Variable(2.0)
        for _ in range(STEPS):
            x0.cleargrad()
            x1.cleargrad()
            y = 100 * (x1 - x0**2) ** 2 + (x0 - 1) ** 2
            y.backward()
            with ag.no_grad():
                x0 -= 0.001 * x0.grad
                x1 -= 0.001 * x1.grad
        return x0, x1

    return Timed(descend, STEPS)


@workload(
    "chain",
    "us",
    "scalar op, forward and backward, chain of 1,000 `sin`",
    goal=0.12,
    mark=0.3,
    yardstick="floats",
)
def chain() -> Run:
    def there_and_back() -> object:
        x = Variable(0.5)
        y = x
        for _ in range(STEPS):
            y = F.sin(y)
        y.backward()
        return x.grad

    return Timed(there_and_back, STEPS)


@workload("sin6", "us", "6th derivative of sin by repeated backward", goal=8.0, yardstick="floats")
def sin6() -> Run:
    def derive() -> object:
        x = Variable(1.0)
        y = F.sin(x)
        y.backward(create_graph=True)
        for _ in range(5):
            gx: Any = x.grad
            x.cleargrad()
            gx.backward(create_graph=True)
        return x.grad

    return Timed(derive)
