"""Values, gradients and second derivatives against JAX in float64: every function, and random
programs."""

import numpy as np
import pytest

jax = pytest.importorskip("jax")

from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Variable
from autograd import functions as F
from cases import cases
from oracle import jax_side, programs

pytestmark = pytest.mark.oracle


def derivatives(f, arrays, cotangent, directions):
    """As `jax_side.derivatives`, by this library."""
    xs = [Variable(a) for a in arrays]
    y = f(*xs)

    def gradients():
        return [np.zeros(x.shape) if x.grad is None else x.grad.data for x in xs]

    y.backward(cotangent, create_graph=True)
    first = gradients()
    along = [F.sum(x.grad * d) for x, d in zip(xs, directions, strict=True) if x.grad is not None]
    for x in xs:
        x.cleargrad()
    if along:
        sum(along).backward()
    return y.data, first, gradients()


def close(got, want, digits=11):
    """Equal up to rounding, which is relative to the largest element: sums cancel."""
    want = np.asarray(want)
    assert np.shape(got) == want.shape
    scale = max(1.0, np.abs(want).max(initial=0.0))
    np.testing.assert_allclose(got, want, rtol=0, atol=scale * 10.0**-digits)


def compare(ours, theirs, arrays, digits=11):
    rng = np.random.default_rng(0)
    y = ours(*map(Variable, arrays))
    cotangent = rng.uniform(-1.0, 1.0, y.shape)
    directions = [rng.uniform(-1.0, 1.0, a.shape) for a in arrays]
    got = derivatives(ours, arrays, cotangent, directions)
    want = jax_side.derivatives(theirs, arrays, cotangent, directions)
    close(got[0], want[0], digits)
    for orders in zip(got[1:], want[1:], strict=True):
        for g, w in zip(*orders, strict=True):
            # Where a function has no derivative, JAX's may be NaN, which says nothing.
            if np.isfinite(w).all():
                close(g, w, digits)


@cases()
@settings(max_examples=5)
@given(data=st.data())
def test_function(case, data):
    if case.id in jax_side.NOT_THERE:
        pytest.skip("JAX has no derivative of it")
    sample = data.draw(case.samples)
    arrays = case.operands(sample, data.draw(st.integers(0, 1000)))

    def ours(*xs):
        return case.function(*xs, **sample.args)

    compare(ours, jax_side.bound(case, sample), arrays)


@settings(max_examples=200)
@given(program=programs.programs(), seed=st.integers(0, 1000))
def test_random_programs(program, seed):
    rng = np.random.default_rng(seed)
    arrays = [rng.uniform(-1.0, 1.0, programs.SHAPE) for _ in range(programs.INPUTS)]
    compare(
        lambda *xs: programs.run(program, programs.OURS, xs),
        jax.jit(lambda *xs: programs.run(program, programs.THEIRS, xs)),
        arrays,
        digits=9,
    )
