"""Adam, and with decoupled weight decay."""

from __future__ import annotations

from autograd import _core
from autograd.optimizers._optimizer import Optimizer
from autograd.optimizers._settings import Setting, fraction, positive, real

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from autograd.optimizers._group import Group
    from autograd.optimizers._optimizer import _Hook
    from autograd.optimizers._settings import _Schedule


class Adam(Optimizer):
    """Adam: steps of a size of their own for each element.

    With ``t``, the number of the parameter's own step from 1 on::

        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        p -= lr * sqrt(1 - beta2**t) / (1 - beta1**t) * m / (sqrt(v) + eps)

    Parameters
    ----------
    lr : float or schedule, default 0.001
        The learning rate.
    beta1 : float, default 0.9
        How much of the mean of the gradients stays, from 0 to below 1.
    beta2 : float, default 0.999
        How much of the mean of their squares stays, from 0 to below 1.
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
    D. P. Kingma and J. Ba, *Adam: A Method for Stochastic Optimization*, 2015, in the efficient
    form at the end of section 2.

    Examples
    --------
    >>> from autograd import Variable, optimizers
    >>> x = Variable(2.0)
    >>> optimizer = optimizers.Adam(lr=0.1)
    >>> (x * x).backward()
    >>> optimizer.update([x])
    >>> print(round(x.item(), 6))
    1.9
    """

    #: The means of the gradients and of their squares.
    slots = ("m", "v")
    beta1 = Setting(fraction)
    beta2 = Setting(fraction)
    eps = Setting(positive)

    def __init__(
        self,
        lr: float | _Schedule = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-8,
        hooks: Iterable[_Hook] = (),
        groups: Iterable[Group] = (),
    ) -> None:
        super().__init__(lr, hooks, groups, beta1=beta1, beta2=beta2, eps=eps)

    def step(
        self,
        params: list[_core.Variable],
        states: list[_core.Moments],
        settings: dict[str, Any],
    ) -> None:
        """Change the parameters."""
        _core.adam(params, states, weight_decay=0.0, **settings)


class AdamW(Optimizer):
    """Adam with decoupled weight decay: ``p *= 1 - lr * weight_decay``, then the step of `Adam`.

    Parameters
    ----------
    lr : float or schedule, default 0.001
        The learning rate.
    beta1 : float, default 0.9
        How much of the mean of the gradients stays, from 0 to below 1.
    beta2 : float, default 0.999
        How much of the mean of their squares stays, from 0 to below 1.
    eps : float, default 1e-8
        What keeps the quotient finite; above 0.
    weight_decay : float, default 0.01
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
    I. Loshchilov and F. Hutter, *Decoupled Weight Decay Regularization*, 2019, algorithm 2.

    Examples
    --------
    >>> from autograd import Variable, optimizers
    >>> x = Variable(2.0)
    >>> optimizer = optimizers.AdamW(lr=0.1, weight_decay=0.5)
    >>> (x * x).backward()
    >>> optimizer.update([x])
    >>> print(round(x.item(), 6))
    1.8
    """

    #: The means of the gradients and of their squares.
    slots = ("m", "v")
    beta1 = Setting(fraction)
    beta2 = Setting(fraction)
    eps = Setting(positive)
    weight_decay = Setting(real)

    def __init__(
        self,
        lr: float | _Schedule = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-8,
        weight_decay: float = 0.01,
        hooks: Iterable[_Hook] = (),
        groups: Iterable[Group] = (),
    ) -> None:
        super().__init__(
            lr, hooks, groups, beta1=beta1, beta2=beta2, eps=eps, weight_decay=weight_decay
        )

    def step(
        self,
        params: list[_core.Variable],
        states: list[_core.Moments],
        settings: dict[str, Any],
    ) -> None:
        """Change the parameters."""
        _core.adam(params, states, **settings)
