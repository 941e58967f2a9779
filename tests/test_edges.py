"""Points where a function has no derivative, or no value: what each gives there, as documented.

A finite subgradient is preferred: at kinks one between the slopes on both sides, at
vertical tangents 0.
"""

import math

import numpy as np
import pytest

import autograd as ag
from autograd import Variable
from autograd import functions as F

INF, NAN = math.inf, math.nan


def derivatives(f, at, orders=2):
    """The value of `f` and its derivatives, summed over the result, by recorded passes; the first
    derivative also by the fused pass, which must agree."""
    x = Variable(at)
    y = f(x)
    y.backward()
    fused = np.zeros(x.shape) if x.grad is None else x.grad.data
    out = [y.data]
    for _ in range(orders):
        x.cleargrad()
        y.backward(create_graph=True)
        y = x.grad
        if y is None:
            out.append(np.zeros(x.shape))
            break
        out.append(y.data)
        if y.creator is None:
            break
    np.testing.assert_array_equal(out[1], fused)
    while len(out) <= orders:
        out.append(np.zeros(x.shape))
    return out


def gives(f, at, *want):
    """Value and derivatives of `f`, of a number and of an array."""
    for x in (at, np.array([at, at])):
        for got, w in zip(derivatives(f, x, len(want) - 1), want, strict=True):
            np.testing.assert_array_equal(got, np.full(np.shape(got), w))


@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_roots_and_kinks_at_zero(zero):
    gives(F.sqrt, zero, zero, 0.0, 0.0)
    gives(F.abs, zero, 0.0, 0.0, 0.0)
    gives(F.relu, zero, 0.0, 0.0, 0.0)
    gives(F.sign, zero, zero, 0.0)
    gives(lambda x: F.sqrt(x * x), zero, 0.0, 0.0, 0.0)


@pytest.mark.parametrize("order", [None, 1, 2, 3, INF])
def test_norm_at_zero(order):
    value, first, second = derivatives(lambda x: F.norm(x, order), np.zeros(3))
    assert value == 0.0
    np.testing.assert_array_equal(first, np.zeros(3))
    np.testing.assert_array_equal(second, np.zeros(3))


def test_norm_with_a_zero_in_it():
    """A zero among others is no kink of the Euclidean norm."""
    _, first, _ = derivatives(F.norm, np.array([3.0, 0.0, -4.0]))
    np.testing.assert_allclose(first, [0.6, 0.0, -0.8])


def test_std_and_variance_without_spread():
    for x in (np.full(4, 3.0), np.array([2.0])):
        value, first, second = derivatives(F.std, x)
        assert value == 0.0
        np.testing.assert_array_equal(first, np.zeros_like(x))
        assert np.isfinite(second).all()
        value, first, _ = derivatives(F.variance, x)
        assert value == 0.0
        np.testing.assert_array_equal(first, np.zeros_like(x))


def test_std_of_infinities():
    """As `numpy.std`: NaN, though they are equal."""
    for x in ([np.inf, np.inf], [-np.inf], [np.inf, 1.0]):
        assert np.isnan(F.std(Variable(x)).item())
    rows = F.std(Variable([[np.inf, np.inf], [1.0, 2.0]]), axis=1)
    np.testing.assert_array_equal(rows.data, [np.nan, 0.5])


@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_powers_at_zero(zero):
    gives(lambda x: x**0, zero, 1.0, 0.0, 0.0)
    gives(lambda x: x**1, zero, zero, 1.0, 0.0)
    gives(lambda x: x**2, zero, 0.0, 0.0, 2.0)
    gives(lambda x: x**3, zero, zero, 0.0, 0.0)
    gives(lambda x: x**1.5, zero, 0.0, 0.0, 0.0)
    gives(lambda x: x**0.5, zero, 0.0, 0.0, 0.0)
    gives(lambda x: x**0.3, zero, 0.0, 0.0, 0.0)


