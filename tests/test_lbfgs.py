"""L-BFGS: against explicit matrices, its line search, and what it promises about failures."""

import itertools

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import autograd as ag
from autograd import Variable, models, optimizers
from autograd import functions as F
from autograd.optimizers._line_search import LineSearch, Point
from support import fails, same

seeds = st.integers(0, 2**32)


def inverse_hessian(pairs):
    """The matrix, by equations 7.16 to 7.20 of Nocedal and Wright."""
    s, y = pairs[-1]
    h = np.eye(len(s)) * (s @ y) / (y @ y)
    for s, y in pairs:
        v = np.eye(len(s)) - np.outer(y, s) / (y @ s)
        h = v.T @ h @ v + np.outer(s, s) / (y @ s)
    return h


def quadratic(rng, n):
    """A matrix with eigenvalues from 0.5 to 4, and a vector."""
    q, _ = np.linalg.qr(rng.standard_normal((n, n)))
    return q @ np.diag(np.linspace(0.5, 4.0, n)) @ q.T, rng.standard_normal(n)


@given(seeds, st.integers(1, 4), st.floats(0.1, 1.0))
def test_directions(seed, history_size, lr):
    """Steps without a closure, of several parameters, which are one vector together."""
    rng = np.random.default_rng(seed)
    a, b = quadratic(rng, 6)
    params = [Variable(rng.standard_normal(shape)) for shape in [(2, 2), (), (1,)]]
    optimizer = optimizers.LBFGS(lr, history_size)
    x = np.concatenate([p.data.ravel() for p in params])
    before, pairs = None, []
    for _ in range(7):
        g = a @ x - b
        if before is not None:
            pairs = [*pairs, (x - before[0], g - before[1])][-history_size:]
        before = (x, g)
        x = x - lr * (inverse_hessian(pairs) if pairs else np.eye(6)) @ g
        flat = F.concat([F.reshape(p, (-1,)) for p in params])
        for p in params:
            p.cleargrad()
        (0.5 * F.sum(flat * (a @ flat)) - F.sum(b * flat)).backward()
        assert optimizer.update(params) is None
        got = np.concatenate([p.data.ravel() for p in params])
        np.testing.assert_allclose(got, x, rtol=1e-7, atol=1e-9)


@given(seeds)
def test_closure_finds_the_minimum_of_a_quadratic(seed):
    rng = np.random.default_rng(seed)
    a, b = quadratic(rng, 5)
    x = Variable(rng.standard_normal(5))
    closure, _ = of(x, lambda x: 0.5 * F.sum(x * (a @ x)) - F.sum(b * x))
    optimizer = optimizers.LBFGS()
    losses = [optimizer.update([x], closure) for _ in range(30)]
    np.testing.assert_allclose(x.data, np.linalg.solve(a, b), rtol=1e-6, atol=1e-6)
    assert all(later <= loss for loss, later in itertools.pairwise(losses))


def of(x, f):
    """A closure for a function of one Variable, and the list of its values."""
    values = []

    def closure():
        x.cleargrad()
        loss = f(x)
        loss.backward()
        values.append(loss.item())
        return loss

    return closure, values


def rosenbrock(x):
    return F.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


@pytest.mark.parametrize(("start", "updates"), [([-1.2, 1.0], 40), ([1.3, 0.7, 0.8, 1.9], 60)])
def test_rosenbrock(start, updates):
    x = Variable(start)
    closure, values = of(x, rosenbrock)
    optimizer = optimizers.LBFGS()
    for _ in range(updates):
        optimizer.update([x], closure)
        same(x.grad, gradient_at(x))
    np.testing.assert_allclose(x.data, 1.0, atol=1e-8)
    # Each update begins with the loss where it stands; most need one step more.
    assert len(values) < 3 * updates


def gradient_at(x):
    other = Variable(x.data)
    rosenbrock(other).backward()
    return other.grad.data


def test_the_gradient_is_that_of_the_best_point():
    """With conditions that are hard to meet, the last evaluation is often not the best."""
    x = Variable([-1.2, 1.0])
    closure, values = of(x, rosenbrock)
    optimizer, elsewhere = optimizers.LBFGS(c2=1e-3, max_evaluations=3), 0
    for _ in range(20):
        optimizer.update([x], closure)
        same(x.grad, gradient_at(x))
        elsewhere += values[-1] != rosenbrock(x).item()
    assert elsewhere > 3


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_model(dtype):
    """The parameters are made by the first call of the closure."""
    model = models.MLP([8, 1], activation=F.tanh, rng=0, dtype=dtype)
    x = ag.linspace(-1, 1, 20, dtype=dtype).reshape((20, 1))
    t = F.sin(3 * x).data

    def closure():
        model.cleargrads()
        loss = F.mean_squared_error(model(x), t)
        loss.backward()
        return loss

    optimizer = optimizers.LBFGS()
    losses = [optimizer.update(model, closure) for _ in range(60)]
    assert losses[-1] < 2e-3 < 0.5 < losses[0]
    assert all(later <= loss for loss, later in itertools.pairwise(losses))
    assert all(p.dtype == dtype for p in model.params().values())


