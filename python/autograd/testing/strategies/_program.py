"""A differentiable program as data: it can be run, shown, compared and pickled."""

from __future__ import annotations

from autograd._core import Variable

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from numpy.typing import DTypeLike, NDArray


class Program:
    """A function of ``x0``, ``x1``, ... that computes ``a0``, ``a1``, ... and returns the last.

    `programs` draws them. ``repr`` gives an expression that makes the program, ``str`` the
    definition of a Python function that computes the same, with ``F`` for `autograd.functions`:
    both can be pasted into a test or a report.

    Parameters
    ----------
    shapes : sequence of tuple of int
        The shapes of the inputs.
    *steps : str
        Expressions of inputs and earlier steps; without any, ``x0`` is returned.

    Attributes
    ----------
    shapes : tuple of tuple of int
        The shapes of the inputs.
    steps : tuple of str
        The expressions.
    domain : tuple of float
        Where the elements of inputs should lie, for the values to be bounded and smooth.

    Raises
    ------
    ValueError
        If there is no input.
    SyntaxError
        If a step is no Python expression.

    Examples
    --------
    >>> import autograd as ag
    >>> from autograd.testing.strategies import Program
    >>> program = Program([(2,), ()], "F.sin(x0)", "a0 * x1")
    >>> print(program(ag.zeros(2), 3.0))
    variable([0., 0.])
    >>> program
    Program([(2,), ()], 'F.sin(x0)', 'a0 * x1')
    >>> print(program)
    def program(x0, x1):  # shapes (2,), ()
        a0 = F.sin(x0)
        a1 = a0 * x1
        return a1
    """

    domain = (-1.0, 1.0)

    def __init__(self, shapes: Sequence[Sequence[int]], *steps: str) -> None:
        self.shapes = tuple(tuple(map(int, shape)) for shape in shapes)
        self.steps = steps
        if not self.shapes:
            raise ValueError("Program: there must be at least one input")
        self._function: Callable[..., Any] | None = None
        for step in steps:
            compile(step, "<program>", "eval")

    def __call__(self, *xs: Any) -> Variable:
        """Run the program; arrays and numbers are constants.

        Raises
        ------
        TypeError
            If there are more or fewer arguments than inputs.
        """
        if len(xs) != len(self.shapes):
            raise TypeError(f"program: {len(self.shapes)} arguments are wanted, got {len(xs)}")
        if self._function is None:
            from autograd import functions

            scope: dict[str, Any] = {"F": functions}
            exec(compile(str(self), "<program>", "exec"), scope)
            self._function = scope["program"]
        y = self._function(*xs)
        return y if isinstance(y, Variable) else Variable(y, requires_grad=False)

    def inputs(self, rng: object = None, dtype: DTypeLike = "float64") -> list[NDArray[Any]]:
        """Draw arrays to call the program with, uniform in its domain.

        Parameters
        ----------
        rng : int, numpy.random.Generator or source, optional
            Where they are drawn from, see `autograd.random`.
        dtype : dtype, default float64
            float64 or float32.

        Examples
        --------
        >>> from autograd.testing import check_grads
        >>> from autograd.testing.strategies import Program
        >>> program = Program([(2, 2), (2,)], "x0 @ x1", "F.tanh(a0)")
        >>> check_grads(program, *program.inputs(rng=0))
        """
        from autograd import random

        source = random.source(rng)
        lo, hi = self.domain
        return [(lo + (hi - lo) * random.uniform(s, source)).astype(dtype) for s in self.shapes]

    @property
    def __name__(self) -> str:
        # What messages call it.
        return "program"

    def __str__(self) -> str:
        names = ", ".join(f"x{i}" for i in range(len(self.shapes)))
        lines = [f"def program({names}):  # shapes {', '.join(map(str, self.shapes))}"]
        lines += [f"    a{i} = {step}" for i, step in enumerate(self.steps)]
        lines.append(f"    return a{len(self.steps) - 1}" if self.steps else "    return x0")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"Program({', '.join([repr(list(self.shapes)), *map(repr, self.steps)])})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Program):
            return NotImplemented
        return (self.shapes, self.steps) == (other.shapes, other.steps)

    def __hash__(self) -> int:
        return hash((self.shapes, self.steps))

    def __reduce__(self) -> tuple[Any, ...]:
        return Program, (self.shapes, *self.steps)
