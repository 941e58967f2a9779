"""What lives, how long, and what it costs."""

import contextlib
import gc
import time
import weakref

import numpy as np
import psutil
import pytest

import autograd as ag
from autograd import Variable
from autograd import functions as F
from support import live_bytes, nodes

MEGABYTE = 2**20


def resident():
    return psutil.Process().memory_info().rss


@pytest.fixture(autouse=True)
def without_gc(no_gc):
    """All of it by reference counts alone."""


# Long graphs


def chain(x, n):
    y = x
    for _ in range(n):
        y = y * 1.0000001
    return y


@pytest.mark.parametrize("create_graph", [False, True])
def test_a_chain_of_a_million_operations(create_graph):
    """Nothing recurses: not the pass, and not the end of the graph."""
    x = Variable(0.5)
    before = nodes()
    y = chain(x, 10**6)
    y.backward(create_graph=create_graph)
    assert x.grad.item() == pytest.approx(1.0000001**10**6)
    x.cleargrad()
    del y
    assert nodes() == before


def test_a_long_chain_of_arrays():
    x = Variable([0.5, 1.5])
    before = nodes()
    y = chain(x, 10**5)
    y.backward(retain_graph=False)
    np.testing.assert_allclose(x.grad.data, 1.0000001**10**5)
    x.cleargrad()
    del y
    assert nodes() == before


def test_a_long_chain_that_is_cut():
    x = Variable(0.5)
    y = chain(x, 10**5)
    before = nodes()
    y.unchain()
    assert nodes() < before - 10**5
    y = chain(x, 10**5)
    y.unchain_backward()
    assert nodes() <= before - 10**5


def test_time_is_linear():
    """Per operation, a graph ten times as large costs about the same, but for what caches do."""

    def seconds(n):
        best = np.inf
        for _ in range(3):
            x = Variable(0.5)
            start = time.perf_counter()
            y = chain(x, n)
            y.backward()
            del y
            best = min(best, time.perf_counter() - start)
        return best / n

    assert seconds(500_000) < 8 * seconds(50_000)


def test_a_wide_graph():
    """Half a million operations that meet in one place."""
    x = Variable(0.5)
    total = Variable(0.0)
    for i in range(250_000):
        total = total + x * float(i)
    total.backward()
    assert x.grad.item() == 250_000 * 249_999 / 2


# The end of things


@pytest.mark.parametrize("value", [2.0, [2.0, 3.0]], ids=["number", "array"])
def test_freeing_is_immediate(value):
    before = nodes()
    x = Variable(value)
    y = F.exp(x * x) + F.sin(x)
    y.backward()
    gone = weakref.ref(x)
    del x
    assert gone() is None
    assert nodes() > before
    del y
    assert nodes() == before


@pytest.mark.parametrize("value", [2.0, [2.0, 3.0]], ids=["number", "array"])
def test_freeing_after_create_graph(value):
    """`x.grad` refers to x, and x to `x.grad`: the pair goes with x."""
    before = nodes()
    x = Variable(value)
    y = x**3
    y.backward(create_graph=True)
    gx = weakref.ref(x.grad)
    del y
    del x
    assert gx() is None
    assert nodes() == before


def test_a_gradient_that_outlives_its_variable():
    before = nodes()
    x = Variable(2.0)
    (x**3).backward(create_graph=True)
    gx = x.grad
    del x
    gx.backward(create_graph=True)
    assert gx.item() == 12.0
    del gx
    assert nodes() == before


def test_freeing_after_several_orders():
    before = nodes()
    x = Variable([0.5, 1.0])
    y = F.tanh(x) * F.sin(x)
    for _ in range(4):
        x.cleargrad()
        y.backward(create_graph=True)
        y = x.grad
    del x, y
    assert nodes() == before


def test_freeing_when_gradients_stay_uncleared():
    """Gradients with history add up on two Variables that refer to each other."""
    before = nodes()
    x, y = Variable(2.0), Variable(3.0)
    for _ in range(3):
        (x**2 * y**2).backward(create_graph=True)
    del x, y
    assert nodes() == before


def test_freeing_after_retain_grad():
    before = nodes()
    x = Variable([0.5, 1.0])
    y = F.exp(x)
    z = y * y
    for create_graph in (False, True):
        z.backward(retain_grad=True, create_graph=create_graph)
    del x, y, z
    assert nodes() == before


def test_freeing_after_errors():
    before = nodes()
    x = Variable([0.5, 1.0])
    for _ in range(10):
        with pytest.raises(ValueError, match="add"):
            x + np.ones(3)
        with pytest.raises(ValueError, match="backward"):
            (x * 2).backward(np.ones(3), create_graph=True)
    del x
    assert nodes() == before


def test_freeing_of_creators():
    before = nodes()
    x = Variable(1.0)
    y = F.sin(x) * 2.0
    creator = y.creator
    del x, y
    assert creator.inputs[0].creator.inputs[0].item() == 1.0
    del creator
    assert nodes() == before


