"""Malformed calls at random: exceptions, and nothing else, come out."""

import operator
import random

import numpy as np
import pytest

import autograd as ag
from autograd import Function, Variable
from autograd import functions as F
from support import nodes


class Awkward:
    """Every protocol that conversions look for, each of which raises."""

    def _raise(self, *args, **kwargs):
        raise KeyError("awkward")

    __float__ = __index__ = __int__ = __array__ = __len__ = __iter__ = __getitem__ = _raise


class Liar:
    """Protocols that answer with something else than they should."""

    def __array__(self, dtype=None, copy=None):
        return np.array([1.0, 2.0])

    def __index__(self):
        return 2**70

    def __float__(self):
        return float("nan")

    def __len__(self):
        return 2**40


class Odd(Function):
    """A forward and a backward that return what they are told."""

    def __init__(self, value, gradient):
        self.value, self.gradient = value, gradient

    def forward(self, *xs):
        return self.value

    def backward(self, *gys):
        return self.gradient


def junk():
    """Fresh values of all kinds, none of which can ask for gigabytes or never end."""
    return [
        None, True, False, 0, 1, -1, 2, 2**62, -(2**63), 10**30, 10**400, 0.0, 1.5, -0.0,
        float("nan"), float("inf"), 1j, "text", "", b"x", [], [[]], [1, 2], [[1, 2], [3]], [None],
        ["a"], (), (0,), (0, 1), (1, 0), (-1,), (2, -1), (3, 2), (2, 3), (0, 0), (2**62, 4), {},
        {1}, {"a": 1}, object(), type, Awkward, Awkward(), Liar(), len, lambda *a: None, ...,
        NotImplemented, slice(None), slice(None, None, -1), slice(0, 0), slice("a"), slice(5, 1, 2),
        (..., 0), (None, ..., None), (0, slice(None)), iter([1]), range(2), memoryview(b"abc"),
        np.float32(2), np.float64(0.5), np.int8(1), np.bool_(True), np.array(1.0), np.array([]),
        np.ones(3), np.ones((2, 3)), np.ones((3, 2), np.float32), np.ones((1,) * 20), np.array("a"),
        np.array([None]), np.array([1j]), np.array(["2020"], "M8[Y]"), np.zeros(2, [("a", float)]),
        np.ma.masked_array([1.0, 2.0], [True, False]), np.ones((2, 3), ">f8").T,
        np.ones((4, 4))[::2],
        Variable(2.0), Variable(3, requires_grad=False), Variable([1.0, 2.0, 3.0]),
        Variable(np.ones((2, 3), np.float32)), Variable(np.zeros((0, 3))), Variable([[2.0]]),
        F.sin(Variable([1.0, 2.0])), F.broadcast_to(Variable(1.0), (2, 3)),
        Variable(np.ones((2, 3, 4)))[:, ::-1], Variable,
    ]  # fmt: skip


FUNCTIONS = [getattr(F, n) for n in F.__all__]
CREATION = [ag.zeros, ag.ones, ag.full, ag.zeros_like, ag.ones_like, ag.arange, ag.linspace,
            ag.eye, ag.rand, ag.randn, ag.normal]  # fmt: skip
OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow,
             operator.matmul, operator.neg, operator.pos, operator.getitem, operator.setitem,
             operator.lt, operator.eq, operator.iadd, operator.isub, operator.itruediv, pow, len,
             float, int, bool, iter, hash, str, abs, round, divmod, operator.contains]  # fmt: skip
ATTRIBUTES = ["data", "grad", "name", "shape", "creator", "requires_grad"]
# These would change the process for the tests that follow, or sleep in a debugger.
METHODS = [n for n in dir(Variable) if not n.startswith("__") and n not in ATTRIBUTES]
METHODS += ["__array__", "__array_ufunc__", "__radd__", "__rpow__", "__matmul__", "__getitem__"]
KEYWORDS = ["axis", "keepdims", "shape", "axes", "min", "max", "grad", "create_graph", "dtype",
            "retain_graph", "retain_grad", "name", "requires_grad", "rng", "nothing"]  # fmt: skip


def random_call(rng):
    """A callable, and arguments that rarely suit it."""
    values = junk()
    variables = [v for v in values if isinstance(v, Variable)]
    args = [rng.choice(values) for _ in range(rng.choice([0, 1, 1, 2, 2, 2, 3, 4]))]
    kwargs = {}
    if rng.random() < 0.3:
        kwargs[rng.choice(KEYWORDS)] = rng.choice(values)
    v = rng.choice(variables)
    if rng.random() < 0.4:
        args[:1] = [v]
    kind = rng.randrange(8)
    if kind <= 2:
        return rng.choice(FUNCTIONS), args, kwargs
    if kind == 3:
        return rng.choice(OPERATORS), [v, *args[1:]] if rng.random() < 0.7 else args, {}
    if kind == 4:
        return getattr(v, rng.choice(METHODS)), args, kwargs
    if kind == 5:
        return setattr, [v, rng.choice(ATTRIBUTES), rng.choice(values)], {}
    if kind == 6:
        return rng.choice([Variable, *CREATION]), args, kwargs
    odd = Odd(rng.choice(values), rng.choice(values))
    return lambda *xs: F.sum(odd(*xs)).backward(), args, {}


@pytest.mark.filterwarnings("ignore")  # NumPy warns of casts, which are not ours to judge
@pytest.mark.parametrize("seed", range(8))
def test_malformed_calls(seed):
    rng = random.Random(seed)
    np.seterr(all="ignore")
    before = nodes()
    outcomes = {True: 0, False: 0}
    for _ in range(1000):
        f, args, kwargs = random_call(rng)
        try:
            result = f(*args, **kwargs)
            if isinstance(result, Variable):
                result.requires_grad and result.size < 1000 and result.backward()
                assert str(result)
            outcomes[True] += 1
        except SystemError:
            raise
        except Exception as e:
            outcomes[False] += 1
            if "internal error" in str(e) or isinstance(e, AssertionError):
                raise
        del f, args, kwargs
        result = None
    # Both happen: the calls are neither all nonsense nor all fine.
    assert min(outcomes.values()) > 50
    assert nodes() == before
    x = Variable([1.0, 2.0])
    F.sum(x * x + F.sin(x)).backward()
    np.testing.assert_allclose(x.grad.data, 2 * x.data + np.cos(x.data))
