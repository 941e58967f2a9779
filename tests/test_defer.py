"""Elementwise work that waits until somebody looks: the same bits, less memory."""

import multiprocessing
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import autograd as ag
from autograd import Variable, _core
from autograd import functions as F

LARGE = 50_000  # elements: waits by default

Array = np.ndarray


@contextmanager
def waiting_from(elements: int) -> Iterator[None]:
    """Let work on arrays of that many elements wait."""
    before = _core.defer_from(elements)
    try:
        yield
    finally:
        _core.defer_from(before)


STEPS: dict[str, Callable[[Variable, Variable], Variable]] = {
    "sin": lambda a, b: F.sin(a),
    "exp": lambda a, b: F.exp(-a * a),
    "tanh": lambda a, b: F.tanh(a),
    "square": lambda a, b: a**2,
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / (b * b + 1),
    "number": lambda a, b: 2.5 * a + 0.5,
    "maximum": lambda a, b: F.maximum(a, b),
    "where": lambda a, b: F.where(a.data > 0, a, b),
    "flat": lambda a, b: F.reshape(F.reshape(a, (-1,)), a.shape),
    "turned": lambda a, b: F.transpose(F.transpose(a)),
    "part": lambda a, b: a + F.reshape(a, (-1,))[0],
    "row": lambda a, b: a + b[:1],
    "column": lambda a, b: a * b[:, :1],
    "last": lambda a, b: F.maximum(a, b[-1]),
    "piece": lambda a, b: a * F.split(b, (1, 5))[0] - F.unstack(b)[3],
    "shared": lambda a, b: a * a + a * b + F.sin(a),
}


def evaluate(steps: list[tuple[str, int, int]], inputs: list[Array]) -> list[Array]:
    """Compute results and gradients of a program of steps on earlier values."""
    values = [Variable(x) for x in inputs]
    leaves = list(values)
    for name, i, j in steps:
        values.append(STEPS[name](values[i % len(values)], values[j % len(values)]))
    total = values[-1] + values[len(values) // 2]
    total.backward()
    results = [total.data, *(v.data for v in values[len(leaves) :])]
    return results + [x.grad.data for x in leaves if x.grad is not None]


programs = st.lists(
    st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 20), st.integers(0, 20)),
    min_size=1,
    max_size=25,
)