def test_freeing_when_an_exception_holds_the_frame():
    before = nodes()

    def fails():
        x = Variable([1.0, 2.0])
        y = F.exp(x)
        return y + np.ones(3)

    with contextlib.suppress(ValueError):
        fails()
    assert nodes() == before


def test_slots_are_returned():
    before = ag.graph_stats()["slots"]
    for _ in range(100):
        x = Variable(1.0, name="x")
        (x * x).backward(create_graph=True)
        x.data = 2.0
        del x
    assert ag.graph_stats()["slots"] == before


def test_the_node_table_shrinks():
    y = chain(Variable(0.5), 10**6)
    full = ag.graph_stats()["capacity"]
    del y
    assert ag.graph_stats()["capacity"] < full / 10


# Steady states


def flat(step, count, warm):
    for _ in range(warm):
        step()
    gc.collect()
    before, live, start = resident(), live_bytes(), nodes()
    for _ in range(count):
        step()
    assert nodes() == start
    assert live_bytes() == live
    assert resident() - before < 4 * MEGABYTE


def test_training_of_numbers_is_flat():
    w, b = Variable(0.1), Variable(0.0)

    def step():
        loss = (w * 2.0 + b - 1.0) ** 2
        w.cleargrad()
        b.cleargrad()
        loss.backward()
        with ag.no_grad():
            for p in (w, b):
                p -= 0.01 * p.grad

    flat(step, 10**5, 1000)
    assert (w * 2.0 + b).item() == pytest.approx(1.0)


def test_training_with_create_graph_is_flat():
    x = Variable(2.0)

    def step():
        x.cleargrad()
        (x**4 - 2 * x**2).backward(create_graph=True)
        gx = x.grad
        x.cleargrad()
        gx.backward()
        x.data = x.data - 0.01 * gx.data / max(1.0, x.grad.item())

    flat(step, 10**5, 1000)
    assert x.item() == pytest.approx(1.0, abs=1e-6)


def test_training_of_arrays_is_flat():
    rng = np.random.default_rng(0)
    data, target = rng.standard_normal((64, 8)), rng.standard_normal((64, 1))
    w = Variable(rng.standard_normal((8, 1)))

    def step():
        loss = F.mean((data @ w - target) ** 2)
        w.cleargrad()
        loss.backward()
        w.data = w.data - 0.01 * w.grad.data

    flat(step, 5000, 100)


def test_gradients_with_history_that_accumulate_are_the_users_own():
    """Without `cleargrad` the history of a recorded gradient grows, and goes when it is cleared."""
    before = nodes()
    x = Variable(2.0)
    for _ in range(1000):
        (x**2).backward(create_graph=True)
    assert x.grad.item() == 4000.0
    x.cleargrad()
    assert nodes() == before + 1


# Large arrays


def test_large_arrays_go_at_once():
    before = live_bytes()
    x = Variable(np.ones(10**6))
    assert live_bytes() - before >= 8 * 10**6
    y = F.exp(x) * F.sin(x)
    y.backward(create_graph=True)
    del x, y
    assert live_bytes() == before
    ag.empty_cache()
    assert ag.memory_stats()["cached"] == 0


def test_numpy_views_hold_their_buffer_only():
    before, start = live_bytes(), nodes()
    data = F.exp(Variable(np.ones(10**6))).data
    assert nodes() == start
    assert 8 * 10**6 <= live_bytes() - before < 12 * 10**6
    del data
    assert live_bytes() == before


def test_values_that_no_gradient_needs_go_early():
    """Of ten sums and one exponential, the exponential alone keeps a value: its result."""
    size = 8 * 10**6
    x = Variable(np.ones(10**6))
    before = live_bytes()
    y = x
    for _ in range(10):
        y = y + x
    y = F.exp(y * 0.01)
    assert live_bytes() - before < 2 * size
    y.backward()
    np.testing.assert_allclose(x.grad.data, 0.11 * np.exp(0.11))


def test_values_that_a_gradient_needs_stay():
    x = Variable(np.ones(1000))
    y = F.sin(x * 2.0)
    y.backward()
    y.backward(create_graph=True)
    np.testing.assert_allclose(x.grad.data, 4 * np.cos(2.0))


def test_intermediates_of_a_pass_go_early():
    """A backward pass over a long chain needs a few arrays, not one for each step."""
    size = 8 * 10**5
    x = Variable(np.ones(10**5))
    y = x
    for _ in range(50):
        y = y + 1.0
    before = live_bytes()
    y.backward(retain_graph=False)
    assert live_bytes() - before <= 2 * size


def test_the_graph_goes_while_the_pass_frees_it():
    x = Variable(np.ones(10**5))
    y = x
    for _ in range(50):
        y = F.sin(y)
    assert np.all(y.data < 1)  # computed, with all that the graph keeps
    before = live_bytes()
    y.backward(retain_graph=False)
    assert live_bytes() < before - 40 * 8 * 10**5


def test_results_do_not_outlive_no_grad_code():
    size = 8 * 10**5
    x = Variable(np.ones(10**5))
    before = live_bytes()
    with ag.no_grad():
        y = x
        for _ in range(50):
            y = F.sin(y)
    assert live_bytes() - before <= 2 * size
