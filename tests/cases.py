"""The operations as one table: a row says what a function computes and where it is smooth."""

from table import (
    activations,
    attention,
    conv,
    elementwise,
    linalg,
    losses,
    nn,
    recurrent,
    reductions,
    selection,
    shapes,
)
from table.base import Case, Sample

__all__ = ["CASES", "FILES", "Case", "Sample", "cases"]

PARTS = (
    elementwise,
    activations,
    reductions,
    shapes,
    selection,
    linalg,
    conv,
    nn,
    attention,
    recurrent,
    losses,
)
CASES = [case for part in PARTS for case in part.CASES]
# Files of operations that are named after something else than their functions.
FILES = {file: functions for part in PARTS for file, functions in part.FILES.items()}


def cases(*kinds):
    """The rows of the given kinds, or all, as parameters of a test."""
    import pytest

    chosen = [case for case in CASES if not kinds or case.kind in kinds]
    return pytest.mark.parametrize("case", chosen, ids=lambda case: case.id)
