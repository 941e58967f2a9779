"""Functions with a gradient of the user's own, in the style of JAX."""

from __future__ import annotations

from autograd._function import Function
from autograd._modes import enable_grad
from autograd.transforms import _tree
from autograd.transforms._differentiate import name_of, variables

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from autograd._core import Variable


class custom_vjp:  # noqa: N801 - a decorator
    """Give a function a gradient of your own.

    Decorate the function, then name two more by ``defvjp``: one that computes the value and what
    the gradient needs, and one that computes the gradient from that. Both may be differentiated
    again, if they are written with Variables. No gradient flows to Variables that are not among the
    arguments.

    Parameters
    ----------
    f : callable
        Takes anything by position, Variables among it and in containers; returns Variables, arrays
        and numbers, and containers of them.

    Raises
    ------
    TypeError
        When it is called before ``defvjp`` was, or if ``forward`` does not return a pair of a value
        and something else.
    ValueError
        In the backward pass, if ``backward`` returns something else than one gradient for each
        argument, in its containers.

    Examples
    --------
    A logarithm of the sum of exponentials with a stable gradient:

    >>> import autograd as ag
    >>> from autograd import functions as F
    >>> @ag.custom_vjp
    ... def log1pexp(x):
    ...     return F.log(1 + F.exp(x))
    >>> def forward(x):
    ...     return log1pexp.f(x), x
    >>> def backward(x, gy):
    ...     return (gy * F.sigmoid(x),)
    >>> log1pexp.defvjp(forward, backward)
    >>> print(ag.grad(log1pexp)(100.0))
    variable(1.0)
    """

    def __init__(self, f: Callable[..., Any]) -> None:
        self.f = f
        self.__name__ = name_of(f)
        self.__doc__ = f.__doc__
        self._rules: tuple[Callable[..., Any], Callable[..., Any]] | None = None
        # A class of its own, whose name graphs and messages show.
        self._call: type[Call] = type(self.__name__, (Call,), {})

    def defvjp(self, forward: Callable[..., Any], backward: Callable[..., Any]) -> None:
        """Define the gradient.

        Parameters
        ----------
        forward : callable
            Takes what the function takes; returns a pair of its value and anything that
            ``backward`` needs.
        backward : callable
            Takes what ``forward`` kept, and the gradient of the value, in its containers; returns a
            tuple with the gradient of each argument, in its containers, or None. What it returns
            for arguments without Variables plays no part.
        """
        self._rules = forward, backward

    def __call__(self, *args: Any) -> Any:
        """Compute the value, and record the call."""
        if self._rules is None:
            raise TypeError(f"{self.__name__}: call defvjp before the function")
        given, rest = _tree.take_out(args)
        call = self._call(rest, *self._rules)
        found = call(*given)
        return _tree.fill(call.frame, iter(found))

    def __repr__(self) -> str:
        return f"<custom_vjp {self.__name__}>"


class Call(Function):
    """One call: what the function was given, and what is kept of it."""

    def __init__(
        self, args: tuple[Any, ...], forward: Callable[..., Any], backward: Callable[..., Any]
    ) -> None:
        # With gaps in the places of Variables: the stand-ins come with `forward`.
        self.args = args
        self.rules = forward, backward

    def forward(self, *xs: Variable) -> tuple[Variable, ...]:
        """Compute the value; what is kept has a history that leads to the arguments."""
        name = type(self).__name__
        with enable_grad():
            given = self.rules[0](*_tree.fill(self.args, iter(xs)))
        if not isinstance(given, tuple) or len(given) != 2:
            raise TypeError(f"{name}: forward must return a pair (value, kept)")
        result, self.kept = given
        values, self.frame = _tree.take_out(variables(f"{name}: forward", result))
        return tuple(values)

    def backward(self, *gys: Variable) -> list[Variable | None]:
        """Compute the gradients of the arguments."""
        name = type(self).__name__
        given = self.rules[1](self.kept, _tree.fill(self.frame, iter(gys)))
        if not isinstance(given, tuple) or len(given) != len(self.args):
            got = f"{len(given)}" if isinstance(given, tuple) else type(given).__name__
            raise ValueError(
                f"{name}: backward must return a tuple with a gradient for each of the "
                f"{len(self.args)} arguments, got {got}"
            )
        grads: list[Variable | None] = []
        for i, (arg, grad) in enumerate(zip(self.args, given, strict=True)):
            gaps = sum(map(_tree.is_gap, _tree.leaves(arg)))
            if grad is None or not gaps:
                grads += [None] * gaps
            else:
                pairs = _tree.pairs(f"{name}: gradient {i}", arg, grad)
                grads += [g for x, g in pairs if _tree.is_gap(x)]
        return grads
