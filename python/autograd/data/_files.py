"""Bytes of files, compressed or not."""

from __future__ import annotations

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    import os


def read_bytes(function: str, path: str | os.PathLike[str]) -> bytes:
    """Read a file, and decompress it if it begins as gzip does, whatever its name.

    Raises
    ------
    ValueError
        If the compressed data is damaged or cut off.
    OSError
        If the file cannot be read.
    TypeError
        If it is no path.
    """
    from autograd._saving import to_read

    with to_read(path) as file:
        data = file.read()
    if not data.startswith(b"\x1f\x8b"):
        return data
    import gzip
    import zlib

    try:
        return gzip.decompress(data)
    except (EOFError, OSError, zlib.error) as error:
        raise ValueError(f"{function}: {shown(path)} is damaged: {error}") from None


def shown(path: str | os.PathLike[str]) -> str:
    """Return a path for a message."""
    import os

    return os.fsdecode(path)
