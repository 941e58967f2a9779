"""Complaints about files before the work rather than after it."""

from __future__ import annotations

import os
from pathlib import Path

from autograd._cli.errors import CommandError


def check_writable(file: Path, replaced: bool = False) -> None:
    """Say early if a file cannot be written, or cannot be replaced by one of another name."""
    place = file.resolve()
    if place.is_dir():
        raise CommandError(f"cannot write {file}: it is a directory")
    if replaced or not place.exists():
        place = place.parent
    if not os.access(place, os.W_OK):
        raise CommandError(f"cannot write {file}: no permission to write to {place}")
