"""Schedules: learning rates that change from update to update.

A schedule is a function of the number of updates made so far, 0 before the first one; any such
function will do in place of a number, wherever an optimizer takes ``lr``.

>>> from autograd import optimizers
>>> from autograd.optimizers import schedules
>>> lr = schedules.WarmUp(2, then=schedules.Step(0.1, every=2, factor=0.5))
>>> [lr(n) for n in range(7)]
[0.0, 0.05, 0.1, 0.1, 0.05, 0.05, 0.025]
>>> optimizer = optimizers.SGD(lr)
"""

from __future__ import annotations

import math

from autograd.optimizers._settings import rate, real, whole

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from autograd.optimizers._settings import _Schedule as _Any

__all__ = ["Cosine", "Exponential", "OneCycle", "Schedule", "Sequence", "Step", "WarmUp"]


class Schedule:
    """The base of the schedules here, which call it with the number of updates made so far.

    A subclass defines ``at``. Two schedules of one kind with equal settings are equal.

    Examples
    --------
    >>> from autograd.optimizers import schedules
    >>> class InverseRoot(schedules.Schedule):
    ...     def __init__(self, lr):
    ...         self.lr = lr
    ...     def at(self, count):
    ...         return self.lr / (1 + count) ** 0.5
    >>> InverseRoot(0.5)(3)
    0.25
    """

    def __call__(self, count: int) -> float:
        """Return the learning rate after so many updates, which is 0 for the first one."""
        if count < 0:
            raise ValueError(f"{type(self).__name__}: count must not be negative, got {count}")
        return self.at(count)

    def at(self, count: int) -> float:
        """Compute the learning rate; a subclass defines it."""
        raise NotImplementedError(f"{type(self).__name__} must define at")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and vars(other) == vars(self)

    def __hash__(self) -> int:
        return hash(type(self))

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({settings})"


