"""Measure this package beside others: ``python -m benchmarks.run --help``."""

import argparse
import json
import os
import sys
from pathlib import Path

from . import baseline, page
from .catalogue import WORKLOADS
from .conditions import conditions
from .measure import Crew, measure
from .page import PAGE
from .result import US, Result, text
from .sides import ROOT, Side, find_sides, peer_options

# How often workloads that are watched come round in the course of a run.
PASSES = 3


def parse(argv: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    line = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    line.add_argument("workloads", nargs="*", metavar="WORKLOAD", help="by default all")
    line.add_argument("--list", action="store_true", help="name the workloads and stop")
    line.add_argument("--rounds", type=int, default=15, help="turns of each side (%(default)s)")
    line.add_argument(
        "--seconds", type=float, default=0.1, help="length of a turn, at least (%(default)s)"
    )
    line.add_argument(
        "--peer",
        action="append",
        default=[],
        metavar="NAME=PYTHON",
        help="measure hips, jax or torch by that interpreter, which needs NumPy too; "
        "before=PYTHON is another build of this package",
    )
    line.add_argument("--full", action="store_true", help="also what needs gigabytes of memory")
    line.add_argument("--json", type=Path, metavar="FILE", help="write all samples there")
    line.add_argument(
        "--write",
        action="store_true",
        help=f"put the tables into {PAGE.relative_to(ROOT)}, and the ratios into baseline.json",
    )
    args = line.parse_args(argv)
    for name in args.workloads:
        if name not in WORKLOADS:
            line.error(f"no workload {name!r}; there are {', '.join(WORKLOADS)}")
    if args.write and args.workloads:
        line.error("--write takes all workloads")
    if args.rounds < (least := 5 if args.write else 1):
        line.error(f"--rounds must be at least {least}")
    try:
        args.pythons = peer_options(args.peer)
    except ValueError as error:
        line.error(str(error))
    return args


def visits(names: list[str], rounds: int) -> list[tuple[str, int]]:
    """Say in which order workloads are measured, and in how many rounds each time.

    Those that are watched come round several times, and the others in between: what else the
    machine does may go on for minutes, and then seldom meets all rounds of a workload.
    """
    watched = [name for name in names if WORKLOADS[name].yardstick]
    others = [name for name in names if not WORKLOADS[name].yardstick]
    order = []
    for turn in range(PASSES):
        if share := (rounds + turn) // PASSES:
            order += [(name, share) for name in watched]
        between = len(others) * turn // (PASSES - 1), len(others) * (turn + 1) // (PASSES - 1)
        order += [(name, rounds) for name in others[slice(*between)]]
    return order


def measure_all(names: list[str], sides: list[Side], rounds: int, seconds: float) -> list[Result]:
    """Measure workloads, and say what came out."""
    results: dict[str, Result] = {}
    order = visits(names, rounds)
    with Crew() as crew:
        for at, (name, share) in enumerate(order):
            one = WORKLOADS[name]
            found = measure(one, sides, share, seconds, crew, sittings=1)
            results[name] = results[name].both(found) if name in results else found
            more = sum(name == later for later, _ in order[at + 1 :])
            if more:
                print(f"{name}: {more} more to come", flush=True)
            elif results[name].ours:
                print(text(results[name]), flush=True)
    return [results[name] for name in names if results[name].ours]


def main(argv: list[str] | None = None) -> int:
    """Run the command."""
    args = parse(argv)
    if args.list:
        for name in page.everything():
            w = WORKLOADS[name]
            print(f"{w.name:28s}{w.unit:4s}{w.title}{' (with --full)' if w.full else ''}")
        return 0
    load = os.getloadavg()[0]
    sides = find_sides(args.pythons)
    if not any(side.name == US for side in sides):
        return 1
    notes = conditions(sides, load, args.rounds, args.seconds)
    print(*(f"{name}: {value}" for name, value in notes.items()), sep="\n")
    print(f"\n{'minimum':>38s}{'median':>10s}{'ratio':>10s}   of the minima, to this package's")
    chosen = args.workloads or [
        name for name in page.everything() if args.full or not WORKLOADS[name].full
    ]
    results = measure_all(chosen, sides, args.rounds, args.seconds)
    if args.json:
        figures = {r.workload.name: {"first": r.first, "rounds": r.rounds} for r in results}
        args.json.write_text(json.dumps({"conditions": notes, "workloads": figures}, indent=1))
    if len(results) < len(chosen):
        return 1
    if args.write:
        page.write(PAGE, page.body(notes, results))
        baseline.write(baseline.BASELINE, baseline.conditions(sides), results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
