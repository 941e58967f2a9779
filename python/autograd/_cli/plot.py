"""What all pictures need. matplotlib, above all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from autograd._cli.errors import CommandError

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def check() -> None:
    """Say early if matplotlib is missing."""
    try:
        import matplotlib.figure  # noqa: F401
    except ModuleNotFoundError as e:
        raise CommandError(
            "--plot needs matplotlib: pip install 'autograd-rs[plot]'", code=2
        ) from e


def save(figure: Figure, file: Path) -> None:
    """Write a picture, in the format that the name of the file says."""
    try:
        figure.savefig(file)
    except OSError as e:
        raise CommandError(f"cannot write {file}: {e.strerror or e}") from e
