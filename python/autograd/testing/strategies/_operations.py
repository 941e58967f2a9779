"""What random programs are made of, with bounds of values and of their slopes.

Each operation here is given a value that the program has so far, and returns an expression of it,
or None where the shape does not allow it. Bounds are those of the largest element: if inputs move
by at most d, a value moves by at most its slope times d. They keep values moderate and functions
smooth, so that finite differences are accurate.
"""

from __future__ import annotations

import math

import numpy as np
from hypothesis import strategies as st

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, TypeVar

    from hypothesis.strategies import DrawFn, SearchStrategy

    _T = TypeVar("_T")

    _Shape = tuple[int, ...]
    _Operation = Callable[[DrawFn, "Value", list["Value"]], "Value | None"]

_LARGEST, _STEEPEST = 8.0, 16.0
# Strategies cost more to make than to draw from.
_UPTO = [st.integers(0, n) for n in range(64)]


def upto(n: int) -> SearchStrategy[int]:
    """Return a strategy of the integers from 0 to n."""
    return _UPTO[n] if n < len(_UPTO) else st.integers(0, n)


def chosen(draw: DrawFn, options: Sequence[_T]) -> _T:
    """Draw one of several; shrinks to the first."""
    return options[draw(upto(len(options) - 1))]


class Value:
    """An expression, or the name of a value; its shape, and bounds of its size and slope."""

    def __init__(self, text: str, shape: _Shape, bound: float, slope: float) -> None:
        self.text, self.shape, self.bound, self.slope = text, shape, bound, slope

    def is_moderate(self, most: int) -> bool:
        """Whether a program whose values have at most so many elements may have this one."""
        small = math.prod(self.shape) <= most and len(self.shape) <= 12
        return small and self.bound <= _LARGEST and self.slope <= _STEEPEST

    def like(self, text: str, shape: _Shape | None = None) -> Value:
        """Return an expression whose elements are those of this value."""
        return Value(text, self.shape if shape is None else shape, self.bound, self.slope)


# Expressions of x, element by element: the bound of the result and of the derivative, for |x| <= b.
_UNARY: list[tuple[str, Callable[[float], float], Callable[[float], float]]] = [
    ("F.sin({x})", lambda b: min(b, 1), lambda b: 1),
    ("-{x}", lambda b: b, lambda b: 1),
    ("0.5 * {x}", lambda b: b / 2, lambda b: 0.5),
    ("1 - {x}", lambda b: b + 1, lambda b: 1),
    ("F.square({x})", lambda b: b**2, lambda b: 2 * b),
    ("{x} ** 3", lambda b: b**3, lambda b: 3 * b**2),
    ("F.cos({x})", lambda b: 1, lambda b: min(b, 1)),
    ("F.exp({x})", math.exp, math.exp),
    ("F.tanh({x})", lambda b: min(b, 1), lambda b: 1),
    ("F.sigmoid({x})", lambda b: 1, lambda b: 0.25),
    ("F.softplus({x})", lambda b: b + 0.7, lambda b: 1),
    ("F.gelu({x})", lambda b: b, lambda b: 1.13),
    ("F.silu({x})", lambda b: b, lambda b: 1.1),
    ("F.atan({x})", lambda b: min(b, 1.6), lambda b: 1),
    ("F.erf({x})", lambda b: min(1.13 * b, 1), lambda b: 1.13),
    ("F.sinh({x})", math.sinh, math.cosh),
    ("1 / (1 + F.square({x}))", lambda b: 1, lambda b: 0.65),
    ("F.sqrt(1 + F.square({x}))", lambda b: b + 1, lambda b: 1),
    ("F.log(2 + F.sin({x}))", lambda b: 1.1, lambda b: 1),
]


def elementwise(draw: DrawFn, x: Value, values: list[Value]) -> Value | None:
    """Apply a function of one value."""
    text, bound, slope = chosen(draw, _UNARY)
    return Value(text.format(x=x.text), x.shape, bound(x.bound), x.slope * slope(x.bound))