def test_powers_of_zero():
    """`0 ** c`: the value jumps at `c = 0`, and the gradient is 0."""
    gives(lambda c: 0.0**c, 2.0, 0.0, 0.0, 0.0)
    gives(lambda c: 0.0**c, 0.0, 1.0, 0.0, 0.0)
    base, c = Variable(0.0), Variable(2.0)
    (base**c).backward(create_graph=True)
    assert (base.grad.item(), c.grad.item()) == (0.0, 0.0)


def test_a_power_passes_nan_on():
    for c in (0.5, 2, 1.5, -1):
        x = Variable(NAN)
        (x**c).backward()
        assert math.isnan(x.grad.item())


@pytest.mark.parametrize(
    ("x", "want"),
    [
        ([2.0, 3.0, 4.0], [12.0, 8.0, 6.0]),
        ([2.0, 0.0, 4.0], [0.0, 8.0, 0.0]),
        ([0.0, 0.0, 4.0], [0.0, 0.0, 0.0]),
    ],
)
def test_products_with_zeros(x, want):
    assert derivatives(F.prod, np.array(x))[0] == np.prod(x)
    np.testing.assert_array_equal(derivatives(F.prod, np.array(x))[1], want)
    # The sum of the mixed second derivatives: of a product of three, the third element.
    a, b, c = x
    _, _, second = derivatives(F.prod, np.array(x))
    np.testing.assert_array_equal(second, [b + c, a + c, a + b])
    _, first, second = derivatives(F.cumprod, np.array(x))
    np.testing.assert_array_equal(first, [1 + b + b * c, a + a * c, a * b])
    np.testing.assert_array_equal(second, [1 + c + b, 1 + c + a, b + a])


@pytest.mark.parametrize("f", [F.max, F.min])
def test_ties_of_extrema_share(f):
    _, first, second = derivatives(f, np.array([1.0, 1.0, 1.0, 1.0]))
    np.testing.assert_array_equal(first, np.full(4, 0.25))
    np.testing.assert_array_equal(second, np.zeros(4))


@pytest.mark.parametrize("f", [F.maximum, F.minimum])
def test_ties_of_operands_share(f):
    x, y = Variable(2.0), Variable(2.0)
    f(x, y).backward()
    assert (x.grad.item(), y.grad.item()) == (0.5, 0.5)


def test_ties_in_sorting_keep_their_order():
    x = Variable([2.0, 1.0, 2.0, 1.0])
    y = F.sort(x)
    y.backward(np.array([1.0, 2.0, 3.0, 4.0]))
    np.testing.assert_array_equal(y.data, [1.0, 1.0, 2.0, 2.0])
    np.testing.assert_array_equal(x.grad.data, [3.0, 1.0, 4.0, 2.0])
    values, places = F.topk(x, 3)
    np.testing.assert_array_equal(places, [0, 2, 1])
    np.testing.assert_array_equal(values.data, [2.0, 2.0, 1.0])


