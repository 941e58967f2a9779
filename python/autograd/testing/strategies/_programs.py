"""Random differentiable programs."""

from __future__ import annotations

import math
import re

from hypothesis import strategies as st

from autograd.testing.strategies._operations import OPERATIONS, Value, chosen, upto
from autograd.testing.strategies._program import Program
from autograd.testing.strategies._shapes import broadcastable_shapes

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy

    _Shape = tuple[int, ...]


def programs(
    inputs: int | Sequence[_Shape] | SearchStrategy[Sequence[_Shape]] | None = None,
    max_ops: int = 8,
    *,
    scalar: bool = False,
) -> SearchStrategy[Program]:
    """Draw programs made of this package's functions, smooth and bounded on their domain.

    With broadcasting, reductions, indexing, products of matrices, and values that are used more
    than once. What holds for every such program, a transform or a pass of your own over recorded
    graphs for example, may be checked with them.

    Parameters
    ----------
    inputs : int, sequence of shapes or strategy, optional
        The number of inputs, whose shapes broadcast together then; or their shapes, or where to
        draw those from. By default one to three inputs.
    max_ops : int, default 8
        The greatest number of steps.
    scalar : bool, default False
        Whether the result is one number, of shape (): what a loss is.

    Returns
    -------
    SearchStrategy of Program
        Shrinks to few, short steps. Inputs need not play a part in the result.

    Raises
    ------
    ValueError
        If there is no input, or ``max_ops`` is negative.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from autograd.testing import check_grads
    >>> from autograd.testing.strategies import programs
    >>> @settings(max_examples=5, deadline=None)
    ... @given(programs())
    ... def check(program):
    ...     check_grads(program, *program.inputs(rng=0), order=1)
    >>> check()
    """
    if max_ops < 0:
        raise ValueError(f"programs: max_ops must not be negative, got {max_ops}")
    if isinstance(inputs, st.SearchStrategy):
        shapes = inputs
    elif inputs is None:
        shapes = st.integers(1, 3).flatmap(_together)
    elif isinstance(inputs, int):
        shapes = _together(inputs)
    elif len(inputs):
        shapes = st.just(tuple(map(tuple, inputs)))
    else:
        raise ValueError("programs: there must be at least one input")
    return _programs(shapes, max_ops, scalar)


def _together(n: int) -> SearchStrategy[tuple[_Shape, ...]]:
    if n < 1:
        raise ValueError(f"programs: there must be at least one input, got {n}")
    return broadcastable_shapes(n, max_dims=2, max_side=3)


@st.composite
def _programs(
    draw: DrawFn, shapes: SearchStrategy[Sequence[_Shape]], max_ops: int, scalar: bool
) -> Program:
    given = draw(shapes)
    if not given:
        raise ValueError("programs: there must be at least one input")
    largest = max(map(abs, Program.domain))
    values = [Value(f"x{i}", tuple(shape), largest, 1.0) for i, shape in enumerate(given)]
    most = max(36, *(2 * math.prod(x.shape) for x in values))
    steps: list[str] = []

    def add(made: Value) -> None:
        # The latest comes first, since shrinking tends to the first.
        values.insert(0, made.like(f"a{len(steps)}"))
        steps.append(made.text)

    for _ in range(max_ops):
        more, made = draw(_step(values))
        if steps and not more:
            break
        if made is not None and made.is_moderate(most):
            add(made)
    if scalar and values[0].shape:
        add(Value(f"F.mean({values[0].text})", (), values[0].bound, values[0].slope))
    return Program(given, *_used(steps))


@st.composite
def _step(draw: DrawFn, values: list[Value]) -> tuple[bool, Value | None]:
    """Draw whether there is another step, and the step.

    All of it is one strategy, since shrinking drops what a strategy drew as a whole.
    """
    more = draw(upto(11)) > 0
    operation = chosen(draw, OPERATIONS)
    # Mostly the latest, so that little of the program plays no part in its result.
    x = chosen(draw, values) if draw(st.booleans()) else values[0]
    return more, operation(draw, x, values)


def _used(steps: list[str]) -> list[str]:
    """Leave out what the last step does not need, and count anew."""
    needed, work = set(), [len(steps) - 1] if steps else []
    while work:
        i = work.pop()
        if i not in needed:
            needed.add(i)
            work += map(int, re.findall(r"\ba(\d+)\b", steps[i]))
    numbers = {old: new for new, old in enumerate(sorted(needed))}
    return [
        re.sub(r"\ba(\d+)\b", lambda found: f"a{numbers[int(found[1])]}", steps[i])
        for i in sorted(needed)
    ]
