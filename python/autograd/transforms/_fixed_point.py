"""Solutions of ``x = f(x)``, differentiated without the way to them."""

from __future__ import annotations

from autograd import _core
from autograd import functions as F
from autograd._core import Variable
from autograd._function import Function
from autograd._modes import enable_grad, no_grad
from autograd.transforms import _tree
from autograd.transforms._differentiate import as_variable, name_of

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from numpy.typing import ArrayLike

    Step = Callable[..., Variable]


def fixed_point(
    f: Step,
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
        Variables, arrays and numbers, and containers of them.
    tol : float, default 1e-12
        The iteration ends when no element changes by more than this, relative to the largest
        element or 1; not below the precision of the dtype.
    max_iter : int, default 1000
        The most iterations.

    Returns
    -------
    Variable
        The solution.

    Raises
    ------
    RuntimeError
        If it has not been reached after ``max_iter`` iterations, or is not finite; in the backward
        pass, the same of the gradient's equation.
    ValueError
        If ``f`` returns another shape.

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
    >>> print(x, a.grad)
    variable(1.414213562373095) variable(0.3535533905932738)
    """
    start = _core.detached(as_variable(x0), False)
    leaves = [as_variable(x) for x in _tree.leaves(args)]

    def step(x: Variable, *given: Variable) -> Variable:
        return as_variable(f(x, *_tree.rebuild(args, iter(given))))

    with no_grad():
        x = _iterate(name_of(f), step, start, leaves, tol, max_iter)
        x = _core.detached(x, False)
    # One step is recorded to see what else it depends on.
    since = _core.moment()
    with enable_grad():
        others = _core.outside([step(x, *leaves)], since)
    known = {id(v) for v in leaves}
    others = [v for v in others if id(v) not in known]
    solution: Variable = FixedPoint(step, x, others, tol, max_iter)(*leaves, *others)
    return solution


class FixedPoint(Function):
    """A solution and the equation that it solves."""

    def __init__(
        self, step: Step, x: Variable, others: list[Variable], tol: float, max_iter: int
    ) -> None:
        self.step = step
        self.x = x
        self.others = others
        self.limits = tol, max_iter

    def forward(self, *args: Variable) -> Variable:
        """Keep the arguments, and return the solution."""
        self.args = args[: len(args) - len(self.others)]
        self.x = _core.detached(self.x, True)
        return self.x

    def backward(self, gx: Variable) -> list[Variable | None]:
        """Solve for what a change of the equation does to the solution."""
        recording = _core.is_recording()
        inputs = [_core.fresh(v) for v in (self.x, *self.args)]
        with enable_grad():
            y = self.step(*inputs)

        def adjoint(u: Variable) -> Variable:
            (found,), _ = _core.gradients([y], inputs[:1], [u], recording)
            return gx if found is None else gx + found

        tol, max_iter = self.limits
        if recording:
            u = fixed_point(adjoint, gx, tol=tol, max_iter=max_iter)
        else:
            u = _iterate("the gradient", adjoint, gx, [], tol, max_iter)
        found, _ = _core.gradients([y], [*inputs[1:], *self.others], [u], recording)
        return found


def _iterate(
    name: str, step: Step, x: Variable, args: list[Variable], tol: float, max_iter: int
) -> Variable:
    import numpy as np

    tol = max(tol, 4 * float(np.finfo(x.dtype).eps))
    for _ in range(max_iter):
        new = step(x, *args)
        if new.shape != x.shape:
            raise ValueError(f"fixed_point of {name}: shape {x.shape} became {new.shape}")
        new = new if new.dtype == x.dtype else new.astype(x.dtype)
        change = F.max(F.abs(new - x)).item() if x.size else 0.0
        scale = max(1.0, F.max(F.abs(new)).item()) if x.size else 1.0
        x = new
        if change <= tol * scale:
            return x
        if not np.isfinite(change):
            raise RuntimeError(f"fixed_point of {name}: the iteration is not finite any more")
    raise RuntimeError(
        f"fixed_point of {name}: no solution after {max_iter} iterations; the last change was "
        f"{change:g}"
    )
