"""NumPy's functions on Variables: those that `autograd.functions` has are recorded."""

from __future__ import annotations

from autograd import functions as F
from autograd._core import Variable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

# Names that are the same on both sides, with arguments in the same order.
_SAME = (
    "argmax", "argmin", "argsort", "broadcast_to", "cholesky", "clip", "cumprod", "cumsum", "det",
    "diag", "diagonal", "dot", "dstack", "eigh", "einsum", "expand_dims", "flip", "hstack",
    "inner", "inv", "matrix_power", "max", "mean", "min", "moveaxis", "norm", "outer", "pad",
    "pinv", "prod", "qr", "ravel", "repeat", "reshape", "roll", "slogdet", "solve", "sort",
    "squeeze", "stack", "std", "sum", "svd", "swapaxes", "take", "take_along_axis", "tensordot",
    "tile", "trace", "transpose", "tril", "triu", "unstack", "vdot", "vstack", "where",
)  # fmt: skip
_OTHERS = {
    "amax": F.max,
    "amin": F.min,
    "concatenate": F.concat,
    "var": F.variance,
}


def _clip(x: Variable, a_min: Any = None, a_max: Any = None, **ends: Any) -> Variable:
    """Clip, with NumPy's names for the ends, the newer ones too."""
    return F.clip(x, ends.pop("min", a_min), ends.pop("max", a_max), **ends)


def _split(x: Variable, sections: int | Sequence[int], axis: int = 0) -> list[Variable]:
    """Split at positions, as NumPy does, not into sizes."""
    if hasattr(sections, "__index__"):
        return F.split(x, sections, axis)
    length = x.shape[axis]
    ends = [slice(i).indices(length)[1] for i in sections]
    starts = [0, *ends]
    sizes = [max(e - s, 0) for s, e in zip(starts, [*ends, length], strict=True)]
    index = [slice(None)] * x.ndim
    parts = []
    for start, size in zip(starts, sizes, strict=True):
        index[axis] = slice(start, start + size)
        parts.append(x[tuple(index)])
    return parts


_TABLE: dict[str, Any] = {
    **{name: getattr(F, name) for name in _SAME},
    **_OTHERS,
    "clip": _clip,
    "split": _split,
}


def _plain(x: Any) -> Any:
    """Replace Variables by their arrays, also within lists, tuples and dicts."""
    if isinstance(x, Variable):
        return x.data
    if type(x) in (list, tuple):
        return type(x)(_plain(i) for i in x)
    if type(x) is dict:
        return {k: _plain(v) for k, v in x.items()}
    return x


def array_function(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> Any:
    """Answer a NumPy function that was called with a Variable.

    Functions that are not there have no gradient: they get arrays, and give arrays.
    """
    ours = None
    if function.__module__ in ("numpy", "numpy.linalg"):
        ours = _TABLE.get(function.__name__)
    if ours is None:
        return function(*_plain(args), **_plain(dict(kwargs)))
    return ours(*args, **kwargs)
