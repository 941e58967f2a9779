"""Gradients against finite differences."""

from __future__ import annotations

from autograd._core import Variable
from autograd.numerical import check_step
from autograd.testing import _report
from autograd.testing._differences import Neighbourhood, Slope
from autograd.testing._elements import forward_elements, reverse_elements
from autograd.testing._subject import Subject, pulled_back, pushed_forward
from autograd.testing._tolerance import Forward, Reverse, Tolerance

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from autograd.testing._subject import _Flat

MODES = ("rev", "fwd")


def check_grads(
    f: Callable[..., Any],
    *xs: Any,
    order: int = 2,
    modes: Sequence[str] = MODES,
    rtol: float | None = None,
    atol: float | None = None,
    step: float | None = None,
    directions: int = 1,
    rng: object = 0,
) -> None:
    """Check the derivatives of ``f`` at a point against finite differences of its values.

    Along a random direction in each argument, derivatives are compared with central differences,
    twice extrapolated; where they differ, they are compared element by element, and the message
    tells the worst. Reverse mode is what `Variable.backward` does, with the results weighted at
    random; forward mode is what `autograd.jvp` does. From the second order on, the derivatives of
    the order below are differentiated in both modes and compared with their own differences.

    It is also checked that two calls of ``f`` give the same values, that values and derivatives
    are finite, and that gradients have the shapes and dtypes of the arguments.

    Nobody's gradient is touched: neither those of the arguments, nor those of Variables that
    ``f`` uses otherwise. Of a layer the parameters are checked too; its buffers remain as they
    are, and its state is reset.

    Parameters
    ----------
    f : callable
        A function, a layer, or any other callable. It returns a Variable, or lists, tuples and
        dicts of them; integers among them are ignored. To check a `Function`, which serves for
        one call, pass ``lambda x: MyFunction()(x)``.
    *xs
        Its arguments. By Variables, floating-point numbers and arrays, also in lists, tuples and
        dicts, ``f`` is differentiated, and gets Variables for them; anything else, such as
        integers, and Variables with ``requires_grad=False``, it gets as it is.
    order : int, default 2
        Up to which derivative to check.
    modes : sequence of str, default ("rev", "fwd")
        Which modes to check: ``"rev"``, ``"fwd"`` or both, which from the second order on means
        all mixtures.
    rtol : float, optional
        The tolerance relative to the norm of the gradient by an argument; by default 1e-6, and 1e-3
        where anything is float32.
    atol : float, optional
        The absolute tolerance; by default 1e-9, and 1e-5 where anything is float32. The effect
        of rounding on the differences is allowed for besides.
    step : float, optional
        The step of the differences, in proportion to the size of an element (at least 0.01). By
        default 1e-3, and smaller ones where that does not settle. Differences are taken in
        float64, also for float32 arguments, unless ``f`` itself computes in float32: then it is
        3e-2.
    directions : int, default 1
        How many random directions to try for each argument.
    rng : int, numpy.random.Generator or source, default 0
        Where directions and weights are drawn from, see `autograd.random`.

    Raises
    ------
    AssertionError
        If anything of the above does not hold. The message tells which order and mode, which
        argument and element, both values, the step, and what else may help to find the cause.
    TypeError
        If ``f`` is not callable or returns nothing that can be differentiated.
    ValueError
        If there is nothing to differentiate by, or an option is out of range.

    Notes
    -----
    At a kink, such as that of ``relu`` at 0, there is no derivative to compare with: choose
    arguments away from it. `autograd.testing.strategies.arrays` does so by ``away_from``.

    References
    ----------
    C. J. F. Ridders, *Accurate computation of F'(x) and F'(x) F''(x)*, Advances in Engineering
    Software 4, 1982, for the repeated extrapolation.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import Function, functions as F
    >>> from autograd.testing import check_grads
    >>> x = np.array([0.5, 1.0])
    >>> check_grads(lambda x: F.sum(F.sin(x) * x), x)

    A wrong sign:

    >>> class Cos(Function):
    ...     def forward(self, x):
    ...         self.x = x
    ...         return F.cos(x)
    ...     def backward(self, gy):
    ...         return gy * F.sin(self.x)
    >>> check_grads(lambda x: Cos()(x), 0.5)
    Traceback (most recent call last):
    ...
    AssertionError: check_grads: wrong gradient of <lambda> (order 1, reverse mode)
      argument 0, float64
        analytic    0.479425538604203
        numerical  -0.4794255386...
    ...
    """
    __tracebackhide__ = True
    _check_options(order, modes, rtol, atol, step, directions)
    subject = Subject(f, xs)
    ys = subject(*subject.points)
    _report.same_twice(subject.name, ys, subject(*subject.points))
    _report.finite_values(subject.name, ys)
    tolerance = Tolerance([*subject.points, *ys], rtol, atol)
    _Check(subject, order, modes, tolerance, step, directions, rng).run(subject, ())


