"""Samples made into figures, text and a table."""

import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from .common import BARE, Figures
from .workloads import Workload

SCALE = {"ns": 1e9, "us": 1e6, "ms": 1e3, "MB": 1e-6}
LABELS = {"autograd": "this package", "numpy": "NumPy", "hips": "HIPS autograd", "jax": "JAX"}
LABELS |= {"torch": "PyTorch", "before": "other build"}
BEGIN, END = "<!-- results: written by benchmarks.run -->", "<!-- end of results -->"

Stat = Callable[[Iterable[float]], float]


@dataclass
class Result:
    """What was measured of one workload.

    Attributes
    ----------
    workload
        Which.
    samples
        By side, in the order in which they were taken.
    first
        Seconds that the first call took in a new process, by side.
    """

    workload: Workload
    samples: dict[str, list[Figures]] = field(default_factory=dict)
    first: dict[str, float] = field(default_factory=dict)

    def figure(self, side: str, stat: Stat, part: str = "") -> float:
        """Return a side's figure in the workload's unit.

        Bare Python is taken off the whole after both have been reduced: the least difference of
        two noisy times would be too small.
        """
        samples = self.samples[side]
        value = stat(s[part] for s in samples)
        if part == "" and BARE in samples[0]:
            value -= stat(s[BARE] for s in samples)
        return value * SCALE[self.workload.unit]

    def parts(self, side: str) -> list[str]:
        """Return the names of the parts that were measured besides the whole."""
        return [part for part in self.samples[side][0] if part]

    def ratio(self, side: str) -> float:
        """Return how many times this package's minimum another side's is."""
        return self.figure(side, min) / self.figure("autograd", min)


def number(value: float) -> str:
    """Write a figure with three digits that count."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return (
        f"{value:.1f}"
        if abs(value) >= 10
        else f"{value:.2f}"
        if abs(value) >= 1
        else f"{value:.3f}"
    )


def aims(workload: Workload) -> tuple[str, str]:
    """Return the goal and the first mark, as text."""
    goal, mark = workload.goal, workload.mark
    words = (
        "" if goal is None else f"no slower than {goal}" if isinstance(goal, str) else f"{goal:g}"
    )
    return words, "" if mark is None else f"{mark:g}"


def text(result: Result) -> str:
    """Describe a result, for a terminal."""
    w = result.workload
    goal, mark = aims(w)
    notes = [w.unit, goal and f"goal {goal}", mark and f"first mark {mark}"]
    lines = [f"{w.name}: {w.title} ({'; '.join(filter(None, notes))})"]
    for side, samples in result.samples.items():
        low, middle = (result.figure(side, stat) for stat in (min, statistics.median))
        line = f"  {LABELS[side]:16s}{number(low):>10s}{number(middle):>10s}"
        if side != "autograd" and "autograd" in result.samples:
            line += f"{result.ratio(side):9.2f}x"
        else:
            line += " " * 10
        lines.append(f"{line}  {len(samples)} samples, first call {result.first[side]:.3g} s")
        for part in result.parts(side):
            low, middle = (result.figure(side, stat, part) for stat in (min, statistics.median))
            lines.append(f"    {part.replace('`', ''):14s}{number(low):>10s}{number(middle):>10s}")
    return "\n".join(lines)


def table(results: list[Result]) -> str:
    """Lay the results out as a Markdown table."""
    peers = list(dict.fromkeys(s for r in results for s in r.samples if s != "autograd"))
    head = ["workload", "unit", "minimum", "median", "goal", "first mark"]
    head += [LABELS[side] for side in peers]
    rows = [head, ["---", "---"] + ["---:"] * (len(head) - 2)]
    for r in results:
        goal, mark = aims(r.workload)
        whole = [number(r.figure("autograd", stat)) for stat in (min, statistics.median)]
        row = [r.workload.title, r.workload.unit, *whole, goal, mark]
        for side in peers:
            shown = side in r.samples
            row.append(f"{number(r.figure(side, min))} ({r.ratio(side):.2f}x)" if shown else "")
        rows.append(row)
        for part in r.parts("autograd"):
            figures = [
                number(r.figure("autograd", stat, part)) for stat in (min, statistics.median)
            ]
            rows.append([f"&ensp;{part}", r.workload.unit, *figures] + [""] * (len(head) - 4))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def write(path: Path, body: str) -> None:
    """Put text between the markers of a file.

    Raises
    ------
    ValueError
        If the file lacks the markers.
    """
    page = path.read_text()
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{path} lacks the lines {BEGIN} and {END}")
    path.write_text(f"{before}{BEGIN}\n\n{body}\n\n{END}{after}")
