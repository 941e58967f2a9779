"""Derivatives by finite differences, to compare others with.

They need nothing but values of the function, and are slow: one pair of values, or two, for each
element. `autograd.testing.check_grads` compares gradients with them.

>>> import numpy as np
>>> from autograd import functions as F, numerical
>>> numerical.gradient(F.exp, np.array([0.0, 1.0])).round(9)
array([1.        , 2.71828183])
"""

from __future__ import annotations

from autograd._core import Variable

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    import numpy as np
    from numpy.typing import ArrayLike, NDArray

__all__ = ["diff", "gradient", "jacobian"]

# Where truncation, of the order h**4, and rounding, of the order eps / h, are about equal.
STEPS = {"float64": 1e-3, "float32": 3e-2}
# Steps are proportional to elements, but for those that are smaller than this.
SMALLEST = 0.01


def diff(f: Callable[..., Any], xs: Sequence[Variable | ArrayLike], h: float = 1e-4) -> Variable:
    """Compute the central difference quotient of ``f``, with every element moved at once.

    ``(f(*[x + h for x in xs]) - f(*[x - h for x in xs])) / (2 * h)``: for a function that works
    element by element it is the derivative of each, up to an error of the order ``h**2``.

    Parameters
    ----------
    f : callable
        Takes Variables and returns a Variable, an array or a number.
    xs : sequence of Variable or array_like
        The arguments.
    h : float, default 1e-4
        The step.

    Returns
    -------
    Variable
        Of the shape of the value of ``f``, without history.

    Raises
    ------
    TypeError
        If ``xs`` is no list or tuple, or ``f`` returns something else.
    ValueError
        If ``h`` is not positive and finite.

    Examples
    --------
    >>> from autograd import Variable, functions as F, numerical
    >>> print(round(numerical.diff(F.sin, [Variable(0.0)]).item(), 6))
    1.0
    """
    if not isinstance(xs, (list, tuple)):
        raise TypeError(f"diff: xs must be a list of arguments, got {type(xs).__name__}")
    check_step("diff", h)
    arrays = [_value("diff", x) for x in xs]
    above = _call("diff", f, [x + x.dtype.type(h) for x in arrays])
    below = _call("diff", f, [x - x.dtype.type(h) for x in arrays])
    return Variable((above - below) / above.dtype.type(2 * h))


def gradient(f: Callable[..., Any], *xs: Variable | ArrayLike, h: float | None = None) -> Any:
    """Compute the gradient of the sum of the results of ``f``, element by element.

    By central differences of the steps ``h`` and ``h / 2`` and one step of Richardson's
    extrapolation, which leaves an error of the order ``h**4``: about ten digits are right.

    Parameters
    ----------
    f : callable
        Takes Variables and returns a Variable, an array or a number.
    *xs : Variable or array_like
        The arguments, of any shapes. Values of float32 are widened to float64, and so is what
        ``f`` computes from them; where ``f`` itself computes in float32, the step is a larger one.
    h : float, optional
        The step of an element x is ``h * max(abs(x), 0.01)``; by default 1e-3, and 3e-2 where
        ``f`` computes in float32.

    Returns
    -------
    ndarray or tuple of ndarray
        For each argument the gradient, of its shape and dtype; not in a tuple if there is one.

    Raises
    ------
    TypeError
        If there are no arguments, or ``f`` returns something else.
    ValueError
        If ``h`` is not positive and finite.

    References
    ----------
    L. F. Richardson, *The approximate arithmetical solution by finite differences*, Philosophical
    Transactions of the Royal Society A 210, 1911.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import functions as F, numerical
    >>> dx, dy = numerical.gradient(lambda x, y: x * y, np.array([1.0, 2.0]), 3.0)
    >>> print(dx.round(9), dy.round(9))
    [3. 3.] 3.0
    """
    import numpy as np

    operands = _Operands("gradient", f, xs, h)
    found = [
        np.array([np.sum(column) for column in operands.columns(i)], x.dtype).reshape(x.shape)
        for i, x in enumerate(operands.given)
    ]
    return found[0] if len(found) == 1 else tuple(found)


