"""Check that all sides compute the same: ``python -m benchmarks.agree [WORKLOAD ...]``.

Each side does each workload once, and what comes out, a loss or gradients, is compared with what
comes out of this package.
"""

import argparse

import numpy as np

from . import workloads as _entered  # noqa: F401
from .catalogue import WORKLOADS
from .sides import Failure, Side, Worker, find_sides, peer_options

TOLERANCE = {"32": 2e-4, "64": 1e-9}


def values(side: Side, name: str) -> list[float] | None:
    """Ask a side for what it computes."""
    with Worker(side.name, side.python) as worker:
        found: list[float] | None = worker.ask(value=name)["value"]
    return found


def difference(ours: list[float], theirs: list[float]) -> float:
    """Return the largest difference, by the size of the largest number."""
    if len(ours) != len(theirs):
        return float("inf")
    a, b = np.array(ours), np.array(theirs)
    return float(np.max(np.abs(a - b)) / max(np.max(np.abs(a)), 1e-300))


def main() -> int:
    """Run the command."""
    line = argparse.ArgumentParser(prog="python -m benchmarks.agree", description=__doc__)
    line.add_argument("workloads", nargs="*", metavar="WORKLOAD")
    line.add_argument("--peer", action="append", default=[], metavar="NAME=PYTHON")
    args = line.parse_args()
    sides = find_sides(peer_options(args.peer), but=("yardstick",))
    ours, *peers = sides
    wrong = 0
    for name in args.workloads or WORKLOADS:
        taking_part = [side for side in peers if name in side.about["workloads"]]
        if not taking_part or (expected := values(ours, name)) is None:
            continue
        limit = TOLERANCE["32" if "32" in name else "64"]
        for side in taking_part:
            try:
                found = values(side, name)
            except Failure as error:
                print(f"{name:24s}{side.label:16s}{error}")
                wrong += 1
                continue
            if found is not None:
                off = difference(expected, found)
                wrong += not off <= limit
                verdict = "" if off <= limit else f"  more than {limit:g}"
                print(f"{name:24s}{side.label:16s}{off:10.1e}{verdict}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