def arithmetic(draw: DrawFn, x: Value, values: list[Value]) -> Value | None:
    """Combine two values that broadcast together."""
    y = _partner(draw, x, values, _broadcast)
    kind = chosen(draw, "+-*/")
    if y is None:
        return None
    shape = np.broadcast_shapes(x.shape, y.shape)
    if kind in "+-":
        return Value(f"{x.text} {kind} {y.text}", shape, x.bound + y.bound, x.slope + y.slope)
    slope = x.bound * y.slope + y.bound * x.slope
    if kind == "*":
        return Value(f"{x.text} * {y.text}", shape, x.bound * y.bound, slope)
    # The divisor is at least 1, and its derivative at most that of y.
    slope = x.slope + x.bound * y.slope
    return Value(f"{x.text} / (2 + F.cos({y.text}))", shape, x.bound, slope)


def function_of_two(draw: DrawFn, x: Value, values: list[Value]) -> Value | None:
    """Apply a smooth function of two values that broadcast together."""
    y = _partner(draw, x, values, _broadcast)
    name = chosen(draw, ("logaddexp", "hypot", "atan2"))
    if y is None:
        return None
    shape, slope = np.broadcast_shapes(x.shape, y.shape), max(x.slope, y.slope)
    if name == "logaddexp":
        text, bound = f"F.logaddexp({x.text}, {y.text})", max(x.bound, y.bound) + 0.7
    elif name == "hypot":
        text, bound = f"F.hypot({x.text}, 1 + F.square({y.text}))", x.bound + 1 + y.bound**2
        slope = x.slope + 2 * y.bound * y.slope
    else:
        text, bound = f"F.atan2({x.text}, 2 + F.sin({y.text}))", min(x.bound, 1.6)
        slope = x.slope + y.slope
    return Value(text, shape, bound, slope)


def reduction(draw: DrawFn, x: Value, values: list[Value]) -> Value | None:
    """Reduce along one axis, or all."""
    name = chosen(draw, ("sum", "mean", "variance", "logsumexp"))
    axis = chosen(draw, (None, *range(len(x.shape))))
    keepdims = draw(st.booleans())
    n = math.prod(x.shape) if axis is None else x.shape[axis]
    if keepdims:
        shape = tuple(1 if axis in (None, i) else s for i, s in enumerate(x.shape))
    else:
        shape = tuple(s for i, s in enumerate(x.shape) if axis not in (None, i))
    kept = ", keepdims=True" if keepdims else ""
    bound, slope = {
        "sum": (n * x.bound, n * x.slope),
        "mean": (x.bound, x.slope),
        "variance": (x.bound**2, 4 * x.bound * x.slope),
        "logsumexp": (x.bound + math.log(n), x.slope),
    }[name]
    return Value(f"F.{name}({x.text}, axis={axis}{kept})", shape, bound, slope)


def along_axis(draw: DrawFn, x: Value, values: list[Value]) -> Value | None:
    """Apply a function that keeps the axis along which it goes."""
    name = chosen(draw, ("cumsum", "softmax", "log_softmax"))
    if not x.shape:
        return None
    axis = draw(upto(len(x.shape) - 1))
    n = x.shape[axis]
    bound, slope = {
        "cumsum": (n * x.bound, n * x.slope),
        "softmax": (1.0, x.slope),
        "log_softmax": (2 * x.bound + math.log(n), 2 * x.slope),
    }[name]
    return Value(f"F.{name}({x.text}, axis={axis})", x.shape, bound, slope)


def arrangement(draw: DrawFn, x: Value, values: list[Value]) -> Value | None:
    """Show the same elements in another shape or order."""
    if not x.shape:
        return x.like(f"F.reshape({x.text}, (1,))", (1,))
    kind = chosen(draw, ("ravel", "transpose", "flip", "roll", "expand", "broadcast"))
    if kind == "ravel":
        return x.like(f"F.ravel({x.text})", (math.prod(x.shape),))
    if kind == "transpose":
        order = tuple(draw(st.permutations(range(len(x.shape)))))
        return x.like(f"F.transpose({x.text}, {order})", tuple(x.shape[i] for i in order))
    axis = draw(upto(len(x.shape) - 1))
    if kind == "flip":
        return x.like(f"F.flip({x.text}, {axis})")
    if kind == "roll":
        return x.like(f"F.roll({x.text}, 1, {axis})")
    if kind == "expand":
        shape = (*x.shape[:axis], 1, *x.shape[axis:])
        return x.like(f"F.expand_dims({x.text}, {axis})", shape)
    return x.like(f"F.broadcast_to({x.text}, {(2, *x.shape)})", (2, *x.shape))


