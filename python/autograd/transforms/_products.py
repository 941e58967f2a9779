"""Products with Jacobians and Hessians, without making them."""

from __future__ import annotations

from autograd import _core
from autograd._core import Variable
from autograd.transforms import _tree
from autograd.transforms._differentiate import (
    Call,
    constant,
    fitting,
    name_of,
    recorded_if_needed,
)
from autograd.transforms._grad import grad

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any


def vjp(f: Callable[..., Any], *primals: Any, has_aux: bool = False) -> tuple[Any, ...]:
    """Compute ``f``, and a function that multiplies vectors by its Jacobian from the left.

    Parameters
    ----------
    f : callable
        Takes Variables, arrays and numbers, and containers of them, and returns such.
    *primals
        Its arguments.
    has_aux : bool, default False
        Whether ``f`` returns a pair of its value and something else, which is returned as it is.

    Returns
    -------
    value
        What ``f`` returns, as Variables.
    pullback : callable
        Takes a cotangent in the shape, and the containers, of the value, and returns a tuple with
        the product for each argument: ``cotangent @ J``. It may be called any number of times.
    aux
        With ``has_aux`` only.

    Raises
    ------
    TypeError
        If arguments or results are no real numbers, or there are no arguments.
    ValueError
        By ``pullback``, if the cotangent does not fit the value.

    Examples
    --------
    >>> import autograd as ag
    >>> value, pullback = ag.vjp(lambda x, y: x * y, 2.0, 3.0)
    >>> print(value, *pullback(1.0))
    variable(6.0) variable(3.0) variable(2.0)
    """
    if not primals:
        raise TypeError(f"vjp of {name_of(f)}: at least one argument is wanted")
    call = Call("vjp", f, primals, {}, tuple(range(len(primals))), has_aux)

    def pullback(cotangent: Any) -> Any:
        seeds = fitting(f"{call.what}: the cotangent", call.result, cotangent)
        return call.arranged(call.gradients(call.ys, seeds))

    value = call.value(call.result)
    return (value, pullback, call.value(call.aux)) if has_aux else (value, pullback)


def jvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """Compute ``f`` and its derivative along a direction: the Jacobian times a vector.

    Forward mode: ``f`` is recorded, and then what the direction does to each value follows its
    operands', in the order of the computation. It costs about twice what ``f`` does.

    Parameters
    ----------
    f : callable
        Takes Variables, arrays and numbers, and containers of them, and returns such.
    primals : sequence
        Its arguments.
    tangents : sequence
        The direction: for each argument something of the same shape, in the same containers.

    Returns
    -------
    value
        What ``f`` returns, as Variables.
    tangent
        The derivative, in the shape and containers of the value.

    Raises
    ------
    TypeError
        If arguments or results are no real numbers, or come in something else than a tuple or list.
    ValueError
        If a tangent does not fit its argument.
    RuntimeError
        If the ``backward`` of a `Function` of yours computes with arrays rather than with the
        Variables that it gets.

    Examples
    --------
    >>> import autograd as ag
    >>> from autograd import functions as F
    >>> value, tangent = ag.jvp(F.sin, (0.0,), (2.0,))
    >>> print(value, tangent)
    variable(0.0) variable(2.0)
    """
    args, directions = _arguments("jvp", f, primals, tangents)
    call = Call("jvp", f, args, {}, tuple(range(len(args))))
    ways = fitting(f"{call.what}: tangents", tuple(call.inputs), directions)
    found, _ = _core.tangents(call.ys, call.xs, ways, recorded_if_needed())
    tangent = [
        constant(0.0, y.shape, y) if t is None else t for t, y in zip(found, call.ys, strict=True)
    ]
    return call.value(call.result), _tree.rebuild(call.result, iter(tangent))


def hvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> Any:
    """Compute the product of the Hessian of ``f`` with a vector, without making the Hessian.

    It costs a few times as much as the gradient. A Hessian is symmetric, so the vector stands on
    the left; where a gradient has been bent, by `custom_vjp` or a hook, the "Hessian" may not be,
    and ``jvp(grad(f), primals, tangents)`` has the vector on the right.

    Parameters
    ----------
    f : callable
        Returns one number.
    primals : sequence
        Its arguments.
    tangents : sequence
        The vector: for each argument something of the same shape, in the same containers.

    Returns
    -------
    tuple
        The product, with a part for each argument.

    Raises
    ------
    TypeError
        If ``f`` returns anything else than one number; else as `jvp`.
    ValueError
        If a tangent does not fit its argument.

    Examples
    --------
    >>> import autograd as ag
    >>> (product,) = ag.hvp(lambda x: x[0] ** 2 * x[1], ([2.0, 3.0],), ([1.0, 0.0],))
    >>> print(product)
    variable([6., 4.])
    """
    args, directions = _arguments("hvp", f, primals, tangents)
    # The Hessian is symmetric, so that its product may be taken from the left: one pass less.
    call = Call("hvp", grad(f, tuple(range(len(args)))), args, {}, tuple(range(len(args))))
    seeds = fitting(f"hvp of {name_of(f)}: tangents", call.result, directions)
    return call.arranged(call.gradients(call.ys, seeds))


def _arguments(
    what: str, f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]
) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Return arguments and directions as tuples of one length."""
    for name, given in (("primals", primals), ("tangents", tangents)):
        if not isinstance(given, (tuple, list)):
            got = type(given).__name__
            raise TypeError(
                f"{what} of {name_of(f)}: {name} must be a tuple or list with an entry for each "
                f"argument, got {got}"
            )
    if len(primals) != len(tangents) or not primals:
        raise ValueError(
            f"{what} of {name_of(f)}: one tangent for each argument is wanted, got "
            f"{len(tangents)} for {len(primals)}"
        )
    return tuple(primals), tuple(tangents)


def stop_gradient(x: Any) -> Any:
    """Return values as constants: no gradient flows through them.

    Parameters
    ----------
    x : Variable, array_like, or lists, tuples and dicts of them
        What to cut off.

    Returns
    -------
    Variable
        Of the same value, without history; in the same containers.

    Examples
    --------
    >>> import autograd as ag
    >>> x = ag.Variable(3.0)
    >>> y = x * ag.stop_gradient(x)
    >>> y.backward()
    >>> print(x.grad)
    variable(3.0)
    """

    def cut(v: Any) -> Variable:
        v = v if isinstance(v, Variable) else Variable(v)
        return _core.detached(v, False)

    return _tree.replace(x, cut)
