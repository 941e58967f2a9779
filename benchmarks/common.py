"""What the sides of a comparison share: their inputs, and the two kinds of measurement.

Nothing here imports the package: HIPS autograd goes by the same import name, so that its side
runs in an interpreter that has that one.
"""

import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

Figures = dict[str, float]

# Sizes that all sides use.
STEPS = 1000  # steps of gradient descent, operations of the chain of sines
ELEMENTS = 1_000_000
MATRIX = 1024
TABLE = (2000, 1000)
BATCH = 100
HIDDEN = 10
VARIABLES = 100  # of the Hessian
IMAGES = (128, 784)  # of the large perceptron: batch and pixels
LAYERS = (1000, 1000, 10)


def rosenbrock(x: Any, total: Callable[[Any], Any]) -> Any:
    """Compute Rosenbrock's function of many variables, with somebody's operators and sum."""
    return total(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


@dataclass(frozen=True)
class Timed:
    """A call for the worker to time.

    Attributes
    ----------
    call
        Does the work; what it returns is dropped.
    units
        How many units of work one call does.
    """

    call: Callable[[], object]
    units: int = 1


@dataclass(frozen=True)
class Measured:
    """A call that measures by itself.

    Attributes
    ----------
    call
        Returns seconds (or bytes) per unit, by the name of the part; ``""`` is the whole, and
        ``"bare Python"``, if it is there, is taken off the whole.
    """

    call: Callable[[], Figures]


BARE = "bare Python"
Run = Timed | Measured


def import_time(module: str) -> Measured:
    """Time the import of a module by a new interpreter, and the interpreter alone, in turn."""

    def start(code: str) -> float:
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        return time.perf_counter() - begin

    return Measured(lambda: {BARE: start("pass"), "": start(f"import {module}")})


def installed_size(distribution: str) -> Measured:
    """Add up what a package has installed, with what it requires, but for NumPy and bytecode."""
    return Measured(lambda: {"": float(sum(map(_size, _with_requirements(distribution))))})


def _with_requirements(root: str) -> list[metadata.Distribution]:
    found: dict[str, metadata.Distribution] = {}
    waiting = [root]
    while waiting:
        name = waiting.pop()
        if name in found or (name == "numpy" and root != "numpy"):
            continue
        try:
            found[name] = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            if name == root:
                raise
            continue  # required on other platforms only
        for line in found[name].requires or []:
            if "extra ==" not in line:
                waiting.append(re.split(r"[^\w.-]", line)[0].lower())
    return list(found.values())


def _size(distribution: metadata.Distribution) -> int:
    """Return the bytes of a distribution's files; of the source tree if the install is editable."""
    paths = [Path(str(distribution.locate_file(file))) for file in distribution.files or []]
    for link in [path for path in paths if path.suffix == ".pth"]:
        for line in link.read_text().splitlines() if link.is_file() else ():
            if Path(line).is_dir():
                paths += Path(line).rglob("*")
    return sum(
        path.stat().st_size for path in paths if path.is_file() and "__pycache__" not in path.parts
    )
