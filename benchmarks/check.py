"""Find out whether the package has become slower: ``python -m benchmarks.check --help``.

Workloads that are quick and stable are measured again, and their ratios to references (NumPy, the
other peers that are there, a yardstick) are compared with those in baseline.json, which `run
--write` has put there. What looks worse is measured again, with more rounds, before it counts.
Exit status: 0, nothing is slower; 1, something is; 2, there is nothing to compare with.
"""

import argparse
import os
import time
from pathlib import Path

from . import baseline, verdict
from . import workloads as _entered  # noqa: F401
from .baseline import BASELINE, REFERENCES, Rows
from .catalogue import WORKLOADS
from .layouts import markdown
from .measure import Crew, measure
from .result import US, Result
from .sides import ELSEWHERE, Failure, Side, find_sides, peer_options
from .verdict import Change

ATTEMPTS = 3
ROUNDS, SECONDS = 8, 0.08
# After so many seconds nothing is measured again.
LIMIT = 270.0


def describe(changes: list[Change]) -> str:
    """Write the changes of one workload in a line."""
    return ", ".join(
        f"{c.reference} {c.was.ratio:.3g} -> {c.now.ratio:.3g} ({c.factor:.2f}, "
        f"up to {c.allowed:.2f})"
        for c in changes
    )


class Checker:
    """Measures workloads and compares them with what was."""

    def __init__(self, rows: Rows, sides: list[Side], known: verdict.Comparable) -> None:
        assert known.floor is not None
        self.rows = rows
        self.floor = known.floor
        self.sides = [side for side in sides if side.name == US or side.name in known.same]
        self.begun = time.monotonic()

    def changes(self, result: Result) -> list[Change]:
        """Compare a result."""
        was = self.rows[result.workload.name]
        return verdict.compare(was, baseline.ratios(result), self.floor)

    def check(self, name: str, crew: Crew) -> list[Change]:
        """Measure a workload, again if it looks worse, and return the changes.

        Raises
        ------
        Failure
            If this package could not do it.
        """
        taking_part = [s for s in self.sides if s.name == US or s.name in self.rows[name]]

        def sample(rounds: int) -> Result:
            result = measure(WORKLOADS[name], taking_part, rounds, SECONDS, crew)
            if not result.ours:
                raise Failure("this package could not do it")
            return result

        result = sample(ROUNDS)
        found = self.changes(result)
        for attempt in range(1, ATTEMPTS + 1):
            late = time.monotonic() - self.begun > LIMIT
            if not verdict.worse(found) or (late and attempt > 1):
                break
            print(f"{name:16s}looks worse: {describe(found)}; again", flush=True)
            result = result.both(sample(ROUNDS * 2))
            found = self.changes(result)
        return found


def parse() -> argparse.Namespace:
    """Read the command line."""
    line = argparse.ArgumentParser(prog="python -m benchmarks.check", description=__doc__)
    line.add_argument("workloads", nargs="*", metavar="WORKLOAD", help="by default all")
    line.add_argument("--peer", action="append", default=[], metavar="NAME=PYTHON")
    line.add_argument("--baseline", type=Path, default=BASELINE, metavar="FILE")
    line.add_argument(
        "--record", action="store_true", help="measure, and write the baseline, in place of a check"
    )
    args = line.parse_args()
    for name in args.workloads:
        if name not in WORKLOADS or not WORKLOADS[name].yardstick:
            kept = (n for n, w in WORKLOADS.items() if w.yardstick)
            line.error(f"{name!r} is not checked; there are {', '.join(kept)}")
    try:
        args.pythons = peer_options(args.peer)
    except ValueError as error:
        line.error(str(error))
    return args


def record(path: Path, sides: list[Side], names: list[str]) -> int:
    """Measure, and keep what came out if everything went well."""
    with Crew() as crew:
        results = []
        for name in names:
            results.append(measure(WORKLOADS[name], sides, 2 * ROUNDS, SECONDS, crew))
            ratios = baseline.ratios(results[-1]).items()
            print(f"{name:16s}", *(f"{who} {r.ratio:.3g}" for who, r in ratios), flush=True)
    if not all(r.ours for r in results):
        return 1
    baseline.write(path, baseline.conditions(sides), results)
    return 0


def report(checker: Checker, names: list[str]) -> int:
    """Check workloads, say what came out, and return the exit status."""
    slower: list[list[str]] = []
    broken, unknown = [], []
    with Crew() as crew:
        for name in names:
            try:
                changes = checker.check(name, crew) if name in checker.rows else []
            except Failure as error:
                print(f"{name:16s}{error}")
                broken.append(name)
                continue
            if not changes:
                unknown.append(name)
                continue
            worse = verdict.worse(changes)
            print(f"{name:16s}{'WORSE' if worse else 'ok':7s}{describe(changes)}", flush=True)
            if worse:
                slower += [
                    [name, c.reference]
                    + [f"{x:.3g}" for x in (c.was.ratio, c.now.ratio, c.factor, c.allowed)]
                    for c in changes
                ]
    if unknown:
        print("nothing to compare with:", *unknown)
    if broken:
        print("could not be done:", *broken)
    if slower:
        head = ["workload", "times of", "was", "is", "factor", "put down to noise"]
        print("\nSlower than before:\n", markdown(head, slower, words=2), sep="\n")
    if slower or broken:
        return 1
    return 2 if len(unknown) == len(names) else 0


def main() -> int:
    """Run the command."""
    args = parse()
    print(f"load before: {os.getloadavg()[0]:.2f}")
    unwanted = tuple(name for name in ELSEWHERE if name not in REFERENCES)
    sides = find_sides(args.pythons, but=unwanted)
    names = args.workloads or [name for name, w in WORKLOADS.items() if w.yardstick]
    if args.record:
        return record(args.baseline, sides, names)
    if not args.baseline.exists():
        print(f"no {args.baseline}: `python -m benchmarks.check --record` makes one")
        return 2
    was, rows = baseline.read(args.baseline)
    known = verdict.comparable(was, baseline.conditions(sides))
    print(*known.notes, sep="\n")
    if known.floor is None:
        print(
            "The ratios of that machine say nothing about this one. Here make a baseline first:\n"
            "python -m benchmarks.check --baseline FILE --record"
        )
        return 2
    return report(Checker(rows, sides, known), names)


if __name__ == "__main__":
    raise SystemExit(main())