FUNCTIONS = {
    "quartic": (lambda a, r: 0.25 * (a - r) ** 4 - a, lambda a, r: (a - r) ** 3 - 1.0),
    "wave": (
        lambda a, r: (a - r) ** 2 + np.sin(3 * a),
        lambda a, r: 2 * (a - r) + 3 * np.cos(3 * a),
    ),
    "valley": (
        lambda a, r: r * np.exp(-a) + 0.01 * a * a,
        lambda a, r: -r * np.exp(-a) + 0.02 * a,
    ),
    "barrier": (
        lambda a, r: -np.log(r - a) - 3 * a / r,
        lambda a, r: np.divide(1, r - a) - 3 / r,
    ),
    "kink": (lambda a, r: np.hypot(a - r, 0.01), lambda a, r: (a - r) / np.hypot(a - r, 0.01)),
}


@pytest.mark.parametrize("name", FUNCTIONS)
@given(r=st.floats(0.3, 20.0), first=st.floats(1e-3, 50.0), c2=st.floats(0.05, 0.9))
def test_line_search(name, r, first, c2):
    """The step that is found meets both conditions, also where functions end or oscillate."""
    value, slope = FUNCTIONS[name]

    seen = []

    def evaluate(step):
        with np.errstate(all="ignore"):
            point = Point(step, float(value(step, r)), float(slope(step, r)), np.zeros(0))
        seen.append(point)
        return point

    start, c1 = evaluate(0.0), 1e-4
    assume(start.slope < 0)
    search = LineSearch(evaluate, start, c1, c2, 100)
    found = search.run(first)
    assert found.step > 0
    assert found.value <= start.value + c1 * found.step * start.slope
    # None that falls enough too is lower.
    enough = [p for p in seen if p.value <= start.value + c1 * p.step * start.slope]
    assert found.value == min(p.value for p in enough)
    assert abs(found.slope) <= c2 * abs(start.slope)
    assert search.left > 50


@pytest.mark.parametrize("limit", [1, 2, 3, 5])
def test_line_search_ends(limit):
    """With a limit the best point counts: the start if nothing falls."""
    steps = []

    def evaluate(step, value=None):
        steps.append(step)
        return Point(step, step if value is None else value, -1.0, np.zeros(0))

    start = Point(0.0, 0.0, -1.0, np.zeros(0))
    assert LineSearch(evaluate, start, 1e-4, 0.9, limit).run(1.0) is start
    assert len(steps) == limit
    falling = LineSearch(lambda step: evaluate(step, -step), start, 1e-4, 0.9, limit).run(1.0)
    assert falling.step == steps[-1]
    assert sorted(steps[limit:]) == steps[limit:]


def test_line_search_ends_with_the_best_point():
    """In a valley whose bottom is too narrow to be met."""

    def evaluate(step):
        return Point(step, abs(step - 1), np.sign(step - 1), np.zeros(0))

    found = LineSearch(evaluate, evaluate(0.0), 1e-4, 1e-9, 6).run(2.9)
    assert 0 < found.step < 2
    assert found.value < 0.5


def test_line_search_stays_where_the_slope_is_finite():
    def evaluate(step):
        return Point(step, -step, -1.0 if step <= 2 else np.nan, np.zeros(0))

    found = LineSearch(evaluate, evaluate(0.0), 1e-4, 0.9, 12).run(1.0)
    assert 1 <= found.step <= 2


def test_little_curvature_is_skipped():
    """On a line there is none: each step is one of gradient descent."""
    x = Variable([0.0, 0.0])
    optimizer = optimizers.LBFGS(lr=0.5)
    for _ in range(3):
        x.grad = [1.0, -2.0]
        optimizer.update([x])
        assert optimizer.state_dict([x])["pairs"] == 0
    same(x, [-1.5, 3.0])


def test_negative_curvature_is_skipped():
    x = Variable(1.0)
    optimizer = optimizers.LBFGS(lr=0.1)
    for _ in range(3):
        x.cleargrad()
        (-x * x).backward()
        optimizer.update([x])
    assert optimizer.state_dict([x])["pairs"] == 0
    assert x.item() == pytest.approx(1.2**3)


def test_steps_with_and_without_a_closure_share_what_they_learn():
    x = Variable([-1.2, 1.0])
    closure, _ = of(x, rosenbrock)
    optimizer = optimizers.LBFGS(history_size=3)
    optimizer.update([x], closure)
    closure()
    optimizer.lr = 1e-3
    optimizer.update([x])
    state = optimizer.state_dict([x])
    assert (state["pairs"], state["pending"]) == (1, 1)
    optimizer.update([x], closure)
    state = optimizer.state_dict([x])
    assert (state["pairs"], state["pending"]) == (3, 0)
    for _ in range(3):
        optimizer.update([x], closure)
    assert optimizer.state_dict([x])["0/s"].shape == (3, 2)


