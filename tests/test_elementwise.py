"""Elementwise functions: edges, gradients there, twins, Python's and NumPy's ways to call them."""

import math

import numpy as np
import pytest

from autograd import Variable
from autograd import functions as F
from cases import cases
from support import fails

INF, NAN = math.inf, math.nan
FAR = [1e3, 1e30, INF]


def derivatives(f, x, order, fused):
    """The value and derivatives. If `fused`, the last is computed without recording."""
    y = f(x)
    out = [y.data]
    for i in range(order):
        x.cleargrad()
        if y.creator is None:  # constant from here on
            out += [np.zeros_like(x.data)] * (order - i)
            break
        y.backward(create_graph=not (fused and i == order - 1))
        y = x.grad
        out.append(y.data)
    return out


def agree(f, at, *want):
    """Value, gradient and so on: number and array, fused and recorded, narrow and wide."""
    for start in (at, np.full(3, at), np.full(3, at, np.float32)):
        for fused in (False, True):
            got = derivatives(f, Variable(start), len(want) - 1, fused)
            rtol = 1e-14 if got[0].dtype == np.float64 else 1e-6
            for g, w in zip(got, want, strict=True):
                assert g.dtype == got[0].dtype
                np.testing.assert_allclose(g, np.broadcast_to(w, g.shape), rtol=rtol)


# Kinks and jumps


@pytest.mark.parametrize("zero", [0.0, -0.0])
@pytest.mark.parametrize(
    ("f", "gradients"),
    [
        (F.abs, (0.0, 0.0)),
        (F.sign, (0.0, 0.0)),
        (F.relu, (0.0, 0.0)),
        (F.leaky_relu, (0.01, 0.0)),
        (lambda x: F.leaky_relu(x, -2.0), (-2.0, 0.0)),
        (F.elu, (1.0, 1.0, 1.0)),
        (lambda x: F.elu(x, 0.25), (0.25, 0.25, 0.25)),
    ],
)
def test_kinks_at_zero(f, gradients, zero):
    agree(f, zero, 0.0, *gradients)


def test_sides_of_kinks():
    agree(F.relu, 1e-30, 1e-30, 1.0)
    agree(F.relu, -1e-30, 0.0, 0.0)
    agree(F.leaky_relu, -1e-30, -1e-32, 0.01)
    agree(F.elu, 1e-30, 1e-30, 1.0, 0.0)
    agree(F.elu, -1e-30, -1e-30, 1.0, 1.0)


@pytest.mark.parametrize("f", [F.floor, F.ceil, F.trunc, F.round, F.sign], ids=lambda f: f.__name__)
def test_steps_have_no_slope(f):
    for at in (-2.0, -1.5, -0.5, 0.0, 0.5, 1.0, 1e30):
        agree(f, at, f(at).item(), 0.0, 0.0)
    x = Variable([0.5, 2.0])
    (x * f(x)).backward()
    np.testing.assert_array_equal(x.grad.data, f(x).data)


def test_halves_are_rounded_to_even():
    x = np.array([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 0.49999999999999994, 2**52 + 1.0])
    np.testing.assert_array_equal(F.round(x).data, np.round(x))


def test_ends_of_clip():
    agree(lambda x: F.clip(x, -1.0, 1.0), 1.0, 1.0, 1.0, 0.0)
    agree(lambda x: F.clip(x, -1.0, 1.0), -1.0, -1.0, 1.0, 0.0)
    agree(lambda x: F.clip(x, -1.0, 1.0), INF, 1.0, 0.0, 0.0)
    agree(F.clip, 5.0, 5.0, 1.0, 0.0)


def test_nan_is_passed_on():
    for f in (F.relu, F.elu, F.leaky_relu, F.gelu, F.silu, F.softplus, F.sigmoid, F.sign, F.round,
              F.erf, F.lgamma, F.digamma, lambda x: F.soft_clip(x, -1.0, 1.0)):  # fmt: skip
        assert np.isnan(f(Variable([NAN])).item())


# Vertical tangents: finite values with infinite slopes have the gradient 0, at every order


