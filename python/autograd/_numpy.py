"""NumPy's functions on Variables: those that `autograd.functions` has are recorded."""

from __future__ import annotations

from autograd import functions as F
from autograd._core import Variable, is_recording

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    import numpy as np

# Names that are the same on both sides, with arguments in the same order.
_NUMPY = (
    "argmax", "argmin", "argsort", "broadcast_to", "cumprod", "cumsum", "diag", "diagonal", "dot",
    "dstack", "einsum", "expand_dims", "flip", "hstack", "inner", "max", "mean", "min", "moveaxis",
    "outer", "pad", "prod", "ravel", "repeat", "reshape", "roll", "sort", "squeeze", "stack", "std",
    "sum", "swapaxes", "take", "take_along_axis", "tensordot", "tile", "trace", "transpose", "tril",
    "triu", "unstack", "vdot", "vstack",
)  # fmt: skip
_LINALG = (
    "cholesky", "det", "eigh", "inv", "matmul", "matrix_power", "norm", "outer", "pinv", "qr",
    "slogdet", "solve", "tensordot",
)  # fmt: skip

# Functions of shapes and dtypes alone.
_CONSTANT = ("empty_like", "full_like", "ones_like", "zeros_like")

# Arguments that ask for nothing, which generic code passes as a matter of course.
_NEUTRAL: dict[str, tuple[Any, ...]] = {
    "casting": ("same_kind",),
    "ddof": (0,),
    "dtype": (None,),
    "kind": (None, "stable"),
    "optimize": (False, True),
    "order": ("C", None),
    "out": (None,),
}


def _clip(
    x: Variable, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None
) -> Variable:
    """Clip, with NumPy's names for the ends, the newer ones too."""
    return F.clip(x, a_min if min is None else min, a_max if max is None else max)


def _round(x: Variable, decimals: int = 0) -> Variable:
    if decimals:
        raise ValueError(f"round: a Variable is rounded to integers only, got {decimals} decimals")
    return F.round(x)


def _split(x: Variable, sections: int | Sequence[int], axis: int = 0) -> list[Variable]:
    """Split at positions, as NumPy does, not into sizes."""
    try:
        places = list(sections)  # type: ignore[arg-type]
    except TypeError:
        return F.split(x, sections, axis)
    index = [slice(None)] * x.ndim
    parts = []
    for start, stop in zip([0, *places], [*places, x.shape[axis]], strict=True):
        index[axis] = slice(start, stop)
        parts.append(x[tuple(index)])
    return parts


def _diff(x: Variable, n: int = 1, axis: int = -1) -> Variable:
    if n < 0:
        raise ValueError(f"diff: n must not be negative, got {n}")
    for _ in range(n):
        if not -x.ndim <= axis < x.ndim:
            raise IndexError(f"diff: axis {axis} is out of bounds for {x.ndim} dimensions")
        before = (slice(None),) * (axis % x.ndim)
        x = x[(*before, slice(1, None))] - x[(*before, slice(None, -1))]
    return x


def _average(
    x: Any,
    axis: int | Sequence[int] | None = None,
    weights: Any = None,
    *,
    keepdims: bool = False,
) -> Variable:
    """Average, weighted by numbers for all elements, or for the axes in the order of `axis`."""
    if weights is None:
        return F.mean(x, axis, keepdims)
    import numpy as np

    shape, given = np.shape(x), np.shape(weights)
    if given != shape:
        over = () if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
        if not over or given != tuple(shape[a] for a in over):
            raise ValueError(
                f"average: weights of shape {given} do not fit shape {shape}, axis {axis}"
            )
        places = [a % len(shape) for a in over]
        weights = F.transpose(weights, sorted(range(len(places)), key=places.__getitem__))
        sizes = [size if a in places else 1 for a, size in enumerate(shape)]
        weights = F.broadcast_to(F.reshape(weights, sizes), shape)
    total = F.sum(weights, axis, keepdims)
    if not total.data.all():
        raise ZeroDivisionError("average: the weights sum to zero")
    return F.sum(F.mul(x, weights), axis, keepdims) / total


def _append(x: Any, values: Any, axis: int | None = None) -> Variable:
    if axis is None:
        return F.concat([F.ravel(x), F.ravel(values)])
    return F.concat([x, values], axis)


def _flipud(x: Variable) -> Variable:
    return F.flip(x, 0)


def _fliplr(x: Variable) -> Variable:
    return F.flip(x, 1)


def _last_diagonal(x: Variable, offset: int = 0) -> Variable:
    return F.diagonal(x, offset, -2, -1)


def _last_trace(x: Variable, offset: int = 0) -> Variable:
    return F.trace(x, offset, -2, -1)


