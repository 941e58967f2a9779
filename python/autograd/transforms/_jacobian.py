"""Derivatives of arrays by arrays."""

from __future__ import annotations

from autograd import _core
from autograd.transforms import _tree
from autograd.transforms._differentiate import Call, recorded_if_needed
from autograd.transforms._grad import named

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from autograd import Variable
    from autograd.transforms._differentiate import _Argnums


def jacobian(
    f: Callable[..., Any], argnums: _Argnums = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """Make a function that computes the derivatives of all results of ``f`` by all its inputs.

    All rows are computed by one backward pass over gradients that have an axis more. Rows that have
    no column in common, as far as the operations in between tell, are computed as one (Curtis,
    Powell and Reid 1974, *On the Estimation of Sparse Jacobian Matrices*).

    Parameters
    ----------
    f, argnums, has_aux
        As for `grad`; ``f`` may return arrays, and lists, tuples and dicts of them.

    Returns
    -------
    callable
        Returns, for a result of shape S and an argument of shape T, an array of shape S + T: the
        element ``[i, j]`` is the derivative of result ``i`` by input ``j``. Containers of results
        hold containers of arguments.

    Raises
    ------
    TypeError, ValueError
        As `grad`.

    Examples
    --------
    >>> import autograd as ag
    >>> from autograd import functions as F
    >>> print(ag.jacobian(lambda x: F.stack([x[0] * x[1], x[0] + x[1]]))([2.0, 3.0]))
    variable([[3., 2.],
              [1., 1.]])
    """

    def jacobian_matrix(*args: Any, **kwargs: Any) -> Any:
        call = Call("jacobian", f, args, kwargs, argnums, has_aux)
        found = _rows(call)
        return (found, call.value(call.aux)) if has_aux else found

    return named(jacobian_matrix, f, "jacobian")


def value_and_jacobian(
    f: Callable[..., Any], argnums: _Argnums = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """Make a function that computes ``f`` and its Jacobian at once; see `jacobian`.

    Parameters
    ----------
    f, argnums, has_aux
        As for `jacobian`.

    Returns
    -------
    callable
        Returns a pair of the value and the Jacobian; with ``has_aux`` the value is a pair itself.

    Raises
    ------
    TypeError, ValueError
        As `grad`.

    Examples
    --------
    >>> import autograd as ag
    >>> from autograd import functions as F
    >>> value, jacobian = ag.value_and_jacobian(F.square)([1.0, 2.0])
    >>> print(value, jacobian)
    variable([1., 4.]) variable([[2., 0.],
              [0., 4.]])
    """

    def value_and_matrix(*args: Any, **kwargs: Any) -> Any:
        call = Call("value_and_jacobian", f, args, kwargs, argnums, has_aux)
        found = _rows(call)
        return call.value((call.result, call.aux) if has_aux else call.result), found

    return named(value_and_matrix, f, "value and jacobian")


def hessian(
    f: Callable[..., Any], argnums: _Argnums = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """Make a function that computes the second derivatives of ``f``: the Jacobian of its gradient.

    Parameters
    ----------
    f, argnums, has_aux
        As for `grad`; ``f`` returns one number.

    Returns
    -------
    callable
        Returns an array of shape T + T for an argument of shape T; containers of arguments hold
        containers of arguments.

    Raises
    ------
    TypeError, ValueError
        As `grad`.

    Examples
    --------
    >>> import autograd as ag
    >>> print(ag.hessian(lambda x: x[0] ** 2 * x[1])([2.0, 3.0]))
    variable([[6., 4.],
              [4., 0.]])
    """

    def hessian_matrix(*args: Any, **kwargs: Any) -> Any:
        call = Call("hessian", f, args, kwargs, argnums, has_aux)
        first = call.gradients([call.scalar()], create_graph=True)
        found = call.arranged([_by_all(call, g) for g in first])
        return (found, call.value(call.aux)) if has_aux else found

    return named(hessian_matrix, f, "hessian")


def _rows(call: Call) -> Any:
    """Differentiate each element of the results, those of one array at once."""
    return _tree.rebuild(call.result, iter([_by_all(call, y) for y in call.ys]))


def _by_all(call: Call, y: Variable) -> Any:
    """Differentiate an array by all arguments."""
    found, _ = _core.jacobian(y, call.xs, recorded_if_needed())
    return call.arranged(call.filled(found, y.shape))
