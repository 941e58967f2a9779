"""RMSprop."""

from __future__ import annotations

from autograd import _core
from autograd.optimizers._optimizer import Optimizer
from autograd.optimizers._settings import Setting, fraction, positive

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from autograd.optimizers._group import Group
    from autograd.optimizers._optimizer import _Hook
    from autograd.optimizers._settings import _Schedule


class RMSprop(Optimizer):
    """RMSprop: ``v = rho * v + (1 - rho) * g**2``, ``p -= lr * g / (sqrt(v) + eps)``.

    Parameters
    ----------
    lr : float or schedule, default 0.01
        The learning rate.
    rho : float, default 0.99
        How much of the mean of the squared gradients stays, from 0 to below 1.
    eps : float, default 1e-8
        What keeps the quotient finite; above 0.
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
    T. Tieleman and G. Hinton, *Lecture 6.5: RMSprop*, Coursera: Neural Networks for Machine
    Learning, 2012.

    Examples
    --------
    >>> from autograd import Variable, optimizers
    >>> x = Variable(2.0)
    >>> optimizer = optimizers.RMSprop(lr=0.1)
    >>> (x * x).backward()
    >>> optimizer.update([x])
    >>> print(round(x.item(), 6))
    1.0
    """

    #: The mean of the squared gradients.
    slots = ("v",)
    rho = Setting(fraction)
    eps = Setting(positive)

    def __init__(
        self,
        lr: float | _Schedule = 0.01,
        rho: float = 0.99,
        eps: float = 1e-8,
        hooks: Iterable[_Hook] = (),
        groups: Iterable[Group] = (),
    ) -> None:
        super().__init__(lr, hooks, groups, rho=rho, eps=eps)

    def step(
        self,
        params: list[_core.Variable],
        states: list[_core.Moments],
        settings: dict[str, Any],
    ) -> None:
        """Change the parameters."""
        _core.rmsprop(params, states, **settings)
