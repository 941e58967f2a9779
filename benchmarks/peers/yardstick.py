"""What to measure a workload against that no peer does: work of the same kind by Python and NumPy.

A slower machine makes both slower; see `benchmarks.check`.
"""

import numpy as np

from ..catalogue import peer
from ..inputs import STEPS, by_dtype, random
from ..runs import Run, Timed


@peer("yardstick", "floats")
def floats() -> Run:
    """Small steps of the interpreter, which makes and frees an object in each."""

    def loop() -> float:
        x, y = 0.5, 1.0
        for _ in range(STEPS):
            y = y + x
        return y

    return Timed(loop, STEPS)


@peer("yardstick", by_dtype("training"))
def training(dtype: str) -> Run:
    """Products of matrices, and passes over what they give."""
    a, b = random((128, 512), dtype), random((512, 512), dtype, 1) / 256

    def step() -> object:
        h = np.maximum(a @ b, 0)
        return h.T @ (h - a)

    return Timed(step)
