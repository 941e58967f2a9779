"""AdaGrad."""

from __future__ import annotations

from autograd import _core
from autograd.optimizers._optimizer import Optimizer
from autograd.optimizers._settings import Setting, positive

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from autograd.optimizers._group import Group
    from autograd.optimizers._optimizer import _Hook
    from autograd.optimizers._settings import _Schedule


class AdaGrad(Optimizer):
    """AdaGrad: ``v += g**2``, ``p -= lr * g / (sqrt(v) + eps)``.

    Parameters
    ----------
    lr : float or schedule, default 0.01
        The learning rate.
    eps : float, default 1e-10
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
    J. Duchi, E. Hazan and Y. Singer, *Adaptive Subgradient Methods for Online Learning and
    Stochastic Optimization*, 2011, figure 1 with diagonal matrices.

    Examples
    --------
    >>> from autograd import Variable, optimizers
    >>> x = Variable(2.0)
    >>> optimizer = optimizers.AdaGrad(lr=0.1)
    >>> (x * x).backward()
    >>> optimizer.update([x])
    >>> print(round(x.item(), 6))
    1.9
    """

    #: The sum of the squared gradients.
    slots = ("v",)
    eps = Setting(positive)

    def __init__(
        self,
        lr: float | _Schedule = 0.01,
        eps: float = 1e-10,
        hooks: Iterable[_Hook] = (),
        groups: Iterable[Group] = (),
    ) -> None:
        super().__init__(lr, hooks, groups, eps=eps)

    def step(
        self,
        params: list[_core.Variable],
        states: list[_core.Moments],
        settings: dict[str, Any],
    ) -> None:
        """Change the parameters."""
        _core.adagrad(params, states, **settings)
