"""Every row of the table: its value, its derivatives, every layout, dtype and odd shape."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from autograd import Variable
from autograd import functions as F
from cases import Sample, cases
from support import LAYOUTS, bits, central, directional, gradients, strided

SEEDS = st.integers(0, 2**32 - 1)
DTYPES = st.sampled_from((np.float64, np.float32))
# A reference as exact as NumPy can do: it is rounded once, so that it adds half a unit only.
WIDER = {np.float64: np.longdouble, np.float32: np.float64}


def bind(function, sample):
    return lambda *xs: function(*xs, **sample.args)


def draw(data, case, dtype=np.float64):
    sample = data.draw(case.samples)
    return sample, case.operands(sample, data.draw(SEEDS), dtype)


def cotangent(y, seed=0):
    return np.random.default_rng(seed).uniform(-1.0, 1.0, y.shape).astype(y.dtype)


def close(got, want, dtype, scale=None, units=4):
    """Equal up to some units in the last place, of `want` or of the terms that made it."""
    eps = np.finfo(dtype).eps
    scale = np.abs(want) if scale is None else scale
    tiny = np.finfo(dtype).tiny
    with np.errstate(invalid="ignore"):
        assert np.all(np.abs(got - want) <= units * eps * scale + tiny), (got, want)


# Values


@cases()
@given(data=st.data(), dtype=DTYPES)
def test_value(case, data, dtype):
    """Arithmetic is correctly rounded, and equals NumPy's. Functions err by 2 units at most, and so
    does NumPy's reference where there is no wider type. Sums of n terms err by about log2(n) units
    of the sum of the absolute terms, and n <= 256 here."""
    sample, arrays = draw(data, case, dtype)
    y = bind(case.function, sample)(*map(Variable, arrays))
    reference = bind(case.reference, sample)
    want = reference(*arrays)
    assert y.shape == np.shape(want)
    assert y.dtype == (np.float64 if case.name == "astype" else dtype)
    if case.exact:
        np.testing.assert_array_equal(y.data, want)
        return
    wide = [a.astype(WIDER[dtype]) for a in arrays]
    if case.terms is not None:
        close(y.data, reference(*wide), dtype, bind(case.terms, sample)(*wide), units=16)
    elif case.kind in ("reduction", "product"):
        close(y.data, reference(*wide), dtype, reference(*map(np.abs, wide)), units=16)
    else:
        close(y.data, reference(*wide), dtype)


@cases("elementwise", "binary")
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("size", [1, 3, 7, 8, 9, 31, 1000, 200_003])
def test_value_of_any_length(case, dtype, size):
    """Loops have bodies and tails, and share out large arrays: all give what one element gives."""
    arrays = case.operands(Sample(((size,),) * case.arity), 1, dtype)
    y = case.function(*map(Variable, arrays)).data
    close(y, case.reference(*(a.astype(WIDER[dtype]) for a in arrays)), dtype)
    for i in range(0, size, max(1, size // 5)):
        one = case.function(*(Variable(a[i : i + 1]) for a in arrays)).data
        assert bits(y[i : i + 1]) == bits(one)


SPECIAL = [0.0, -0.0, 1.0, -1.0, 5e-324, 2.2e-308, 1e-20, 700.0, -745.0, 710.0, 1e16, 1e300]
SPECIAL += [math.inf, -math.inf, math.nan, 0.5, 88.0, -104.0, math.pi, 3.4e38]


@cases("elementwise", "binary")
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_special_values(case, dtype):
    """Zeros with their signs, infinities, NaN, overflow and underflow, as NumPy has them."""
    with np.errstate(all="ignore"):
        special = np.array(SPECIAL).astype(dtype)
        arrays = np.meshgrid(*(special,) * case.arity)
        wide = [a.astype(WIDER[dtype]) for a in arrays]
        # Rounding to the narrow type and to its subnormals is part of the reference.
        want = case.reference(*(arrays if case.exact else wide)).astype(
            np.float64 if case.name == "astype" else dtype
        )
    got = case.function(*map(Variable, arrays)).data
    np.testing.assert_array_equal(np.isnan(got), np.isnan(want))
    finite = np.isfinite(want)
    np.testing.assert_array_equal(got[~finite], want[~finite])
    smallest = np.finfo(dtype).smallest_subnormal
    # A function may miss by 2 units, a subnormal one too.
    np.testing.assert_allclose(
        got[finite],
        want[finite],
        rtol=0 if case.exact else 4 * np.finfo(dtype).eps,
        atol=0 if case.exact else 2 * smallest,
    )
    if case.name not in ("maximum", "minimum", "clip"):  # the sign of zero is open there
        zero = finite & (want == 0)
        np.testing.assert_array_equal(np.signbit(got[zero]), np.signbit(want[zero]))


# Derivatives


def check_derivative(case, order, data):
    """The derivative of each order against finite differences of the order below.

    The output is contracted with a random cotangent and the derivatives with random directions,
    so that every element counts. With a step h = 2e-3, Richardson's rule errs by h**4 / 480 = 3e-14
    times the fifth derivative of what is differentiated (for x**-1.5 at 0.4, the worst here, 1e6
    times its value), and rounding by 2e-16 / h = 1e-13 times the sum of the terms.
    """
    sample, arrays = draw(data, case)
    f = bind(case.function, sample)
    rng = np.random.default_rng(0)
    y = f(*map(Variable, arrays))
    c = cotangent(y.data)
    ways = [[rng.uniform(-1, 1, a.shape) for a in arrays] for _ in range(order)]

    def along(t):
        moved = [a + t * d for a, d in zip(arrays, ways[-1], strict=True)]
        return directional(f, moved, c, ways[:-1])

    got = directional(f, arrays, c, ways)
    want = central(along, 2e-3)
    scale = 1.0 + abs(want) + np.abs(y.data).sum() + abs(along(0.0))
    assert abs(got - want) <= 1e-7 * scale


@cases()
@pytest.mark.parametrize("order", [1, 2])
@given(data=st.data())
def test_derivative(case, order, data):
    check_derivative(case, order, data)


@cases("elementwise", "binary", "product")
@given(data=st.data())
def test_third_derivative(case, data):
    check_derivative(case, 3, data)


@cases()
@given(data=st.data(), dtype=DTYPES)
def test_gradient_has_shape_and_dtype_of_its_input(case, data, dtype):
    sample, arrays = draw(data, case, dtype)
    xs = [Variable(a) for a in arrays]
    y = bind(case.function, sample)(*xs)
    y.backward(create_graph=data.draw(st.booleans()))
    for x in xs:
        assert (x.grad.shape, x.grad.dtype) == (x.shape, x.dtype)


@cases()
@given(data=st.data(), dtype=DTYPES)
def test_gradient_is_the_same_with_create_graph(case, data, dtype):
    """The fused rule and the recorded one are one formula; they may differ by roundings alone, of
    the values that the formula adds up, which are not larger than about 10 here."""
    sample, arrays = draw(data, case, dtype)
    f = bind(case.function, sample)
    c = cotangent(f(*map(Variable, arrays)).data)
    _, fused = gradients(f, arrays, c)
    _, recorded = gradients(f, arrays, c, create_graph=True)
    for a, b in zip(fused, recorded, strict=True):
        close(a, b, dtype, 1 + np.abs(b), units=8)


@cases()
@given(data=st.data())
def test_float32_gradient_is_that_of_float64_rounded(case, data):
    """Rounding errors of float32, 6e-8, times some operations and sums of up to 256 terms."""
    sample, arrays = draw(data, case, np.float32)
    f = bind(case.function, sample)
    c = cotangent(f(*map(Variable, arrays)).data)
    _, narrow = gradients(f, arrays, c)
    _, wide = gradients(f, [a.astype(np.float64) for a in arrays], c.astype(np.float64))
    for a, b in zip(narrow, wide, strict=True):
        assert a.dtype == np.float32
        close(a, b, np.float32, np.abs(b) + np.abs(b).mean() + 1 if b.size else None, units=64)


@cases("binary", "product")
@given(data=st.data())
def test_mixed_dtypes(case, data):
    """The result is float64, each gradient has the dtype of its operand."""
    sample, arrays = draw(data, case, np.float32)
    f = bind(case.function, sample)
    first = data.draw(st.booleans())
    mixed = [
        a.astype(np.float64 if first == (i == 0) else np.float32) for i, a in enumerate(arrays)
    ]
    y, grads = gradients(f, mixed, np.ones(f(*map(Variable, mixed)).shape))
    wide, want = gradients(f, [a.astype(np.float64) for a in arrays], np.ones(y.shape))
    assert bits(y) == bits(wide)
    for a, g, w in zip(mixed, grads, want, strict=True):
        assert bits(g) == bits(w.astype(a.dtype))


@cases("elementwise")
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_numbers_and_arrays_have_the_same_bits(case, dtype):
    """A number, an array of one element and a long array go different ways."""

    def derivatives(x):
        x = Variable(x)
        y = case.function(x)
        out = [y.data]
        y.backward(create_graph=True)
        out.append(x.grad.data)
        y, x.grad = x.grad, None
        if y.creator is not None:
            y.backward()
            out.append(x.grad.data)
        x = Variable(x.data)
        case.function(x).backward()
        return [*out, x.grad.data]

    (long,) = case.operands(Sample(((19,),)), 7, dtype)
    many = derivatives(long)
    for i, value in enumerate(long):
        number, one = derivatives(value), derivatives(value.reshape(1))
        assert len(number) == len(one) == len(many)
        for a, b, c in zip(number, one, many, strict=True):
            assert a.tobytes() == b.tobytes() == c[i].tobytes()


# Layouts and odd shapes


@cases()
@given(data=st.data(), layout=st.sampled_from(LAYOUTS), dtype=DTYPES)
def test_strided_operands(case, data, layout, dtype):
    """A view gives what a row-major copy of it gives, in value and gradients, up to the order of
    summation."""
    sample, arrays = draw(data, case, dtype)
    assume(not (case.kinks and layout == "broadcast"))
    f = bind(case.function, sample)
    views = [strided(a, layout) for a in arrays]
    copies = [np.array(v.data) for v in views]
    y = f(*views)
    c = strided(cotangent(y.data), "plain" if layout == "broadcast" else layout)
    y.backward(c, retain_grad=True)
    want, grads = gradients(f, copies, c.data)
    terms = max((a.size for a in arrays), default=1)
    close(y.data, want, dtype, 2.0 * terms + np.abs(want), units=2)
    for v, a in zip(views, grads, strict=True):
        got = np.zeros_like(a) if v.grad is None else v.grad.data
        close(got, a, dtype, 2.0 * terms + np.abs(a), units=2)
        if case.kind == "elementwise":
            np.testing.assert_array_equal(got, a)


@cases("elementwise", "binary")
@pytest.mark.parametrize("shape", [(), (0,), (1,), (1, 1, 1), (3, 0, 2), (2, 1, 3, 1, 2, 1)])
def test_odd_shapes(case, shape):
    arrays = case.operands(Sample((shape,) * case.arity), 3)
    y, grads = gradients(case.function, arrays, np.ones(shape))
    want = case.reference(*arrays)
    close(y, want, np.float64)
    assert y.shape == shape
    assert all(g.shape == shape for g in grads)


@cases("binary")
def test_one_operand_twice(case):
    """`f(x, x)`: both gradients add up."""
    x, _ = case.operands(Sample(((3,), (3,))), 4)
    _, separate = gradients(case.function, [x, x], np.ones(3))
    _, (both,) = gradients(lambda v: case.function(v, v), [x], np.ones(3))
    close(both, separate[0] + separate[1], np.float64, 10.0)


@cases("binary")
def test_constants_get_no_gradient(case):
    a, b = case.operands(Sample(((3,), (3,))), 5)
    x, y, fixed = Variable(a), Variable(b), Variable(b, requires_grad=False)
    case.function(x, y).backward()
    want = x.grad.data
    for constant in (b, fixed, b.tolist(), tuple(b)):
        x.cleargrad()
        case.function(x, constant).backward()
        np.testing.assert_array_equal(x.grad.data, want)
    assert fixed.grad is None


def test_matrix_products_of_all_sizes():
    """Tiny, odd and blocked sizes; transposed operands; against NumPy in the wider type."""
    rng = np.random.default_rng(0)
    for n, k, m in [(1, 1, 1), (2, 3, 4), (5, 7, 3), (8, 8, 8), (9, 17, 33), (1, 300, 1),
                    (65, 1, 66), (70, 129, 31), (130, 260, 140)]:  # fmt: skip
        x, w = rng.standard_normal((n, k)), rng.standard_normal((k, m))
        want, scale = x @ w, np.abs(x) @ np.abs(w)
        for a in LAYOUTS[:-1]:
            for b in LAYOUTS[:-1]:
                y = F.matmul(strided(x, a), strided(w, b))
                close(y.data, want, np.float64, scale, units=32)
        narrow = F.matmul(x.astype(np.float32), w.astype(np.float32))
        close(narrow.data, want, np.float32, scale, units=32)


def test_long_sums_are_accurate():
    """Pairwise: some units, where adding up one by one would lose thousands."""
    for n in (10**6, 999_983):
        x = np.full(n, 0.1, np.float32)
        got = F.sum(Variable(x)).item()
        assert got == pytest.approx(n * float(np.float32(0.1)), rel=1e-6)


def test_reductions_of_large_arrays():
    x = np.random.default_rng(0).standard_normal((300, 7, 211))
    for axis in [None, 0, 1, 2, (0, 1), (0, 2), (1, 2), (-1, 0, 1)]:
        for layout in LAYOUTS[:-1]:
            v = strided(x, layout)
            np.testing.assert_allclose(F.sum(v, axis).data, x.sum(axis), rtol=0, atol=1e-9)
            np.testing.assert_array_equal(F.max(v, axis).data, x.max(axis))
            np.testing.assert_array_equal(F.min(v, axis).data, x.min(axis))


# What the table cannot say


@pytest.mark.parametrize("f", [F.max, F.min])
def test_ties_share_the_gradient(f):
    x = Variable([[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]])
    f(x).backward()
    tied = 1 if f is F.max else 0
    np.testing.assert_allclose(x.grad.data[tied], [1 / 3] * 3)
    np.testing.assert_array_equal(x.grad.data[1 - tied], [0.0] * 3)


@pytest.mark.parametrize("f", [F.maximum, F.minimum])
def test_equal_operands_share_the_gradient(f):
    x, y = Variable([1.0, 2.0]), Variable([1.0, 2.0])
    f(x, y).backward(create_graph=True)
    np.testing.assert_array_equal([x.grad.data, y.grad.data], np.full((2, 2), 0.5))


def test_clip_passes_the_gradient_at_its_ends():
    x = Variable([-1.0, 0.0, 1.0, 1.5])
    F.clip(x, -1.0, 1.0).backward()
    np.testing.assert_array_equal(x.grad.data, [1.0, 1.0, 1.0, 0.0])


def test_gradients_at_singular_points():
    """As documented: no NaN where a finite convention is better."""
    for f, want in [(F.sqrt, 0.0), (lambda x: x**0, 0.0), (lambda x: x**1, 1.0),
                    (lambda x: x**2, 0.0), (lambda x: 0.0**x, 0.0)]:  # fmt: skip
        for create_graph in (False, True):
            for zero in (0.0, [0.0, 0.0]):
                x = Variable(zero)
                f(x).backward(create_graph=create_graph)
                np.testing.assert_array_equal(x.grad.data, np.full(x.shape, want))


def test_negative_base_with_a_variable_exponent():
    x, c = Variable([-2.0, -3.0]), Variable(2.0)
    (x**c).backward()
    np.testing.assert_allclose(x.grad.data, [-4.0, -6.0])
    assert np.isnan(c.grad.item())


def test_maximum_and_max_pass_nan_on():
    x = Variable([1.0, math.nan, 3.0])
    assert np.isnan(F.max(x).item())
    assert np.isnan(F.min(x).item())
    np.testing.assert_array_equal(F.maximum(x, 2.0).data, [2.0, math.nan, 3.0])
    np.testing.assert_array_equal(F.minimum(2.0, x).data, [1.0, math.nan, 2.0])


def test_reductions_of_nothing():
    empty = Variable(np.zeros((0, 3)))
    assert F.sum(empty).item() == 0.0
    assert np.isnan(F.mean(empty).item())
    np.testing.assert_array_equal(F.sum(empty, axis=0).data, np.zeros(3))
    assert F.max(empty, axis=1).shape == (0,)
    F.sum(empty).backward()
    assert empty.grad.shape == (0, 3)


def test_broadcast_operands_keep_to_views():
    """Repeating copies nothing, so a shape far larger than memory is fine until it is used."""
    x = F.broadcast_to(Variable(2.0), (2**20, 2**20))
    assert x.shape == (2**20, 2**20)
    assert x[5, 7].item() == 2.0
    assert x.strides == (0, 0)
