"""Pictures of graphs, made by Graphviz's program."""

from __future__ import annotations

from autograd import _saving
from autograd.dot._text import graph

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Iterable
    from typing import TypeVar

    from autograd._core import Variable

    _Path = TypeVar("_Path", str, os.PathLike[str])

FORMATS = ("png", "svg", "pdf")

MISSING = (
    "{what} needs Graphviz, whose program `dot` was not found: install it, as by "
    "`apt install graphviz`, `brew install graphviz`, `conda install graphviz` or from "
    "https://graphviz.org/download"
)


def render(
    v: Variable | Iterable[Variable], path: _Path, verbose: bool = False, timeout: float = 60.0
) -> _Path:
    """Draw the graph that a Variable was computed by, with Graphviz.

    Parameters
    ----------
    v, verbose
        As for `graph`.
    path : str or os.PathLike
        The file to write: .svg, .png or .pdf. One that is there is replaced.
    timeout : float, default 60
        How many seconds to wait for Graphviz. It draws some hundred nodes in a second, but its
        time grows faster than their number.

    Returns
    -------
    str or os.PathLike
        ``path``.

    Raises
    ------
    ValueError
        If ``path`` has another ending.
    FileNotFoundError
        If Graphviz is not there (it is no Python package), or there is no such folder.
    TimeoutError
        If Graphviz takes too long.
    RuntimeError
        If Graphviz fails.
    TypeError, ValueError
        As `graph`.

    Examples
    --------
    >>> from autograd import Variable, dot, functions as F
    >>> x = Variable(1.0, name="x")
    >>> dot.render(F.tanh(x), "tanh.svg")  # doctest: +SKIP
    'tanh.svg'
    """
    import os

    kind = os.path.splitext(os.fsdecode(path))[1].lower().removeprefix(".")
    if kind not in FORMATS:
        endings = ", ".join(f".{name}" for name in FORMATS)
        raise ValueError(
            f"render: a file that ends in one of {endings} is wanted, got {os.fsdecode(path)!r}"
        )
    folder = os.path.dirname(os.path.abspath(os.fsdecode(path)))
    if not os.path.isdir(folder):
        raise FileNotFoundError(f"render: there is no folder {folder!r}")
    _saving.replace(path, draw("render", graph(v, verbose), kind, timeout))
    return path


def draw(what: str, text: str, kind: str, timeout: float) -> bytes:
    """Return a picture of a graph in the DOT language.

    Raises
    ------
    FileNotFoundError, TimeoutError, RuntimeError
        As `render`.
    """
    import subprocess

    program = find()
    if program is None:
        raise FileNotFoundError(MISSING.format(what=what))
    try:
        done = subprocess.run(
            [program, f"-T{kind}"], input=text.encode(), capture_output=True, timeout=timeout
        )
    except subprocess.TimeoutExpired:
        raise TimeoutError(
            f"{what}: Graphviz did not draw the graph within {timeout:g} s; "
            "a larger timeout or a smaller graph is needed"
        ) from None
    if done.returncode or not done.stdout:
        message = done.stderr.decode(errors="replace").strip()
        raise RuntimeError(f"{what}: Graphviz failed: {message or f'exit {done.returncode}'}")
    return done.stdout


def find() -> str | None:
    """Return the path of Graphviz's program, or None."""
    import shutil

    return shutil.which("dot")
