"""The registries: the workloads with what is known of each, and who can do which.

Modules of `workloads` and `peers` enter their functions here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from .runs import Run, Setup


@dataclass(frozen=True)
class Workload:
    """One line of the comparison.

    Attributes
    ----------
    name
        What it is called on the command line.
    unit
        ``ns``, ``us``, ``ms`` or ``MB``.
    title
        What one unit of work is.
    setup
        Makes the inputs and returns the work.
    goal
        What it should reach, in that unit, or in words.
    mark
        What it had to reach first.
    full
        Whether it takes part with ``--full`` only, because of the memory or time it needs.
    rounds
        The most rounds it takes part in, if not all.
    group
        Neighbours of one group share a process on each side: many short ones start faster so.
    fresh
        Whether each turn needs a process of its own.
    like
        The workload that it is, under other conditions.
    threads
        Numbers of threads to measure it with, on each of `sides`; none: as many as by default.
    sides
        Who takes part, if not everybody who can.
    yardstick
        For `benchmarks.check`: what to measure it against besides peers. ``numpy`` is its own
        NumPy side; others are in `peers.yardstick`. None: it is not checked.
    """

    name: str
    unit: str
    title: str
    setup: Setup
    goal: float | str | None = None
    mark: float | None = None
    full: bool = False
    rounds: int | None = None
    group: str | None = None
    fresh: bool = False
    like: str | None = None
    threads: tuple[int, ...] = ()
    sides: tuple[str, ...] = ()
    yardstick: str | None = None


WORKLOADS: dict[str, Workload] = {}
PEERS: dict[str, dict[str, Setup]] = {
    side: {} for side in ("numpy", "hips", "jax", "torch", "yardstick")
}

Function = TypeVar("Function", bound=Callable[..., Run])
Decorator = Callable[[Function], Function]


def again(name: str, title: str, like: str, **more: Any) -> None:
    """Enter a workload that there is already, to be measured under other conditions too."""
    one = WORKLOADS[like]
    WORKLOADS[name] = Workload(name, one.unit, title, one.setup, like=like, **more)


def workload(name: str, unit: str, title: str, *arguments: Any, **more: Any) -> Decorator[Any]:
    """Enter this package's side of a workload, with what is known of it.

    The function is called with `arguments`; the rest goes to `Workload`.
    """

    def enter(setup: Function) -> Function:
        call = partial(setup, *arguments) if arguments else setup
        WORKLOADS[name] = Workload(name, unit, title, call, **more)
        return setup

    return enter


def peer(side: str, *names: str | Mapping[str, Any]) -> Decorator[Any]:
    """Enter a peer's side of some workloads: by name, or by name with the argument of each."""

    def enter(setup: Function) -> Function:
        for entry in names:
            if isinstance(entry, str):
                PEERS[side][entry] = setup
            else:
                PEERS[side] |= {name: partial(setup, value) for name, value in entry.items()}
        return setup

    return enter
