"""Constraints given by functions of Variables, with the derivatives that methods ask for."""

from __future__ import annotations

from autograd.optimize._point import VectorFunction
from autograd.transforms._differentiate import name_of

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from autograd.optimize._layout import Layout
    from autograd.optimize._point import _Vector


def with_derivatives(constraints: Any, layout: Layout, second: bool) -> list[Any]:
    """Return constraints as functions of a vector.

    Parameters
    ----------
    constraints
        As for `minimize`.
    layout : Layout
        Of x0.
    second : bool
        Whether the method takes second derivatives; then all that are no `LinearConstraint` become
        a `NonlinearConstraint`.

    Raises
    ------
    TypeError, ValueError
        If there is something that is no constraint.
    """
    from scipy.optimize import (  # type: ignore[import-untyped]
        LinearConstraint,
        NonlinearConstraint,
    )

    if constraints is None:
        return []
    if isinstance(constraints, (dict, LinearConstraint, NonlinearConstraint)):
        constraints = [constraints]
    found: list[Any] = []
    for k, c in enumerate(constraints):
        if isinstance(c, LinearConstraint):
            found.append(c)
        elif isinstance(c, NonlinearConstraint):
            found.append(_nonlinear(k, c, layout, second))
        elif isinstance(c, dict):
            found.append(_from_dict(k, c, layout, second))
        else:
            raise TypeError(
                f"minimize: constraint {k} must be a dict, a LinearConstraint or a "
                f"NonlinearConstraint, got {type(c).__name__}"
            )
    return found


def _nonlinear(k: int, c: Any, layout: Layout, second: bool) -> Any:
    from scipy.optimize import NonlinearConstraint

    if callable(c.jac):
        raise ValueError(_SUPPLIED.format(k, "jac"))
    if callable(c.hess):
        raise ValueError(_SUPPLIED.format(k, "hess"))
    f = _function(k, c.fun, (), layout)
    hess = _hessian(f) if second else c.hess
    return NonlinearConstraint(_values(f), c.lb, c.ub, _jacobian(f), hess, c.keep_feasible)


def _from_dict(k: int, c: dict[str, Any], layout: Layout, second: bool) -> Any:
    import numpy as np
    from scipy.optimize import NonlinearConstraint

    unknown = c.keys() - {"type", "fun", "jac", "args"}
    if unknown or c.get("type") not in ("eq", "ineq") or not callable(c.get("fun")):
        raise ValueError(
            f"minimize: constraint {k} must be a dict with 'type', which is 'eq' or 'ineq', 'fun' "
            f"and perhaps 'args', got {c!r}"
        )
    if callable(c.get("jac")):
        raise ValueError(_SUPPLIED.format(k, "jac"))
    f = _function(k, c["fun"], tuple(c.get("args", ())), layout)
    if second:
        high = 0.0 if c["type"] == "eq" else np.inf
        return NonlinearConstraint(_values(f), 0.0, high, _jacobian(f), hess=_hessian(f))
    return {"type": c["type"], "fun": _values(f), "jac": _jacobian(f)}


_SUPPLIED = (
    "minimize: constraint {} has a {} of its own; leave it out: derivatives of constraints are "
    "computed"
)


def _function(
    k: int, f: Callable[..., Any], args: tuple[Any, ...], layout: Layout
) -> VectorFunction:
    return VectorFunction(f"minimize: constraint {k}, {name_of(f)}", f, args, layout, scalar=False)


def _values(f: VectorFunction) -> Callable[[_Vector], _Vector]:
    return lambda x: f.at(x).values.copy()


def _jacobian(f: VectorFunction) -> Callable[[_Vector], _Vector]:
    return lambda x: f.at(x).jacobian()


def _hessian(f: VectorFunction) -> Callable[[_Vector, _Vector], Any]:
    """Return the second derivative of the weighted sum of results, as products with vectors."""
    from scipy.sparse.linalg import LinearOperator  # type: ignore[import-untyped]

    def hessian(x: _Vector, weights: _Vector) -> Any:
        point, weights = f.at(x), weights.copy()
        n = x.size
        return LinearOperator((n, n), lambda p: point.product(weights, p.reshape(-1)), dtype=float)

    return hessian
