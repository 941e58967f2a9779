"""What a library costs before it does anything: its import, and its place on the disk."""

import re
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

from .runs import BARE, Measured


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
