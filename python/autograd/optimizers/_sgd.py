"""Gradient descent, and with momentum."""

from __future__ import annotations

from autograd import _core
from autograd.optimizers._optimizer import Optimizer
from autograd.optimizers._settings import Setting, flag, fraction

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from autograd.optimizers._group import Group
    from autograd.optimizers._optimizer import _Hook
    from autograd.optimizers._settings import _Schedule


class SGD(Optimizer):
    """Gradient descent: ``p -= lr * g``.

    Parameters
    ----------
    lr : float or schedule, default 0.01
        The learning rate.
    hooks : iterable of callable
        What changes gradients before each update, see `Optimizer`.
    groups : iterable of Group
        Parameters with settings of their own, see `Optimizer`.

    Raises
    ------
    TypeError, ValueError
        As `Optimizer`.

    Examples
    --------
    >>> from autograd import Variable, optimizers
    >>> x = Variable(2.0)
    >>> optimizer = optimizers.SGD(lr=0.25)
    >>> (x * x).backward()
    >>> optimizer.update([x])
    >>> print(x)
    variable(1.0)
    """

    def __init__(
        self,
        lr: float | _Schedule = 0.01,
        hooks: Iterable[_Hook] = (),
        groups: Iterable[Group] = (),
    ) -> None:
        super().__init__(lr, hooks, groups)

    def step(
        self,
        params: list[_core.Variable],
        states: list[_core.Moments],
        settings: dict[str, Any],
    ) -> None:
        """Change the parameters."""
        _core.sgd(params, **settings)


class Momentum(Optimizer):
    """Gradient descent with momentum: ``v = momentum * v - lr * g``, ``p += v``.

    Parameters
    ----------
    lr : float or schedule, default 0.01
        The learning rate.
    momentum : float, default 0.9
        How much of the last step the next one keeps, from 0 to below 1.
    nesterov : bool, default False
        Whether to look ahead: ``p += momentum * v - lr * g``, with the new ``v``.
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
    I. Sutskever et al., *On the importance of initialization and momentum in deep learning*, 2013,
    equations 1 to 4; in Nesterov's method the parameters are those ahead.

    Examples
    --------
    >>> from autograd import Variable, optimizers
    >>> x = Variable(2.0)
    >>> optimizer = optimizers.Momentum(lr=0.25, momentum=0.5)
    >>> for _ in range(2):
    ...     x.cleargrad()
    ...     (x * x).backward()
    ...     optimizer.update([x])
    >>> print(x)
    variable(0.0)
    """

    #: The last step.
    slots = ("v",)
    momentum = Setting(fraction)
    nesterov = Setting(flag)

    def __init__(
        self,
        lr: float | _Schedule = 0.01,
        momentum: float = 0.9,
        nesterov: bool = False,
        hooks: Iterable[_Hook] = (),
        groups: Iterable[Group] = (),
    ) -> None:
        super().__init__(lr, hooks, groups, momentum=momentum, nesterov=nesterov)

    def step(
        self,
        params: list[_core.Variable],
        states: list[_core.Moments],
        settings: dict[str, Any],
    ) -> None:
        """Change the parameters."""
        _core.momentum(params, states, **settings)
