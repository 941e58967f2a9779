"""Samples made into figures."""

import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from .catalogue import Workload
from .runs import BARE, Figures
from .sides import LABELS

SCALE = {"ns": 1e9, "us": 1e6, "ms": 1e3, "MB": 1e-6}
US = "autograd"

Stat = Callable[[Iterable[float]], float]
# The samples of each round in which a side took part.
Rounds = list[list[Figures]]


def reduce(rounds: Rounds, stat: Stat, part: str = "") -> float:
    """Reduce all samples to one figure, in seconds or bytes.

    Bare Python is taken off the whole after both have been reduced: the least difference of two
    noisy times would be too small.
    """
    samples = [figures for taken in rounds for figures in taken]
    value = stat(figures[part] for figures in samples)
    if part == "" and BARE in samples[0]:
        value -= stat(figures[BARE] for figures in samples)
    return value


@dataclass
class Result:
    """What was measured of one workload.

    Attributes
    ----------
    workload
        Which.
    rounds
        By participant: the name of a side, with ``@2`` behind it if it used two threads and took
        part with another number too.
    first
        Seconds that the first call took in a new process, by participant.
    """

    workload: Workload
    rounds: dict[str, Rounds] = field(default_factory=dict)
    first: dict[str, float] = field(default_factory=dict)

    def figure(self, who: str, stat: Stat, part: str = "") -> float:
        """Return a participant's figure in the workload's unit."""
        return reduce(self.rounds[who], stat, part) * SCALE[self.workload.unit]

    def parts(self, who: str) -> list[str]:
        """Return the names of the parts that were measured besides the whole."""
        return [part for part in self.rounds[who][0][0] if part]

    def ratio(self, who: str) -> float:
        """Return how many times this package's minimum another side's is."""
        return self.figure(who, min) / self.figure(US, min)

    @property
    def ours(self) -> bool:
        """Whether this package could do it."""
        return any(who.partition("@")[0] == US for who in self.rounds)

    def both(self, other: "Result") -> "Result":
        """Return what this and another measurement of the same workload have, of those in both."""
        rounds = {
            who: r + other.rounds[who] for who, r in self.rounds.items() if who in other.rounds
        }
        return Result(self.workload, rounds, self.first)


def label(who: str) -> str:
    """Return what a participant is called."""
    side, _, threads = who.partition("@")
    plural = "" if threads == "1" else "s"
    return LABELS[side] + (f", {threads} thread{plural}" if threads else "")


def number(value: float) -> str:
    """Write a figure with three digits that count."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    if abs(value) >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"


def aims(workload: Workload) -> tuple[str, str]:
    """Return the goal and the first mark, as text."""
    goal, mark = workload.goal, workload.mark
    words = f"no slower than {goal}" if isinstance(goal, str) else f"{goal:g}" if goal else ""
    return words, f"{mark:g}" if mark else ""


def text(result: Result) -> str:
    """Describe a result, for a terminal."""
    w = result.workload
    goal, mark = aims(w)
    notes = [w.unit, goal and f"goal {goal}", mark and f"first mark {mark}"]
    lines = [f"{w.name}: {w.title} ({'; '.join(filter(None, notes))})"]
    for who, rounds in result.rounds.items():
        low, middle = (number(result.figure(who, stat)) for stat in (min, statistics.median))
        beside = US in result.rounds and who != US
        ratio = f"{result.ratio(who):9.2f}x" if beside else " " * 10
        samples = sum(map(len, rounds))
        lines.append(
            f"  {label(who):26s}{low:>10s}{middle:>10s}{ratio}"
            f"  {samples} samples, first call {result.first[who]:.3g} s"
        )
        for part in result.parts(who):
            figures = (number(result.figure(who, stat, part)) for stat in (min, statistics.median))
            lines.append(f"    {part.replace('`', ''):24s}" + "".join(f"{f:>10s}" for f in figures))
    return "\n".join(lines)
