"""Solutions of ``x = f(x)``, differentiated without the way to them."""

from __future__ import annotations

from autograd import _core
from autograd import functions as F
from autograd._core import Variable
from autograd._function import Function
from autograd._modes import enable_grad, no_grad, test_scope
from autograd.transforms import _tree
from autograd.transforms._differentiate import as_variable, name_of, variables

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from numpy.typing import ArrayLike

    _Step = Callable[..., Variable]


def fixed_point(
    f: _Step,
    x0: Variable | ArrayLike,
    *args: Any,
    tol: float = 1e-12,
    max_iter: int = 1000,
) -> Variable:
    """Solve ``x = f(x, *args)`` by iteration, with the gradient of the solution.

    The iterations are not recorded. The gradient comes from the equation itself: with ``u`` for the
    solution of ``u = gx + u @ df/dx``, another fixed point, that of the arguments is
    ``u @ df/dargs``. It flows to the arguments and to the Variables that ``f`` uses otherwise, not
    to ``x0``, and may be differentiated again.

    Parameters
    ----------
    f : callable
        Takes a Variable of the shape of ``x0`` and the arguments; returns one of the same shape and
        dtype. It must contract near the solution: its Jacobian by ``x`` has eigenvalues below 1 in
        absolute value.
    x0 : Variable or array_like
        Where to start.
    *args
        Anything, Variables among it and in containers.
    tol : float, default 1e-12
        The iteration ends when no element changes by more than this, relative to the largest
        element or 1, or to the largest element alone for the gradient's equation; not below the
        precision of the dtype.
    max_iter : int, default 1000
        The most iterations, of either equation.

    Returns
    -------
    Variable
        The solution.

    Raises
    ------
    RuntimeError
        If it has not been reached after ``max_iter`` iterations, or is not finite; in the backward
        pass, the same of the gradient's equation.
    TypeError
        If ``f`` returns None, or anything that is not one array.
    ValueError
        If ``f`` returns another shape, or ``tol`` or ``max_iter`` cannot be.

    References
    ----------
    B. Christianson, *Reverse accumulation and attractive fixed points*, Optimization Methods and
    Software 3, 1994.

    Examples
    --------
    The square root of a, by Newton's method:

    >>> import autograd as ag
    >>> a = ag.Variable(2.0)
    >>> x = ag.fixed_point(lambda x, a: (x + a / x) / 2, 1.0, a)
    >>> x.backward()
    >>> round(x.item(), 9), round(a.grad.item(), 9)
    (1.414213562, 0.353553391)
    """
    whose = f"fixed_point of {name_of(f)}"
    if not tol >= 0 or max_iter < 1:
        raise ValueError(
            f"{whose}: tol 0 or more and max_iter 1 or more are wanted, got {tol} and {max_iter}"
        )
    return _solution(whose, f, as_variable(x0), args, Limits(tol, max_iter, 1.0))


class Limits:
    """When an iteration ends: the changes are measured by the largest element, or the floor."""

    def __init__(self, tol: float, max_iter: int, floor: float) -> None:
        self.tol = tol
        self.max_iter = max_iter
        self.floor = floor


def _solution(
    whose: str, f: _Step, x0: Variable, args: tuple[Any, ...], limits: Limits
) -> Variable:
    # Only containers with gaps are kept: a gradient that is differentiable has a history, which
    # would lead back to the Variables that hold it.
    given, rest = _tree.take_out(args)

    def step(x: Variable, *xs: Variable) -> Variable:
        new = variables(whose, f(x, *_tree.fill(rest, iter(xs))))
        if not isinstance(new, Variable):
            raise TypeError(f"{whose}: the function must return one array, got {type(new)}")
        return new

    with no_grad():
        x = _iterate(whose, step, _core.detached(x0, False), given, limits)
        x = _core.detached(x, False)
    # One step is recorded to see what else it depends on, which may be an argument, too.
    with enable_grad():
        stand_ins = [_core.fresh(v) for v in given]
        since = _core.moment()
        others = _core.outside([step(x, *stand_ins)], since)
    known = {id(v) for v in stand_ins}
    others = [v for v in others if id(v) not in known]
    solution: Variable = FixedPoint(whose, step, x, others, limits)(*given, *others)
    return solution


class FixedPoint(Function):
    """A solution and the equation that it solves."""

    def __init__(
        self, whose: str, step: _Step, x: Variable, others: list[Variable], limits: Limits
    ) -> None:
        self.whose = whose
        self.step = step
        self.x = x
        self.others = others
        self.limits = limits
        self.mode = test_scope(_core.is_test_mode())

    def forward(self, *args: Variable) -> Variable:
        """Keep the arguments, and return the solution."""
        self.args = args[: len(args) - len(self.others)]
        self.x = _core.detached(self.x, True)
        return self.x

    def backward(self, gx: Variable) -> list[Variable | None]:
        """Solve for what a change of the equation does to the solution."""
        recording = _core.is_recording()
        inputs = [_core.fresh(v) for v in (self.x, *self.args)]
        with enable_grad(), self.mode:
            y = self.step(*inputs)

        def adjoint(u: Variable) -> Variable:
            (found,), _ = _core.gradients([y], inputs[:1], [u], recording)
            return gx if found is None else gx + found

        whose = f"gradient of {self.whose.removeprefix('gradient of ')}"
        limits = Limits(self.limits.tol, self.limits.max_iter, 0.0)
        if recording:
            u = _solution(whose, adjoint, gx, (), limits)
        else:
            u = _iterate(whose, adjoint, gx, [], limits)
        # The solution is among the inputs lest a pass go through it, and here again.
        found, _ = _core.gradients([y], [*inputs, *self.others], [u], recording)
        return found[1:]


def _iterate(
    whose: str, step: _Step, x: Variable, args: list[Variable], limits: Limits
) -> Variable:
    import numpy as np

    number = np.finfo(x.dtype)
    tol = max(limits.tol, 4 * float(number.eps))
    # Numbers below the normal ones have no precision to reach.
    floor = max(limits.floor, float(number.tiny) / tol)
    change = 0.0
    for _ in range(limits.max_iter):
        new = step(x, *args)
        if new.shape != x.shape:
            raise ValueError(f"{whose}: shape {x.shape} became {new.shape}")
        new = new if new.dtype == x.dtype else new.astype(x.dtype)
        change = F.max(F.abs(new - x)).item() if x.size else 0.0
        scale = max(floor, F.max(F.abs(new)).item()) if x.size else 1.0
        x = new
        if not np.isfinite(change):
            raise RuntimeError(f"{whose}: the iteration is not finite any more")
        if change <= tol * scale:
            return x
    raise RuntimeError(
        f"{whose}: no solution after {limits.max_iter} iterations; the last change was {change:g}"
    )