def test_logarithms_at_zero():
    """The value is -inf and the slope inf, its limit: no finite number would be one."""
    gives(F.log, 0.0, -INF, INF, -INF)
    gives(F.log2, 0.0, -INF, INF, -INF)
    gives(F.log10, 0.0, -INF, INF, -INF)
    gives(F.log1p, -1.0, -INF, INF, -INF)
    gives(F.log1p, 0.0, 0.0, 1.0, -1.0)
    # Masked out, it leaves nothing behind.
    gives(lambda x: F.where(x.data > 0, F.log(x), 0.0), 0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize("bad", [F.log, F.sqrt, lambda x: 1 / x, lambda x: x**-1.5, F.acosh])
@pytest.mark.parametrize("at", [0.0, -1.0, INF, NAN])
def test_where_is_clean_on_the_side_taken(bad, at):
    """Whatever the branch not taken does, value and gradients are those of the other."""
    x = np.array([2.0, at, 3.0])
    safe = np.array([True, False, True])

    def f(v):
        return F.where(safe, bad(v), v * 0.5) if math.isfinite(at) else F.where(safe, bad(v), 1.0)

    with np.errstate(all="ignore"):
        value, first, second = derivatives(f, x)
    assert np.isfinite(value).all()
    assert np.isfinite(first).all()
    assert np.isfinite(second).all()
    assert first[1] == (0.5 if math.isfinite(at) else 0.0)
    assert second[1] == 0.0


def test_reductions_of_nothing():
    empty = np.zeros((0, 3))
    for f, want in [(F.sum, 0.0), (F.prod, 1.0), (F.logsumexp, -INF), (F.norm, 0.0),
                    (F.mean, NAN), (F.variance, NAN), (F.std, NAN)]:  # fmt: skip
        x = Variable(empty)
        for axis, shape in ((None, ()), (0, (3,))):
            y = f(x, axis=axis)
            np.testing.assert_array_equal(y.data, np.full(shape, want))
            y.backward()
            assert x.grad.shape == (0, 3)
        assert f(x, axis=1).shape == (0,)
    for f in (F.max, F.min, F.argmax, F.argmin):
        with pytest.raises(ValueError, match="empty"):
            f(Variable(empty))
    for f in (F.cumsum, F.cumprod, F.softmax, F.log_softmax, F.sort):
        assert f(Variable(empty), axis=0).shape == (0, 3)


def test_clip_at_its_ends():
    gives(lambda x: F.clip(x, 0.0, 1.0), 0.0, 0.0, 1.0, 0.0)
    gives(lambda x: F.clip(x, 0.0, 1.0), 1.0, 1.0, 1.0, 0.0)
    gives(lambda x: F.clip(x, 0.0, 1.0), 1.5, 1.0, 0.0, 0.0)


def test_angles_at_the_origin():
    for f, value in ((F.atan2, 0.0), (F.hypot, 0.0)):
        x, y = Variable(0.0), Variable(0.0)
        z = f(y, x)
        z.backward(create_graph=True)
        assert (z.item(), x.grad.item(), y.grad.item()) == (value, 0.0, 0.0)


def test_steps():
    for f in (F.floor, F.ceil, F.round, F.trunc, F.sign):
        for at in (-1.0, 0.5, 2.0):
            _, first = derivatives(f, at, 1)
            assert first == 0.0


def test_saturated_functions_stay_finite():
    for f in (F.sigmoid, F.softplus, F.tanh, F.silu, F.gelu, F.elu, F.log_sigmoid, F.erf):
        for at in (-1e3, 1e3, -1e30, 1e30):
            for got in derivatives(f, at, 3):
                assert np.isfinite(got), (f, at, got)


def test_attention_and_softmax_of_masked_rows():
    scores = Variable([[0.0, 1.0], [-INF, -INF]])
    mask = np.array([[True, False], [False, False]])
    y = F.scaled_dot_product_attention(scores[:1] * np.ones((2, 1)), np.eye(2), np.eye(2), mask)
    y.backward()
    assert np.isfinite(y.data).all()
    np.testing.assert_array_equal(y.data[1], [0.0, 0.0])
    assert np.isfinite(scores.grad.data[0]).all()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("sqrt", "At 0, where the slope is infinite, the gradient is taken as 0"),
        ("norm", "Where a norm is 0, all its derivatives are taken as 0"),
        ("std", "Where all elements are equal, it and all further derivatives are taken as 0"),
        ("abs", "which is 0 at 0"),
        ("pow", "``x ** 0`` is 1 and has gradient 0 everywhere"),
        ("pow", "the gradient with respect to the exponent is 0"),
        ("prod", "right with zeros too, to any order. The product of nothing is 1"),
        ("cumprod", "right with zeros too, to any order"),
        ("max", "elements that tie share it evenly"),
        ("min", "elements that tie share it evenly"),
        ("maximum", "where they are equal, each takes half of it"),
        ("minimum", "where they are equal, each takes half of it"),
        ("sort", "Elements that tie keep their order"),
        ("relu", "0 elsewhere, at 0 too"),
        ("log", "At 0, a pole, the value is -inf and the gradient infinite"),
        ("where", "The gradient of the other is exactly 0, be it infinite or NaN"),
        ("sum", "The sum of nothing is 0"),
        ("mean", "The mean of nothing is NaN"),
        ("variance", "The variance of nothing is NaN"),
        ("logsumexp", "Of nothing it is -inf"),
        ("clip", "the ends included"),
        ("atan2", "At the origin the value depends on the signs of the zeros"),
    ],
)
def test_the_docstring_says_so(name, words):
    assert words in " ".join(getattr(F, name).__doc__.split())


