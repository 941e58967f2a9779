"""What messages say about values and derivatives that are not what they should be."""

from __future__ import annotations

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from numpy.typing import NDArray

    from autograd._core import Variable
    from autograd.testing._differences import Neighbourhood
    from autograd.testing._elements import Elements
    from autograd.testing._subject import Subject

_MODES = {"rev": "reverse mode", "fwd": "forward mode"}


class Where:
    """Which derivative a message is about: the modes, the first that was applied first."""

    def __init__(self, subject: Subject, path: tuple[str, ...], random: bool = False) -> None:
        self.subject = subject
        self.path = path
        self.random = random

    @property
    def reverse(self) -> bool:
        """Whether it is the gradient of a weighted sum, and so belongs to an argument."""
        return self.path[-1] == "rev"

    def __str__(self) -> str:
        order = len(self.path)
        if order == 1:
            what = "gradient" if self.reverse else "derivative"
        else:
            what = "second derivative" if order == 2 else f"derivative of order {order}"
        modes = " over ".join(_MODES[mode] for mode in reversed(self.path))
        return f"{what} of {self.subject.name} (order {order}, {modes})"

    def result(self, k: int, count: int) -> str:
        """Return what to call a result of the function that is differentiated."""
        if len(self.path) == 1:
            return "the result" if count == 1 else f"result {k}"
        if self.path[-2] == "rev":
            return f"the gradient of {self.subject.labels[k]}"
        return "the derivative" if count == 1 else f"the derivative of result {k}"


def same_twice(name: str, ys: Sequence[Variable], again: Sequence[Variable]) -> None:
    """Refuse a function whose results differ from call to call."""
    import numpy as np

    __tracebackhide__ = True
    if [y.shape for y in ys] != [y.shape for y in again]:
        raise AssertionError(
            f"check_grads: two calls of {name} with the same arguments gave results of the shapes "
            f"{[y.shape for y in ys]} and {[y.shape for y in again]}"
        )
    for k, (y, z) in enumerate(zip(ys, again, strict=True)):
        if not np.array_equal(y.data, z.data, equal_nan=True):
            difference = abs(y.data - z.data)
            j = _largest(difference)
            raise AssertionError(
                f"check_grads: two calls of {name} with the same arguments gave different values:\n"
                f"  result {k}{_element(y.shape, j)}: {y.data.reshape(-1)[j]!s}, "
                f"then {z.data.reshape(-1)[j]!s}\n"
                "  Does it draw random numbers, as dropout does, or remember earlier calls? Give "
                "it a fixed seed in each call, use test_mode(), or reset its state."
            )


def finite_values(name: str, ys: Sequence[Variable]) -> None:
    """Refuse a point where values are not finite."""
    import numpy as np

    __tracebackhide__ = True
    for k, y in enumerate(ys):
        wrong = ~np.isfinite(y.data)
        if wrong.any():
            j = int(np.argmax(wrong))
            raise AssertionError(
                f"check_grads: {name} gives {y.data.reshape(-1)[j]!s} in result {k}"
                f"{_element(y.shape, j)}: there is nothing to compare; choose arguments inside its "
                "domain"
            )


def fitting(where: Where, derivatives: Sequence[Variable], likes: Sequence[Variable]) -> None:
    """Refuse derivatives of other shapes and dtypes than they should have, or not finite."""
    import numpy as np

    __tracebackhide__ = True
    for k, (d, like) in enumerate(zip(derivatives, likes, strict=True)):
        subject = where.subject
        what = subject.labels[k] if where.reverse else where.result(k, len(likes))
        if d.shape != like.shape or d.dtype != like.dtype:
            raise AssertionError(
                f"check_grads: wrong {where}\n  {what}: the derivative has shape {d.shape} and "
                f"dtype {d.dtype}, which should be {like.shape} and {like.dtype}"
            )
        wrong = ~np.isfinite(d.data)
        if wrong.any():
            j = int(np.argmax(wrong))
            raise AssertionError(
                f"check_grads: the {where} is not finite\n"
                f"  {what}{_element(d.shape, j)}: {d.data.reshape(-1)[j]!s} "
                f"({int(wrong.sum())} of {wrong.size})\n"
                "  The values are finite. Is it an end of the domain or a kink, such as sqrt at 0, "
                "or does backward divide by zero?"
            )


