"""The workloads, as this package does them. `peers` has the others' side of each."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

import autograd as ag
from autograd import Variable, models, optimizers
from autograd import functions as F

from . import common
from .common import Figures, Measured, Run, Timed


@dataclass(frozen=True)
class Workload:
    """One line of the comparison.

    Attributes
    ----------
    name
        What it is called on the command line.
    unit
        ``ns``, ``us``, ``ms`` or ``MB``.
    title
        What one unit of work is.
    setup
        Makes the inputs and returns the work.
    goal
        What it should reach, in that unit, or in words.
    mark
        What it had to reach first.
    full
        Whether it takes part with ``--full`` only, because of the memory it needs.
    """

    name: str
    unit: str
    title: str
    setup: Callable[[], Run]
    goal: float | str | None = None
    mark: float | None = None
    full: bool = False


WORKLOADS: dict[str, Workload] = {}
Setup = Callable[[], Run]


def workload(
    name: str,
    unit: str,
    title: str,
    goal: float | str | None = None,
    mark: float | None = None,
    full: bool = False,
) -> Callable[[Setup], Setup]:
    """Enter a function into the registry."""

    def enter(setup: Setup) -> Setup:
        WORKLOADS[name] = Workload(name, unit, title, setup, goal, mark, full)
        return setup

    return enter


@workload("scalar", "ns", "`x + x` for a scalar: recorded, and freed again")
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


@workload("rosenbrock", "us", "Rosenbrock step: 7 ops forward, backward, update", 1.5, 3.0)
def rosenbrock() -> Run:
    def descend() -> None:
        x0, x1 = Variable(0.0), Variable(2.0)
        for _ in range(common.STEPS):
            x0.cleargrad()
            x1.cleargrad()
            y = 100 * (x1 - x0**2) ** 2 + (x0 - 1) ** 2
            y.backward()
            with ag.no_grad():
                x0 -= 0.001 * x0.grad
                x1 -= 0.001 * x1.grad

    return Timed(descend, common.STEPS)


@workload("chain", "us", "scalar op, forward and backward, chain of 1,000 `sin`", 0.12, 0.3)
def chain() -> Run:
    def there_and_back() -> None:
        x = Variable(0.5)
        y = x
        for _ in range(common.STEPS):
            y = F.sin(y)
        y.backward()

    return Timed(there_and_back, common.STEPS)


def _deep(n: int) -> Run:
    def phases() -> Figures:
        x = Variable(0.5)
        times = [time.perf_counter()]
        y = x
        for _ in range(n):
            y = y + x
        times.append(time.perf_counter())
        y.backward()
        times.append(time.perf_counter())
        del y
        times.append(time.perf_counter())
        start, built, back, freed = (t / n for t in times)
        return {
            "": freed - start,
            "forward": built - start,
            "backward": back - built,
            "free": freed - back,
        }

    return Measured(phases)


DEEP = "chain of {} `y = y + x`, per op: forward, backward, free"


@workload("deep-1e5", "us", DEEP.format("10^5"), 0.12)
def deep_1e5() -> Run:
    return _deep(10**5)


@workload("deep-1e6", "us", DEEP.format("10^6"), 0.12)
def deep_1e6() -> Run:
    return _deep(10**6)


@workload("deep-1e7", "us", DEEP.format("10^7"), 0.12, full=True)
def deep_1e7() -> Run:
    return _deep(10**7)


@workload("sin6", "us", "6th derivative of sin by repeated backward", 8.0)
def sin6() -> Run:
    def derive() -> None:
        x = Variable(1.0)
        y = F.sin(x)
        y.backward(create_graph=True)
        for _ in range(5):
            gx = x.grad
            x.cleargrad()
            gx.backward(create_graph=True)

    return Timed(derive)


@workload("mlp", "us", "MLP 1-10-1, batch 100, SGD step", 25.0)
def mlp() -> Run:
    rng = np.random.default_rng(0)
    x, t = (Variable(rng.random((common.BATCH, 1)), requires_grad=False) for _ in range(2))
    w1, b1 = ag.randn((1, common.HIDDEN), rng), ag.zeros((1, common.HIDDEN))
    w2, b2 = ag.randn((common.HIDDEN, 1), rng), ag.zeros((1, 1))
    params = [w1, b1, w2, b2]

    def step() -> None:
        y = F.maximum(x @ w1 + b1, 0.0) @ w2 + b2
        loss = F.mean((y - t) ** 2)
        for p in params:
            p.cleargrad()
        loss.backward()
        with ag.no_grad():
            for p in params:
                p -= 0.2 * p.grad

    return Timed(step)


@workload("mlp-layers", "us", "the same with `models.MLP` and `optimizers.SGD`", 25.0)
def mlp_layers() -> Run:
    rng = np.random.default_rng(0)
    x, t = (Variable(rng.random((common.BATCH, 1)), requires_grad=False) for _ in range(2))
    model = models.MLP([common.HIDDEN, 1], activation=F.relu, rng=rng)
    optimizer = optimizers.SGD(lr=0.2)

    def step() -> None:
        loss = F.mean_squared_error(model(x), t)
        model.cleargrads()
        loss.backward()
        optimizer.update(model)

    return Timed(step)


def _mlp_large(dtype: str) -> Run:
    rng = np.random.default_rng(0)
    x = rng.random(common.IMAGES).astype(dtype)
    t = rng.integers(0, common.LAYERS[-1], common.IMAGES[0])
    model = models.MLP(common.LAYERS, activation=F.relu, rng=rng, dtype=dtype)
    optimizer = optimizers.Adam(lr=1e-3)

    def step() -> None:
        loss = F.cross_entropy(model(x), t)
        model.cleargrads()
        loss.backward()
        optimizer.update(model)

    return Timed(step)


@workload("mlp-large32", "ms", "MLP 784-1000-1000-10, batch 128, Adam step, float32", 10.0)
def mlp_large32() -> Run:
    return _mlp_large("float32")


@workload("mlp-large64", "ms", "MLP 784-1000-1000-10, batch 128, Adam step, float64", 19.0)
def mlp_large64() -> Run:
    return _mlp_large("float64")


@workload("hessian", "ms", "Hessian of Rosenbrock's function of 100 variables", 0.5, 1.0)
def hessian() -> Run:
    second = ag.hessian(lambda x: common.rosenbrock(x, F.sum))
    x = np.random.default_rng(0).random(common.VARIABLES)
    return Timed(lambda: second(x))


def _elementwise(dtype: str) -> Run:
    x = ag.rand(common.ELEMENTS, 0, dtype)

    def there_and_back() -> None:
        x.cleargrad()
        y = F.tanh(F.sin(x) * F.exp(-x * x) + x)
        y.backward()

    return Timed(there_and_back)


@workload("elementwise", "ms", "`tanh(sin(x)*exp(-x*x)+x)` and gradient, 10^6 float64", 9.0)
def elementwise() -> Run:
    return _elementwise("float64")


@workload("elementwise32", "ms", "`tanh(sin(x)*exp(-x*x)+x)` and gradient, 10^6 float32")
def elementwise32() -> Run:
    return _elementwise("float32")


def _matmul(dtype: str) -> Run:
    a, b = (ag.rand((common.MATRIX, common.MATRIX), seed, dtype) for seed in range(2))
    return Timed(lambda: a @ b)


@workload("matmul32", "ms", "matrix product, 1024 by 1024, float32", "NumPy")
def matmul32() -> Run:
    return _matmul("float32")


@workload("matmul64", "ms", "matrix product, 1024 by 1024, float64", "NumPy")
def matmul64() -> Run:
    return _matmul("float64")


def _sum(axis: int) -> Run:
    x = ag.rand(common.TABLE, 0)
    return Timed(lambda: F.sum(x, axis=axis))


@workload("sum-0", "ms", "sum over the first axis, 2000 by 1000, float64")
def sum_0() -> Run:
    return _sum(0)


@workload("sum-1", "ms", "sum over the last axis, 2000 by 1000, float64")
def sum_1() -> Run:
    return _sum(1)


@workload("import", "ms", "import, above bare Python", 15.0, 30.0)
def import_() -> Run:
    return common.import_time("autograd")


@workload("size", "MB", "installed size, NumPy left out", 10.0)
def size() -> Run:
    return common.installed_size("autograd-rs")
