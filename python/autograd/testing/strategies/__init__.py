"""Hypothesis strategies: shapes, arrays, Variables and whole programs to check properties with.

Needs the package ``hypothesis``: ``pip install autograd-rs[testing]``.

>>> from hypothesis import given
>>> from autograd import functions as F
>>> from autograd.testing import check_grads
>>> from autograd.testing.strategies import arrays, shapes
>>> @given(arrays(shapes(max_dims=2), domain=(0.5, 2.0)))
... def log_has_right_derivatives(x):
...     check_grads(F.log, x)
>>> log_has_right_derivatives()
"""

from __future__ import annotations

try:
    import hypothesis as _hypothesis
except ModuleNotFoundError as _error:
    raise ModuleNotFoundError(
        "autograd.testing.strategies needs the package hypothesis: "
        "pip install autograd-rs[testing]",
        name=_error.name,
    ) from _error

from autograd.testing.strategies._arrays import arrays, dtypes
from autograd.testing.strategies._program import Program
from autograd.testing.strategies._programs import programs
from autograd.testing.strategies._shapes import axes, broadcastable_shapes, shapes
from autograd.testing.strategies._strided import LAYOUTS, strided, variables

del _hypothesis

__all__ = [
    "LAYOUTS",
    "Program",
    "arrays",
    "axes",
    "broadcastable_shapes",
    "dtypes",
    "programs",
    "shapes",
    "strided",
    "variables",
]
