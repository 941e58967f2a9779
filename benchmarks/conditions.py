"""What was measured where."""

import datetime
import os
import platform
from pathlib import Path

from .result import US
from .sides import Side


def processor() -> str:
    """Return the name of the processor."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def machine() -> str:
    """Describe the machine in a line."""
    line = f"{processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    pages = Path("/sys/kernel/mm/transparent_hugepage/enabled")
    if pages.exists():
        chosen = pages.read_text().partition("[")[2].partition("]")[0]
        line += f", huge pages: {chosen}"
    return line


def conditions(sides: list[Side], load: float, rounds: int, seconds: float) -> dict[str, str]:
    """Describe what was measured where."""
    us = next(side.about for side in sides if side.name == US)
    kind = "installed wheel" if us["installed"] else "editable install"
    answer = {
        "date": datetime.date.today().isoformat(),
        "machine": machine(),
        "load before": f"{load:.2f}",
        "this package": f"{us['version']} ({kind}), instruction set {us['instruction set']}, "
        f"{us['threads']} threads",
        "Python": us["python"],
        "rounds": f"{rounds} at most, {seconds:g} s for each side in each",
    }
    beside = (side for side in sides if side.name not in (US, "yardstick"))
    return answer | {side.label: side.version for side in beside}
