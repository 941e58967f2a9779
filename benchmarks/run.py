"""Measure this package beside others: ``python -m benchmarks.run --help``.

Every side does a workload in a process of its own, which lives for as long as the workload is
measured: pools of threads do not disturb each other, and no workload finds what another one left
behind. The sides take turns, round by round, so that a disturbance of the machine meets them all.
"""

import argparse
import datetime
import importlib.util
import json
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import report
from .report import LABELS, Result
from .workloads import WORKLOADS, Workload

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance.md"
PEERS = ("hips", "jax", "torch", "before")


class Failure(Exception):  # noqa: N818
    """A side could not do what it was asked for."""


@dataclass
class Side:
    """One side of the comparison: its name, its interpreter, and what it said about itself."""

    name: str
    python: str
    about: dict[str, Any]


class Worker:
    """A side's process; see `worker` for what it can be asked."""

    def __init__(self, name: str, python: str) -> None:
        kind = "autograd" if name == "before" else name
        self.process = subprocess.Popen(
            [python, "-m", "benchmarks.worker", kind],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def ask(self, **request: Any) -> dict[str, Any]:
        """Send a request and wait for the answer."""
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None
        assert stdout is not None
        try:
            stdin.write(json.dumps(request) + "\n")
            line = stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise Failure(f"its process ended with code {self.process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise Failure(answer["error"])
        return answer

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *raised: object) -> None:
        self.process.communicate()


def find_sides(pythons: dict[str, str]) -> list[Side]:
    """Find out which sides there are, and say which are not."""
    here = {"autograd": sys.executable, "numpy": sys.executable}
    for name in ("jax", "torch"):
        if importlib.util.find_spec(name):
            here[name] = sys.executable
    sides = []
    for name in LABELS:
        python = pythons.get(name) or here.get(name)
        if python is None:
            if name != "before":
                print(f"{LABELS[name]}: skipped; to include it, --peer {name}=PYTHON")
            continue
        try:
            with Worker(name, python) as worker:
                side = Side(name, python, worker.ask(about=True))
        except (OSError, Failure) as error:
            print(f"{LABELS[name]}: skipped; {python}: {error}")
            continue
        sides.append(side)
    return sides


def measure(workload: Workload, sides: list[Side], rounds: int, seconds: float) -> Result:
    """Measure one workload on all sides that have it, in turn."""
    result = Result(workload)
    workers: dict[str, Worker] = {}
    try:
        for side in sides:
            if workload.name in side.about["workloads"]:
                workers[side.name] = Worker(side.name, side.python)
        for turn in range(-1, rounds):
            for name, worker in list(workers.items()):
                try:
                    if turn < 0:
                        result.first[name] = worker.ask(prepare=workload.name)["first"]
                    else:
                        samples = worker.ask(turn=seconds)["samples"]
                        result.samples.setdefault(name, []).extend(samples)
                except Failure as error:
                    print(f"{workload.name}: {LABELS[name]}: {error}")
                    result.samples.pop(name, None)
                    workers.pop(name).__exit__()
    finally:
        for worker in workers.values():
            worker.__exit__()
    return result


def machine() -> str:
    """Describe the machine in a line."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = names[0].partition(":")[2].strip() if names else model
    line = f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    pages = Path("/sys/kernel/mm/transparent_hugepage/enabled")
    if pages.exists():
        chosen = pages.read_text().partition("[")[2].partition("]")[0]
        line += f", huge pages: {chosen}"
    return line


def conditions(sides: list[Side], load: float, rounds: int, seconds: float) -> dict[str, str]:
    """Describe what was measured where."""
    us = next(side.about for side in sides if side.name == "autograd")
    kind = "installed wheel" if us["installed"] else "editable install"
    answer = {
        "date": datetime.date.today().isoformat(),
        "machine": machine(),
        "load before": f"{load:.2f}",
        "this package": f"{us['version']} ({kind}), instruction set {us['instruction set']}, "
        f"{us['threads']} threads",
        "Python": us["python"],
        "rounds": f"{rounds}, {seconds:g} s for each side in each",
    }
    for side in sides:
        if side.name != "autograd":
            about = side.about
            answer[LABELS[side.name]] = about["version"]
            if side.name != "numpy":
                answer[LABELS[side.name]] += f" (Python {about['python']}, NumPy {about['numpy']})"
    return answer


def parse(argv: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    line = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    line.add_argument("workloads", nargs="*", metavar="WORKLOAD", help="by default all")
    line.add_argument("--list", action="store_true", help="name the workloads and stop")
    line.add_argument("--rounds", type=int, default=15, help="turns of each side (%(default)s)")
    line.add_argument(
        "--seconds", type=float, default=0.15, help="length of a turn, at least (%(default)s)"
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
        "--write", action="store_true", help=f"put the table into {PAGE.relative_to(ROOT)}"
    )
    args = line.parse_args(argv)
    for name in args.workloads:
        if name not in WORKLOADS:
            line.error(f"no workload {name!r}; there are {', '.join(WORKLOADS)}")
    if args.write and args.workloads:
        line.error("--write takes all workloads")
    if args.rounds < 1:
        line.error("--rounds must be at least 1")
    args.pythons = dict(peer.partition("=")[::2] for peer in args.peer)
    for name, python in args.pythons.items():
        if name not in PEERS or not python:
            line.error(f"--peer takes NAME=PYTHON with a name of {', '.join(PEERS)}")
        # Not resolved: a virtual environment is known by the path of its link.
        args.pythons[name] = os.path.abspath(python)
    return args


def main(argv: list[str] | None = None) -> int:
    """Run the command."""
    args = parse(argv)
    if args.list:
        for w in WORKLOADS.values():
            print(f"{w.name:15s}{w.unit:4s}{w.title}{' (with --full)' if w.full else ''}")
        return 0
    load = os.getloadavg()[0]
    sides = find_sides(args.pythons)
    if not any(side.name == "autograd" for side in sides):
        return 1
    notes = conditions(sides, load, args.rounds, args.seconds)
    print(*(f"{name}: {value}" for name, value in notes.items()), sep="\n")
    print(f"\n{'minimum':>28s}{'median':>10s}{'ratio':>10s}   of the minima, to this package's")
    chosen = args.workloads or [w.name for w in WORKLOADS.values() if args.full or not w.full]
    results = []
    for name in chosen:
        result = measure(WORKLOADS[name], sides, args.rounds, args.seconds)
        if "autograd" in result.samples:
            results.append(result)
            print(report.text(result), flush=True)
    if args.json:
        figures = {r.workload.name: {"first": r.first, "samples": r.samples} for r in results}
        args.json.write_text(json.dumps({"conditions": notes, "workloads": figures}, indent=1))
    if args.write:
        lines = "\n".join(f"- {name}: {value}" for name, value in notes.items())
        report.write(PAGE, f"{lines}\n\n{report.table(results)}")
    return 0 if len(results) == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
