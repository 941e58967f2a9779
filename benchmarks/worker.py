"""One side of a comparison, in a process of its own: ``python -m benchmarks.worker SIDE``.

It reads requests from its standard input and answers each with a line, both in JSON:

``{"about": true}``
    Versions, and the workloads that this side has.
``{"prepare": NAME, "threads": N}``
    Makes a workload ready and does it once or twice to warm up; ``first`` is what that took. With
    ``threads``, the library is told to use so many, if it can be told.
``{"turn": SECONDS}``
    Does the workload for about that long, once at least; ``samples`` are the figures.
``{"value": NAME}``
    Makes a workload ready, does it once, and answers with the numbers that come out.

A request that fails is answered with ``{"error": ...}``.
"""

import json
import math
import os
import platform
import sys
import time
from collections.abc import Mapping
from importlib import import_module, metadata
from typing import Any

import numpy as np

from .catalogue import PEERS, WORKLOADS
from .runs import Figures, Once, Run, Setup, Timed

SIDES = {
    "autograd": "autograd-rs",
    "numpy": "numpy",
    "hips": "autograd",
    "jax": "jax",
    "torch": "torch",
    "yardstick": "numpy",
}
# Modules that enter a side's workloads.
MODULES = {
    "autograd": ("workloads",),
    "jax": ("peers.jax", "peers.jax_training"),
    "torch": ("peers.torch", "peers.torch_training"),
}
# A sample lasts at least this long, so that reading the clock does not show.
SAMPLE_SECONDS = 2e-3
# Values are compared by so many numbers.
VALUES = 1000


def setups(side: str) -> Mapping[str, Setup]:
    """Return the workloads that a side has."""
    for module in MODULES.get(side, (f"peers.{side}",)):
        import_module(f"benchmarks.{module}")
    if side == "autograd":
        return {name: w.setup for name, w in WORKLOADS.items()}
    return PEERS[side]


def about(side: str) -> dict[str, Any]:
    """Return what to say of a side beside its figures."""
    answer: dict[str, Any] = {
        "python": platform.python_version(),
        "numpy": metadata.version("numpy"),
        "version": metadata.version(SIDES[side]),
        "workloads": list(setups(side)),
    }
    if side == "autograd":
        import autograd as ag

        answer["threads"] = ag.get_num_threads()
        answer["instruction set"] = ag._core.instruction_set()
        answer["installed"] = "site-packages" in (ag.__file__ or "")
    return answer


def set_threads(side: str, n: int) -> None:
    """Tell a library how many threads to use; others look at the environment."""
    if side == "autograd":
        import autograd as ag

        ag.set_num_threads(n)
    elif side == "torch":
        import_module("torch").set_num_threads(n)


class Sampler:
    """A workload made ready."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.first = 0.0 if isinstance(run, Once) else self._once()
        again = self._once() if isinstance(run, Timed) else self.first
        self.loops = max(1, math.ceil(SAMPLE_SECONDS / max(again, 1e-9)))

    def _once(self) -> float:
        begin = time.perf_counter()
        self.run.call()
        return time.perf_counter() - begin

    def sample(self) -> Figures:
        """Return one sample: seconds (or bytes) per unit, by part."""
        run, loops = self.run, range(self.loops)
        if not isinstance(run, Timed):
            return run.call()
        call = run.call
        begin = time.perf_counter()
        for _ in loops:
            call()
        return {"": (time.perf_counter() - begin) / (self.loops * run.units)}

    def turn(self, seconds: float) -> list[Figures]:
        """Take samples for some time."""
        end = time.perf_counter() + seconds
        samples = [self.sample()]
        while time.perf_counter() < end and not isinstance(self.run, Once):
            samples.append(self.sample())
        return samples


def numbers(value: Any) -> list[float]:
    """Return what a workload has returned as numbers, evenly picked if there are many."""
    if isinstance(value, list | tuple):
        flat = np.concatenate([numbers(v) for v in value])
    else:
        if not isinstance(value, np.ndarray | np.generic):
            value = getattr(value, "data", value)  # of Variables and tensors
        flat = np.asarray(value, float).ravel()
    return [float(v) for v in flat[:: -(-flat.size // VALUES)]]


def value(run: Run) -> list[float] | None:
    """Return what a workload computes, or None if it returns nothing."""
    found = run.call() if isinstance(run, Timed) else None
    return None if found is None else numbers(found)


def main() -> None:
    """Answer requests until there are no more."""
    side = sys.argv[1]
    # What libraries print must not get among the answers.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    sampler: Sampler | None = None
    for line in sys.stdin:
        request = json.loads(line)
        answer: dict[str, Any]
        try:
            if request.get("threads"):
                set_threads(side, request["threads"])
            if "about" in request:
                answer = about(side)
            elif "prepare" in request:
                sampler = None  # its arrays are freed before there are new ones
                sampler = Sampler(setups(side)[request["prepare"]]())
                answer = {"first": sampler.first}
            elif "value" in request:
                answer = {"value": value(setups(side)[request["value"]]())}
            elif sampler is not None:
                answer = {"samples": sampler.turn(request["turn"])}
            else:
                answer = {"error": "nothing is prepared"}
        except Exception as error:  # whatever a library may raise
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers)


if __name__ == "__main__":
    main()
