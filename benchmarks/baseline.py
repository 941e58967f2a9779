"""What was measured once, to compare with: ratios to references, and how sure they are.

Times change with the machine and its mood. A ratio to a reference that was measured in turn with
the package changes much less: to a peer, or to a yardstick (see `peers.yardstick`).
"""

import json
import math
import platform
import random
import statistics
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .catalogue import WORKLOADS
from .conditions import processor
from .result import US, Result, Rounds, reduce
from .runs import Figures
from .sides import ROOT, Side

BASELINE = ROOT / "benchmarks" / "baseline.json"
# HIPS autograd is too far away, and takes too long.
REFERENCES = ("numpy", "jax", "torch", "yardstick")
RESAMPLES = 200
# A peer that takes so many times as long adds noise and no knowledge.
FAR = 20


@dataclass(frozen=True)
class Ratio:
    """How many times a reference's minimum the package's is: the less the better.

    ``spread`` is the standard deviation of its logarithm: about by what share it might be off.
    """

    ratio: float
    spread: float


@dataclass(frozen=True)
class Conditions:
    """What must be the same for ratios to be the same."""

    processor: str
    instructions: str
    threads: int
    python: str
    # Of the references.
    versions: dict[str, str]


# By workload, by reference.
Rows = dict[str, dict[str, Ratio]]


def minima(taken: list[Figures]) -> Figures:
    """Reduce the samples of a round to the least of each part."""
    return {part: min(figures[part] for figures in taken) for part in taken[0]}


def ratio(ours: Rounds, reference: Rounds, seed: int = 0) -> Ratio:
    """Return a ratio with its spread, by drawing rounds anew.

    Rounds are drawn in pairs, since what disturbs one side often disturbs its neighbour. If the
    least time was met in one round only, the draws without that round show it.
    """
    pairs = [(minima(a), minima(b)) for a, b in zip(ours, reference, strict=False) if a and b]

    def quotient(drawn: list[tuple[Figures, Figures]]) -> float:
        mine, theirs = (reduce([list(figures)], min) for figures in zip(*drawn, strict=True))
        return mine / theirs

    rng = random.Random(seed)
    logs = []
    for _ in range(RESAMPLES):
        drawn = quotient(rng.choices(pairs, k=len(pairs)))
        if drawn > 0:
            logs.append(math.log(drawn))
    whole = reduce(ours, min) / reduce(reference, min)
    return Ratio(whole, statistics.pstdev(logs) if logs else math.inf)


def ratios(result: Result) -> dict[str, Ratio]:
    """Return a result's ratios to all its references."""
    if US not in result.rounds:
        return {}
    return {
        who: ratio(result.rounds[US], result.rounds[who])
        for who in REFERENCES
        if who in result.rounds
    }


def conditions(sides: list[Side]) -> Conditions:
    """Describe this machine and what is installed on it."""
    us = next(side.about for side in sides if side.name == US)
    return Conditions(
        processor=processor(),
        instructions=us["instruction set"],
        threads=us["threads"],
        python=platform.python_version(),
        versions={s.name: s.about["version"] for s in sides if s.name in REFERENCES},
    )


def near(found: dict[str, Ratio]) -> dict[str, Ratio]:
    """Leave out peers that are far away."""
    here = ("numpy", "yardstick")
    return {who: r for who, r in found.items() if who in here or r.ratio > 1 / FAR}


def write(path: Path, where: Conditions, results: Iterable[Result]) -> None:
    """Keep the ratios of the workloads that are to be checked; a workload is a line."""
    rows = []
    for result in results:
        name = result.workload.name
        if WORKLOADS[name].yardstick and (found := near(ratios(result))):
            row = {who: [float(f"{r.ratio:.4g}"), round(r.spread, 4)] for who, r in found.items()}
            rows.append(f"  {json.dumps(name)}: {json.dumps(row)}")
    path.write_text(
        f'{{\n "conditions": {json.dumps(asdict(where), ensure_ascii=False)},\n'
        ' "rows": {\n' + ",\n".join(rows) + "\n }\n}\n"
    )


def read(path: Path) -> tuple[Conditions, Rows]:
    """Read what was kept."""
    kept: dict[str, Any] = json.loads(path.read_text())
    rows = {
        name: {who: Ratio(*pair) for who, pair in row.items()} for name, row in kept["rows"].items()
    }
    return Conditions(**kept["conditions"]), rows
