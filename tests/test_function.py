"""Functions with a forward and a backward of the user's own."""

import weakref

import numpy as np
import pytest

import autograd as ag
from autograd import Function, Variable
from autograd import functions as F
from support import central, directional, nodes


class Sin(Function):
    """Keeps its input; NumPy inside."""

    def forward(self, x):
        self.x = x
        return np.sin(x.data)

    def backward(self, gy):
        return gy * F.cos(self.x)


class Tanh(Function):
    """Keeps its output."""

    def forward(self, x):
        self.y = F.tanh(x)
        return self.y

    def backward(self, gy):
        return gy * (1 - self.y * self.y)


class Mul(Function):
    def forward(self, x, y):
        self.x, self.y = x, y
        return x * y

    def backward(self, gz):
        return gz * self.y, gz * self.x


class SinCos(Function):
    """Two results, both kept."""

    def forward(self, x):
        self.s, self.c = F.sin(x), F.cos(x)
        return self.s, self.c

    def backward(self, gs, gc):
        return gs * self.c - gc * self.s


class Swap(Function):
    def forward(self, x, y):
        return y, x

    def backward(self, gy, gx):
        return gx, gy


class Returns(Function):
    """Whatever the test wants."""

    def __init__(self, value=None, gradient=None):
        self.value, self.gradient = value, gradient

    def forward(self, *xs):
        return xs[0] if self.value is None else self.value

    def backward(self, *gys):
        return self.gradient


@pytest.mark.parametrize("value", [0.7, np.array([0.3, -0.9, 1.4])], ids=["number", "array"])
@pytest.mark.parametrize(
    ("f", "reference", "arity"),
    [
        (lambda x: Sin()(x), F.sin, 1),
        (lambda x: Tanh()(x), F.tanh, 1),
        (lambda x, y: Mul()(x, y), F.mul, 2),
        (lambda x: SinCos()(x)[0], F.sin, 1),
        (lambda x: SinCos()(x)[1], F.cos, 1),
        (lambda x: F.mul(*SinCos()(x)), lambda x: F.sin(x) * F.cos(x), 1),
        (lambda x: F.sub(*SinCos()(x)), lambda x: F.sin(x) - F.cos(x), 1),
        (lambda x, y: F.sub(*Swap()(x, y)), lambda x, y: y - x, 2),
        (lambda x: Sin()(Tanh()(Sin()(x))), lambda x: F.sin(F.tanh(F.sin(x))), 1),
        (lambda x: Mul()(x, x), F.square, 1),
        (lambda x: Mul()(Sin()(x), 2.0), lambda x: F.sin(x) * 2.0, 1),
    ],
    ids=["Sin", "Tanh", "Mul", "SinCos0", "SinCos1", "product", "difference", "Swap", "chain",
         "twice", "constant"],
)  # fmt: skip
def test_derivatives_of_three_orders(f, reference, arity, value):
    xs = [np.asarray(value) + i for i in range(arity)]
    c = np.ones(np.shape(value))
    ways = [[np.full(x.shape, 0.5 + i) for i, x in enumerate(xs)] for _ in range(3)]
    for order in range(4):
        got = directional(f, xs, c, ways[:order])
        assert got == pytest.approx(
            directional(reference, xs, c, ways[:order]), rel=1e-12, abs=1e-12
        )

    def along(t):
        return directional(f, [x + t * d for x, d in zip(xs, ways[0], strict=True)], c, ways[:1])

    assert directional(f, xs, c, ways[:2]) == pytest.approx(central(along, 1e-3), abs=1e-8)


def test_creator():
    x, y = Variable(1.0), Variable(2.0)
    z = Mul()(x, y)
    assert z.creator.name == "Mul"
    assert z.creator.inputs == (x, y)
    assert z.generation == 1
    s, c = SinCos()(x)
    assert s.creator.name == c.creator.name == "SinCos"
    assert s.creator.outputs == (s, c)
    assert s.creator.inputs == (x,)
    del c
    assert s.creator.outputs == (s,)


