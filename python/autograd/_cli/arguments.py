"""Types of arguments, with the messages that argparse prints."""

import argparse
import math
from pathlib import Path

PICTURES = (".png", ".svg", ".pdf")


def number(text: str) -> float:
    """Read a finite number."""
    try:
        x = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None
    if not math.isfinite(x):
        raise argparse.ArgumentTypeError(f"{text!r} is not finite")
    return x


def positive(text: str) -> float:
    """Read a number above 0."""
    x = number(text)
    if x <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not above 0")
    return x


def fraction(text: str) -> float:
    """Read a number from 0 to below 1."""
    x = number(text)
    if not 0 <= x < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not in the range from 0 to below 1")
    return x


def not_negative(text: str) -> float:
    """Read a number, 0 or more."""
    x = number(text)
    if x < 0:
        raise argparse.ArgumentTypeError(f"{text!r} is below 0")
    return x


def count(text: str) -> int:
    """Read a whole number, 1 or more."""
    return _whole(text, least=1)


def count_or_none(text: str) -> int:
    """Read a whole number, 0 or more."""
    return _whole(text, least=0)


def several(text: str) -> int:
    """Read a whole number, 2 or more."""
    return _whole(text, least=2)


def _whole(text: str, least: int) -> int:
    try:
        n = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None
    if n < least:
        raise argparse.ArgumentTypeError(f"{text!r} is not {least} or more")
    return n


def output(text: str) -> Path:
    """Read the name of a file in a directory that exists."""
    path = Path(text)
    if not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"there is no directory {str(path.parent)!r}")
    return path


def picture(text: str) -> Path:
    """Read the name of a picture that can be written."""
    if Path(text).suffix.lower() not in PICTURES:
        endings = ", ".join(PICTURES)
        raise argparse.ArgumentTypeError(f"{text!r} does not end in one of {endings}")
    return output(text)
