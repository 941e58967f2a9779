"""`scipy.optimize.minimize` with derivatives by automatic differentiation."""

from __future__ import annotations

from autograd.optimize import _bounds, _constraints
from autograd.optimize._layout import Layout
from autograd.optimize._point import VectorFunction
from autograd.transforms._differentiate import name_of

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from autograd.optimize._point import _Vector

WITHOUT_GRADIENT = ("nelder-mead", "powell", "cobyla", "cobyqa")
# What they take of the second derivative.
PRODUCTS = ("newton-cg", "trust-ncg", "trust-krylov", "trust-constr")
MATRICES = ("newton-cg", "trust-ncg", "trust-krylov", "trust-constr", "dogleg", "trust-exact")

# What a result has in the form of x.
VECTORS = ("x", "jac", "grad", "lagrangian_grad")


def minimize(
    f: Callable[..., Any],
    x0: Any,
    args: Any = (),
    method: str | Callable[..., Any] | None = None,
    *,
    tol: float | None = None,
    bounds: Any = None,
    constraints: Any = (),
    hess: Any = None,
    callback: Callable[..., Any] | None = None,
    options: Mapping[str, Any] | None = None,
) -> Any:
    """Find a minimum of a function by `scipy.optimize.minimize`, with exact derivatives.

    Methods get the gradient by reverse mode, of the same evaluation as the value, those that take
    second derivatives get them too, and so do constraints. Everything is computed in float64. No
    Variable gets a ``grad``.

    Parameters
    ----------
    f : callable
        Takes ``x``, and ``args`` if there are any; returns one number. ``x`` is a Variable of the
        shape of ``x0``, or containers of Variables.
    x0 : array_like or Variable, or lists, tuples and dicts of them
        Where to start: real numbers in arrays of any shapes. A list of numbers is an array.
    args : tuple, optional
        Further arguments of ``f``.
    method : str or callable, optional
        One of SciPy's methods. Without one it is BFGS, with bounds L-BFGS-B, with constraints
        SLSQP.
    tol : float, optional
        Tolerance for termination, as SciPy's.
    bounds : scipy.optimize.Bounds or sequence or dict, optional
        For an array ``x0`` a pair (low, high) for each element, in row-major order, or one pair of
        numbers for all. For containers the same containers, with a pair for each array, of
        numbers or of arrays that broadcast to its shape. None stands for no bound. `Bounds` are
        for the elements of an array ``x0``, or of all arrays in a row.
    constraints : dict, LinearConstraint, NonlinearConstraint, or list of them, optional
        As SciPy's, but ``fun`` is a function of Variables like ``f``, which returns an array or
        some; its derivatives are computed. The matrix of a `LinearConstraint` is for the
        elements of all arrays in a row, in row-major order.
    hess : {None, "dense", "product"} or scipy.optimize.HessianUpdateStrategy, optional
        How a method gets second derivatives: as a matrix, or as products with vectors, of which
        each costs a few gradients. By default products where the method takes them. With
        ``BFGS()`` or ``SR1()`` trust-constr approximates them, those of constraints too.
    callback : callable, optional
        Called after each iteration: ``callback(x)``, with arrays in the containers of ``x0``, or
        ``callback(intermediate_result)``, by this name of the parameter; of trust-constr also
        ``callback(x, state)``. See SciPy.
    options : dict, optional
        Options of the method.

    Returns
    -------
    scipy.optimize.OptimizeResult
        With ``x``, and where there is one the gradient ``jac``, as NumPy arrays in the containers
        of ``x0``. (Of trust-constr the gradient is ``grad``.) Second derivatives are for the
        elements of all arrays in a row.

    Raises
    ------
    ModuleNotFoundError
        If SciPy is missing: ``pip install 'autograd-rs[optimize]'``.
    TypeError
        If ``f`` does not return one number, or ``x0`` is not real.
    ValueError
        If ``x0`` is empty, bounds or constraints do not fit, or the method does not take ``hess``.

    Warns
    -----
    RuntimeWarning
        If the value of ``f`` was not computed from ``x`` by functions of Variables anywhere, so
        that the gradient was always 0.

    See Also
    --------
    autograd.optimizers : for training, in many small steps.

    Examples
    --------
    >>> from autograd import functions as F, optimize
    >>> def rosenbrock(x):
    ...     return F.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)
    >>> found = optimize.minimize(rosenbrock, [1.3, 0.7, 0.8], method="trust-ncg")
    >>> print(found.x.round(4))
    [1. 1. 1.]

    Containers, bounds and a constraint:

    >>> found = optimize.minimize(
    ...     lambda p: F.sum(p["a"] ** 2) + p["b"],
    ...     {"a": [1.0, 2.0], "b": 3.0},
    ...     bounds={"a": None, "b": (0, None)},
    ...     constraints={"type": "eq", "fun": lambda p: F.sum(p["a"]) - 1},
    ... )
    >>> print(found.x["a"].round(4), abs(found.x["b"].round(4)))
    [0.5 0.5] 0.0
    """
    run, strategy = _scipy()
    layout = Layout(x0)
    name = method.lower() if isinstance(method, str) else method
    kind = _kind(name, method, hess, strategy)
    function = VectorFunction(
        f"minimize of {name_of(f)}",
        f,
        args if isinstance(args, tuple) else (args,),
        layout,
        scalar=True,
        recorded=name not in WITHOUT_GRADIENT,
        second=kind in ("dense", "product"),
    )
    exact = name == "trust-constr" and function.second
    result = run(
        lambda x: function.at(x).values.item(),
        layout.start.copy(),
        method=method,
        tol=tol,
        bounds=_bounds.flat(bounds, x0, layout),
        constraints=_constraints.with_derivatives(constraints, layout, exact),
        callback=_restored(callback, layout),
        options=None if options is None else dict(options),
        **_derivatives(function, kind, hess),
    )
    if function.depends is False:
        import warnings

        warnings.warn(
            f"{function.what}: the value was never computed from x by functions of Variables, so "
            "that the gradient was 0 everywhere; does the function use NumPy or x.data?",
            RuntimeWarning,
            stacklevel=2,
        )
    return _restore(result, layout)


