"""Functions of neural networks that are put together of others."""

from __future__ import annotations

from collections.abc import Iterable

from autograd import _core, random
from autograd._checks import no_operand
from autograd._core import Variable

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike


def dropout(x: Variable | ArrayLike, p: float = 0.5, rng: object = None) -> Variable:
    """Set elements to 0 at random, and scale the others so that the mean stays.

    Each element is dropped with probability ``p``, and ``x / (1 - p)`` otherwise: "inverted"
    dropout, which is the identity in `test_mode`. The gradient is ``gy / (1 - p)`` under the same
    mask. What is dropped is exactly 0, even where ``x`` is infinite or NaN.

    Parameters
    ----------
    x : Variable or array_like
        Any shape.
    p : float, default 0.5
        The probability, from 0 to 1. With 0 nothing is drawn and nothing dropped; with 1
        everything is dropped.
    rng : int, numpy.random.Generator or object with ``uniform()``, optional
        A seed or a source; by default one that the system seeds. One number in [0, 1) is drawn per
        element, in row-major order, and an element stays where it is ``p`` or more.

    Returns
    -------
    Variable
        The shape and dtype of ``x``.

    Raises
    ------
    ValueError
        If ``p`` does not lie between 0 and 1.
    TypeError
        If ``rng`` is no source of random numbers, or ``p`` is a Variable to be differentiated by.

    References
    ----------
    N. Srivastava et al., *Dropout: A Simple Way to Prevent Neural Networks from Overfitting*,
    JMLR 15, 2014.

    Examples
    --------
    >>> from autograd import Variable, functions as F
    >>> x = Variable([1.0, 2.0, 3.0, 4.0])
    >>> y = F.dropout(x, 0.5, rng=0)
    >>> y.backward()
    >>> print(y, x.grad)
    variable([2., 0., 0., 0.]) variable([2., 0., 0., 0.])
    """
    v = _core.dropout(x, None, 0.0)
    if not drops(p):
        return v
    return _core.dropout(v, random.uniform(v.shape, rng) >= p, p)


def drops(p: float) -> bool:
    """Whether dropout with this probability does anything; fails for what is no probability."""
    no_operand("dropout", "p", p)
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"dropout: p must lie between 0 and 1, got {p}")
    return p > 0.0 and not _core.is_test_mode()


def layer_norm_simple(
    x: Variable | ArrayLike,
    weight: Variable | ArrayLike | None = None,
    bias: Variable | ArrayLike | None = None,
    axis: int | Sequence[int] | None = -1,
    eps: float = 1e-5,
) -> Variable:
    """Normalise as `layer_norm`, by primitives: the readable reference for it.

    Parameters
    ----------
    x, weight, bias, axis, eps
        As for `layer_norm`.

    Returns
    -------
    Variable
        The shape of ``x``.

    Raises
    ------
    ValueError
        If an axis is out of bounds or named twice, or a shape does not fit.
    TypeError
        If ``eps`` is a Variable to be differentiated by.

    Examples
    --------
    >>> from autograd import Variable, functions as F
    >>> print(F.layer_norm_simple(Variable([1.0, 3.0]), eps=1e-12))
    variable([-1.,  1.])
    """
    no_operand("layer_norm_simple", "eps", eps)
    d = _core.sub(x, _core.mean(x, axis, keepdims=True))
    y = d / _core.sqrt(_core.mean(_core.square(d), axis, keepdims=True) + eps)
    if weight is not None:
        y = y * _spread("weight", weight, y.shape, axis)
    if bias is not None:
        y = y + _spread("bias", bias, y.shape, axis)
    return y


def _spread(
    name: str, v: Variable | ArrayLike, sizes: tuple[int, ...], axis: int | Sequence[int] | None
) -> Variable:
    """Give a parameter with the sizes of some axes a shape that broadcasts."""
    if axis is None:
        places = set(range(len(sizes)))
    else:
        over = axis if isinstance(axis, Iterable) else [axis]
        places = {a % len(sizes) for a in over}
    v = v if isinstance(v, Variable) else Variable(v, requires_grad=False)
    wanted = tuple(size for a, size in enumerate(sizes) if a in places)
    if v.shape != wanted:
        raise ValueError(f"layer_norm_simple: {name} must have shape {wanted}, got {v.shape}")
    return _core.reshape(v, [size if a in places else 1 for a, size in enumerate(sizes)])