def _svd(x: Variable, full_matrices: bool = True) -> tuple[Variable, Variable, Variable]:
    return F.svd(x, full_matrices)


def _where(condition: Any, *branches: Any) -> Any:
    if branches:
        return F.where(condition, *branches)
    return condition.data.nonzero()


_TABLE: dict[tuple[str, str], Callable[..., Any]] = {
    **{("numpy", name): getattr(F, name) for name in _NUMPY},
    **{("numpy.linalg", name): getattr(F, name) for name in _LINALG},
    ("numpy", "amax"): F.max,
    ("numpy", "amin"): F.min,
    ("numpy", "append"): _append,
    ("numpy", "around"): _round,
    ("numpy", "average"): _average,
    ("numpy", "clip"): _clip,
    ("numpy", "concatenate"): F.concat,
    ("numpy", "diff"): _diff,
    ("numpy", "fliplr"): _fliplr,
    ("numpy", "flipud"): _flipud,
    ("numpy", "round"): _round,
    ("numpy", "split"): _split,
    ("numpy", "var"): F.variance,
    ("numpy", "where"): _where,
    ("numpy.lib.stride_tricks", "sliding_window_view"): F.sliding_window_view,
    ("numpy.linalg", "diagonal"): _last_diagonal,
    ("numpy.linalg", "svd"): _svd,
    ("numpy.linalg", "trace"): _last_trace,
}


def _plain(x: Any) -> Any:
    """Replace Variables by their arrays, also within lists, tuples and dicts."""
    if isinstance(x, Variable):
        return x.data
    if isinstance(x, list | tuple):
        items = [_plain(i) for i in x]
        return items if isinstance(x, list) else tuple(items)
    if isinstance(x, dict):
        return {k: _plain(v) for k, v in x.items()}
    return x


def _takes_part(x: Any) -> bool:
    """Whether there is a Variable to be differentiated by."""
    if isinstance(x, Variable):
        return x.requires_grad
    if isinstance(x, dict):
        x = x.values()
    elif not isinstance(x, list | tuple):
        return False
    return any(map(_takes_part, x))


def _has_reals(x: Any) -> bool:
    """Whether a result has numbers that might have had a gradient."""
    if isinstance(x, list | tuple):
        return any(map(_has_reals, x))
    return getattr(getattr(x, "dtype", None), "kind", "") in ("f", "c")


def _is_neutral(name: str, value: Any) -> bool:
    plain = value is None or isinstance(value, int | str)
    return plain and value in _NEUTRAL.get(name, ())


def array_function(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> Any:
    """Answer a NumPy function that was called with a Variable.

    Functions that are not there have no gradient: they get arrays, and give arrays. Where that may
    be a surprise, a warning says so.
    """
    ours = _TABLE.get((function.__module__, function.__name__))
    if ours is None:
        result = function(*_plain(args), **_plain(kwargs))
        if (
            function.__name__ not in _CONSTANT
            and _has_reals(result)
            and is_recording()
            and _takes_part((args, kwargs))
        ):
            import warnings

            name = f"{function.__module__}.{function.__name__}"
            warnings.warn(
                f"{name} is not recorded: its result is a constant, to which no gradient flows; "
                "use autograd.functions, or v.data where that is meant",
                RuntimeWarning,
                stacklevel=2,
            )
        return result
    asked = {k: v for k, v in kwargs.items() if not _is_neutral(k, v)}
    try:
        return ours(*args, **asked)
    except TypeError:
        _check_supported(function, ours, args, asked)
        raise


def _check_supported(
    function: Callable[..., Any],
    ours: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
) -> None:
    """Raise an error that says which argument has no counterpart, if there is such an argument."""
    import inspect

    name = f"{function.__module__}.{function.__name__}"
    known = inspect.signature(ours).parameters
    for argument in kwargs:
        if argument not in known:
            raise TypeError(
                f"{name}: the argument {argument!r} is not supported for a Variable; "
                "use v.data for the value alone"
            ) from None
    kinds = [p.kind for p in known.values()]
    most = sum(kind <= inspect.Parameter.POSITIONAL_OR_KEYWORD for kind in kinds)
    if len(args) > most and inspect.Parameter.VAR_POSITIONAL not in kinds:
        raise TypeError(
            f"{name}: no more than {most} positional arguments are supported for a Variable, "
            f"got {len(args)}; use v.data for the value alone"
        ) from None


def on_arrays(ufunc: np.ufunc, inputs: tuple[Any, ...]) -> Any:
    """Apply a ufunc whose result has no gradient."""
    return ufunc(*_plain(inputs))