def test_nothing_is_recorded_inside_forward():
    class Looks(Function):
        def forward(self, x):
            y = x * 2
            assert y.creator is None
            return y

        def backward(self, gy):
            return gy * 2

    x = Variable(1.0)
    y = Looks()(x)
    assert y.creator.name == "Looks"
    with ag.no_grad():
        assert Looks()(x).creator is None


@pytest.mark.parametrize(
    "value", [2.5, np.float64(2.5), np.array(2.5), Variable(2.5), [2.5], (2.5,)]
)
def test_what_forward_may_return(value):
    x = Variable(1.0)
    y = Returns(value, 3.0)(x)
    if isinstance(value, (list, tuple)):
        (y,) = y
    assert y.item() == 2.5
    y.backward()
    assert x.grad.item() == 3.0


@pytest.mark.parametrize(
    "gradient", [3.0, 3, np.float64(3.0), np.array(3.0), Variable(3.0), (3.0,)]
)
def test_what_backward_may_return(gradient):
    x = Variable(1.0)
    Returns(gradient=gradient)(x).backward()
    assert x.grad.item() == 3.0
    assert x.grad.dtype == np.float64


def test_gradients_that_are_none():
    x, y = Variable(1.0), Variable(2.0)
    Returns(gradient=(None, 5.0))(x, y).backward()
    assert x.grad is None
    assert y.grad.item() == 5.0
    z = x * 2
    Returns(gradient=None)(z).backward()
    assert x.grad is None


def test_constants_and_unused_results():
    x = Variable([0.1, 0.2])
    s, c = SinCos()(x)
    del c
    s.backward()
    np.testing.assert_allclose(x.grad.data, np.cos(x.data))
    fixed = Variable([1.0, 2.0], requires_grad=False)
    z = Mul()(x, fixed)
    z.backward()
    assert fixed.grad is None
    assert Mul()(fixed, 2.0).creator is None
    assert not Mul()(fixed, 2.0).requires_grad


def test_gradient_dtype():
    x = Variable(np.ones(2, np.float32))
    Returns(gradient=np.array([1.0, 2.0]))(x).backward()
    assert x.grad.dtype == np.float32


def test_the_identity():
    x = Variable([1.0, 2.0])
    y = Returns(gradient=np.array([3.0, 4.0]))(x)
    assert y is not x
    y.backward()
    np.testing.assert_array_equal(x.grad.data, [3.0, 4.0])


# What goes wrong


@pytest.mark.parametrize(
    ("gradient", "count", "error", "match"),
    [
        ((1.0, 2.0, 3.0), 2, ValueError, r"Returns\.backward.* 2 inputs, got 3"),
        (1.0, 2, ValueError, r"Returns\.backward.* 2 inputs, got 1"),
        ((), 1, ValueError, r"Returns\.backward.*got 0"),
        ([1.0, 2.0], 1, ValueError, r"Returns\.backward"),
        (np.ones(3), 1, ValueError, r"Returns\.backward: the gradient of input 0.*\(\).*\(3,\)"),
        (((1.0), np.ones((2, 1))), 2, ValueError, r"input 1 must have shape \(\).*\(2, 1\)"),
        ("text", 1, TypeError, "Returns"),
        (1j, 1, TypeError, "Returns"),
        ({}, 1, TypeError, "Returns"),
    ],
)
def test_wrong_gradients(gradient, count, error, match):
    xs = [Variable(2.0) for _ in range(count)]
    squares = [x**2 for x in xs]
    y = Returns(gradient=gradient)(*squares)
    with pytest.raises(error, match=match):
        y.backward()
    assert all(x.grad is None for x in xs)
    squares[0].backward()
    assert xs[0].grad.item() == 4.0


@pytest.mark.parametrize("value", ["text", 1j, {}, (), [], object()])
def test_wrong_values(value):
    with pytest.raises(TypeError, match=r"Returns\.forward"):
        Returns(value)(Variable(1.0))