def selection(draw: DrawFn, x: Value, values: list[Value]) -> Value | None:
    """Take some elements by an index."""
    if not x.shape:
        return x.like(f"{x.text}[None]", (1,))
    axis = draw(upto(len(x.shape) - 1))
    n = x.shape[axis]
    before, after = x.shape[:axis], x.shape[axis + 1 :]
    colons = ":, " * axis
    kind = chosen(draw, ("one", "slice", "reversed", "list", "take"))
    if kind == "one":
        return x.like(f"{x.text}[{colons}{chosen(draw, range(-n, n))}]", before + after)
    if kind == "slice":
        start = draw(upto(n - 1))
        return x.like(f"{x.text}[{colons}{start}:]", (*before, n - start, *after))
    if kind == "reversed":
        return x.like(f"{x.text}[{colons}::-1]")
    # The same element may come more than once.
    positions = draw(st.lists(upto(n - 1), min_size=1, max_size=3))
    shape = (*before, len(positions), *after)
    if kind == "list":
        return x.like(f"{x.text}[{colons}{positions}]", shape)
    return x.like(f"F.take({x.text}, {positions}, axis={axis})", shape)


def joining(draw: DrawFn, x: Value, values: list[Value]) -> Value | None:
    """Put two values beside each other."""
    y = _partner(draw, x, values, lambda a, b: a == b)
    if y is None:
        return None
    axis = draw(upto(len(x.shape)))
    bound, slope = max(x.bound, y.bound), max(x.slope, y.slope)
    if axis == len(x.shape):
        return Value(f"F.stack([{x.text}, {y.text}], axis={axis})", (*x.shape, 2), bound, slope)
    shape = (*x.shape[:axis], 2 * x.shape[axis], *x.shape[axis + 1 :])
    return Value(f"F.concat([{x.text}, {y.text}], axis={axis})", shape, bound, slope)


def product(draw: DrawFn, x: Value, values: list[Value]) -> Value | None:
    """Multiply matrices, with the second transposed, or vectors."""
    y = _partner(draw, x, values, _contract)
    if y is None:
        return None
    n = x.shape[-1]
    bound = n * x.bound * y.bound
    slope = n * (x.bound * y.slope + y.bound * x.slope)
    if len(x.shape) == len(y.shape) == 1:
        return Value(f"{x.text} @ {y.text}", (), bound, slope)
    batch = np.broadcast_shapes(x.shape[:-2], y.shape[:-2])
    shape = (*batch, x.shape[-2], y.shape[-2])
    return Value(f"{x.text} @ F.swapaxes({y.text}, -1, -2)", shape, bound, slope)


OPERATIONS: list[_Operation] = [
    elementwise,
    arithmetic,
    reduction,
    selection,
    arrangement,
    product,
    along_axis,
    joining,
    function_of_two,
]


def _partner(
    draw: DrawFn, x: Value, values: list[Value], fits: Callable[[Any, Any], bool]
) -> Value | None:
    """Draw a second operand; the value itself always fits if any does."""
    fitting = [y for y in values if fits(x.shape, y.shape)]
    return chosen(draw, fitting) if fitting else None


def _broadcast(a: _Shape, b: _Shape) -> bool:
    try:
        np.broadcast_shapes(a, b)
    except ValueError:
        return False
    return True


def _contract(a: _Shape, b: _Shape) -> bool:
    if not a or not b or a[-1] != b[-1]:
        return False
    return len(a) == len(b) == 1 or (len(a) > 1 and len(b) > 1 and _broadcast(a[:-2], b[:-2]))
