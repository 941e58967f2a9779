"""The sides of a comparison, and the processes in which they work."""

import importlib.util
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
# Where `make bench` puts the environments of peers.
ENVIRONMENTS = Path(sys.prefix) / "peers"
LABELS = {
    "autograd": "this package",
    "numpy": "NumPy",
    "jax": "JAX",
    "torch": "PyTorch",
    "hips": "HIPS autograd",
    "before": "other build",
    "yardstick": "yardstick",
}
# Those that another interpreter may do.
ELSEWHERE = ("jax", "torch", "hips", "before")


class Failure(Exception):  # noqa: N818
    """A side could not do what it was asked for."""


@dataclass(frozen=True)
class Side:
    """One side of the comparison: its name, its interpreter, and what it said about itself."""

    name: str
    python: str
    about: dict[str, Any]

    @property
    def label(self) -> str:
        """What it is called in tables."""
        return LABELS[self.name]

    @property
    def version(self) -> str:
        """Its version, with those of what it stands on."""
        about = self.about
        text: str = about["version"]
        if self.name in ELSEWHERE:
            text += f" (Python {about['python']}, NumPy {about['numpy']})"
        return text


class Worker:
    """A side's process; see `worker` for what it can be asked."""

    def __init__(self, name: str, python: str, threads: int | None = None) -> None:
        # The variable is for what cannot be told: NumPy's products of matrices.
        limit = {} if threads is None else {"OMP_NUM_THREADS": str(threads)}
        self.process = subprocess.Popen(
            [python, "-m", "benchmarks.worker", "autograd" if name == "before" else name],
            cwd=ROOT,
            env=os.environ | limit,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def ask(self, **request: Any) -> dict[str, Any]:
        """Send a request and wait for the answer."""
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None
        assert stdout is not None
        try:
            stdin.write(json.dumps(request) + "\n")
            line = stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise Failure(f"its process ended with code {self.process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise Failure(answer["error"])
        return answer

    def close(self) -> None:
        """Let the process end."""
        self.process.communicate()

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()


def interpreter(name: str, pythons: dict[str, str]) -> str | None:
    """Return the interpreter that can do a side: the named one, the one by `make`, or this one."""
    if name in pythons:
        return pythons[name]
    made = ENVIRONMENTS / name / "bin" / "python"
    if made.exists():
        return str(made)
    if name in ("autograd", "numpy", "yardstick"):
        return sys.executable
    if name in ("jax", "torch") and importlib.util.find_spec(name):
        return sys.executable
    return None


def find_sides(pythons: dict[str, str], but: tuple[str, ...] = ()) -> list[Side]:
    """Find out which sides there are, and say which are not."""
    sides = []
    for name, label in LABELS.items():
        if name in but:
            continue
        python = interpreter(name, pythons)
        if python is None:
            if name != "before":
                print(f"{label}: skipped; to include it, --peer {name}=PYTHON")
            continue
        try:
            with Worker(name, python) as worker:
                side = Side(name, python, worker.ask(about=True))
        except (OSError, Failure) as error:
            print(f"{label}: skipped; {python}: {error}")
            continue
        sides.append(side)
    return sides


def peer_options(options: list[str]) -> dict[str, str]:
    """Read ``NAME=PYTHON``.

    Raises
    ------
    ValueError
        If one is no such thing.
    """
    pythons = dict(option.partition("=")[::2] for option in options)
    for name, python in pythons.items():
        if name not in ELSEWHERE or not python:
            raise ValueError(f"--peer takes NAME=PYTHON with a name of {', '.join(ELSEWHERE)}")
        # Not resolved: a virtual environment is known by the path of its link.
        pythons[name] = os.path.abspath(python)
    return pythons
