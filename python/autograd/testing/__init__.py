"""Checks of gradients, for your own functions, layers and programs.

`check_grads` compares derivatives, of reverse and of forward mode, with differences of values. The
module `autograd.testing.strategies` draws arrays, Variables and whole programs for Hypothesis, so
that a property is checked for all of them; it needs the package ``hypothesis``
(``pip install autograd-rs[testing]``).

>>> import numpy as np
>>> from autograd import functions as F, testing
>>> testing.check_grads(F.sin, np.array([0.5, 1.0]))
>>> testing.check_grads(lambda x: F.sin(x.data) * x, 0.5)
Traceback (most recent call last):
...
AssertionError: check_grads: wrong gradient of <lambda> (order 1, reverse mode)
...
"""

from __future__ import annotations

from autograd.testing._check import check_grads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autograd.testing import strategies

__all__ = ["check_grads", "strategies"]


def __getattr__(name: str) -> object:
    if name == "strategies":
        import importlib

        return importlib.import_module("autograd.testing.strategies")
    raise AttributeError(f"module 'autograd.testing' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), "strategies"})
