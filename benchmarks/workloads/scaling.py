"""How the cost changes with the number of elements, of operations, and of threads."""

import time
from collections.abc import Callable
from functools import partial

from autograd import Variable
from autograd import functions as F

from ..catalogue import again, workload
from ..inputs import DEPTHS, SIZES, random
from ..overlap import two_at_once
from ..runs import Figures, Measured, Run, Timed
from . import arrays, products, training

# With size.


def _elementwise(n: int) -> Run:
    return arrays.there_and_back(n, "float64")


def _sum(n: int) -> Run:
    x = Variable(random(n), requires_grad=False)
    return Timed(lambda: F.sum(x), n)


def power(name: str) -> str:
    """Write 1e5 as 10^5."""
    return name.replace("1e", "10^")


for _name, _n in SIZES.items():
    workload(
        f"size-elementwise-{_name}",
        "ns",
        f"`tanh(sin(x)*exp(-x*x)+x)` and gradient, {power(_name)} float64, per element",
        _n,
        rounds=8,
        group="size",
    )(_elementwise)
for _name, _n in SIZES.items():
    workload(
        f"size-sum-{_name}",
        "ns",
        f"sum of {power(_name)} float64, per element",
        _n,
        rounds=8,
        group="size",
    )(_sum)

# With depth.


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


for _name, _n in DEPTHS.items():
    workload(
        f"deep-{_name}",
        "us",
        f"chain of {power(_name)} `y = y + x`, per op: forward, backward, free",
        _n,
        goal=0.12,
        full=_n > 10**6,
        rounds=8,
        yardstick="floats" if _n == 10**5 else None,
    )(_deep)

# With threads.

for _like, _title in {
    "elementwise": arrays.FORMULA.format("float64"),
    "matmul32": products.MATMUL.format("float32"),
    "matmul64": products.MATMUL.format("float64"),
    "mlp-large32": training.LARGE.format("float32"),
    "block32": training.BLOCK.format("float32"),
}.items():
    again(
        f"threads-{_like}",
        _title,
        _like,
        threads=(1, 2),
        rounds=10,
        sides=("autograd", "numpy", "torch") if "matmul" in _like else ("autograd", "torch"),
    )


def _overlap(kernel: Callable[[str], Run]) -> Run:
    return two_at_once(partial(kernel, "float64"))


for _name, _title, _kernel in (
    ("overlap-elementwise", arrays.FORMULA, arrays.elementwise),
    ("overlap-matmul", products.MATMUL, products.matmul),
):
    workload(_name, "ms", _title.format("float64"), _kernel, threads=(1,))(_overlap)