def wrong(where: Where, i: int, elements: Elements, near: Neighbourhood) -> str:
    """Return the message about a derivative that differs from differences."""
    subject, worst = where.subject, elements.worst
    x = subject.points[i]
    position = int(elements.positions[worst])
    if where.reverse:
        place, shape, direction = subject.labels[i], x.shape, ""
    else:
        k, position, shape = _locate(position, near.shapes)
        place = where.result(k, len(near.shapes))
        direction = f", along a direction in {subject.labels[i]}"
    place += _element(shape, position) + (f", shape {shape}" if shape else "")
    lines = [
        f"check_grads: wrong {where}",
        f"  {place}, {x.dtype}{direction}",
        f"    analytic   {_number(elements.analytic[worst])}",
        f"    numerical  {_number(elements.numerical[worst])} ± {elements.uncertainty[worst]:.0e} "
        f"(central differences, step {elements.step:.1g})",
        *_relative(elements),
        *_others(elements, x.size),
        *_hints(where, x, elements),
    ]
    if where.random or (where.reverse and near.values.size > 1):
        what = "results" if len(where.path) == 1 else "derivatives of the order below"
        weighted = ", each weighted at random" if where.random else ""
        lines.append(f"  (Of the sum of the {what}{weighted}.)")
    return "\n".join(lines)


def _relative(elements: Elements) -> list[str]:
    worst = elements.worst
    size = max(abs(elements.analytic[worst]), abs(elements.numerical[worst]))
    relative, allowed = elements.miss()[worst] / size, elements.allowed[worst] / size
    if not relative >= 0:
        return []
    return [f"    relative error {relative:.2g}, where {allowed:.1g} passes"]


def _number(x: float) -> str:
    return f"{x: .16g}" if x == x else f" {x}"


def _others(elements: Elements, size: int) -> list[str]:
    """Tell how many others are wrong, and how good the rest is."""
    import numpy as np

    count = len(elements.positions)
    if count < size and count == 1:
        return [f"  Found by halving {size} elements; there may be more."]
    if count == 1:
        return []
    wrong = elements.wrong()
    number = int(wrong.sum())
    line = f"  {number} of {count} elements {'is' if number == 1 else 'are'} wrong"
    if number < count:
        # At a derivative of 0 there is no relative error.
        divisor = np.where(elements.numerical == 0, 1.0, abs(elements.numerical))
        rest = (elements.miss() / divisor)[~wrong]
        line += f"; the largest relative error of the others is {rest.max():.1g}"
    return [f"{line}."]


def _hints(where: Where, x: Variable, elements: Elements) -> list[str]:
    """Guess at the cause."""
    import numpy as np

    left, right = elements.sides
    analytic, numerical = elements.analytic, elements.numerical
    wrong = elements.wrong()
    if not wrong.any():
        return ["  No element is wrong alone: each error is below what passes for one element."]
    if not np.isfinite(numerical[wrong]).all():
        return ["  Values nearby are not finite: is it an end of the domain?"]
    if not abs(left - right) <= 0.02 * max(abs(left), abs(right), float(elements.allowed.max())):
        return [
            f"  Differences to the left give {left:.4g}, to the right {right:.4g}: "
            "is there a kink or a jump?"
        ]
    if not analytic[wrong].any() and not elements.analytic.any():
        if len(where.path) == 1:
            cause = "is something computed from values (v.data) instead of Variables?"
        else:
            cause = (
                "does backward compute with values (v.data) instead of Variables? Then there is "
                "no higher derivative: order=1 checks the first alone."
            )
        return [f"  All analytic values are 0: {cause}"]
    if where.reverse and x.ndim > 1 and analytic.size == x.size:
        turned = numerical.reshape(x.shape).T.reshape(-1)
        if np.allclose(analytic, turned, 1e-4, 1e-9):
            return ["  It is the transpose of what it should be."]
    with np.errstate(all="ignore"):
        ratios = analytic[wrong] / numerical[wrong]
    if np.isfinite(ratios).all() and np.allclose(ratios, ratios[0], 1e-4, 0):
        each = "It is" if wrong.sum() == 1 else "Each of these is"
        return [f"  {each} {ratios[0]:.5g} times what it should be."]
    return []


def _locate(position: int, shapes: Sequence[tuple[int, ...]]) -> tuple[int, int, tuple[int, ...]]:
    """Find the result that an element of all results belongs to."""
    import math

    for k, shape in enumerate(shapes):
        size = math.prod(shape)
        if position < size:
            return k, position, shape
        position -= size
    raise IndexError(position)


def _element(shape: tuple[int, ...], j: int) -> str:
    """Return an index as in Python; nothing for a number."""
    import numpy as np

    if not shape:
        return ""
    return f", element [{', '.join(str(int(i)) for i in np.unravel_index(j, shape))}]"


def _largest(x: NDArray[Any]) -> int:
    import numpy as np

    return int(np.argmax(np.where(np.isnan(x), np.inf, x)))
