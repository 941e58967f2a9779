"""Every operation keeps what its gradients need, whoever else lets go of it."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd as ag
from autograd import Function, Variable
from autograd import functions as F
from cases import cases

COMPUTED = {"held", "dropped", "leaf"}
SEEDS = st.integers(0, 2**32 - 1)


def gradients(case, sample, arrays, kinds, order):
    """The gradients by operands that are computed and held or not, leaves, or constants.

    Of constants those that are "kept" are held.
    """
    operands = zip(arrays, kinds, strict=True)
    starts = [Variable(a, requires_grad=kind in COMPUTED) for a, kind in operands]
    held = [x * 1.0 if kind == "held" else None for x, kind in zip(starts, kinds, strict=True)]
    pick = {
        "held": lambda i: held[i],
        "dropped": lambda i: starts[i] * 1.0,
        "leaf": lambda i: starts[i],
        "kept": lambda i: starts[i],
        "fixed": lambda i: arrays[i],
    }
    operands = (pick[kind](i) for i, kind in enumerate(kinds))
    F.sum(F.square(case.function(*operands, **sample.args))).backward(create_graph=order > 1)
    if order > 1:
        first = [x.grad for x in starts if x.grad is not None]
        total = sum((F.sum(F.sin(g)) for g in first), F.sum(Variable(0.0)))
        del first
        for x in starts:
            x.cleargrad()
        total.backward()
    return [x.grad for x in starts]


@cases()
@settings(max_examples=2)
@given(data=st.data(), seed=SEEDS, order=st.sampled_from([1, 2]))
def test_operands_that_nobody_holds(case, data, seed, order):
    sample = data.draw(case.samples)
    arrays = case.operands(sample, seed)
    if data.draw(st.booleans()):
        arrays = [a.astype(data.draw(st.sampled_from(["float64", "float32"]))) for a in arrays]
    choices = list(itertools.product(["dropped", "leaf", "fixed"], repeat=len(arrays)))[:-1]
    if len(choices) > 27:
        choices = data.draw(st.lists(st.sampled_from(choices), min_size=12, max_size=12))
    for kinds in choices:
        got = gradients(case, sample, arrays, kinds, order)
        sure = ["held" if kind in COMPUTED else "kept" for kind in kinds]
        want = gradients(case, sample, arrays, sure, order)
        tolerance = 1e-3 if any(a.dtype == np.float32 for a in arrays) else 1e-9
        for g, w in zip(got, want, strict=True):
            assert (g is None) == (w is None)
            if g is not None:
                scale = np.max(np.abs(w.data), initial=1.0, where=np.isfinite(w.data))
                np.testing.assert_allclose(g.data, w.data, rtol=tolerance, atol=tolerance * scale)


class Triple(Function):
    def forward(self, x):
        return 3.0 * x

    def backward(self, gy):
        return 3.0 * gy


class Square(Function):
    """A gradient by another `Function`, of what this one was given."""

    def forward(self, x):
        self.x = x
        return x * x

    def backward(self, gy):
        return gy * 2.0 * Triple()(self.x) / 3.0


class Sigmoid(Function):
    """A gradient by another `Function`, of what this one returned."""

    def forward(self, x):
        self.y = F.sigmoid(x)
        return self.y

    def backward(self, gy):
        return gy * (Triple()(self.y) / 3.0) * (1.0 - self.y)


@pytest.mark.parametrize("make", [lambda x: x * 1.0, lambda x: x[1:], lambda x: -x])
@pytest.mark.parametrize(("own", "f"), [(Square, F.square), (Sigmoid, F.sigmoid)])
def test_functions_inside_gradients_of_functions(make, own, f):
    x = np.array([0.5, 1.0, 2.0])
    for order in (1, 2, 3):
        found = []
        for each in (lambda v: own()(v), f):

            def g(v, each=each):
                return F.sum(F.sin(each(make(v)) + 1.0))

            for _ in range(order):
                g = ag.grad(lambda v, g=g: F.sum(g(v)))
            found.append(g(x).data)
        np.testing.assert_allclose(*found, rtol=1e-12)
    v = Variable(x)
    own()(make(v)).backward()
    want = Variable(x)
    f(make(want)).backward()
    np.testing.assert_allclose(v.grad.data, want.grad.data, rtol=1e-14)
