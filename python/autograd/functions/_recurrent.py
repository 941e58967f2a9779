"""Functions of recurrent networks, by primitives."""

from __future__ import annotations

from autograd import _core
from autograd._core import Variable

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def lstm_cell_simple(
    x: Variable | ArrayLike,
    h: Variable | ArrayLike | None,
    c: Variable | ArrayLike | None,
    wx: Variable | ArrayLike,
    wh: Variable | ArrayLike,
    b: Variable | ArrayLike | None = None,
) -> tuple[Variable, Variable]:
    """Do one step of long short-term memory, by primitives: the readable reference for `lstm_cell`.

    Parameters
    ----------
    x, h, c, wx, wh, b
        As for `lstm_cell`.

    Returns
    -------
    h, c : Variable
        The output and the cell after the step, of shape (batch, size).

    Raises
    ------
    ValueError
        If a shape does not fit.

    Examples
    --------
    >>> import autograd as ag
    >>> from autograd import functions as F
    >>> wx, wh = ag.zeros((1, 8)), ag.zeros((2, 8))
    >>> h, c = F.lstm_cell_simple([[1.0]], None, [[2.0, -2.0]], wx, wh)
    >>> print(c)
    variable([[ 1., -1.]])
    """
    z = _core.linear(x, wx, b)
    h, c = (_zeros(z) if v is None else v for v in (h, c))
    f, i, o, u = _core.split(z + _core.matmul(h, wh), 4, axis=1)
    cell = _core.sigmoid(f) * c + _core.sigmoid(i) * _core.tanh(u)
    return _core.sigmoid(o) * _core.tanh(cell), cell


def _zeros(z: Variable) -> Variable:
    """Return a state to begin with, for sums of products of four gates."""
    import numpy as np

    batch, width = z.shape
    return Variable(np.zeros((batch, width // 4), z.dtype), requires_grad=False)


def lstm_simple(
    x: Variable | ArrayLike,
    h: Variable | ArrayLike | None,
    c: Variable | ArrayLike | None,
    wx: Variable | ArrayLike,
    wh: Variable | ArrayLike,
    b: Variable | ArrayLike | None = None,
) -> tuple[Variable, Variable]:
    """Do the steps of a sequence, by primitives: the readable reference for `lstm`.

    Parameters
    ----------
    x, h, c, wx, wh, b
        As for `lstm`.

    Returns
    -------
    h : Variable
        The outputs after each step, of shape (steps, batch, size).
    c : Variable
        The cell after the last step, of shape (batch, size).

    Raises
    ------
    ValueError
        If a shape does not fit, or there is no step.

    Examples
    --------
    >>> import autograd as ag
    >>> from autograd import functions as F
    >>> wx, wh = ag.zeros((1, 8)), ag.zeros((2, 8))
    >>> h, c = F.lstm_simple(ag.ones((3, 1, 1)), None, [[8.0, -8.0]], wx, wh)
    >>> print(c)
    variable([[ 1., -1.]])
    """
    steps = []
    for step in _core.unstack(x):
        h, c = lstm_cell_simple(step, h, c, wx, wh, b)
        steps.append(h)
    if c is None:
        raise ValueError("lstm_simple: x must have one step or more")
    return _core.stack(steps), c if isinstance(c, Variable) else Variable(c, requires_grad=False)