@pytest.mark.parametrize(
    ("f", "at", "value"),
    [
        (F.sqrt, 0.0, 0.0),
        (F.asin, 1.0, math.pi / 2),
        (F.asin, -1.0, -math.pi / 2),
        (F.acos, 1.0, 0.0),
        (F.acos, -1.0, math.pi),
        (F.acosh, 1.0, 0.0),
    ],
)
def test_vertical_tangents(f, at, value):
    agree(f, at, value, 0.0, 0.0, 0.0)


# Poles: infinite values have infinite gradients


@pytest.mark.parametrize(
    ("f", "at", "value", "gradient"),
    [
        (F.log, 0.0, -INF, INF),
        (F.log2, 0.0, -INF, INF),
        (F.log10, 0.0, -INF, INF),
        (F.log1p, -1.0, -INF, INF),
        (F.atanh, 1.0, INF, INF),
        (F.atanh, -1.0, -INF, INF),
        (F.reciprocal, 0.0, INF, -INF),
        (F.lgamma, 0.0, INF, -INF),
        (F.digamma, 0.0, -INF, INF),
        (F.lgamma, -1.0, INF, NAN),
        (F.digamma, -1.0, NAN, INF),
    ],
)
def test_poles(f, at, value, gradient):
    agree(f, at, value, gradient)


def test_second_derivatives_at_poles():
    for f, at in ((F.log, 0.0), (F.log2, 0.0), (F.log10, 0.0), (F.log1p, -1.0)):
        agree(f, at, -INF, INF, -INF)


def test_outside_of_the_domain():
    for f, at in ((F.log, -1.0), (F.log2, -1.0), (F.log10, -1.0), (F.log1p, -2.0), (F.sqrt, -1.0),
                  (F.asin, 1.5), (F.acos, -1.5), (F.acosh, 0.5), (F.atanh, 2.0)):  # fmt: skip
        assert np.isnan(f(Variable(at)).item())
        assert np.isnan(f(Variable([at])).item())


def test_small_arguments_keep_their_digits():
    for f in (F.log1p, F.expm1, F.sinh, F.asinh, F.atanh, F.tan, F.asin, F.atan):
        for at in (1e-18, -1e-18):
            agree(f, at, at, 1.0)
    agree(F.expm1, -80.0, -1.0, math.exp(-80.0), math.exp(-80.0))
    agree(F.erfc, 5.0, math.erfc(5.0), -2 / math.sqrt(math.pi) * math.exp(-25.0))


# Far away


@pytest.mark.parametrize("far", FAR)
@pytest.mark.parametrize("f", [F.relu, F.elu, F.leaky_relu, F.gelu, F.silu, F.softplus])
def test_rectifiers_far_above(f, far):
    agree(f, far, far, 1.0, 0.0, 0.0)