def test_a_closure_that_fails_leaves_the_parameters():
    x = Variable([-1.2, 1.0])
    closure, values = of(x, rosenbrock)
    optimizer = optimizers.LBFGS()
    optimizer.update([x], closure)
    before, state = x.data, optimizer.state_dict([x])
    already = len(values)

    def failing():
        if len(values) > already:
            raise KeyboardInterrupt
        return closure()

    with pytest.raises(KeyboardInterrupt):
        optimizer.update([x], failing)
    same(x, before)
    after = optimizer.state_dict([x])
    assert all((after[key] == state[key]).all() for key in state)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_loss_that_is_not_finite_changes_nothing(bad):
    x = Variable([-1.2, 1.0])
    closure, _ = of(x, lambda x: rosenbrock(x) * bad)
    optimizer = optimizers.LBFGS()
    optimizer.update([x], closure)
    same(x, [-1.2, 1.0])
    optimizer.update([x])
    same(x, [-1.2, 1.0])
    x.grad = [1.0, 1.0]
    optimizer.update([x], lambda: bad)
    same(x, [-1.2, 1.0])


@pytest.mark.parametrize("lr", [1.0, 1e3])
def test_losses_that_end_or_overflow_on_the_way(lr):
    """Steps that go too far are taken back, without a warning."""
    x = Variable([0.5, -3.0])
    closure, values = of(x, lambda x: F.exp(50 * x[0] * x[0]) - F.log(x[1] + 4.0) + x[1])
    optimizer = optimizers.LBFGS(lr)
    for _ in range(40):
        optimizer.update([x], closure)
    np.testing.assert_allclose(x.data, [0.0, -3.0], atol=1e-6)
    assert lr == 1.0 or not np.isfinite(values).all()


def test_no_step_that_falls():
    """The parameters stay, with the gradient that belongs to them."""
    x = Variable([3.0])

    def closure():
        x.grad = [-1.0]  # which is a lie
        return float(x.data[0])

    optimizer = optimizers.LBFGS(max_evaluations=6)
    assert optimizer.update([x], closure) == 3.0
    same(x, [3.0])
    assert optimizer.state_dict([x])["pairs"] == 0


def test_a_parameter_without_a_gradient_stays():
    x, alone = Variable([-1.2, 1.0]), Variable([5.0])
    closure, _ = of(x, rosenbrock)
    other = Variable([-1.2, 1.0])
    single, _ = of(other, rosenbrock)
    two, one = optimizers.LBFGS(), optimizers.LBFGS()
    for _ in range(10):
        two.update([alone, x], closure)
        one.update([other], single)
    same(alone, [5.0])
    np.testing.assert_allclose(x.data, other.data, rtol=1e-10)


def test_at_the_minimum_nothing_moves():
    x = Variable([1.0, 1.0])
    closure, values = of(x, rosenbrock)
    optimizer = optimizers.LBFGS()
    assert optimizer.update([x], closure) == 0.0
    same(x, [1.0, 1.0])
    assert len(values) == 1
    assert optimizer.steps == 1


def test_graphs_keep_what_they_saw():
    x = Variable([-1.2, 1.0])
    y = rosenbrock(x)
    before = x.data
    closure, _ = of(x, rosenbrock)
    optimizers.LBFGS().update([x], closure)
    same(before, [-1.2, 1.0])
    x.cleargrad()
    y.backward()
    same(x.grad, gradient_at(Variable([-1.2, 1.0])))


def test_no_parameters():
    optimizer = optimizers.LBFGS()
    assert optimizer.update([], lambda: 1.0) == 1.0
    optimizer.update([])
    other = optimizers.LBFGS()
    other.load_state_dict(optimizer.state_dict([]), [])
    assert other.steps == 2


BAD = [
    (lambda: optimizers.LBFGS(lr=-1.0), ValueError, "LBFGS: lr", "-1.0"),
    (lambda: optimizers.LBFGS(history_size=0), ValueError, "LBFGS: history_size", "0"),
    (lambda: optimizers.LBFGS(history_size=2.0), TypeError, "LBFGS: history_size", "float"),
    (lambda: optimizers.LBFGS(max_evaluations=0), ValueError, "LBFGS: max_evaluations", "0"),
    (lambda: optimizers.LBFGS(c1=0.9, c2=0.1), ValueError, "LBFGS: 0 < c1 < c2", "c1=0.9"),
    (lambda: optimizers.LBFGS(c1=0.0), ValueError, "LBFGS: 0 < c1 < c2", "c1=0.0"),
    (lambda: optimizers.LBFGS(c2=1.0), ValueError, "LBFGS: c2", "below 1"),
    (lambda: optimizers.LBFGS().update(Variable([1.0])), TypeError, "LBFGS.update", "into a list"),
    (lambda: optimizers.LBFGS().update([], lambda: None), TypeError, "closure", "NoneType"),
]


@pytest.mark.parametrize(("call", "error", "words"), [(c, e, w) for c, e, *w in BAD])
def test_errors(call, error, words):
    fails(call, error, *words)
