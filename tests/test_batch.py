"""Every row of the table with an axis in front of its gradients: many backward passes in one."""

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import autograd as ag
from autograd import Variable, _core
from autograd import functions as F
from cases import cases
from support import central

SEEDS = st.integers(0, 2**32 - 1)
DTYPES = st.sampled_from((np.float64, np.float32))
FEW = settings(max_examples=3)


def draw(data, case, dtype=np.float64):
    """A function of Variables, and arrays to call it with."""
    sample = data.draw(case.samples)
    arrays = case.operands(sample, data.draw(SEEDS), dtype)
    return lambda *xs: case.function(*xs, **sample.args), arrays


def close(got, want, dtype=np.float64, rough=1.0):
    """Equal up to roundings, of terms that are not larger than about 10 here."""
    assert (got.shape, got.dtype) == (want.shape, want.dtype)
    tolerance = rough * (2e-11 if dtype == np.float64 else 2e-4)
    np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance)


def one_by_one(f, arrays, seed, create_graph):
    """The gradients by `backward`, zeros where there is none."""
    xs = [Variable(a) for a in arrays]
    f(*xs).backward(seed, create_graph=create_graph)
    return [np.zeros_like(x.data) if x.grad is None else x.grad.data for x in xs]


@cases()
@FEW
@given(data=st.data(), dtype=DTYPES, recorded=st.booleans(), n=st.integers(1, 3))
def test_a_batch_is_as_many_passes(case, data, dtype, recorded, n):
    f, arrays = draw(data, case, dtype)
    xs = [Variable(a) for a in arrays]
    y = f(*xs)
    seeds = np.random.default_rng(0).uniform(-1, 1, (n, *y.shape)).astype(dtype)
    got, _ = _core.gradients([y], xs, [seeds], recorded, n)
    rows = [one_by_one(f, arrays, seed.astype(y.dtype), recorded) for seed in seeds]
    for g, want in zip(got, zip(*rows, strict=True), strict=True):
        found = np.zeros_like(np.stack(want)) if g is None else g.data
        close(found, np.stack(want), dtype)
    assert all(x.grad is None for x in xs)


@cases()
@FEW
@given(data=st.data())
def test_jacobian(case, data):
    """The rows of the matrix, of which some are computed one by one."""
    f, arrays = draw(data, case)
    size = f(*map(Variable, arrays)).size
    assume(size <= 64)
    value, found = ag.value_and_jacobian(f, range(len(arrays)))(*arrays)
    assert len(found) == len(arrays)
    for i in range(0, size, max(1, size // 4)):
        seed = np.zeros(size)
        seed[i] = 1
        want = one_by_one(f, arrays, seed.reshape(value.shape), False)
        for block, a, row in zip(found, arrays, want, strict=True):
            assert block.shape == value.shape + a.shape
            close(block.data.reshape(size, *a.shape)[i], row)


@cases()
@FEW
@given(data=st.data())
def test_jacobian_of_jacobian(case, data):
    """Second derivatives by all pairs of operands, against those along one direction."""
    f, arrays = draw(data, case)
    y = f(*map(Variable, arrays))
    sizes = [y.size, *(a.size for a in arrays)]
    assume(max(sizes) <= 12)
    rng = np.random.default_rng(0)
    c = rng.uniform(-1, 1, y.shape)
    ways = [rng.uniform(-1, 1, a.shape) for a in arrays]
    each = range(len(arrays))
    found = ag.jacobian(ag.jacobian(f, each), each)(*arrays)

    for i, way in enumerate(ways):
        for block, a, want in zip(found[i], arrays, second(f, arrays, c, i, way), strict=True):
            assert block.shape == y.shape + way.shape + a.shape
            terms = block.data.reshape(y.size, way.size, *a.shape)
            got = np.tensordot(way.ravel(), np.tensordot(c.ravel(), terms, 1), 1)
            close(got, want, rough=10)
    # By one operand after the other: the other takes part in the first pass all the same.
    mixed = ag.jacobian(ag.jacobian(f, 0), -1)(*arrays)
    close(mixed.data, found[0][-1].data)


def second(f, arrays, cotangent, i, way):
    """By `backward`: the gradient of operand `i` along a direction, differentiated by them all."""
    xs = [Variable(a) for a in arrays]
    f(*xs).backward(cotangent, create_graph=True)
    if xs[i].grad is None:
        return [np.zeros_like(a) for a in arrays]
    along = F.sum(xs[i].grad * way)
    for x in xs:
        x.cleargrad()
    along.backward()
    return [np.zeros_like(x.data) if x.grad is None else x.grad.data for x in xs]


@cases()
@FEW
@given(data=st.data())
def test_jvp(case, data):
    """Along a direction, against finite differences; errors as in `test_ops`."""
    f, arrays = draw(data, case)
    rng = np.random.default_rng(0)
    ways = [rng.uniform(-1, 1, a.shape) for a in arrays]
    value, tangent = ag.jvp(f, arrays, ways)
    assert (tangent.shape, tangent.dtype) == (value.shape, value.dtype)

    def along(t):
        return f(*(Variable(a + t * w) for a, w in zip(arrays, ways, strict=True))).data

    want = central(along, 2e-3)
    scale = 1 + np.abs(value.data).sum() + np.abs(want)
    assert np.all(np.abs(tangent.data - want) <= 1e-7 * scale), (tangent.data, want)