def test_wrong_operands():
    for operand in (None, "text", {}):
        with pytest.raises(TypeError, match="Sin"):
            Sin()(operand)
    with pytest.raises(TypeError):
        Sin()(Variable(1.0), Variable(2.0))
    with pytest.raises(NotImplementedError, match="Function must define forward"):
        Function()(Variable(1.0))


def test_a_forward_that_raises():
    class Bad(Function):
        def forward(self, x):
            raise KeyError("forward")

    x = Variable(2.0)
    before = nodes()
    with pytest.raises(KeyError, match="forward"):
        Bad()(x)
    assert nodes() == before
    assert (x * 2).creator is not None


@pytest.mark.parametrize("create_graph", [False, True])
def test_a_backward_that_raises(create_graph):
    class Moody(Sin):
        cross = True

        def backward(self, gy):
            if self.cross:
                raise KeyError("backward")
            return super().backward(gy)

    x = Variable(2.0)
    f = Moody()
    z = f(x**2) * 3.0 + x
    before = nodes()
    with pytest.raises(KeyError, match="backward"):
        z.backward(create_graph=create_graph)
    assert x.grad is None
    assert nodes() == before
    f.cross = False
    z.backward(create_graph=create_graph)
    assert x.grad.item() == pytest.approx(3.0 * np.cos(4.0) * 4.0 + 1.0)


def test_a_backward_pass_inside_a_backward():
    """Recording is off there unless the outer pass is recorded; `enable_grad` turns it on."""

    class Nested(Function):
        def forward(self, x):
            self.x = x
            return x * x

        def backward(self, gy):
            inner = Variable(self.x.data)
            with ag.enable_grad():
                F.square(inner).backward()
            return gy * inner.grad.data

    for create_graph in (False, True):
        x = Variable(3.0)
        (Nested()(x * 2.0) + x).backward(create_graph=create_graph)
        assert x.grad.item() == 25.0


def test_backward_on_the_same_graph_inside_a_backward():
    class Again(Function):
        def forward(self, x):
            return x * 1.0

        def backward(self, gy):
            y.backward()
            return gy

    x = Variable(3.0)
    y = x**2
    z = Again()(y)
    z.backward()
    assert x.grad.item() == 12.0


# Lifetimes


@pytest.mark.parametrize("make", [Sin, Tanh, SinCos], ids=lambda c: c.__name__)
@pytest.mark.parametrize("create_graph", [False, True])
@pytest.mark.parametrize("value", [0.7, [0.3, 0.9]], ids=["number", "array"])
def test_nothing_leaks(make, create_graph, value, no_gc):
    x = Variable(value)
    before = nodes()
    f = make()
    alive = weakref.ref(f)
    y = f(x)
    y = y[0] * y[1] if make is SinCos else y
    y.backward(create_graph=create_graph)
    if create_graph:
        gx = x.grad
        x.cleargrad()
        (gx * gx).backward(create_graph=True)
        del gx
    del f, y
    x.cleargrad()
    assert nodes() == before
    assert alive() is None


def test_nothing_leaks_when_calls_fail(no_gc):
    x = Variable(2.0)
    before = nodes()
    for gradient in ((1.0, 2.0), np.ones(3), "text"):
        f = Returns(gradient=gradient)
        alive = weakref.ref(f)
        y = f(x)
        with pytest.raises((ValueError, TypeError)):
            y.backward(create_graph=True)
        del f, y
        assert nodes() == before
        assert alive() is None


def test_a_function_dies_with_its_graph(no_gc):
    f = Sin()
    alive = weakref.ref(f)
    x = Variable(1.0)
    y = f(x)
    del f
    assert alive() is not None
    y.backward()
    del y
    assert alive() is None


def test_a_function_whose_end_runs_python(no_gc):
    """A destructor may use the package, also when a long graph comes down."""
    ends = []

    class Noisy(Sin):
        def __del__(self):
            v = Variable(2.0)
            (v**2).backward()
            ends.append(v.grad.item())

    y = Variable(0.5)
    for _ in range(1000):
        y = Noisy()(y)
    y.backward()
    del y
    assert ends == [4.0] * 1000
