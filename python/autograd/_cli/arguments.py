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


def count(text: str) -> int:
    """Read a whole number, 1 or more."""
    try:
        n = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None
    if n < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not 1 or more")
    return n


def picture(text: str) -> Path:
    """Read the name of a picture that can be written."""
    path = Path(text)
    if path.suffix.lower() not in PICTURES:
        endings = ", ".join(PICTURES)
        raise argparse.ArgumentTypeError(f"{text!r} does not end in one of {endings}")
    if not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"there is no directory {str(path.parent)!r}")
    return path