@pytest.mark.parametrize("far", FAR)
@pytest.mark.parametrize("f", [F.relu, F.gelu, F.silu, F.softplus])
def test_rectifiers_far_below(f, far):
    agree(f, -far, 0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize("far", FAR)
def test_saturation(far):
    agree(F.sigmoid, far, 1.0, 0.0, 0.0, 0.0)
    agree(F.sigmoid, -far, 0.0, 0.0, 0.0, 0.0)
    agree(F.log_sigmoid, far, 0.0, 0.0, 0.0, 0.0)
    agree(F.log_sigmoid, -far, -far, 1.0, 0.0, 0.0)
    agree(lambda x: F.elu(x, 2.0), -far, -2.0, 0.0, 0.0, 0.0)
    agree(F.erf, far, 1.0, 0.0, 0.0, 0.0)
    agree(F.erfc, far, 0.0, 0.0, 0.0, 0.0)
    agree(F.erfc, -far, 2.0, 0.0, 0.0, 0.0)
    agree(F.expm1, -far, -1.0, 0.0, 0.0, 0.0)
    agree(F.tanh, far, 1.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize("far", FAR)
def test_soft_clip_saturates(far):
    for sharpness in (1.0, 1.5, 20.0):
        both = lambda x, k=sharpness: F.soft_clip(x, -2.0, 3.0, k)  # noqa: E731
        agree(both, far, 3.0, 0.0, 0.0, 0.0)
        agree(both, -far, -2.0, 0.0, 0.0, 0.0)
        agree(lambda x, k=sharpness: F.soft_clip(x, -2.0, None, k), far, far, 1.0, 0.0, 0.0)
        agree(lambda x, k=sharpness: F.soft_clip(x, None, 3.0, k), -far, -far, 1.0, 0.0, 0.0)


def test_no_overflow_on_the_way():
    agree(lambda x: F.asinh(x * 1e30), 1e7, math.asinh(1e37), 1e-7)
    x = Variable(1e300)
    F.asinh(x).backward()
    assert x.grad.item() == pytest.approx(1e-300, rel=1e-14)
    x.cleargrad()
    F.acosh(x).backward()
    assert x.grad.item() == pytest.approx(1e-300, rel=1e-14)
    y = Variable(1e300)
    x.cleargrad()
    F.atan2(y, x).backward()
    assert (y.grad.item(), x.grad.item()) == pytest.approx((5e-301, -5e-301), rel=1e-14)


# Two operands


def partials(f, x, y, create_graph=True):
    """The value, both gradients, and their derivatives by both operands."""
    x, y = Variable(x), Variable(y)
    z = f(x, y)
    z.backward(create_graph=create_graph)
    out = [z, x.grad, y.grad]
    if create_graph:
        first = [x.grad, y.grad]
        for g in first:
            x.cleargrad()
            y.cleargrad()
            if g.creator is not None:
                g.backward()
            out += [Variable(0.0) if v.grad is None else v.grad for v in (x, y)]
    return np.array([np.ravel(v.data)[0] for v in out])


def agree2(f, x, y, *want):
    for dtype in (None, np.float64, np.float32):
        a, b = (v if dtype is None else np.full(3, v, dtype) for v in (x, y))
        rtol = 1e-6 if dtype is np.float32 else 1e-14
        np.testing.assert_allclose(partials(f, a, b)[: len(want)], want, rtol=rtol)
        np.testing.assert_allclose(partials(f, a, b, create_graph=False), want[:3], rtol=rtol)


@pytest.mark.parametrize("x", [0.0, -0.0])
@pytest.mark.parametrize("y", [0.0, -0.0])
def test_the_origin(x, y):
    agree2(F.hypot, x, y, *[0.0] * 7)
    agree2(F.atan2, y, x, math.atan2(y, x), *[0.0] * 6)
    for flat in (y, np.array([y])):
        angle = F.atan2(flat, x)
        assert np.signbit(angle.data).all() == np.signbit(np.arctan2(y, x))


def test_hypot_and_atan2():
    agree2(F.hypot, 3.0, -4.0, 5.0, 0.6, -0.8, 0.128, 0.096, 0.096, 0.072)
    agree2(F.hypot, 0.0, -2.0, 2.0, 0.0, -1.0)
    agree2(F.atan2, 3.0, 4.0, math.atan2(3.0, 4.0), 0.16, -0.12)
    agree2(F.atan2, 0.0, -1.0, math.pi, -1.0, 0.0)


def test_hypot_at_the_ends_of_the_range():
    for a in (5e-324, 1e-320, 2.3e-308, 1e-200, 1e200, 1e308):
        x = np.array([3 * a, a, 0.0, 4 * a, 0.7 * a])
        y = np.array([4 * a, a, a, -3 * a, 0.1 * a])
        want = np.hypot(x.astype(np.longdouble), y.astype(np.longdouble))
        with np.errstate(over="ignore"):
            want = want.astype(float)
        np.testing.assert_allclose(F.hypot(x, y).data, want, rtol=4e-16, atol=5e-324)
    for x, y in ((INF, NAN), (NAN, -INF), (1.0, -INF)):
        assert F.hypot(x, y).item() == F.hypot([x], [y]).item() == INF


def test_logaddexp():
    agree2(F.logaddexp, 2.0, 2.0, 2.0 + math.log(2), 0.5, 0.5, 0.25, -0.25, -0.25, 0.25)
    agree2(F.logaddexp, 1e4, 0.0, 1e4, 1.0, *[0.0] * 5)
    agree2(F.logaddexp, INF, INF, INF, 0.5, 0.5)
    agree2(F.logaddexp, -INF, -INF, -INF, 0.5, 0.5)
    agree2(F.logaddexp, -INF, 1.0, 1.0, 0.0, 1.0, *[0.0] * 4)
    agree2(F.logaddexp, INF, 1.0, INF, 1.0, 0.0, *[0.0] * 4)
    agree2(F.logaddexp, NAN, 1.0, NAN, NAN, NAN)


# Twins


def test_fused_activations_and_their_references():
    a = np.linspace(-4.0, 4.0, 41)
    for fused, simple in ((F.sigmoid, F.sigmoid_simple), (F.gelu, F.gelu_simple),
                          (F.log_sigmoid, lambda x: F.log(F.sigmoid_simple(x))),
                          (F.softplus, lambda x: F.log(1.0 + F.exp(x))),
                          (F.silu, lambda x: x * F.sigmoid_simple(x)),
                          (lambda x: F.soft_clip(x, -1.0, 2.0, 3.0),
                           lambda x: -1.0 + (F.softplus(3.0 * (x + 1.0))
                                             - F.softplus(3.0 * (x - 2.0))) / 3.0)):  # fmt: skip
        for got, want in zip(
            derivatives(fused, Variable(a), 3, False),
            derivatives(simple, Variable(a), 3, False),
            strict=True,
        ):
            np.testing.assert_allclose(got, want, rtol=1e-11, atol=1e-13)


def test_soft_clip_is_clip_with_round_corners():
    a = np.linspace(-4.0, 4.0, 81)
    for sharpness in (1.0, 10.0, 1000.0):
        y = F.soft_clip(a, -1.0, 1.0, sharpness).data
        assert np.abs(y - np.clip(a, -1.0, 1.0)).max() <= math.log(2) / sharpness + 1e-15
        assert y.min() >= -1.0 - 1e-15
        assert y.max() <= 1.0 + 1e-15
    np.testing.assert_array_equal(F.soft_clip(a).data, a)


def test_functions_and_their_inverses():
    a = np.linspace(-0.9, 0.9, 19)
    for there, back in ((F.sin, F.asin), (F.tan, F.atan), (F.sinh, F.asinh), (F.tanh, F.atanh),
                        (F.expm1, F.log1p), (F.exp2, F.log2),
                        (lambda x: F.cos(x + 1.0), lambda y: F.acos(y) - 1.0),
                        (lambda x: F.cosh(x + 1.0), lambda y: F.acosh(y) - 1.0)):  # fmt: skip
        value, slope, curvature = derivatives(lambda x: back(there(x)), Variable(a), 2, False)  # noqa: B023
        np.testing.assert_allclose(value, a, atol=1e-14)
        np.testing.assert_allclose(slope, 1.0, rtol=1e-12)
        np.testing.assert_allclose(curvature, 0.0, atol=1e-11)


def test_gamma_functions():
    n = np.arange(1.0, 11.0)
    factorials = [math.factorial(int(k) - 1) for k in n]
    np.testing.assert_allclose(np.exp(F.lgamma(n).data), factorials, rtol=1e-13)
    first, second, third = derivatives(F.digamma, Variable(1.0), 2, False)
    np.testing.assert_allclose(first, -0.5772156649015329, rtol=1e-14)
    np.testing.assert_allclose(second, math.pi**2 / 6, rtol=1e-14)
    np.testing.assert_allclose(third, -2 * 1.2020569031595942, rtol=1e-14)


# Python's and NumPy's names


def test_operators_and_methods():
    a = np.array([-1.5, -0.5, 0.5, 2.5])
    v = Variable(a)
    for call, want in ((abs, np.abs), (round, np.round), (math.floor, np.floor),
                       (math.ceil, np.ceil), (math.trunc, np.trunc),
                       (lambda x: x.__abs__(), np.abs), (lambda x: x.abs(), np.abs),
                       (lambda x: x.clip(-1.0, 1.0), lambda x: np.clip(x, -1.0, 1.0)),
                       (lambda x: x.clip(max=1.0), lambda x: np.minimum(x, 1.0)),
                       (lambda x: np.clip(x, -1.0, None), lambda x: x.clip(-1.0))):  # fmt: skip
        y = call(v)
        assert type(y) is Variable
        assert y.creator is not None
        np.testing.assert_array_equal(y.data, want(a), strict=True)
    y = abs(Variable(-2.0))
    assert (y.item(), y.creator.name) == (2.0, "Abs")
    v.cleargrad()
    np.clip(v, -1.0, 1.0).backward()
    np.testing.assert_array_equal(v.grad.data, [0.0, 1.0, 1.0, 0.0])


@pytest.mark.parametrize(
    "ufunc",
    [np.sign, np.floor, np.ceil, np.rint, np.trunc, np.log1p, np.expm1, np.log2, np.log10, np.exp2,
     np.tan, np.arcsin, np.arccos, np.arctan, np.sinh, np.cosh, np.arcsinh, np.arctanh,
     np.absolute, np.fabs, np.reciprocal],
)  # fmt: skip
def test_ufuncs(ufunc):
    a = np.array([0.25, 0.7])
    got = ufunc(Variable(a))
    assert type(got) is Variable
    assert got.creator is not None
    np.testing.assert_allclose(got.data, ufunc(a), rtol=1e-15)


def test_other_ufuncs():
    a = np.array([1.25, 2.0])
    np.testing.assert_allclose(np.arccosh(Variable(a)).data, np.arccosh(a), rtol=1e-15)
    for ufunc in (np.arctan2, np.hypot, np.logaddexp):
        for x, y in ((Variable(a), 0.5), (-a, Variable(a[::-1].copy()))):
            got = ufunc(x, y)
            assert type(got) is Variable
            np.testing.assert_allclose(got.data, ufunc(np.asarray(x), np.asarray(y)), rtol=1e-15)


def test_names_of_operands():
    assert F.atan2.__text_signature__ == "(y, x, /)"
    assert "\ny, x : Variable" in F.atan2.__doc__
    assert F.hypot.__text_signature__ == "(x, y, /)"


# Errors


@cases("elementwise")
def test_bad_operands_of_one(case):
    for x in (None, "text", 1j, object(), [1.0, "x"], np.array([1j])):
        if case.name in ("astype", "pow"):
            continue
        fails(lambda x=x: case.function(x), TypeError, "real")


@pytest.mark.parametrize("f", [F.hypot, F.atan2, F.logaddexp], ids=lambda f: f.__name__)
def test_bad_operands_of_two(f):
    v = Variable([1.0, 2.0, 3.0])
    fails(lambda: f(v, [1.0, 2.0]), ValueError, f"{f.__name__}: ", "(3,)", "(2,)", "broadcast")
    fails(lambda: f(v, None), TypeError, f"{f.__name__}: ", "NoneType")
    fails(lambda: f(v), TypeError, f"{f.__name__}: expected 2 arguments, got 1")


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda v: F.elu(v, NAN), ValueError, ["elu: ", "alpha must be finite", "NaN"]),
        (lambda v: F.elu(v, -INF), ValueError, ["elu: ", "-inf"]),
        (lambda v: F.elu(v, "a"), TypeError, ["alpha"]),
        (lambda v: F.leaky_relu(v, INF), ValueError, ["leaky_relu: ", "slope must be finite"]),
        (lambda v: F.leaky_relu(v, [0.1]), TypeError, ["slope"]),
        (lambda v: F.soft_clip(v, 2.0, 1.0), ValueError, ["soft_clip: ", "min=2", "max=1"]),
        (lambda v: F.soft_clip(v, NAN), ValueError, ["soft_clip: ", "NaN"]),
        (lambda v: F.soft_clip(v, INF), ValueError, ["soft_clip: ", "min=inf"]),
        (lambda v: F.soft_clip(v, max=-INF), ValueError, ["soft_clip: ", "max=-inf"]),
        (lambda v: F.soft_clip(v, 0, 1, 0.0), ValueError, ["sharpness must be positive", "got 0"]),
        (lambda v: F.soft_clip(v, 0, 1, -2.0), ValueError, ["soft_clip: ", "got -2"]),
        (lambda v: F.soft_clip(v, 0, 1, INF), ValueError, ["soft_clip: ", "got inf"]),
        (lambda v: F.soft_clip(v, 0, 1, NAN), ValueError, ["soft_clip: ", "got NaN"]),
        (lambda v: v.clip(2.0, 1.0), ValueError, ["clip: ", "min=2"]),
        (lambda v: np.clip(v, 0.0, 1.0, out=np.zeros(2)), TypeError, ["clip", "out"]),
        (lambda v: round(v, 2), TypeError, ["round: ", "integers"]),
        (lambda v: F.sigmoid_simple(None), TypeError, ["array"]),
    ],
)
def test_bad_arguments(call, error, words):
    fails(lambda: call(Variable([1.0, 2.0])), error, *words)
