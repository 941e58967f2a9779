"""Measure a workload on several sides.

Every side does a workload in a process of its own, which lives for as long as the workload is
measured: pools of threads do not disturb each other, and no workload finds what another one left
behind. (Small workloads of one group share it, to start less often.) The sides take turns, round
by round, so that a disturbance of the machine meets them all. Now and then a process is slower
than others from beginning to end, so that a workload that is to be checked has several.
"""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass

from .catalogue import Workload
from .result import US, Result, label
from .sides import Failure, Side, Worker

# A side that has taken so many times its share of time sits out the rest, after some rounds.
PATIENCE, ROUNDS_AT_LEAST = 3.0, 3
# How many processes a workload to be checked has, one after the other, on sides that start fast.
SITTINGS = 3
FAST = (US, "numpy", "yardstick")
# Seconds for a library's threads to go to sleep, which wait for more to do for a while and would
# take a processor from whoever has the next turn. Work that takes milliseconds may have threads.
CALM = 0.05


@dataclass(frozen=True)
class Participant:
    """A side that does a workload: what it goes by, the name of its task, how many threads."""

    name: str
    side: Side
    task: str
    # To tell the library, and whether the environment says so too.
    threads: int | None
    limited: bool

    def start(self) -> Worker:
        """Start a process."""
        side = self.side
        return Worker(side.name, side.python, self.threads if self.limited else None)


def participants(workload: Workload, sides: list[Side]) -> Iterator[Participant]:
    """Find out who takes part."""
    ours = next(side.about["threads"] for side in sides if side.name == US)
    for side in sides:
        task = workload.like or workload.name
        if side.name == "yardstick":
            task = workload.yardstick or ""
        if task not in side.about["workloads"] or (
            workload.sides and side.name not in workload.sides
        ):
            continue
        # PyTorch is told to use as many as this package does.
        usual = ours if side.name == "torch" else None
        for n in workload.threads or (usual,):
            name = f"{side.name}@{n}" if len(workload.threads) > 1 else side.name
            yield Participant(name, side, task, n, bool(workload.threads))


class Crew:
    """The processes at work: one for each participant, kept for as long as a group lasts."""

    def __init__(self) -> None:
        self.workers: dict[str, Worker] = {}
        self.group: str | None = None

    def begin(self, group: str | None) -> None:
        """Prepare for a workload: let go of processes that belong to another group."""
        if group is None or group != self.group:
            self.close()
        self.group = group

    def worker(self, who: Participant) -> Worker:
        """Return a participant's process, a new one if there is none."""
        if who.name not in self.workers:
            self.workers[who.name] = who.start()
        return self.workers[who.name]

    def dismiss(self, who: Participant) -> None:
        """End a participant's process."""
        if who.name in self.workers:
            self.workers.pop(who.name).close()

    def close(self) -> None:
        """End all processes."""
        for worker in self.workers.values():
            worker.close()
        self.workers.clear()

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()


def measure(
    workload: Workload,
    sides: list[Side],
    rounds: int,
    seconds: float,
    crew: Crew,
    sittings: int = SITTINGS,
) -> Result:
    """Measure one workload on all sides that have it, in turn."""
    result = Result(workload)
    crew.begin(workload.group)
    rounds = min(rounds, workload.rounds or rounds)
    sitting = max(1, math.ceil(rounds / sittings))
    waiting = list(participants(workload, sides))
    spent = {who.name: 0.0 for who in waiting}
    for turn in range(rounds):
        for who in list(waiting):
            if turn >= ROUNDS_AT_LEAST and spent[who.name] > PATIENCE * rounds * seconds:
                waiting.remove(who)
                crew.dismiss(who)
                continue
            try:
                again = workload.yardstick and who.side.name in FAST and turn % sitting == 0
                if turn == 0 or workload.fresh or again:
                    prepare(who, result, crew)
                spent[who.name] += take_turn(who, result, seconds, crew)
            except Failure as error:
                print(f"{workload.name}: {label(who.name)}: {error}")
                result.rounds.pop(who.name, None)
                waiting.remove(who)
                crew.dismiss(who)
    return result


def prepare(who: Participant, result: Result, crew: Crew) -> None:
    """Make a participant ready, in a new process unless it shares one with its group."""
    if result.workload.group is None:
        crew.dismiss(who)
    prepared = crew.worker(who).ask(prepare=who.task, threads=who.threads)
    result.first.setdefault(who.name, prepared["first"])


def take_turn(who: Participant, result: Result, seconds: float, crew: Crew) -> float:
    """Let a participant take one turn, and return how long that took."""
    begin = time.perf_counter()
    samples = crew.worker(who).ask(turn=seconds)["samples"]
    result.rounds.setdefault(who.name, []).append(samples)
    spent = time.perf_counter() - begin
    if result.workload.unit == "ms":
        time.sleep(CALM)
    return spent
