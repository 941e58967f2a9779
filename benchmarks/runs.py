"""What a workload gives the worker to do: the three kinds of measurement.

Nothing here imports the package: HIPS autograd goes by the same import name, so that its side
runs in an interpreter that has that one.
"""

from collections.abc import Callable
from dataclasses import dataclass

# Seconds (or bytes) per unit of work, by the name of the part; "" is the whole.
Figures = dict[str, float]
# A part that is taken off the whole.
BARE = "bare Python"


@dataclass(frozen=True)
class Timed:
    """A call for the worker to time.

    Attributes
    ----------
    call
        Does the work. What it returns is dropped, but for `benchmarks.agree`, which compares it
        with what the other sides return.
    units
        How many units of work one call does.
    """

    call: Callable[[], object]
    units: int = 1


@dataclass(frozen=True)
class Measured:
    """A call that measures by itself, and returns what came out."""

    call: Callable[[], Figures]


@dataclass(frozen=True)
class Once:
    """As `Measured`, but a process can do it only once, without having done it to warm up."""

    call: Callable[[], Figures]


Run = Timed | Measured | Once
Setup = Callable[[], Run]
