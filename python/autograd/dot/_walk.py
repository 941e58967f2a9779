"""What a Variable was computed from, in the order of computation."""

from __future__ import annotations

from autograd._core import Variable

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from autograd._core import Creator


class Step:
    """A Variable of the graph, and how it came about.

    Attributes
    ----------
    variable : Variable
    creator : Creator or None
        The operation that made it; None for a leaf.
    function : int
        The number of that operation: results of one operation have the same.
    inputs : list of int
        The numbers of the operands: their places among the steps.
    """

    __slots__ = ("creator", "function", "inputs", "variable")

    def __init__(
        self, variable: Variable, creator: Creator | None, function: int, inputs: list[int]
    ) -> None:
        self.variable = variable
        self.creator = creator
        self.function = function
        self.inputs = inputs


def walk(outputs: Iterable[Variable], most: int | None = None) -> list[Step] | None:
    """Go through all that the outputs depend on, operands before results, each once.

    The order follows from the graph alone. Returns None if there are more than ``most`` Variables
    and operations together.
    """
    steps: list[Step] = []
    # By identity, which is that of the node as long as these objects live: the creators hold them.
    numbers: dict[int, int] = {}
    creators: dict[int, Creator] = {}
    functions: dict[int, int] = {}
    count = 0
    # A stack of one's own: a chain may be longer than Python's.
    stack = list(outputs)[::-1]
    while stack:
        v = stack[-1]
        if id(v) in numbers:
            stack.pop()
            continue
        creator = creators.get(id(v)) or v.creator
        inputs: list[int] = []
        if creator is not None:
            creators[id(v)] = creator
            if most is not None and len(creators) > most:
                return None
            missing = [x for x in creator.inputs if id(x) not in numbers]
            if missing:
                stack += missing[::-1]
                continue
            inputs = [numbers[id(x)] for x in creator.inputs]
            if id(v) not in functions:
                # Other results of the operation, if they are met, belong to the same box.
                functions.update(dict.fromkeys(map(id, creator.outputs), count))
                count += 1
        stack.pop()
        numbers[id(v)] = len(steps)
        steps.append(Step(v, creator, functions.get(id(v), -1), inputs))
        if most is not None and len(steps) + count > most:
            return None
    return steps
