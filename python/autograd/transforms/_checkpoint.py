"""Less memory for more time: intermediate values are computed again when they are needed."""

from __future__ import annotations

from autograd import _core
from autograd._function import Function
from autograd._modes import enable_grad
from autograd.transforms import _tree
from autograd.transforms._differentiate import as_variable
from autograd.transforms._grad import named

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from autograd._core import Variable


def checkpoint(f: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function like ``f`` that keeps no intermediate values for the backward pass.

    What ``f`` computes on the way is dropped, and computed again from the arguments when the
    gradient is due: for a chain of such functions memory is that of one of them. Gradients flow to
    the arguments and to the Variables that ``f`` uses otherwise, such as the parameters of a
    layer, and may be differentiated again.

    ``f`` runs twice, and must do the same both times: a layer that draws random numbers, or
    that keeps statistics or a state, does not.

    Parameters
    ----------
    f : callable
        Takes Variables, arrays and numbers, and containers of them, and returns such.

    Returns
    -------
    callable
        Takes and returns what ``f`` does.

    References
    ----------
    T. Chen et al., *Training Deep Nets with Sublinear Memory Cost*, 2016.

    Examples
    --------
    >>> import autograd as ag
    >>> from autograd import functions as F
    >>> x = ag.Variable(1.0)
    >>> y = ag.checkpoint(lambda v: F.exp(F.sin(v)))(x)
    >>> y.creator.name
    'Checkpoint'
    >>> y.backward()
    >>> print(x.grad)
    variable(1.253380767493447)
    """

    def checkpointed(*args: Any, **kwargs: Any) -> Any:
        leaves = [as_variable(x) for x in _tree.leaves(args)]
        xs = [_core.fresh(x) for x in leaves]
        since = _core.moment()
        with enable_grad():
            result = f(*_tree.rebuild(args, iter(xs)), **kwargs)
        ys = [as_variable(y) for y in _tree.leaves(result)]
        own = {id(x) for x in xs}
        others = [v for v in _core.outside(ys, since) if id(v) not in own]
        values = [_core.detached(y, False) for y in ys]
        # With these the graph of this first run goes.
        del xs, ys

        def again(*given: Variable) -> list[Variable]:
            made = f(*_tree.rebuild(args, iter(given)), **kwargs)
            return [as_variable(y) for y in _tree.leaves(made)]

        found = Checkpoint(again, values, others)(*leaves, *others)
        return _tree.rebuild(result, iter(found))

    return named(checkpointed, f, "checkpoint")


class Checkpoint(Function):
    """A call whose values are known, and whose graph is made when it is differentiated."""

    def __init__(
        self,
        again: Callable[..., list[Variable]],
        values: list[Variable],
        others: list[Variable],
    ) -> None:
        self.again = again
        self.values = values
        self.others = others

    def forward(self, *xs: Variable) -> tuple[Variable, ...]:
        """Keep the arguments, and return the values."""
        self.xs = xs[: len(xs) - len(self.others)]
        values, self.values = tuple(self.values), []
        return values

    def backward(self, *gys: Variable) -> list[Variable | None]:
        """Run the function again, and differentiate that."""
        recording = _core.is_recording()
        xs = [_core.fresh(x) for x in self.xs]
        with enable_grad():
            ys = self.again(*xs)
        found, _ = _core.gradients(ys, [*xs, *self.others], list(gys), recording)
        return found
