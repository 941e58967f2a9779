"""Gradients of functions that return one number, and of elementwise ones."""

from __future__ import annotations

from autograd.transforms._differentiate import Call

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from autograd.transforms._differentiate import _Argnums


def grad(f: Callable[..., Any], argnums: _Argnums = 0, has_aux: bool = False) -> Callable[..., Any]:
    """Make a function that computes the gradient of ``f``.

    ``f`` is called with Variables in the place of the arguments to differentiate by, and nothing
    of the caller's changes: no Variable gets a ``grad``. The gradient can be differentiated again,
    with regard to Variables among the arguments and to those that ``f`` uses otherwise; inside
    `no_grad` it is a plain value.

    Parameters
    ----------
    f : callable
        Takes Variables, arrays and numbers, and lists, tuples and dicts of them; returns one
        number. A list of numbers is an array.
    argnums : int or sequence of int, default 0
        The positions of the arguments to differentiate by; negative ones count from the end. All
        other arguments reach ``f`` as they are.
    has_aux : bool, default False
        Whether ``f`` returns a pair of the number and something else, which is returned as it is.

    Returns
    -------
    callable
        Takes what ``f`` takes. Returns the gradient in the containers of the argument, in a tuple
        if ``argnums`` is a sequence; with ``has_aux`` a pair of that and the rest. Arguments on
        which the number does not depend get zeros.

    Raises
    ------
    TypeError
        When it is called, if ``f`` returns anything else than one number, or arguments are no
        real numbers, or ``argnums`` no integers.
    ValueError
        If there is no argument of that position, or one is named twice.

    Examples
    --------
    >>> import autograd as ag
    >>> from autograd import functions as F
    >>> df = ag.grad(F.sin)
    >>> print(df(0.5), ag.grad(df)(0.5))
    variable(0.8775825618903728) variable(-0.479425538604203)
    >>> ag.grad(lambda p: p["a"] * p["b"])({"a": 2.0, "b": 3.0})
    {'a': variable(3.0), 'b': variable(2.0)}
    """

    def gradient(*args: Any, **kwargs: Any) -> Any:
        call = Call("grad", f, args, kwargs, argnums, has_aux)
        found = call.arranged(call.gradients([call.scalar()]))
        return (found, call.value(call.aux)) if has_aux else found

    return named(gradient, f, "gradient")


def value_and_grad(
    f: Callable[..., Any], argnums: _Argnums = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """Make a function that computes ``f`` and its gradient at once; see `grad`.

    Parameters
    ----------
    f, argnums, has_aux
        As for `grad`.

    Returns
    -------
    callable
        Returns a pair of the value and the gradient; with ``has_aux`` the value is a pair itself.

    Raises
    ------
    TypeError, ValueError
        As `grad`.

    Examples
    --------
    >>> import autograd as ag
    >>> value, gradient = ag.value_and_grad(lambda x, y: x * y, argnums=(0, 1))(2.0, 3.0)
    >>> print(value, *gradient)
    variable(6.0) variable(3.0) variable(2.0)
    """

    def value_and_gradient(*args: Any, **kwargs: Any) -> Any:
        call = Call("value_and_grad", f, args, kwargs, argnums, has_aux)
        y = call.scalar()
        found = call.arranged(call.gradients([y]))
        return call.value((y, call.aux) if has_aux else y), found

    return named(value_and_gradient, f, "value and gradient")


def elementwise_grad(f: Callable[..., Any], argnums: _Argnums = 0) -> Callable[..., Any]:
    """Make a function that computes the derivative of ``f`` at each element of its argument.

    ``f`` works element by element: each element of its result depends on one of the argument.
    (Otherwise this is the gradient of the sum of its results.)

    Parameters
    ----------
    f, argnums
        As for `grad`; ``f`` may return arrays.

    Returns
    -------
    callable
        Returns the derivatives in the shape of the argument.

    Raises
    ------
    TypeError, ValueError
        As `grad`.

    Examples
    --------
    >>> import autograd as ag
    >>> from autograd import functions as F
    >>> print(ag.elementwise_grad(F.square)([1.0, 2.0, 3.0]))
    variable([2., 4., 6.])
    """

    def derivative(*args: Any, **kwargs: Any) -> Any:
        call = Call("elementwise_grad", f, args, kwargs, argnums)
        return call.arranged(call.gradients(call.ys))

    return named(derivative, f, "derivative")


def named(made: Callable[..., Any], f: Callable[..., Any], what: str) -> Callable[..., Any]:
    """Name a function after the one that it is made of."""
    name = getattr(f, "__name__", type(f).__name__)
    made.__name__ = f"{what.replace(' ', '_')}_of_{name}".replace("<lambda>", "lambda")
    made.__qualname__ = made.__name__
    made.__doc__ = f"Compute the {what} of {name}."
    return made