@pytest.mark.parametrize("bad", [0.0, NAN, INF, -1.0])
def test_an_infinite_neighbour_changes_no_second_derivative(bad):
    """Where a slope is infinite the gradient of 0 stays 0, there and nowhere else."""

    def second(f, at):
        return derivatives(lambda x: F.square(f(x)), np.array(at))[2]

    with np.errstate(all="ignore"):
        assert second(F.log, [1.0, bad])[0] == 2.0
        assert second(lambda x: x**1.5 - 1, [1.0, bad])[0] == 4.5
        assert second(lambda x: 1 - 1 / x, [1.0, bad])[0] == 2.0
        clean = second(lambda x: F.where(x > 0.5, F.log(x), 0.0), [1.0, bad])
        assert clean[0] == 2.0
        assert clean[1] == 0.0 or not bad <= 0.5


def test_an_infinite_element_of_the_other_operand():
    w, x = Variable([1.0, 2.0]), Variable([0.0, 2.0])
    F.sum(F.square(w / x - 1)).backward(create_graph=True)
    g = w.grad
    w.cleargrad()
    g[1].backward()
    assert w.grad.data[1] == 0.5


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 10, 1000])
def test_std_of_equal_elements_that_are_no_binary_fractions(dtype, size):
    """Their rounded mean differs from them, and leaves a variance that is not quite 0."""
    rng = np.random.default_rng(size)
    for value in rng.uniform(-1e3, 1e3, 20):
        x = np.full((size, 2), value, dtype)
        x[:, 1] = np.arange(size)
        value, first, second = derivatives(lambda v: F.std(v, axis=0), x)
        assert value[0] == 0.0
        np.testing.assert_array_equal(first[:, 0], np.zeros(size))
        np.testing.assert_array_equal(second[:, 0], np.zeros(size))
    assert np.isnan(F.std(Variable([NAN, NAN])).item())


def test_binary_cross_entropy_of_certain_logits():
    def loss(x, t, p):
        return F.binary_cross_entropy_with_logits(Variable(x), t, pos_weight=p).item()

    assert loss([-INF], [0.0], 2.0) == 0.0
    assert loss([INF], [1.0], 2.0) == 0.0
    assert loss([-INF], [1.0], 1.0) == INF
    assert loss([0.0], [1.0], 1e-20) == pytest.approx(1e-20 * math.log(2), rel=1e-15)


def test_determinants_whose_products_overflow_on_the_way():
    for diagonal, want in [
        ([10.0] * 350 + [0.1] * 350, 1.0),
        ([1e200, 1e200, 1e-200, 1e-200], 1.0),
        ([1e-170, 1e-170, 1e300], 1e-40),
        ([1e200, 1e200], INF),
    ]:
        assert F.det(np.diag(diagonal)).item() == pytest.approx(want, rel=1e-12)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_second_derivatives_of_inverse_functions_near_zero(dtype):
    """As accurate as the first: x / (1 - x²)^1.5, and 2x / (1 - x²)²."""
    x = np.array([1e-4, -1e-6, 1e-8, 1e-20, 0.3, -0.9], dtype)
    wide = x.astype(np.float64)
    curved = wide / (1 - wide**2) ** 1.5
    rtol = 8 * np.finfo(dtype).eps
    for f, want in [
        (F.asin, curved),
        (F.acos, -curved),
        (F.atanh, 2 * wide / (1 - wide**2) ** 2),
    ]:
        got = ag.elementwise_grad(ag.elementwise_grad(f))(Variable(x))
        np.testing.assert_allclose(got.data, want, rtol=rtol)
