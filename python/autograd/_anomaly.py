"""Where a program stands, for messages about values that are not finite."""

from __future__ import annotations

import sys


def place() -> str:
    """Return file, line and function of the code that called this package, and the line itself."""
    import linecache
    import os

    here = os.path.dirname(__file__) + os.sep
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(here):
        frame = frame.f_back
    code, line = frame.f_code, frame.f_lineno
    text = linecache.getline(code.co_filename, line, frame.f_globals).strip()
    where = f"{code.co_filename}:{line} in {code.co_name}"
    return f"{where}: {text}" if text else where
