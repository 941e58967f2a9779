"""One side of a comparison, in a process of its own: ``python -m benchmarks.worker SIDE``.

It reads requests from its standard input and answers each with a line, both in JSON:

``{"about": true}``
    Versions, and the workloads that this side has.
``{"prepare": NAME}``
    Makes a workload ready and does it once or twice to warm up; ``first`` is what that took.
``{"turn": SECONDS}``
    Does the workload for about that long, once at least; ``samples`` are the figures.

A request that fails is answered with ``{"error": ...}``.
"""

import json
import math
import os
import platform
import sys
import time
from collections.abc import Callable
from importlib import import_module, metadata
from typing import Any

from .common import Figures, Measured, Run

SIDES = {
    "autograd": "autograd-rs",
    "numpy": "numpy",
    "hips": "autograd",
    "jax": "jax",
    "torch": "torch",
}
# A sample lasts at least this long, so that reading the clock does not show.
SAMPLE_SECONDS = 2e-3


def setups(side: str) -> dict[str, Callable[[], Run]]:
    """Return the workloads that a side has."""
    if side == "autograd":
        from .workloads import WORKLOADS

        return {name: w.setup for name, w in WORKLOADS.items()}
    from .peers import PEERS

    if side == "torch":
        import_module("benchmarks.peers_torch")  # enters its workloads there
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
    elif side in ("hips", "jax", "torch"):
        import_module("autograd.numpy" if side == "hips" else side)
    return answer


class Sampler:
    """A workload made ready."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.first = self._once()
        again = self.first if isinstance(run, Measured) else self._once()
        self.loops = max(1, math.ceil(SAMPLE_SECONDS / max(again, 1e-9)))

    def _once(self) -> float:
        begin = time.perf_counter()
        self.run.call()
        return time.perf_counter() - begin

    def sample(self) -> Figures:
        """Return one sample: seconds (or bytes) per unit, by part."""
        run, loops = self.run, range(self.loops)
        if isinstance(run, Measured):
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
        while time.perf_counter() < end:
            samples.append(self.sample())
        return samples


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
            if "about" in request:
                answer = about(side)
            elif "prepare" in request:
                sampler = Sampler(setups(side)[request["prepare"]]())
                answer = {"first": sampler.first}
            elif sampler is not None:
                answer = {"samples": sampler.turn(request["turn"])}
            else:
                answer = {"error": "nothing is prepared"}
        except Exception as error:  # whatever a library may raise
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers)


if __name__ == "__main__":
    main()
