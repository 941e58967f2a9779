"""Hooks: what changes gradients before an optimizer's update.

A hook is called with the dict of the parameters by name; any such function will do. Those here put
new gradients in the places of the old ones: what showed an old one keeps its value.

>>> import autograd as ag
>>> from autograd import hooks, optimizers
>>> optimizer = optimizers.SGD(lr=0.1, hooks=[hooks.WeightDecay(1e-4), hooks.ClipGrad(1.0)])
"""

from __future__ import annotations

from autograd import functions as F
from autograd._core import Variable
from autograd._modes import no_grad
from autograd.optimizers._settings import positive, real

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["ClipGrad", "ClipValue", "WeightDecay"]


class WeightDecay:
    """Weight decay: adds ``rate * p`` to the gradient of each parameter ``p``.

    It is the gradient of the penalty ``rate / 2 * sum(p**2)``. With Adam the decoupled decay of
    `autograd.optimizers.AdamW` is usually meant instead.

    Parameters
    ----------
    rate : float
        How strong the decay is; not negative.

    Raises
    ------
    TypeError
        If ``rate`` is no number.
    ValueError
        If ``rate`` is negative or not finite.

    Examples
    --------
    >>> from autograd import Variable, hooks
    >>> x = Variable(2.0)
    >>> (x * x).backward()
    >>> hooks.WeightDecay(0.25)({"x": x})
    >>> print(x.grad)
    variable(4.5)
    """

    def __init__(self, rate: float) -> None:
        self.rate = real("WeightDecay", "rate", rate)

    def __call__(self, params: Mapping[str, Variable]) -> None:
        """Change the gradients."""
        _change(params.values(), lambda p, g: g + self.rate * p)

    def __repr__(self) -> str:
        return f"WeightDecay({self.rate})"


class ClipGrad:
    """Clipping by the norm of all gradients together: those that are too large are scaled down.

    With the 2-norm of all elements of all gradients, the factor is ``max_norm / (norm + 1e-6)``
    where that is below 1. Gradients that are not finite are left for all to see.

    Parameters
    ----------
    max_norm : float
        The largest norm; above 0.

    Raises
    ------
    TypeError
        If ``max_norm`` is no number.
    ValueError
        If ``max_norm`` is not positive and finite.

    References
    ----------
    R. Pascanu, T. Mikolov and Y. Bengio, *On the difficulty of training recurrent neural networks*,
    2013, algorithm 1.

    Examples
    --------
    >>> from autograd import Variable, functions as F, hooks
    >>> x = Variable([3.0, 4.0])
    >>> F.sum(x * x).backward()
    >>> hooks.ClipGrad(1.0)({"x": x})
    >>> print(x.grad)
    variable([0.59999994, 0.79999992])
    """

    def __init__(self, max_norm: float) -> None:
        self.max_norm = positive("ClipGrad", "max_norm", max_norm)

    def __call__(self, params: Mapping[str, Variable]) -> None:
        """Change the gradients."""
        unit, norm = _norm([p.grad for p in params.values() if p.grad is not None])
        rate = self.max_norm / unit / (norm + 1e-6 / unit)
        if rate < 1:
            _change(params.values(), lambda _, g: g * rate)

    def __repr__(self) -> str:
        return f"ClipGrad({self.max_norm})"


class ClipValue:
    """Clipping element by element: gradients are brought into ``[-max, max]``.

    Parameters
    ----------
    max : float
        The largest absolute value; above 0.

    Raises
    ------
    TypeError
        If ``max`` is no number.
    ValueError
        If ``max`` is not positive and finite.

    Examples
    --------
    >>> from autograd import Variable, functions as F, hooks
    >>> x = Variable([0.25, -4.0])
    >>> F.sum(x * x).backward()
    >>> hooks.ClipValue(1.0)({"x": x})
    >>> print(x.grad)
    variable([ 0.5, -1. ])
    """

    def __init__(self, max: float) -> None:
        self.max = positive("ClipValue", "max", max)

    def __call__(self, params: Mapping[str, Variable]) -> None:
        """Change the gradients."""
        _change(params.values(), lambda _, g: F.clip(g, -self.max, self.max))

    def __repr__(self) -> str:
        return f"ClipValue({self.max})"


@no_grad()
def _change(params: Iterable[Variable], change: Callable[[Variable, Variable], Variable]) -> None:
    """Replace each gradient, in its dtype."""
    for p in params:
        if p.grad is not None:
            p.grad = change(p, p.grad)


def _norm(gradients: list[Variable]) -> tuple[float, float]:
    """Return a unit, and in it the 2-norm of all elements; NaN if one of them is not finite."""
    import math

    import numpy as np

    arrays = [np.asarray(g.data, np.float64).reshape(-1) for g in gradients]
    with np.errstate(over="ignore", invalid="ignore"):
        norm = math.sqrt(sum(float(a @ a) for a in arrays))
    if norm < math.inf:
        return 1.0, norm
    # A square overflowed, or an element is not finite.
    unit = max(float(np.max(np.abs(a), initial=0.0)) for a in arrays)
    if not unit < math.inf:
        return 1.0, math.nan
    return unit, math.sqrt(sum(float(np.sum((a / unit) ** 2)) for a in arrays))