# Three of these are programs where a contiguous part of what waits meets the whole.
@pytest.mark.filterwarnings("ignore:overflow")
@settings(max_examples=300)
@example([("sin", 0, 0), ("row", 0, 2)], "float64", 0, False)
@example([("exp", 0, 0), ("last", 0, 2)], "float32", 0, False)
@example([("tanh", 0, 0), ("piece", 0, 2)], "float64", 0, True)
@given(programs, st.sampled_from(["float64", "float32"]), st.integers(0, 2**32 - 1), st.booleans())
def test_waiting_changes_no_bit(
    steps: list[tuple[str, int, int]], dtype: str, seed: int, strided: bool
) -> None:
    rng = np.random.default_rng(seed)
    inputs = [rng.standard_normal((6, 14)).astype(dtype) for _ in range(2)]
    if strided:
        inputs = [x[:, ::2] for x in inputs]
    with waiting_from(1):
        later = evaluate(steps, inputs)
    with waiting_from(10**9):
        at_once = evaluate(steps, inputs)
    assert len(later) == len(at_once)
    for a, b in zip(later, at_once, strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_array_equal(a, b)


def test_a_part_of_what_waits_meets_the_whole() -> None:
    x = np.random.default_rng(0).standard_normal((250, 200))  # waits by default
    v = Variable(x)
    y = F.sin(v)
    z = F.sum((2 * y - y[0]) ** 2)
    z.backward()
    s = np.sin(x)
    d = 2 * s - s[0]
    slope = 4 * d
    slope[0] -= 2 * d.sum(axis=0)
    assert z.item() == pytest.approx((d**2).sum())
    np.testing.assert_allclose(v.grad.data, slope * np.cos(x), atol=1e-12)


@pytest.mark.parametrize("name", ["eigvalsh", "svd", "slogdet"])
def test_rows_of_a_jacobian_that_waits(name: str) -> None:
    functions = {
        "eigvalsh": lambda a: F.sin(F.eigh(a + F.swapaxes(a, -1, -2))[0]),
        "svd": lambda a: F.exp(-F.svd(a)[1]),
        "slogdet": lambda a: F.slogdet(a)[1],
    }
    f = functions[name]
    x = np.random.default_rng(1).standard_normal((1, 5, 5))
    with waiting_from(10**9):
        at_once = [ag.jacobian(f)(x).data, ag.hessian(lambda a: F.sum(f(a) ** 2))(x).data]
    with waiting_from(1):
        later = [ag.jacobian(f)(x).data, ag.hessian(lambda a: F.sum(f(a) ** 2))(x).data]
    for a, b in zip(later, at_once, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("threads", [1, 2, 5])
def test_large_arrays_on_any_number_of_threads(dtype: str, threads: int) -> None:
    x = np.random.default_rng(0).standard_normal(3 * LARGE + 17).astype(dtype)

    def run(x: Array) -> list[Array]:
        v = Variable(x)
        y = F.tanh(F.sin(v) * F.exp(-v * v) + v)
        y.backward()
        return [y.data, v.grad.data]

    before = ag.get_num_threads()
    try:
        ag.set_num_threads(threads)
        whole = run(x)
    finally:
        ag.set_num_threads(before)
    for place in (slice(0, 100), slice(70_000, 70_100), slice(-100, None)):
        for a, b in zip(whole, run(x[place]), strict=True):
            np.testing.assert_array_equal(a[place], b)


def test_what_nobody_looks_at_takes_no_memory() -> None:
    x = Variable(np.ones(LARGE), requires_grad=False)
    size = 8 * LARGE
    ag.empty_cache()
    before = ag.memory_stats()["live"]
    y = x
    for _ in range(20):
        y = F.sin(y) + x
    assert ag.memory_stats()["live"] == before
    assert y.data.shape == (LARGE,)
    assert ag.memory_stats()["live"] - before < 1.5 * size


def test_the_graph_keeps_what_gradients_need_and_no_more() -> None:
    x = Variable(np.ones(LARGE))
    size = 8 * LARGE
    before = ag.memory_stats()["live"]
    y = F.exp(x + 1.0) + 1.0  # keeps the exponential, and y is looked at
    assert y.data.shape == (LARGE,)
    assert ag.memory_stats()["live"] - before < 2.5 * size
    y.backward()
    np.testing.assert_allclose(x.grad.data, np.exp(2.0))


def test_gradients_are_there_after_the_pass() -> None:
    x = Variable(np.ones(LARGE))
    before = ag.memory_stats()["live"]
    (x * x).backward(retain_graph=False)
    assert ag.memory_stats()["live"] - before >= 8 * LARGE
    np.testing.assert_array_equal(x.grad.data, 2.0)


def test_a_value_is_that_of_the_moment() -> None:
    source = np.ones(LARGE)
    x = Variable(source)
    y = x + 1.0
    source[:] = 5.0
    x.data = np.zeros(LARGE)
    np.testing.assert_array_equal(y.data, 2.0)
    np.testing.assert_array_equal(x.data, 0.0)


def test_a_long_wait_neither_recurses_nor_grows() -> None:
    x = Variable(np.full(LARGE, 0.5), requires_grad=False)
    y = x
    most = 0
    before = ag.memory_stats()["live"]
    for _ in range(5000):
        y = y * 0.5 + x
        most = max(most, ag.memory_stats()["live"] - before)
    np.testing.assert_allclose(y.data, 1.0)
    assert most < 4 * 8 * LARGE


def test_many_results_of_one_wait() -> None:
    x = Variable(np.linspace(0, 1, LARGE), requires_grad=False)
    total = x
    for k in range(300):
        total = total + F.sin(x * k)
    expected = x.data + sum(np.sin(x.data * k) for k in range(300))
    np.testing.assert_allclose(total.data, expected)


def test_threads_that_look_at_once() -> None:
    x = Variable(np.linspace(0, 1, 5 * LARGE), requires_grad=False)
    expected = np.tanh(np.sin(np.linspace(0, 1, 5 * LARGE)))
    for _ in range(20):
        s = F.sin(x)
        values = [F.tanh(s), s, F.tanh(s), F.tanh(s)]
        found: list[Array] = [np.empty(0)] * len(values)

        def look(k: int, values: list[Variable] = values, found: list[Array] = found) -> None:
            found[k] = values[k].data

        threads = [threading.Thread(target=look, args=(k,)) for k in range(len(values))]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        for k in (0, 2, 3):
            np.testing.assert_allclose(found[k], expected, rtol=1e-15)


def _look(v: Variable, queue: "multiprocessing.Queue[float]") -> None:
    queue.put(float(v.data[-1]))


def test_a_forked_child_looks() -> None:
    x = Variable(np.full(5 * LARGE, 0.25), requires_grad=False)
    assert F.cos(x).data.size  # the pool has threads in this process
    y = F.exp(F.sin(x))
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=_look, args=(y, queue))
    child.start()
    assert queue.get(timeout=30) == y.data[-1]
    child.join(30)
    assert child.exitcode == 0


def test_too_much_fails_where_it_is_asked_for() -> None:
    x = F.broadcast_to(Variable(np.ones(1)), (2**46,))
    with pytest.raises(MemoryError):
        F.sin(x)


def test_anomalies_are_found_at_the_operation() -> None:
    x = Variable(np.zeros(LARGE))
    with pytest.raises(FloatingPointError, match="Log"), ag.detect_anomaly():
        F.log(x)


def test_transforms_hand_out_computed_gradients() -> None:
    gradient = ag.grad(lambda x: F.sum(F.sin(x) * x))
    x = np.linspace(0, 1, LARGE)
    np.testing.assert_allclose(gradient(x).data, np.cos(x) * x + np.sin(x), rtol=1e-12)
