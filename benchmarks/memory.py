"""The peak of a process's memory. Linux alone tells it in a way that can be reset."""

import re
from collections.abc import Callable
from pathlib import Path

from .runs import Once, Setup, Timed

STATUS = Path("/proc/self/status")
RESET = Path("/proc/self/clear_refs")
STEPS = 10


def resident(field: str) -> int:
    """Return a field of the process's status, in bytes: ``VmRSS`` is now, ``VmHWM`` the peak."""
    found = re.search(rf"^{field}:\s*(\d+) kB$", STATUS.read_text(), re.M)
    if found is None:
        raise OSError(f"{STATUS} has no {field}")
    return 1024 * int(found[1])


def peak(warm_up: Callable[[], object], setup: Setup) -> Once:
    """Measure by how much ten steps of a workload raise the peak.

    Parameters
    ----------
    warm_up
        A small operation, by which the library sets itself up.
    setup
        Makes parameters and data, and returns the step.
    """

    def measure() -> dict[str, float]:
        if not RESET.exists():
            raise OSError("peak memory is measured on Linux only")
        warm_up()
        # What an import needed for a moment is no part of it.
        RESET.write_text("5")
        before = resident("VmRSS")
        run = setup()
        assert isinstance(run, Timed)
        for _ in range(STEPS):
            run.call()
        return {"": float(resident("VmHWM") - before)}

    return Once(measure)