class Step(Schedule):
    """Steps down: ``lr * factor ** (count // every)``.

    Parameters
    ----------
    lr : float
        The first learning rate.
    every : int
        After how many updates it changes.
    factor : float, default 0.1
        By what it is multiplied then; above 1 the rate grows.

    Raises
    ------
    TypeError, ValueError
        If an argument is no number, or out of range.

    Examples
    --------
    >>> from autograd.optimizers import schedules
    >>> lr = schedules.Step(1.0, every=10, factor=0.5)
    >>> lr(9), lr(10), lr(20)
    (1.0, 0.5, 0.25)
    """

    def __init__(self, lr: float, every: int, factor: float = 0.1) -> None:
        self.lr = real("Step", "lr", lr)
        self.every = whole("Step", "every", every)
        self.factor = real("Step", "factor", factor)

    def at(self, count: int) -> float:
        """Compute the learning rate."""
        return _grown(self.lr, self.factor, count // self.every)


class Exponential(Schedule):
    """Exponential decay: ``lr * factor ** count``.

    Parameters
    ----------
    lr : float
        The first learning rate.
    factor : float
        By what it is multiplied at each update; usually a little below 1.

    Raises
    ------
    TypeError, ValueError
        If an argument is no number, or out of range.

    Examples
    --------
    >>> from autograd.optimizers import schedules
    >>> lr = schedules.Exponential(1.0, factor=0.5)
    >>> lr(0), lr(1), lr(2)
    (1.0, 0.5, 0.25)
    """

    def __init__(self, lr: float, factor: float) -> None:
        self.lr = real("Exponential", "lr", lr)
        self.factor = real("Exponential", "factor", factor)

    def at(self, count: int) -> float:
        """Compute the learning rate."""
        return _grown(self.lr, self.factor, count)


class Cosine(Schedule):
    """Half a cosine from ``lr`` down to ``final``, which is kept afterwards.

    The rate is ``final + (lr - final) * (1 + cos(pi * count / steps)) / 2``.

    Parameters
    ----------
    lr : float
        The first learning rate.
    steps : int
        After how many updates the rate is ``final``.
    final : float, default 0.0
        The last learning rate.

    Raises
    ------
    TypeError, ValueError
        If an argument is no number, or out of range.

    References
    ----------
    I. Loshchilov and F. Hutter, *SGDR: Stochastic Gradient Descent with Warm Restarts*, 2017,
    equation 5.

    Examples
    --------
    >>> from autograd.optimizers import schedules
    >>> lr = schedules.Cosine(1.0, steps=100)
    >>> lr(0), round(lr(50), 9), lr(100), lr(1000)
    (1.0, 0.5, 0.0, 0.0)
    """

    def __init__(self, lr: float, steps: int, final: float = 0.0) -> None:
        self.lr = real("Cosine", "lr", lr)
        self.steps = whole("Cosine", "steps", steps)
        self.final = real("Cosine", "final", final)

    def at(self, count: int) -> float:
        """Compute the learning rate."""
        return _half_cosine(self.lr, self.final, count / self.steps)


class OneCycle(Schedule):
    """One cycle: up to ``max_lr`` and down again, far below where it began.

    Both ways are half cosines. The cycle has as many updates as ``steps``; the rate of the last one
    is kept afterwards.

    Parameters
    ----------
    max_lr : float
        The largest learning rate.
    steps : int
        How many updates the cycle has.
    rise : float, default 0.3
        Which part of the cycle goes up, from 0 to below 1.
    start : float, optional
        The first learning rate; by default ``max_lr / 25``.
    final : float, optional
        The last learning rate; by default ``start / 10000``.

    Raises
    ------
    TypeError, ValueError
        If an argument is no number, or out of range.

    References
    ----------
    L. N. Smith, *A disciplined approach to neural network hyper-parameters: Part 1*, 2018, section
    4.1; with cosines in place of straight lines.

    Examples
    --------
    >>> from autograd.optimizers import schedules
    >>> lr = schedules.OneCycle(1.0, steps=101, rise=0.25)
    >>> lr(0), lr(25), lr(100)
    (0.04, 1.0, 4e-06)
    """

    def __init__(
        self,
        max_lr: float,
        steps: int,
        rise: float = 0.3,
        start: float | None = None,
        final: float | None = None,
    ) -> None:
        self.max_lr = real("OneCycle", "max_lr", max_lr)
        self.steps = whole("OneCycle", "steps", steps)
        self.rise = real("OneCycle", "rise", rise, below=1.0)
        self.start = self.max_lr / 25 if start is None else real("OneCycle", "start", start)
        self.final = self.start / 10_000 if final is None else real("OneCycle", "final", final)

    def at(self, count: int) -> float:
        """Compute the learning rate."""
        last = self.steps - 1
        top = self.rise * last
        if count < top:
            return _half_cosine(self.start, self.max_lr, count / top)
        way = (count - top) / (last - top) if last else 0.0
        return _half_cosine(self.max_lr, self.final, way)


class WarmUp(Schedule):
    """A straight line from ``start`` to the first rate of another schedule, which follows.

    Parameters
    ----------
    steps : int
        How many updates the line has; the other schedule counts from its end.
    then : float or callable
        The learning rate, or schedule, that follows.
    start : float, default 0.0
        The first learning rate.

    Raises
    ------
    TypeError, ValueError
        If an argument is no number, or out of range.

    References
    ----------
    P. Goyal et al., *Accurate, Large Minibatch SGD*, 2017, section 2.2.

    Examples
    --------
    >>> from autograd.optimizers import schedules
    >>> lr = schedules.WarmUp(4, then=1.0)
    >>> lr(0), lr(1), lr(4), lr(100)
    (0.0, 0.25, 1.0, 1.0)
    """

    def __init__(self, steps: int, then: float | _Any, start: float = 0.0) -> None:
        self.steps = whole("WarmUp", "steps", steps)
        self.then = rate("WarmUp", "then", then)
        self.start = real("WarmUp", "start", start)

    def at(self, count: int) -> float:
        """Compute the learning rate."""
        if count >= self.steps:
            return _ask(self.then, count - self.steps)
        way = count / self.steps
        return (1 - way) * self.start + way * _ask(self.then, 0)


class Sequence(Schedule):
    """Schedules one after the other, each of which counts from its own beginning.

    Parameters
    ----------
    parts : iterable of (int, float or callable)
        For how many updates, and which learning rate or schedule.
    then : float or callable
        What follows when all parts are over.

    Raises
    ------
    TypeError, ValueError
        If an argument is no number, or out of range.

    Examples
    --------
    >>> from autograd.optimizers import schedules
    >>> lr = schedules.Sequence([(2, 1.0), (2, schedules.Exponential(0.8, factor=0.5))], then=0.1)
    >>> [lr(n) for n in range(6)]
    [1.0, 1.0, 0.8, 0.4, 0.1, 0.1]
    """

    def __init__(self, parts: Iterable[tuple[int, float | _Any]], then: float | _Any) -> None:
        self.parts = tuple(
            (whole("Sequence", "the steps of a part", steps), rate("Sequence", "a part", part))
            for steps, part in parts
        )
        self.then = rate("Sequence", "then", then)

    def at(self, count: int) -> float:
        """Compute the learning rate."""
        for steps, part in self.parts:
            if count < steps:
                return _ask(part, count)
            count -= steps
        return _ask(self.then, count)


def _ask(schedule: float | _Any, count: int) -> float:
    """Return the learning rate of a schedule, or of a number."""
    return schedule(count) if callable(schedule) else schedule


def _half_cosine(start: float, final: float, way: float) -> float:
    """Go from one number to another along half a cosine, while ``way`` goes from 0 to 1."""
    left = (1 + math.cos(math.pi * min(way, 1.0))) / 2
    return left * start + (1 - left) * final


def _grown(lr: float, factor: float, times: int) -> float:
    """Return ``lr * factor ** times``, infinite where that is too large."""
    try:
        return lr * factor**times
    except OverflowError:
        return math.inf if lr else 0.0
