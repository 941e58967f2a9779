"""Products with Jacobians and Hessians, without making them."""

from __future__ import annotations

from autograd import _core
from autograd._core import Variable
from autograd._modes import enable_grad
from autograd.transforms import _tree
from autograd.transforms._differentiate import Call, as_variable, name_of, zeros
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
        What ``f`` returns.
    pullback : callable
        Takes a cotangent in the shape, and the containers, of the value, and returns a tuple with
        the product for each argument: ``cotangent @ J``. It may be called any number of times.
    aux
        With ``has_aux`` only.

    Raises
    ------
    ValueError
        By ``pullback``, if the cotangent does not fit the value.

    Examples
    --------
    >>> import autograd as ag
    >>> value, pullback = ag.vjp(lambda x, y: x * y, 2.0, 3.0)
    >>> print(value, *pullback(1.0))
    variable(6.0) variable(3.0) variable(2.0)
    """
    call = Call("vjp", f, primals, {}, tuple(range(len(primals))), has_aux)

    def pullback(cotangent: Any) -> Any:
        given = _tree.pairs("vjp: the cotangent", call.result, cotangent)
        return call.arranged(call.gradients(call.ys, [seed for _, seed in given]))

    return (call.result, pullback, call.aux) if has_aux else (call.result, pullback)


def jvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """Compute ``f`` and its derivative along a direction: the Jacobian times a vector.

    By two backward passes: the product from the left, ``u @ J``, is linear in ``u``, and the
    derivative of it along ``u`` is the product from the right (J. Townsend, *A new trick for
    calculating Jacobian vector products*, 2017).

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
        What ``f`` returns.
    tangent
        The derivative, in the shape and containers of the value.

    Raises
    ------
    ValueError
        If a tangent does not fit its argument.

    Examples
    --------
    >>> import autograd as ag
    >>> from autograd import functions as F
    >>> value, tangent = ag.jvp(F.sin, (0.0,), (2.0,))
    >>> print(value, tangent)
    variable(0.0) variable(2.0)
    """
    what = f"jvp of {name_of(f)}"
    call = Call("jvp", f, tuple(primals), {}, tuple(range(len(primals))))
    given = list(_tree.pairs(f"{what}: tangents", tuple(call.inputs), tuple(tangents)))
    for x, t in given:
        if as_variable(t).shape != x.shape:
            got = as_variable(t).shape
            raise ValueError(f"{what}: a tangent must have shape {x.shape}, got {got}")
    # The cotangents stand for themselves: what their values are plays no part.
    cotangents = [zeros(y.shape, y) for y in call.ys]
    with enable_grad():
        found, _ = _core.gradients(call.ys, call.xs, cotangents, True)
    rows = [(g, t) for g, (_, t) in zip(found, given, strict=True) if g is not None]
    create_graph = None if _core.is_recording() else False
    along, call.recorded = _core.gradients(
        [g for g, _ in rows], cotangents, [t for _, t in rows], create_graph, own=call.xs
    )
    tangent = [zeros(y.shape, y) if d is None else d for d, y in zip(along, call.ys, strict=True)]
    return call.value(call.result), _tree.rebuild(call.result, iter(tangent))


def hvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> Any:
    """Compute the product of the Hessian of ``f`` with a vector, without making the Hessian.

    It costs a few times as much as the gradient.

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
        If ``f`` returns anything else than one number.
    ValueError
        If a tangent does not fit its argument.

    Examples
    --------
    >>> import autograd as ag
    >>> (product,) = ag.hvp(lambda x: x[0] ** 2 * x[1], ([2.0, 3.0],), ([1.0, 0.0],))
    >>> print(product)
    variable([6., 4.])
    """
    # The Hessian is symmetric, so that its product may be taken from the left: one pass less.
    every = tuple(range(len(primals)))
    gradient, pullback = vjp(grad(f, every), *primals)
    given = _tree.pairs("hvp: tangents", gradient, tuple(tangents))
    return pullback(_tree.rebuild(gradient, iter([t for _, t in given])))


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

    def constant(v: Any) -> Variable:
        if isinstance(v, Variable):
            return _core.detached(v, False)
        return Variable(v, requires_grad=False)

    return _tree.replace(x, constant)
