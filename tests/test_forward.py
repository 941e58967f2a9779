"""Forward mode in the engine: rules for tangents, and gradient rules where there is none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
from autograd import Function, Variable, _core
from autograd import functions as F
from autograd.testing import strategies
from support import fails, nodes

RNG = np.random.default_rng(0)
A = RNG.standard_normal((3, 3))
SPD = A @ A.T + 3 * np.eye(3)


def slope(f, x, t, h=1e-6):
    """The derivative of `f` at an array along a direction, by differences of values."""
    return (f(x + h * t) - f(x - h * t)) / (2 * h)


LINEAR = {
    "sum": lambda x: F.sum(x, 0),
    "sum_keepdims": lambda x: F.sum(x, (0, 1), keepdims=True),
    "broadcast_to": lambda x: F.broadcast_to(x, (2, 3, 3)),
    "sum_to": lambda x: F.sum_to(x, (1, 3)),
    "reshape": lambda x: F.reshape(x, (9,)),
    "transpose": lambda x: F.transpose(x),
    "getitem": lambda x: x[1:, ::-2],
    "rows": lambda x: x[[0, 2, 0]],
    "mask": lambda x: x[np.array([True, False, True])],
    "concat": lambda x: F.concat([x, np.ones((1, 3)), x[:2]], 0),
    "stack": lambda x: F.stack([x, np.ones((3, 3))], 1),
    "astype": lambda x: x.astype("float32").astype("float64"),
    "diagonal": lambda x: F.diag(x),
    "place": lambda x: F.diag(x[0]),
    "matmul_left": lambda x: x @ np.arange(6.0).reshape(3, 2),
    "matmul_right": lambda x: np.arange(6.0).reshape(2, 3) @ x,
}


@pytest.mark.parametrize("name", LINEAR)
def test_linear_operations_are_their_own_tangents(name):
    f, t = LINEAR[name], RNG.standard_normal((3, 3))
    _, got = ag.jvp(f, (A,), (t,))
    constant = f(Variable(np.zeros((3, 3)))).data
    np.testing.assert_allclose(got.data, f(Variable(t)).data - constant, rtol=1e-6, atol=1e-12)


OTHERS = {
    "both_factors": lambda x: x @ x,
    "linear": lambda x: F.linear(x, x[:, :2], x[:1, :2]),
    "softmax": lambda x: F.softmax(x, 0),
    "max": lambda x: F.max(x, 1),
    "cumprod": lambda x: F.cumprod(x, 1),
    "layer_norm": lambda x: F.layer_norm(x, x[0], x[1]),
    "inv": lambda x: F.inv(x + 4 * np.eye(3)),
    "broadcast": lambda x: x[:1] * x[:, :1] / (2 + x[0] ** 2),
    "cross_entropy": lambda x: F.cross_entropy(x, [0, 2, 1]),
    "conv1d": lambda x: F.conv1d(x[None], F.reshape(x[:, :2], (1, 3, 2))),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_operations(name):
    f, t = OTHERS[name], RNG.standard_normal((3, 3))
    _, got = ag.jvp(f, (A,), (t,))
    want = slope(lambda x: f(Variable(x)).data, A, t)
    np.testing.assert_allclose(got.data, want, rtol=1e-6, atol=1e-8)


def test_several_results():
    t = RNG.standard_normal((3, 3))
    t = t + t.T

    def f(x):
        values, vectors = F.eigh(x)
        sign, logarithm = F.slogdet(x)
        return values, vectors**2, sign * logarithm

    _, got = ag.jvp(f, (SPD,), (t,))
    for k, tangent in enumerate(got):
        want = slope(lambda x, k=k: f(Variable(x))[k].data, SPD, t)
        np.testing.assert_allclose(tangent.data, want, rtol=1e-6, atol=1e-8)


def test_one_of_several_results_is_enough():
    t = np.eye(3)
    _, got = ag.jvp(lambda x: F.eigh(x)[0], (SPD,), (t,))
    np.testing.assert_allclose(got.data, np.ones(3))


def test_functions_of_the_user():
    class Cube(Function):
        def forward(self, x):
            self.x = x
            return x.data**3

        def backward(self, gy):
            return 3 * self.x**2 * gy

    _, got = ag.jvp(lambda x: Cube()(x), (np.array([1.0, 2.0]),), (np.array([1.0, 10.0]),))
    np.testing.assert_allclose(got.data, [3.0, 120.0])
    # And the derivative of that along x again.
    second = ag.grad(lambda x: ag.jvp(lambda z: Cube()(z), (x,), (1.0,))[1])(2.0)
    np.testing.assert_allclose(second.data, 12.0)


def test_rules_that_forward_mode_cannot_differentiate():
    class Plain(Function):
        def forward(self, x):
            self.x = x.data
            return np.sin(self.x)

        def backward(self, gy):
            return gy.data * np.cos(self.x)

    fails(lambda: ag.jvp(lambda x: Plain()(x), (0.3,), (1.0,)), RuntimeError, "Plain.backward")

    # Where the gradient is 0 there is nothing to differentiate.
    class Step(Plain):
        def forward(self, x):
            return np.sign(x.data)

        def backward(self, gy):
            return np.zeros(gy.shape)

    _, tangent = ag.jvp(lambda x: Step()(x) * x, (0.3,), (2.0,))
    assert tangent.item() == 2.0


DROPPED = {
    "eigh": lambda x: F.eigh(x + x.T)[0],
    "svd": lambda x: F.svd(x)[1],
    "left": lambda x: F.svd(x)[0] ** 2,
    "q": lambda x: F.qr(x)[0],
    "r": lambda x: F.qr(x)[1],
}


@pytest.mark.parametrize("name", DROPPED)
def test_forward_over_backward_where_a_result_was_dropped(name):
    x, t = np.random.default_rng(3).standard_normal((2, 3, 3))

    def f(x):
        return F.sum(DROPPED[name](x) ** 3)

    _, got = ag.jvp(ag.grad(f), (x,), (t,))
    np.testing.assert_allclose(got.data, ag.hvp(f, (x,), (t,))[0].data, rtol=1e-9, atol=1e-9)


def test_a_dropped_result_of_a_function_of_the_user():
    class Powers(Function):
        def forward(self, x):
            self.one = F.exp(x)
            self.two = self.one * self.one
            return self.one, self.two

        def backward(self, g_one, g_two):
            return g_one * self.one + 2 * g_two * self.one * self.one

    for k in (0, 1):
        _, got = ag.jvp(ag.grad(lambda x, k=k: Powers()(x)[k]), (0.3,), (1.0,))
        np.testing.assert_allclose(got.data, (k + 1) ** 2 * np.exp((k + 1) * 0.3))


def test_nothing_is_recorded_that_nobody_can_differentiate(no_gc):
    x, t = np.ones(5), np.arange(5.0)
    before = nodes()
    value, tangent = ag.jvp(lambda x: F.tanh(F.softmax(x) * x), (x,), (t,))
    assert value.creator is None
    assert tangent.creator is None
    del value, tangent
    assert nodes() == before


def along_one(f):
    return lambda x: ag.jvp(f, (x,), (1.0,))[1]


def test_tangents_are_differentiable_by_everything():
    w = Variable(3.0)
    _, tangent = ag.jvp(lambda x: w * x**2, (2.0,), (1.0,))
    tangent.backward()
    np.testing.assert_allclose(w.grad.data, 4.0)
    t = Variable(5.0)
    _, tangent = ag.jvp(F.exp, (0.0,), (t,))
    tangent.backward()
    np.testing.assert_allclose(t.grad.data, 1.0)
    f = F.sin
    for _ in range(3):
        f = along_one(f)
    np.testing.assert_allclose(f(0.4).data, -np.cos(0.4))


def test_unused_inputs_and_constants():
    value, tangent = ag.jvp(lambda x, y: (x * 2, Variable(7.0)), (1.0, 2.0), (3.0, 4.0))
    np.testing.assert_array_equal([v.item() for v in value], [2.0, 7.0])
    np.testing.assert_array_equal([t.item() for t in tangent], [6.0, 0.0])


def test_misfits_are_refused():
    x = Variable([1.0, 2.0])
    y = F.sum(x)
    fails(lambda: _core.tangents([y], [x], [1.0]), ValueError, "tangents", "(2,)")
    fails(lambda: _core.tangents([y], [x], []), ValueError, "tangents")


@given(strategies.programs(), st.integers(0, 2**32 - 1))
def test_programs_forward_and_backward_agree(program, seed):
    """<u, J t> is <Jᵀ u, t>."""
    rng = np.random.default_rng(seed)
    xs = program.inputs(rng=rng)
    ts = [rng.standard_normal(np.shape(x)) for x in xs]
    value, tangent = ag.jvp(program, tuple(xs), tuple(ts))
    _, pullback = ag.vjp(program, *xs)
    u = rng.standard_normal(value.shape)
    forward = np.sum(u * tangent.data)
    backward = sum(np.sum(t * g.data) for t, g in zip(ts, pullback(u), strict=True))
    np.testing.assert_allclose(forward, backward, rtol=1e-9, atol=1e-10)


def test_gradients_computed_from_data_in_part():
    """Also where something that was kept takes part, or another argument's gradient is right."""

    class ByData(Function):
        def forward(self, x):
            self.x = x
            return F.sin(x)

        def backward(self, gy):
            return F.cos(self.x) * gy.data

    class Unrecorded(ByData):
        def backward(self, gy):
            with ag.no_grad():
                return F.cos(self.x) * gy

    class InPart(Function):
        def forward(self, x, y):
            self.x, self.y = x, y
            return F.sin(x) * y

        def backward(self, gy):
            return F.cos(self.x) * gy.data * self.y, F.sin(self.x) * gy

    words = "forward mode (jvp) cannot differentiate it"
    for function in (ByData, Unrecorded):
        f = lambda x, function=function: function()(x)  # noqa: E731
        assert ag.grad(f)(0.5).item() == pytest.approx(np.cos(0.5))
        fails(lambda f=f: ag.jvp(f, (0.5,), (1.0,)), RuntimeError, function.__name__, words)
    both = lambda x, y: InPart()(x, y)  # noqa: E731
    fails(lambda: ag.jvp(both, (0.5, 0.6), (1.0, 1.0)), RuntimeError, "InPart", words)
    assert ag.jvp(lambda y: both(0.5, y), (0.6,), (1.0,))[1].item() == pytest.approx(np.sin(0.5))
