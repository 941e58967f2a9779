"""Less memory for more time: intermediate values are computed again when they are needed."""

from __future__ import annotations

from autograd import _core
from autograd._function import Function
from autograd._modes import enable_grad, test_scope
from autograd.transforms import _tree
from autograd.transforms._differentiate import name_of, variables
from autograd.transforms._grad import named

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from autograd._core import Variable


def checkpoint(f: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function like ``f`` that keeps no intermediate values for the backward pass.

    What ``f`` computes on the way is dropped, and computed again from the arguments when the
    gradient is due: for a chain of such functions memory is that of one of them. Gradients flow to
    the arguments and to the Variables that ``f`` uses otherwise, such as the parameters of a
    layer, and may be differentiated again.

    ``f`` runs twice, and must do the same both times: a layer that draws random numbers, such as
    dropout, or that keeps a state or statistics, does not. Values that differ are an error. Inside
    `no_grad` ``f`` is called, and that is all.

    Parameters
    ----------
    f : callable
        Takes anything, Variables among it and in containers; returns Variables, arrays and numbers,
        and containers of them.

    Returns
    -------
    callable
        Takes and returns what ``f`` does.

    Raises
    ------
    TypeError
        When it is called, if ``f`` returns None, or what is no number.
    RuntimeError
        In the backward pass, if the second run gave other values than the first.

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
    what = f"checkpoint of {name_of(f)}"

    def checkpointed(*args: Any, **kwargs: Any) -> Any:
        if not _core.is_recording():
            return variables(what, f(*args, **kwargs))
        # Only containers with gaps are kept: a gradient that is differentiable has a history, which
        # would lead back to the Variables that hold it.
        given, rest = _tree.take_out((args, kwargs))

        def run(xs: list[Variable]) -> Any:
            args, kwargs = _tree.fill(rest, iter(xs))
            return variables(what, f(*args, **kwargs))

        xs = _stand_ins(given)
        since = _core.moment()
        result = run(xs)
        ys = _tree.leaves(result)
        if not ys:
            return result
        own = {id(x) for x in xs}
        others = [v for v in _core.outside(ys, since) if id(v) not in own]
        values = [_core.detached(y, False) for y in ys]
        _, frame = _tree.take_out(result)
        # With these the graph of this first run goes.
        del xs, ys, result
        found = Checkpoint(what, run, values, others)(*given, *others)
        return _tree.fill(frame, iter(found))

    return named(checkpointed, f, "checkpoint")


class Checkpoint(Function):
    """A call whose values are known, and whose graph is made when it is differentiated."""

    def __init__(
        self,
        what: str,
        run: Callable[[list[Variable]], Any],
        values: list[Variable],
        others: list[Variable],
    ) -> None:
        self.what = what
        self.run = run
        self.values = values
        self.others = others
        self.mode = test_scope(_core.is_test_mode())

    def forward(self, *xs: Variable) -> tuple[Variable, ...]:
        """Keep the arguments and the values, and return the latter."""
        self.xs = xs[: len(xs) - len(self.others)]
        self.values = [_core.detached(y, True) for y in self.values]
        return tuple(self.values)

    def backward(self, *gys: Variable) -> list[Variable | None]:
        """Run the function again, and differentiate that."""
        recording = _core.is_recording()
        xs = _stand_ins(self.xs)
        with enable_grad(), self.mode:
            ys: list[Variable] = _tree.leaves(self.run(xs))
        if not all(map(_are_same, ys, self.values)) or len(ys) != len(self.values):
            raise RuntimeError(
                f"{self.what}: the second run gave other values than the first; a "
                "function with random numbers or a state cannot be run again"
            )
        found, _ = _core.gradients(ys, [*xs, *self.others], list(gys), recording)
        return found


def _stand_ins(xs: Iterable[Variable]) -> list[Variable]:
    return [_core.fresh(x) if x.requires_grad else x for x in xs]


def _are_same(a: Variable, b: Variable) -> bool:
    import numpy as np

    return a.dtype == b.dtype and np.array_equal(a.data, b.data, equal_nan=True)
