"""Threads of Python, threads of kernels, and child processes."""

import multiprocessing
import os
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import autograd as ag
import children
from autograd import Variable
from autograd import functions as F
from support import nodes

LARGE = 150_000


def run(*targets):
    """Calls each target in a thread of its own, all at once; returns what they return."""
    barrier = threading.Barrier(len(targets))
    results = [None] * len(targets)

    def call(i):
        barrier.wait(30)
        try:
            results[i] = targets[i]()
        except BaseException as e:
            results[i] = e

    threads = [threading.Thread(target=call, args=(i,)) for i in range(len(targets))]
    for t in threads:
        t.start()
    for t in threads:
        t.join(60)
        assert not t.is_alive(), "a thread hangs"
    for r in results:
        if isinstance(r, BaseException):
            raise r
    return results


# Graphs of their own


def train_numbers(seed):
    rng = np.random.default_rng(seed)
    w, b = Variable(rng.normal()), Variable(rng.normal())
    for _ in range(2000):
        loss = F.tanh(w * 0.5 + b) ** 2 + (w - 1.0) ** 2
        w.cleargrad()
        b.cleargrad()
        loss.backward()
        with ag.no_grad():
            w -= 0.1 * w.grad
            b -= 0.1 * b.grad
    return w.item(), b.item()


