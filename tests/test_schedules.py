"""Learning-rate schedules: their formulas, their ends, and optimizers that follow them."""

import copy
import itertools
import math
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Variable, optimizers
from autograd.optimizers import schedules
from support import fails

rates = st.floats(0.0, 10.0).map(lambda x: x if x > 1e-9 else 0.0)
steps = st.integers(1, 1000)
counts = st.integers(0, 3000)


@given(rates, steps, st.floats(0.0, 1.0), counts)
def test_step(lr, every, factor, count):
    got = schedules.Step(lr, every, factor)(count)
    want = lr
    for _ in range(min(count // every, 4000)):
        want *= factor
    assert got == pytest.approx(want, rel=1e-9, abs=1e-300)


@given(rates, st.floats(0.9, 1.0), counts)
def test_exponential(lr, factor, count):
    got = schedules.Exponential(lr, factor)(count)
    want = math.exp(count * math.log(factor)) * lr
    assert got == pytest.approx(want, rel=1e-9)


@given(rates, steps, rates, counts)
def test_cosine(lr, steps, final, count):
    got = schedules.Cosine(lr, steps, final)(count)
    if count >= steps:
        assert got == final
    want = final + 0.5 * (lr - final) * (1 + math.cos(min(count, steps) / steps * math.pi))
    assert got == pytest.approx(want, rel=1e-9, abs=1e-12)


@given(rates, steps, rates, rates, counts)
def test_warm_up(lr, steps, start, factor, count):
    """A straight line, then the other schedule from its beginning."""

    def then(n):
        return lr * (1 + factor * n)

    got = schedules.WarmUp(steps, then, start)(count)
    if count < steps:
        assert got == pytest.approx(start + (lr - start) * count / steps, rel=1e-9, abs=1e-12)
    else:
        assert got == then(count - steps)


@given(rates, st.integers(2, 1000), st.floats(0.0, 0.99), st.data())
def test_one_cycle(lr, steps, rise, data):
    """Up and down between the three rates, each half without a step back."""
    start, final = lr * data.draw(st.floats(0, 1)), lr * data.draw(st.floats(0, 1))
    schedule = schedules.OneCycle(lr, steps, rise, start, final)
    got = [schedule(n) for n in range(steps + 5)]
    assert got[0] == (start if rise else lr)
    assert got[steps - 1 :] == [final] * 6
    top = rise * (steps - 1)
    slack = 1e-12 * lr
    pairs = list(itertools.pairwise(got))
    assert all(b >= a - slack for n, (a, b) in enumerate(pairs) if n + 1 < top)
    assert all(b <= a + slack for n, (a, b) in enumerate(pairs) if n >= top)
    assert max(got) <= lr + slack


def test_one_cycle_by_default():
    """The middle of each half is the mean of its ends."""
    schedule = schedules.OneCycle(1.0, 201)
    assert [schedule(0), schedule(60), schedule(200)] == [0.04, 1.0, 0.04 / 10_000]
    assert schedule(30) == pytest.approx(0.52)
    assert schedule(130) == pytest.approx((1 + 4e-6) / 2)
    assert schedules.OneCycle(0.5, 1)(0) == 0.5


@given(st.lists(st.tuples(st.integers(1, 5), rates), max_size=4), rates)
def test_sequence(parts, last):
    schedule = schedules.Sequence(parts, last)
    want = [rate for n, rate in parts for _ in range(n)] + [last] * 3
    assert [schedule(n) for n in range(len(want))] == want
    counted = schedules.Sequence([(n, lambda k: k) for n, _ in parts], then=lambda k: -k)
    want = [k for n, _ in parts for k in range(n)] + [0, -1, -2]
    assert [counted(n) for n in range(len(want))] == want


EACH = [
    schedules.Step(0.1, every=30),
    schedules.Exponential(0.1, factor=0.99),
    schedules.Cosine(0.1, steps=50, final=0.01),
    schedules.OneCycle(0.1, steps=50),
    schedules.WarmUp(10, schedules.Cosine(0.1, steps=50)),
    schedules.Sequence([(5, 0.1), (10, schedules.Exponential(0.1, 0.5))], then=0.01),
]
each = pytest.mark.parametrize("schedule", EACH, ids=lambda s: type(s).__name__)


@each
def test_copies_and_reprs(schedule):
    again = eval(repr(schedule), vars(schedules).copy())
    for other in (pickle.loads(pickle.dumps(schedule)), copy.deepcopy(schedule), again):
        assert other == schedule
        assert hash(other) == hash(schedule)
        assert [other(n) for n in range(0, 90, 7)] == [schedule(n) for n in range(0, 90, 7)]
    assert schedule != schedules.Step(0.2, every=30)
    assert schedule != 0.1


@each
def test_defined_for_any_count(schedule):
    for n in (0, 1, 49, 50, 10**6, 10**18):
        assert 0 <= schedule(n) <= 0.1
    fails(lambda: schedule(-1), ValueError, type(schedule).__name__, "count", "-1")


@each
def test_an_optimizer_follows(schedule):
    """As if the rate was assigned before each update."""
    x, y = Variable(1.0), Variable(1.0)
    follows, told = optimizers.Adam(lr=schedule), optimizers.Adam()
    for n in range(60):
        x.grad = y.grad = math.sin(n)
        told.lr = schedule(n)
        follows.update([x])
        told.update([y])
    assert x.item() == y.item()


def test_growth_without_end():
    """A range test of learning rates may grow; what is too large is infinite, which is refused."""
    schedule = schedules.Exponential(1e-6, factor=2.0)
    assert schedule(10) == 1e-6 * 1024
    assert schedule(10**6) == math.inf
    assert schedules.Exponential(0.0, factor=2.0)(10**6) == 0.0
    optimizer = optimizers.SGD(schedule)
    optimizer.steps = 10**6
    x = Variable(1.0)
    x.grad = 1.0
    fails(lambda: optimizer.update([x]), ValueError, "Exponential(lr=1e-06", "step 1000000", "inf")


BAD = [
    (lambda: schedules.Step(-1.0, 3), ValueError, "Step: lr", "-1.0"),
    (lambda: schedules.Step(1.0, 0), ValueError, "Step: every", "at least 1"),
    (lambda: schedules.Step(1.0, 1.5), TypeError, "Step: every", "int", "float"),
    (lambda: schedules.Step(1.0, 3, -0.5), ValueError, "Step: factor", "-0.5"),
    (lambda: schedules.Exponential(1.0, "half"), TypeError, "Exponential: factor", "str"),
    (lambda: schedules.Cosine(lambda n: n, 3), TypeError, "Cosine: lr", "function"),
    (lambda: schedules.Cosine(1.0, True), TypeError, "Cosine: steps", "bool"),
    (lambda: schedules.Cosine(1.0, 3, math.nan), ValueError, "Cosine: final", "nan"),
    (lambda: schedules.OneCycle(1.0, 3, rise=1.0), ValueError, "OneCycle: rise", "below 1"),
    (lambda: schedules.OneCycle(1.0, 3, start=-1), ValueError, "OneCycle: start", "-1"),
    (lambda: schedules.OneCycle(1.0, 3, final=-1), ValueError, "OneCycle: final", "-1"),
    (lambda: schedules.WarmUp(0, 1.0), ValueError, "WarmUp: steps", "0"),
    (lambda: schedules.WarmUp(3, "fast"), TypeError, "WarmUp: then", "str"),
    (lambda: schedules.WarmUp(3, 1.0, -1.0), ValueError, "WarmUp: start", "-1.0"),
    (lambda: schedules.Sequence([(0, 1.0)], 1.0), ValueError, "Sequence: the steps of a part", "0"),
    (lambda: schedules.Sequence([(1, None)], 1.0), TypeError, "Sequence: a part", "NoneType"),
    (lambda: schedules.Sequence([], -1.0), ValueError, "Sequence: then", "-1.0"),
]


@pytest.mark.parametrize(("call", "error", "words"), [(c, e, w) for c, e, *w in BAD])
def test_errors(call, error, words):
    fails(call, error, *words)


def test_a_schedule_of_ones_own():
    class InverseRoot(schedules.Schedule):
        def __init__(self, lr):
            self.lr = lr

        def at(self, count):
            return self.lr / math.sqrt(1 + count)

    assert repr(InverseRoot(0.5)) == "InverseRoot(lr=0.5)"
    assert schedules.WarmUp(2, InverseRoot(1.0))(5) == 0.5
    fails(lambda: schedules.Schedule()(0), NotImplementedError, "define at")
