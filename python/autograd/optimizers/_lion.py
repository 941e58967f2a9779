"""Lion."""

from __future__ import annotations

from autograd import _core
from autograd.optimizers._optimizer import Optimizer
from autograd.optimizers._settings import Setting, fraction, real

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from autograd.optimizers._group import Group
    from autograd.optimizers._optimizer import _Hook
    from autograd.optimizers._settings import _Schedule


class Lion(Optimizer):
    """Lion: steps of the same size for all elements, in the direction that signs give.

    One step is::

        p = (1 - lr * weight_decay) * p - lr * sign(beta1 * m + (1 - beta1) * g)
        m = beta2 * m + (1 - beta2) * g

    Parameters
    ----------
    lr : float or schedule, default 1e-4
        The learning rate: the size of a step.
    beta1 : float, default 0.9
        How much of the momentum the direction has, from 0 to below 1.
    beta2 : float, default 0.99
        How much of the momentum stays, from 0 to below 1.
    weight_decay : float, default 0.0
        How much of the parameter each step takes away, times the learning rate.
    hooks : iterable of callable
        What changes gradients before each update, see `Optimizer`.
    groups : iterable of Group
        Parameters with settings of their own, see `Optimizer`.

    Raises
    ------
    TypeError, ValueError
        As `Optimizer`.

    References
    ----------
    X. Chen et al., *Symbolic Discovery of Optimization Algorithms*, 2023, algorithm 2.

    Examples
    --------
    >>> from autograd import Variable, optimizers
    >>> x = Variable(2.0)
    >>> optimizer = optimizers.Lion(lr=0.1)
    >>> (x * x).backward()
    >>> optimizer.update([x])
    >>> print(round(x.item(), 6))
    1.9
    """

    #: The momentum.
    slots = ("m",)
    beta1 = Setting(fraction)
    beta2 = Setting(fraction)
    weight_decay = Setting(real)

    def __init__(
        self,
        lr: float | _Schedule = 1e-4,
        beta1: float = 0.9,
        beta2: float = 0.99,
        weight_decay: float = 0.0,
        hooks: Iterable[_Hook] = (),
        groups: Iterable[Group] = (),
    ) -> None:
        super().__init__(lr, hooks, groups, beta1=beta1, beta2=beta2, weight_decay=weight_decay)

    def step(
        self,
        params: list[_core.Variable],
        states: list[_core.Moments],
        settings: dict[str, Any],
    ) -> None:
        """Change the parameters."""
        _core.lion(params, states, **settings)