def train_arrays(seed):
    """Arrays of which every operation releases the interpreter's lock."""
    rng = np.random.default_rng(seed)
    x, w = rng.standard_normal((LARGE // 10, 10)), Variable(rng.standard_normal((10, 10)))
    for i in range(6):
        y = F.tanh(F.matmul(x, w))
        loss = F.mean(y * F.exp(-(y**2)))
        w.cleargrad()
        loss.backward(create_graph=i % 2 == 1)
        w.data = w.data - 0.1 * w.grad.data
    return w.data.tobytes()


def train_orders(seed):
    """Higher derivatives: nested graphs, and gradients that refer to their Variables."""
    x = Variable(np.random.default_rng(seed).standard_normal(LARGE))
    y = F.sin(x) * x
    for _ in range(3):
        x.cleargrad()
        y.backward(create_graph=True)
        y = x.grad
    return y.data.tobytes()


@pytest.mark.parametrize("train", [train_numbers, train_arrays, train_orders])
def test_threads_compute_what_one_after_the_other_does(train, threads):
    threads(2)
    before = nodes()
    alone = [train(seed) for seed in range(4)]
    together = run(*(lambda seed=seed: train(seed) for seed in range(4)))
    assert together == alone
    assert nodes() == before


def test_all_kinds_at_once():
    kinds = [train_numbers, train_arrays, train_orders, train_numbers]
    alone = [train(0) for train in kinds]
    assert run(*(lambda train=train: train(0) for train in kinds)) == alone


# Shared graphs


@pytest.mark.parametrize("size", [1, LARGE])
@pytest.mark.parametrize("create_graph", [False, True])
def test_one_graph_many_passes(size, create_graph):
    """Each pass adds its gradient whole or, where two deliver at once, loses one: never a part."""
    x = Variable(np.full(size, 0.5))
    y = F.sum(F.sin(x) * F.exp(x))
    y.backward()
    one = x.grad.data.copy()
    x.cleargrad()
    run(*[lambda: [y.backward(create_graph=create_graph) for _ in range(5)]] * 4)
    count = x.grad.data / one
    assert 1 <= round(count[0]) <= 20
    np.testing.assert_allclose(count, round(count[0]), rtol=1e-12)
    x.cleargrad()
    y.backward()
    np.testing.assert_array_equal(x.grad.data, one)


def test_a_shared_leaf():
    """Threads build graphs on one Variable while another assigns to it."""
    x = Variable(np.ones(LARGE))
    stop = threading.Event()

    def assign():
        value = 1.0
        while not stop.wait(0.001):
            value = 3.0 - value
            x.data = np.full(LARGE, value)

    def build():
        try:
            for _ in range(30):
                y = F.sum(x * x)
                mean = y.item() / LARGE
                assert mean in (1.0, 4.0), mean
        finally:
            stop.set()

    run(assign, build, build)


def test_a_graph_that_dies_in_another_thread():
    before = nodes()
    box = []

    def make():
        x = Variable(0.5)
        y = x
        for _ in range(10_000):
            y = y * 1.01
        box.append((x, y))

    run(make)
    x, y = box.pop()
    y.backward()
    assert x.grad.item() == pytest.approx(1.01**10_000)
    box.append((x, y))
    del x, y
    run(box.clear)
    assert nodes() == before


def test_modes_of_threads_do_not_touch():
    x = Variable(np.ones(LARGE))

    def records():
        return all(F.sin(x).creator is not None for _ in range(20))

    @ag.no_grad()
    def does_not():
        return all(F.sin(x).creator is None for _ in range(20))

    assert run(records, does_not, records, does_not) == [True] * 4


# Threads of kernels


def outcomes():
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((700, 500)), rng.standard_normal((500, 300))
    x, w = Variable(a), Variable(b)
    y = F.tanh(F.exp(F.sin(x)) / (1.0 + x**2))
    results = [y, F.matmul(x, w), F.matmul(x.T, x), F.sum(x), F.sum(x, 0), F.sum(x, 1), F.max(x, 0)]
    z = (
        F.sum(F.matmul(y, w) ** 2)
        + F.sum(x[::2, 1::3] * 2.0)
        + F.mean(F.broadcast_to(x, (2, 700, 500)))
    )
    z.backward(create_graph=True)
    gx, gw = x.grad, w.grad
    x.cleargrad()
    F.sum(gx * gx).backward()
    stack = Variable(rng.standard_normal((40, 60, 30))) @ Variable(rng.standard_normal((30, 50)))
    batch = Variable(rng.standard_normal((40, 60, 30))) @ Variable(
        rng.standard_normal((40, 30, 50))
    )
    narrow = F.exp(x.astype(np.float32))
    sums = F.sum(narrow @ w.astype(np.float32))
    return [v.data.tobytes() for v in (*results, z, gx, gw, x.grad, stack, batch, narrow, sums)]


def test_results_do_not_depend_on_the_number_of_threads(threads):
    threads(1)
    one = outcomes()
    for n in (2, 3, 8):
        threads(n)
        assert ag.get_num_threads() == n
        for got, want in zip(outcomes(), one, strict=True):
            assert got == want


def test_number_of_threads(threads):
    default = ag.get_num_threads()
    assert default >= 1
    threads(3)
    assert ag.get_num_threads() == 3
    threads(0)
    assert ag.get_num_threads() == default
    for wrong in (-1, -(2**40)):
        with pytest.raises(ValueError, match="set_num_threads"):
            threads(wrong)
    with pytest.raises(TypeError):
        threads("two")


@pytest.mark.parametrize(("setting", "expected"), [("1", 1), ("3", 3), (" 2,1", 2)])
def test_the_environment_sets_the_number_of_threads(setting, expected):
    code = "import autograd as ag; print(ag.get_num_threads())"
    environment = {**os.environ, "OMP_NUM_THREADS": setting}
    run = [sys.executable, "-c", code]
    out = subprocess.run(run, env=environment, check=True, capture_output=True, text=True)
    assert int(out.stdout) == expected


def sines(x):
    for _ in range(10):
        x = F.sin(x)
    return x


@pytest.mark.parametrize("kernel", [lambda x: x @ x, sines], ids=["matmul", "elementwise"])
def test_other_threads_run_during_a_long_kernel(kernel, threads):
    """With the lock kept, they could run at its beginning and at its end only."""
    threads(1)
    x = Variable(np.random.default_rng(0).random((1200, 1200)), requires_grad=False)
    ticks, spans = [], []
    stop = threading.Event()

    def tick():
        while not stop.is_set():
            ticks.append(time.perf_counter())
            time.sleep(1e-4)

    def compute():
        try:
            for _ in range(5):
                begin = time.perf_counter()
                assert kernel(x).data.shape == x.shape
                spans.append((begin, time.perf_counter()))
        finally:
            stop.set()

    run(tick, compute)
    assert max(sum(begin < t < end for t in ticks) for begin, end in spans) >= 8


# Processes


def in_child(method, target, *args):
    context = multiprocessing.get_context(method)
    queue = context.Queue()
    child = context.Process(target=target, args=(queue, *args))
    child.start()
    try:
        result = queue.get(timeout=60)
        child.join(30)
    finally:
        if child.is_alive():
            child.kill()
    assert child.exitcode == 0
    return result


# Forking a process with threads is what is tested; from 3.12 on Python warns of it.
forks = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
needs_fork = pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="no fork here"
)


@forks
@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_a_child_computes_after_the_parent_used_threads(method, threads):
    if method == "forkserver":
        pytest.skip("a fork of a process without threads")
    threads(2)

    class Here:
        put = staticmethod(lambda result: results.append(result))

    results = []
    children.product(Here)
    assert in_child(method, children.product) == results[0]
    children.product(Here)
    assert results[0] == results[1]


@forks
@needs_fork
def test_a_forked_child_has_the_graph():
    x = Variable(np.ones(LARGE))
    y = F.sum(x * 3.0)
    assert in_child("fork", children.inherited, x, y) == 3.0 * LARGE
    assert x.grad is None


@forks
@needs_fork
def test_forks_while_other_threads_compute(threads):
    threads(2)
    stop = threading.Event()

    def busy():
        x = Variable(np.ones(LARGE))
        while not stop.is_set():
            F.sum(F.exp(x)).backward()
            x.cleargrad()

    def forks():
        try:
            return [in_child("fork", children.product) for _ in range(3)]
        finally:
            stop.set()

    _, results = run(busy, forks)
    assert len(set(results)) == 1