def _scipy() -> tuple[Callable[..., Any], type]:
    """Return SciPy's function, and what the approximations of second derivatives have in common."""
    try:
        from scipy.optimize import (  # type: ignore[import-untyped]
            HessianUpdateStrategy,
            minimize,
        )
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "minimize needs SciPy: pip install 'autograd-rs[optimize]'"
        ) from error
    return minimize, HessianUpdateStrategy


def _kind(name: Any, method: Any, hess: Any, strategy: type) -> str | None:
    """Return how the method gets second derivatives: None for not at all.

    Raises
    ------
    TypeError, ValueError
        If ``hess`` is nothing that the method takes.
    """
    if hess is None:
        if callable(name) or name in PRODUCTS:
            return "product"
        return "dense" if name in MATRICES else None
    if isinstance(hess, strategy):
        if name == "trust-constr":
            return "strategy"
        raise ValueError(f"minimize: method {method} takes no {type(hess).__name__}() as hess")
    if hess not in ("dense", "product"):
        raise TypeError(
            "minimize: hess must be None, 'dense', 'product' or a "
            f"scipy.optimize.HessianUpdateStrategy, got {hess!r}; derivatives are computed"
        )
    if not callable(name) and name not in (PRODUCTS if hess == "product" else MATRICES):
        raise ValueError(f"minimize: method {method} does not take hess={hess!r}")
    return str(hess)


def _derivatives(function: VectorFunction, kind: str | None, hess: Any) -> dict[str, Any]:
    """Return the derivatives that the method takes, by the names that SciPy has for them."""
    import numpy as np

    if not function.recorded:
        return {}
    one = np.ones(1)
    found: dict[str, Any] = {"jac": lambda x, *_: function.at(x).gradient(one)}
    match kind:
        case "product":
            found["hessp"] = lambda x, p, *_: function.at(x).product(one, p)
        case "dense":
            found["hess"] = lambda x, *_: function.at(x).hessian(one)
        case "strategy":
            found["hess"] = hess
    return found


def _restored(callback: Callable[..., Any] | None, layout: Layout) -> Callable[..., Any] | None:
    """Return a callback for SciPy that calls the user's with containers of arrays."""
    import contextlib
    import inspect

    from scipy.optimize import OptimizeResult

    if callback is None:
        return None
    parameters: Mapping[str, inspect.Parameter] = {}
    with contextlib.suppress(TypeError, ValueError):
        parameters = inspect.signature(callback).parameters
    names = set(parameters)
    if names == {"intermediate_result"}:
        # SciPy looks at the name too; but some methods have no more than x.
        def with_state(intermediate_result: Any) -> Any:
            if not isinstance(intermediate_result, OptimizeResult):
                intermediate_result = OptimizeResult(x=intermediate_result)
            return callback(intermediate_result=_restore(intermediate_result, layout))

        return with_state

    # Of trust-constr there is a state, too, for who takes it.
    by_place = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    kinds = [p.kind for p in parameters.values()]
    takes_state = inspect.Parameter.VAR_POSITIONAL in kinds or sum(k in by_place for k in kinds) > 1

    def with_x(x: _Vector, *state: Any) -> Any:
        more = state if takes_state else ()
        return callback(layout.arrays(x), *(_restore(s, layout) for s in more))

    return with_x


def _restore(result: Any, layout: Layout) -> Any:
    """Return a copy of what SciPy found, with arrays in the containers of x0."""
    import numpy as np

    found = type(result)(result)
    for key in VECTORS:
        value = found.get(key)
        if isinstance(value, np.ndarray) and value.shape == (layout.size,):
            found[key] = layout.arrays(value)
    if "allvecs" in found:
        found["allvecs"] = [layout.arrays(np.asarray(x)) for x in found["allvecs"]]
    return found
