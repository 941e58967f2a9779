"""Functions with a derivative of the user's own."""

from __future__ import annotations

from autograd import _core

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Function:
    """A function whose value and gradient you write yourself.

    Subclass it with ``forward(self, *xs)`` and ``backward(self, *gys)``, and call an instance.

    ``forward`` gets a Variable for each operand and returns one value or a tuple of them:
    Variables, arrays or numbers. Nothing is recorded in it, so NumPy may be used freely, on
    ``x.data``. What ``backward`` needs is kept on ``self``. An instance that is called again while
    another call of it is under way, or remembered by a graph, is copied for it, by `copy.copy`, so
    that neither call finds what the other kept. What ``backward`` computes with a history should
    not be kept there: with ``create_graph=True`` it may refer to the instance by way of others, and
    is never freed then.

    ``backward`` gets the gradient of each result and returns the gradient of each operand, in its
    shape, or None where there is none. Written with Variables and functions of this package it
    can be differentiated again, also through the operands and results kept on ``self``.

    Raises
    ------
    ValueError
        If ``backward`` returns another number of gradients than there are operands, or a
        gradient of another shape than its operand.

    Examples
    --------
    >>> from autograd import Function, Variable, functions as F
    >>> class Sin(Function):
    ...     def forward(self, x):
    ...         self.x = x
    ...         return F.sin(x)
    ...     def backward(self, gy):
    ...         return gy * F.cos(self.x)
    >>> x = Variable(1.0)
    >>> y = Sin()(x)
    >>> y.backward()
    >>> print(y, x.grad)
    variable(0.8414709848078965) variable(0.5403023058681398)
    """

    def __call__(self, *xs: Any) -> Any:
        """Run ``forward`` on the operands and record the call."""
        return _core.call_function(self, xs)

    def forward(self, *xs: Any) -> Any:
        """Compute the value; a subclass defines it."""
        raise NotImplementedError(f"{type(self).__name__} must define forward(self, *xs)")

    def backward(self, *gys: Any) -> Any:
        """Compute the gradients of the operands; a subclass defines it."""
        raise NotImplementedError(f"{type(self).__name__} must define backward(self, *gys)")