class _Check:
    """The checks of all orders of one function at one point."""

    def __init__(
        self,
        subject: Subject,
        order: int,
        modes: Sequence[str],
        tolerance: Tolerance,
        step: float | None,
        directions: int,
        rng: object,
    ) -> None:
        from autograd import random

        self.subject, self.points = subject, subject.points
        self.order, self.modes, self.tolerance = order, modes, tolerance
        self.step, self.directions = step, directions
        self.rng = random.source(rng)

    def run(self, f: _Flat, path: tuple[str, ...]) -> None:
        """Check the derivatives of ``f``, which ``path`` made of the function by its modes."""
        __tracebackhide__ = True
        ys = f(*self.points)
        plain = [y.data * 0 + 1 for y in ys]
        # The gradient of one number is easiest to read without a weight.
        weights = plain if len(ys) == 1 and ys[0].size == 1 else list(map(self._draw, ys))
        pullback = pulled_back(f, weights)
        near = Neighbourhood(f, self.points, self.step)
        if "rev" in self.modes:
            gradients = pullback(*self.points)
            _report.fitting(_report.Where(self.subject, (*path, "rev")), gradients, self.points)
        for i, x in enumerate(self.points):
            for _ in range(self.directions if x.size else 0):
                direction = self._draw(x, near.scale(i))
                slope = near.slope(i, direction)
                if "rev" in self.modes:
                    reverse = Reverse(self.tolerance, near, weights, gradients[i], direction)
                    if self._fails(reverse, near, i, slope):
                        simple = pulled_back(f, plain)(*self.points)[i]
                        tries = [Reverse(self.tolerance, near, plain, simple, direction), reverse]
                        raise AssertionError(self._wrong_gradient(path, tries, near, i))
                if "fwd" in self.modes:
                    self._forward(f, path, ys, near, i, direction, slope)
        if len(path) + 1 < self.order:
            for mode in self.modes:
                tangents = [self._draw(x, near.scale(i)) for i, x in enumerate(self.points)]
                derived = pullback if mode == "rev" else pushed_forward(f, tangents)
                self.run(derived, (*path, mode))

    def _wrong_gradient(
        self, path: tuple[str, ...], tries: list[Reverse], near: Neighbourhood, i: int
    ) -> str:
        """Describe the first failure, of which weights of 1 are easier to understand."""
        for reverse in tries:
            elements = reverse_elements(reverse, near, i)
            if elements.wrong().any():
                break
        random = len(set(reverse.weights.tolist())) > 1
        return _report.wrong(_report.Where(self.subject, (*path, "rev"), random), i, elements, near)

    def _forward(
        self,
        f: _Flat,
        path: tuple[str, ...],
        ys: tuple[Variable, ...],
        near: Neighbourhood,
        i: int,
        direction: NDArray[Any],
        slope: Slope,
    ) -> None:
        __tracebackhide__ = True
        where = _report.Where(self.subject, (*path, "fwd"))
        still = [x.data * 0 for x in self.points]
        tangents = [*still[:i], direction, *still[i + 1 :]]
        derivatives = pushed_forward(f, tangents)(*self.points)
        _report.fitting(where, derivatives, ys)
        forward = Forward(self.tolerance, near, derivatives, direction)
        if self._fails(forward, near, i, slope):
            elements = forward_elements(forward, near, i)
            raise AssertionError(_report.wrong(where, i, elements, near))

    def _fails(self, compare: Reverse | Forward, near: Neighbourhood, i: int, slope: Slope) -> bool:
        """Whether derivatives differ from differences, also with smaller steps if need be."""
        if compare.agrees(slope):
            return False
        # Large steps may seem to settle, by chance, where a function goes up and down in between.
        return not any(
            compare.agrees(finer) and not compare.upheld(slope, finer)
            for finer in near.slopes(i, compare.direction)[1:]
        )

    def _draw(self, x: Variable, scale: Any = 1.0) -> NDArray[Any]:
        """Draw numbers between 0.5 and 1.5 of either sign, so that none hides an error."""
        from autograd import random

        u = random.uniform(x.shape, self.rng) * 2 - 1
        signed = (abs(u) + 0.5) * (2 * (u >= 0) - 1)
        drawn: NDArray[Any] = (signed * scale).astype(x.dtype)
        return drawn


def _check_options(
    order: int,
    modes: Sequence[str],
    rtol: float | None,
    atol: float | None,
    step: float | None,
    directions: int,
) -> None:
    """Refuse options that mean nothing."""
    for name, count in (("order", order), ("directions", directions)):
        if isinstance(count, bool) or not isinstance(count, int):
            raise TypeError(f"check_grads: {name} must be an int, got {type(count).__name__}")
        if count < 1:
            raise ValueError(f"check_grads: {name} must be positive, got {count}")
    if isinstance(modes, str) or not modes or not set(modes) <= set(MODES):
        raise ValueError(f"check_grads: modes must be some of {MODES}, got {modes!r}")
    for name, bound in (("rtol", rtol), ("atol", atol)):
        if bound is not None and not 0 <= bound < float("inf"):
            raise ValueError(f"check_grads: {name} must not be negative, got {bound}")
    if step is not None:
        check_step("check_grads", step)
