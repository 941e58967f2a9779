"""L-BFGS."""

from __future__ import annotations

import math

from autograd._core import Variable
from autograd.optimizers._curvature import Memory, dot, flat, put, split
from autograd.optimizers._line_search import LineSearch, Point
from autograd.optimizers._optimizer import Optimizer
from autograd.optimizers._params import trained
from autograd.optimizers._saved import COUNT, Array, counts
from autograd.optimizers._settings import Setting, fraction, whole

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from autograd._saving import _Wanted
    from autograd.optimizers._params import _Model
    from autograd.optimizers._settings import _Schedule


class LBFGS(Optimizer):
    """L-BFGS: quasi-Newton steps, for losses that are computed from all data at once.

    The last changes of the gradients tell the curvature. One update makes one step: with a closure,
    of a length that meets the strong Wolfe conditions; without, of the length ``lr``.

    All parameters are looked at as one vector of float64. A parameter without a gradient counts as
    one whose gradient is 0. There are neither hooks nor groups: a penalty is a part of the loss.

    Parameters
    ----------
    lr : float or schedule, default 1.0
        The length of the step along the direction; with a closure, the first one that is tried.
    history_size : int, default 10
        How many changes of the gradients are remembered.
    c1, c2 : float, default 1e-4 and 0.9
        How much the loss must fall, and how flat its slope must become; ``0 < c1 < c2 < 1``.
    max_evaluations : int, default 25
        How often an update may try a step. If none is good enough the best one is taken; if none
        makes the loss fall, the parameters stay as they are.

    Raises
    ------
    TypeError, ValueError
        As `Optimizer`; also if ``c1`` is not between 0 and ``c2``.

    References
    ----------
    J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd edition, 2006, algorithms 7.4, 3.5
    and 3.6, and equation 7.20.

    Examples
    --------
    >>> from autograd import Variable, functions as F, optimizers
    >>> x = Variable([-1.2, 1.0])
    >>> def closure():
    ...     x.cleargrad()
    ...     loss = 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2
    ...     loss.backward()
    ...     return loss
    >>> optimizer = optimizers.LBFGS()
    >>> for _ in range(50):
    ...     loss = optimizer.update([x], closure)
    >>> print(F.round(x))
    variable([1., 1.])
    """

    history_size = Setting(whole)
    max_evaluations = Setting(whole)
    c1 = Setting(fraction)
    c2 = Setting(fraction)

    def __init__(
        self,
        lr: float | _Schedule = 1.0,
        history_size: int = 10,
        c1: float = 1e-4,
        c2: float = 0.9,
        max_evaluations: int = 25,
    ) -> None:
        super().__init__(
            lr, history_size=history_size, c1=c1, c2=c2, max_evaluations=max_evaluations
        )
        if not 0 < self.c1 < self.c2:
            raise ValueError(f"LBFGS: 0 < c1 < c2 is wanted, got c1={c1} and c2={c2}")
        self._memories: dict[tuple[Variable, ...], Memory] = {}

    def update(  # type: ignore[override]  # who gets no loss from others does not ask this one
        self, model: _Model, closure: Callable[[], Variable | float] | None = None
    ) -> float | None:
        """Make one step.

        Afterwards the gradients are those at the new values, if there is a closure. If the loss or
        its gradient is not finite, nothing is changed.

        Parameters
        ----------
        model : Layer, or mapping or iterable of Variable
            Something with ``params()``, or the Variables themselves, with or without names.
        closure : callable, optional
            Clears the gradients, computes the loss, calls its ``backward``, and returns it. It is
            called several times. If it fails, the parameters have the values from before.

        Returns
        -------
        float or None
            The loss before the step, if there is a closure.

        Raises
        ------
        TypeError
            If there is something else than Variables, or the closure returns no number.
        ValueError
            If a schedule gives no learning rate: it is not finite, or negative.
        """
        loss = None if closure is None else _loss(closure)
        # Only now: the first call of a model may make parameters.
        params = list(trained("LBFGS.update", model).values())
        settings = self._now(dict(self._settings))
        memory = self._memories.setdefault(tuple(params), Memory())
        x, gradient = flat(p.data for p in params), _gradient(params)
        if _finite(gradient) and (loss is None or math.isfinite(loss)):
            memory.resume(x, gradient)
            memory.limit(settings["history_size"])
            direction = memory.direction(gradient)
            if closure is None or loss is None:
                memory.pending = (x, gradient)
                put(params, x + settings["lr"] * direction)
            else:
                start = Point(0.0, loss, dot(gradient, direction), gradient)
                self._search(params, closure, memory, x, direction, start, settings)
            memory.limit(settings["history_size"])
        self.steps += 1
        return loss

    def _search(
        self,
        params: list[Variable],
        closure: Callable[[], Variable | float],
        memory: Memory,
        x: NDArray[np.float64],
        direction: NDArray[np.float64],
        start: Point,
        settings: dict[str, Any],
    ) -> None:
        """Go along the direction to a point that is good enough, and learn from its gradient."""
        # Nothing tells the scale of the first direction, which is the gradient.
        first = settings["lr"]
        if not memory.pairs:
            first *= min(1.0, 1.0 / (float(abs(start.gradient).sum()) or 1.0))
        if not (-math.inf < start.slope < 0 and first > 0):
            return
        last = start

        def evaluate(step: float) -> Point:
            nonlocal last
            put(params, x + step * direction)
            value = _loss(closure)
            gradient = _gradient(params)
            last = Point(step, value, dot(gradient, direction), gradient)
            return last

        search = LineSearch(
            evaluate, start, settings["c1"], settings["c2"], settings["max_evaluations"]
        )
        try:
            found = search.run(first)
        except BaseException:
            put(params, x)
            raise
        if found is not last:
            put(params, x + found.step * direction)
            for p, g in zip(params, split(params, found.gradient), strict=True):
                p.grad = g
        if found is start:
            # What was learnt leads nowhere: begin again with the gradient.
            memory.pairs.clear()
        else:
            memory.learn(flat(p.data for p in params) - x, found.gradient - start.gradient)

    def state_dict(self, model: _Model) -> dict[str, NDArray[Any]]:
        """Return what the optimizer remembers, as arrays by name.

        ``steps`` is the number of updates, ``pairs`` how many changes are remembered, and
        ``pending`` 1 if the last update had no closure, else 0. Each parameter has arrays
        ``NAME/s`` and ``NAME/y``, with the changes of its values and gradients along the first
        axis; and ``NAME/x`` and ``NAME/g``, its last value and gradient, if one is pending. All
        are float64.

        Parameters
        ----------
        model : Layer, or mapping or iterable of Variable
            What is given to `update`.
        """
        import numpy as np

        params = trained("LBFGS.state_dict", model)
        variables = list(params.values())
        memory = self._memories.get(tuple(variables)) or Memory()
        state: dict[str, NDArray[Any]] = {
            "steps": np.array(self.steps),
            "pairs": np.array(len(memory.pairs)),
            "pending": np.array(int(memory.pending is not None)),
        }
        total = sum(v.size for v in variables)
        for kind, which in (("s", 0), ("y", 1)):
            rows = np.array([pair[which] for pair in memory.pairs]).reshape(
                len(memory.pairs), total
            )
            for name, part in zip(params, split(variables, rows), strict=True):
                state[f"{name}/{kind}"] = part
        for kind, vector in zip(("x", "g"), memory.pending or (), strict=False):
            for name, part in zip(params, split(variables, vector), strict=True):
                state[f"{name}/{kind}"] = part
        return state

    def load_state_dict(self, state: Mapping[str, ArrayLike], model: _Model) -> None:
        """Take over what `state_dict` returned, for the parameters of a model.

        Nothing is changed if anything is missing, left over or does not fit.

        Parameters
        ----------
        state : mapping of str to array_like
            What `state_dict` returned.
        model : Layer, or mapping or iterable of Variable
            What is given to `update`; its parameters have the same names as before.

        Raises
        ------
        ValueError
            If names, shapes or dtypes differ; the message lists all that do.
        TypeError
            If ``state`` is no mapping.
        """
        import numpy as np

        from autograd._saving import check

        what = "LBFGS.load_state_dict"
        params = trained(what, model)
        found = counts(what, state, ("steps", "pairs", "pending"))
        pairs, pending = found.get("pairs"), bool(found.get("pending"))
        wanted: dict[str, _Wanted] = dict.fromkeys(("steps", "pairs", "pending"), COUNT)
        for name, p in params.items():
            wanted.update({f"{name}/{kind}": Array((pairs, *p.shape)) for kind in "sy"})
            wanted.update({f"{name}/{kind}": Array(p.shape) for kind in "xg" if pending})
        arrays = check(what, state, wanted)

        def joined(kind: str, rows: tuple[int, ...]) -> NDArray[np.float64]:
            parts = [arrays[f"{n}/{kind}"].reshape(*rows, p.size) for n, p in params.items()]
            return np.concatenate([np.zeros((*rows, 0)), *parts], axis=-1)

        memory = Memory()
        rows = (found["pairs"],)
        memory.pairs = list(zip(joined("s", rows), joined("y", rows), strict=True))
        memory.pending = (joined("x", ()), joined("g", ())) if pending else None
        self._memories[tuple(params.values())] = memory
        self.steps = found["steps"]


def _loss(closure: Callable[[], Variable | float]) -> float:
    loss = closure()
    if not hasattr(loss, "__float__"):
        raise TypeError(f"LBFGS.update: closure must return the loss, got {type(loss).__name__}")
    return float(loss)


def _gradient(params: list[Variable]) -> NDArray[np.float64]:
    """Return the gradient as one vector, 0 for parameters that have none."""
    import numpy as np

    return flat(np.zeros(p.shape) if p.grad is None else p.grad.data for p in params)


def _finite(vector: NDArray[np.float64]) -> bool:
    import numpy as np

    return bool(np.isfinite(vector).all())
