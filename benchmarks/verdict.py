"""Whether a ratio is worse than noise explains, and whether machines can be compared at all."""

import math
from dataclasses import dataclass

from .baseline import Conditions, Ratio

# What is put down to chance at least: where a process's memory lies changes about as much.
SAME_MACHINE, OTHER_MACHINE = 0.10, 0.50
# So many standard deviations of the two ratios together are put down to noise.
DEVIATIONS = 3.0
# But never more than this factor: what cannot be measured better must not pass as good.
MOST = 2.0


@dataclass(frozen=True)
class Change:
    """What became of the ratio to one reference."""

    reference: str
    was: Ratio
    now: Ratio
    allowed: float

    @property
    def factor(self) -> float:
        """How many times the old ratio the new one is: above 1, the package has become slower."""
        return self.now.ratio / self.was.ratio

    @property
    def worse(self) -> bool:
        """Whether it has become slower than is put down to noise."""
        return self.factor > self.allowed


def change(reference: str, was: Ratio, now: Ratio, floor: float) -> Change:
    """Set a ratio beside the one that was."""
    noise = DEVIATIONS * math.hypot(was.spread, now.spread)
    return Change(reference, was, now, max(1 + floor, min(math.exp(noise), MOST)))


def compare(was: dict[str, Ratio], now: dict[str, Ratio], floor: float) -> list[Change]:
    """Set the ratios to all references that are there beside those that were."""
    return [change(who, was[who], now[who], floor) for who in was if who in now]


def worse(changes: list[Change]) -> bool:
    """Whether a workload has become slower: by most of its references.

    One reference may have become faster, or have had a good day; then the others do not agree.
    """
    return 2 * sum(c.worse for c in changes) > len(changes)


@dataclass(frozen=True)
class Comparable:
    """How far a baseline is of use here.

    Attributes
    ----------
    floor
        What is put down to chance at least, or None if the two cannot be compared.
    same
        References whose version is the same.
    notes
        What to tell of it.
    """

    floor: float | None
    same: frozenset[str]
    notes: tuple[str, ...]


def comparable(was: Conditions, now: Conditions) -> Comparable:
    """Find out how far a baseline is of use here.

    Other vector instructions or another number of threads change the ratios themselves: there is
    nothing to compare. Another processor, or another Python, changes them a little.
    """
    notes, floor = [], SAME_MACHINE
    for what in ("instructions", "threads", "processor", "python"):
        before, here = getattr(was, what), getattr(now, what)
        if before == here:
            continue
        notes.append(f"{what}: {here} here, {before} in the baseline")
        if what in ("instructions", "threads"):
            return Comparable(None, frozenset(), tuple(notes))
        floor = OTHER_MACHINE
    same = set()
    for who, version in now.versions.items():
        if version == was.versions.get(who):
            same.add(who)
        elif who in was.versions:
            notes.append(f"{who}: {version} here, {was.versions[who]} in the baseline; left out")
    return Comparable(floor, frozenset(same), tuple(notes))