def jacobian(f: Callable[..., Any], *xs: Variable | ArrayLike, h: float | None = None) -> Any:
    """Compute the derivatives of all results of ``f``, element by element.

    Parameters
    ----------
    f : callable
        Takes Variables and returns a Variable, an array or a number.
    *xs : Variable or array_like
        The arguments; see `gradient`, also for the method.
    h : float, optional
        The step; see `gradient`.

    Returns
    -------
    ndarray or tuple of ndarray
        For each argument of shape T an array of shape S + T, where S is the shape of the value of
        ``f``, of the argument's dtype; not in a tuple if there is one.

    Raises
    ------
    TypeError
        If there are no arguments, or ``f`` returns something else.
    ValueError
        If ``h`` is not positive and finite.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import functions as F, numerical
    >>> numerical.jacobian(F.square, np.array([1.0, 2.0])).round(9)
    array([[2., 0.],
           [0., 4.]])
    """
    import numpy as np

    operands = _Operands("jacobian", f, xs, h)
    found = []
    for i, x in enumerate(operands.given):
        matrix = np.empty((*operands.shape, x.size), x.dtype)
        for j, column in enumerate(operands.columns(i)):
            matrix[..., j] = column
        found.append(matrix.reshape(operands.shape + x.shape))
    return found[0] if len(found) == 1 else tuple(found)


class _Operands:
    """The arguments of ``f``, in the dtype in which it is evaluated, and the step for that."""

    def __init__(
        self, what: str, f: Callable[..., Any], xs: tuple[Any, ...], h: float | None
    ) -> None:
        import numpy as np

        if not xs:
            raise TypeError(f"{what}: there must be at least one argument besides the function")
        if h is not None:
            check_step(what, h)
        self.what, self.f = what, f
        self.given = [_value(what, x) for x in xs]
        self.arrays: list[NDArray[Any]] = [x.astype(np.float64) for x in self.given]
        try:
            y = _call(what, f, self.arrays)
        except (TypeError, ValueError):
            if all(x.dtype == np.float64 for x in self.given):
                raise
            # A function that insists on float32.
            self.arrays = self.given
            y = _call(what, f, self.arrays)
        self.shape = y.shape
        self.h = STEPS[y.dtype.name] if h is None else h

    def columns(self, i: int) -> Iterator[NDArray[Any]]:
        """Differentiate by each element of an argument in turn, in row-major order."""
        from functools import partial

        x = self.arrays[i]
        for j in range(x.size):
            h = self.h * max(abs(float(x.reshape(-1)[j])), SMALLEST)
            yield richardson(partial(self._moved, i, j), h)

    def _moved(self, i: int, j: int, t: float) -> NDArray[Any]:
        x = self.arrays[i].copy()
        x.reshape(-1)[j] += t
        return _call(self.what, self.f, [*self.arrays[:i], x, *self.arrays[i + 1 :]])


def richardson(phi: Callable[[float], NDArray[Any]], h: float) -> NDArray[Any]:
    """Differentiate ``phi`` at 0, up to an error of the order ``h**4``."""
    result: NDArray[Any] = (4 * quotient(phi, h / 2) - quotient(phi, h)) / 3
    return result


def quotient(phi: Callable[[float], NDArray[Any]], h: float) -> NDArray[Any]:
    """Return the central difference quotient of ``phi`` at 0, in float64."""
    import numpy as np

    result: NDArray[Any] = (phi(h).astype(np.float64) - phi(-h).astype(np.float64)) / (2 * h)
    return result


def check_step(what: str, h: float) -> None:
    """Refuse a step that is none.

    Raises
    ------
    ValueError
        If ``h`` is not positive and finite.
    """
    if not 0 < h < float("inf"):
        raise ValueError(f"{what}: the step h must be positive and finite, got {h}")


def _value(what: str, x: Any) -> NDArray[np.float64 | np.float32]:
    """Return a row-major array of the values of an argument."""
    import numpy as np

    if isinstance(x, (dict, set, str)) or x is None:
        raise TypeError(
            f"{what}: arguments must be Variables, arrays or numbers, got {type(x).__name__}"
        )
    data: NDArray[np.float64 | np.float32] = x.data if isinstance(x, Variable) else Variable(x).data
    return np.array(data, order="C")


def _call(what: str, f: Callable[..., Any], arrays: list[NDArray[Any]]) -> NDArray[Any]:
    """Evaluate ``f`` on Variables of its own, which it may differentiate by itself."""
    y = f(*map(Variable, arrays))
    if isinstance(y, Variable):
        return y.data
    try:
        return Variable(y).data
    except (TypeError, ValueError) as e:
        raise TypeError(
            f"{what}: the function must return a Variable, an array or a number, "
            f"got {type(y).__name__}"
        ) from e
