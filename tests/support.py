"""What several test modules need: finite differences, strided operands, sizes of the graph."""

import numpy as np
import pytest

import autograd as ag
from autograd import Variable
from autograd import functions as F

LAYOUTS = ("plain", "transposed", "reversed", "sliced", "broadcast")


def strided(x, layout):
    """A Variable with the values of `x` in another memory layout.

    A broadcast one repeats the first entry of the first axis: look at its `data` for the values.
    """
    whole = (slice(None, None, -1),) * x.ndim
    match layout:
        case "plain":
            return Variable(x)
        case "transposed":
            return F.transpose(Variable(np.array(x.T, order="C")))
        case "reversed":
            return Variable(np.array(x[whole]))[whole]
        case "sliced":
            wide = np.full([2 * n + 1 for n in x.shape], 9.0, x.dtype)
            every_other = (slice(1, None, 2),) * x.ndim
            wide[every_other] = x
            return Variable(wide)[every_other]
        case "broadcast":
            return F.broadcast_to(Variable(x[:1] if x.ndim and len(x) else x), x.shape)


def directional(f, xs, cotangent, directions):
    """The derivative of `sum(f(*xs) * cotangent)` along each direction in turn, by backward passes.

    A direction has an array for each operand. Returns a float.
    """
    xs = [Variable(x) for x in xs]
    y = f(*xs)
    seed = cotangent
    if not directions:
        return float(np.sum(y.data * cotangent))
    for direction in directions:
        for x in xs:
            x.cleargrad()
        y.backward(seed, create_graph=True)
        terms = [
            F.sum(x.grad * d) for x, d in zip(xs, direction, strict=True) if x.grad is not None
        ]
        if not terms:
            return 0.0
        y, seed = sum(terms[1:], terms[0]), None
    return y.item()


def central(f, h):
    """The derivative of `f` at 0, by central differences and one step of Richardson's."""

    def quotient(h):
        return (f(h) - f(-h)) / (2 * h)

    return (4 * quotient(h / 2) - quotient(h)) / 3


def gradients(f, arrays, cotangent, **options):
    """The value of `f`, and the gradient of each operand as an array, zeros for None."""
    xs = [Variable(a) for a in arrays]
    y = f(*xs)
    y.backward(cotangent, **options)
    return y.data, [np.zeros_like(x.data) if x.grad is None else x.grad.data for x in xs]


def bits(x):
    """The bytes of an array, with which every NaN and signed zero can be told apart."""
    x = np.asarray(x)
    return x.shape, x.dtype, x.tobytes()


def nodes():
    return ag.graph_stats()["nodes"]


def live_bytes():
    return ag.memory_stats()["live"]


def both(value):
    """As a number and as an array, which go different ways."""
    return pytest.mark.parametrize("start", [value, np.full(3, value)], ids=["number", "array"])


def equal(v, want):
    np.testing.assert_allclose(v.data, np.broadcast_to(want, v.shape), rtol=1e-14)


def fails(call, error, *words):
    """`call` raises `error`, and its message has all the words."""
    with pytest.raises(error) as caught:
        call()
    message = "\n".join([str(caught.value), *getattr(caught.value, "__notes__", ())])
    del caught  # its traceback holds this frame: a circle, which would keep operands
    for word in words:
        assert word in message, message
