"""Gradients of large weights, products that wait for an optimizer: the same bits, less memory."""

import pickle
import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
from autograd import Variable, _core, optimizers
from autograd import functions as F
from support import live_bytes

RNG = np.random.default_rng(0)
OPTIMIZERS: dict[str, Callable[[], optimizers.Optimizer]] = {
    "sgd": lambda: optimizers.SGD(0.1),
    "momentum": lambda: optimizers.Momentum(0.1, nesterov=True),
    "adam": lambda: optimizers.Adam(0.1),
    "adamw": lambda: optimizers.AdamW(0.1),
    "rmsprop": lambda: optimizers.RMSprop(0.1),
    "adagrad": lambda: optimizers.AdaGrad(0.1),
    "lion": lambda: optimizers.Lion(0.1),
}
# Ways to use weights of a shape: those of x, and the product.
USES: dict[str, tuple[Callable[..., tuple[int, ...]], Callable[..., Variable]]] = {
    "right": (lambda k, m, n: (k, m), lambda x, w: x @ w),
    "left": (lambda k, m, n: (n, k), lambda x, w: w @ x),
    "bias": (lambda k, m, n: (k, m), lambda x, w: F.linear(x, w, w[0])),
    "turned": (lambda k, m, n: (k, n), lambda x, w: x @ w.T),
    "stack": (lambda k, m, n: (2, k, m), lambda x, w: x @ w),
    "vector": (lambda k, m, n: (m,), lambda x, w: x @ w),
}


@pytest.fixture(autouse=True)
def threads_as_before() -> Iterator[None]:
    """Leave the number of threads as it was."""
    before = ag.get_num_threads()
    yield
    ag.set_num_threads(before)


def gradient(x: np.ndarray, w: Variable, use: str = "right") -> None:
    """Let the gradient of weights wait."""
    y = USES[use][1](x, w)
    F.sum(F.sin(y) * 3.0).backward()


def steps(
    make: Callable[[], optimizers.Optimizer], x: np.ndarray, w: np.ndarray, use: str, look: bool
) -> tuple[Variable, np.ndarray]:
    """Take three steps, with a look at gradients first or not; return weights and last gradient."""
    v, optimizer = Variable(w), make()
    for _ in range(3):
        v.cleargrad()
        gradient(x, v, use)
        if look:
            assert v.grad.data.shape == w.shape
        optimizer.update([v])
    return v, v.grad.data


def same_steps(name: str, use: str, dtype: str, k: int, m: int, n: int, seed: int = 0) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=USES[use][0](k, m, n)).astype(dtype)
    w = rng.normal(size=(m, n)).astype(dtype)
    (a, ga), (b, gb) = (steps(OPTIMIZERS[name], x, w, use, look) for look in (False, True))
    np.testing.assert_array_equal(a.data, b.data)
    np.testing.assert_array_equal(ga, gb)
    assert a.dtype == dtype
    assert not np.array_equal(a.data, w)


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_large_weights(name: str, dtype: str, threads: int) -> None:
    ag.set_num_threads(threads)
    # The second one's rows begin anywhere in a line of the cache.
    same_steps(name, "right", dtype, 40, 700, 1000)
    same_steps(name, "right", dtype, 7, 801, 777)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("use", USES)
def test_ways_to_use_weights(use: str, dtype: str) -> None:
    same_steps("adam", use, dtype, 33, 500, 601)


@given(
    name=st.sampled_from(list(OPTIMIZERS)),
    use=st.sampled_from(list(USES)),
    dtype=st.sampled_from(["float64", "float32"]),
    k=st.integers(1, 12),
    m=st.integers(1, 60),
    n=st.integers(1, 60),
    seed=st.integers(0, 1000),
)
def test_weights_of_any_size(
    name: str, use: str, dtype: str, k: int, m: int, n: int, seed: int
) -> None:
    before = _core.defer_from(1)
    try:
        same_steps(name, use, dtype, k, m, n, seed)
    finally:
        _core.defer_from(before)


def test_shapes_that_are_computed_as_a_whole() -> None:
    same_steps("adam", "right", "float64", 600, 2000, 1300)  # more than a slice of k
    same_steps("adam", "right", "float64", 3, 8, 200_000)  # rows too long for a cache


def weights(m: int = 500, n: int = 600) -> Variable:
    """Weights that are large enough for their gradient to wait."""
    return Variable(RNG.normal(size=(m, n)))


X = RNG.normal(size=(20, 500))


def expected(x: np.ndarray, w: Variable) -> np.ndarray:
    return x.T @ (3.0 * np.cos(x @ w.data))


def test_what_an_optimizer_takes_is_never_in_memory_as_a_whole() -> None:
    w, optimizer = weights(), optimizers.SGD(0.1)
    bytes_of_w = w.data.nbytes
    before = live_bytes()
    gradient(X, w)
    assert live_bytes() - before < bytes_of_w / 4
    optimizer.update([w])
    assert live_bytes() - before < bytes_of_w / 4
    grad = w.grad.data
    assert live_bytes() - before > bytes_of_w / 2
    assert w.grad.data is not None
    assert np.shares_memory(w.grad.data, grad)


def test_operands_that_are_larger_are_not_kept() -> None:
    w, x = weights(), RNG.normal(size=(2000, 500))
    before = live_bytes()
    gradient(x, w)
    assert live_bytes() - before < 1.5 * w.data.nbytes


def test_what_is_a_small_part_of_something_large_is_not_kept() -> None:
    large = Variable(RNG.normal(size=(20_000, 500)), requires_grad=False)
    w = weights()
    before = live_bytes() - large.data.nbytes
    F.sum(F.sin(large[:20] @ w)).backward()
    del large
    assert live_bytes() - before < 1.5 * w.data.nbytes


def test_what_operands_wait_for_is_not_kept() -> None:
    x, w = RNG.normal(size=(200, 400)), weights(400, 500)
    before = live_bytes()

    def run() -> None:
        y = x @ w
        for _ in range(20):
            y = F.sin(y)
        F.sum(y).backward(retain_graph=False)

    run()
    assert live_bytes() - before < 1.5 * w.data.nbytes


def test_products_of_products_do_not_nest() -> None:
    """Neither to look nor to drop takes a stack that grows with their number."""
    n = 400
    x, w = Variable(np.ones((1, n)), requires_grad=False), Variable(np.zeros((n, n)))
    seen = []

    def run() -> None:
        seed = Variable(np.ones((1, n)), requires_grad=False)
        for _ in range(3000):
            w.cleargrad()
            (x @ w).backward(seed)
            seed = w.grad[:1]
        seen.append(seed.data[0, :3].tolist())

    before = threading.stack_size(512 * 1024)
    try:
        thread = threading.Thread(target=run)
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()
    assert seen == [[1.0, 1.0, 1.0]]


def test_a_gradient_is_that_of_the_moment() -> None:
    w = weights()
    want = expected(X, w)
    x = Variable(X)
    F.sum(F.sin(x @ w) * 3.0).backward()
    x.data = np.zeros_like(X)
    w.data = np.zeros_like(w.data)
    np.testing.assert_allclose(w.grad.data, want, rtol=1e-9, atol=1e-9)


def test_gradients_add_up() -> None:
    w = weights()
    want = expected(X, w)
    for _ in range(3):
        gradient(X, w)
    np.testing.assert_allclose(w.grad.data, 3 * want, rtol=1e-9, atol=1e-9)
    w.cleargrad()
    y = F.sum(F.sin(X @ w) * 3.0) + F.sum(F.sin((2 * X) @ w) * 3.0) + F.sum(w**2)
    y.backward()
    want = want + expected(2 * X, w) + 2 * w.data
    np.testing.assert_allclose(w.grad.data, want, rtol=1e-9, atol=1e-9)


def test_weights_inside_a_graph() -> None:
    w = weights()
    inner = w * 2.0
    F.sum(F.sin(X @ inner) * 3.0).backward(retain_grad=True)
    want = expected(X, inner)
    np.testing.assert_allclose(inner.grad.data, want, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(w.grad.data, 2 * want, rtol=1e-9, atol=1e-9)


def test_hooks_functions_and_copies_see_it() -> None:
    w = weights()
    seen = []
    w.register_hook(lambda g: seen.append(g) or g * 2.0)
    gradient(X, w)
    want = expected(X, w)
    np.testing.assert_allclose(seen[0].data, want, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(w.grad.data, 2 * want, rtol=1e-9, atol=1e-9)
    plain = Variable(w.data)
    gradient(X, plain)
    got = pickle.loads(pickle.dumps(plain))
    np.testing.assert_array_equal(got.grad.data, plain.grad.data)
    plain.cleargrad()
    gradient(X, plain)
    total = F.sum(F.square(plain.grad)).item()
    assert total == pytest.approx(np.sum(want**2))


def test_the_step_by_hand() -> None:
    w = weights()
    want = w.data - 0.1 * expected(X, w)
    gradient(X, w)
    with ag.no_grad():
        w -= 0.1 * w.grad
    np.testing.assert_allclose(w.data, want, rtol=1e-9, atol=1e-9)


def test_a_gradient_of_another_dtype() -> None:
    w, v = Variable(X.astype(np.float32).T @ X), Variable(X.T @ X)
    gradient(X, v)
    w.grad = v.grad
    before = w.data
    optimizers.SGD(0.5).update([w])
    np.testing.assert_allclose(w.data, before - 0.5 * v.grad.data, rtol=1e-5, atol=1e-3)


def test_a_shared_gradient() -> None:
    w, v = weights(), weights()
    gradient(X, w)
    v.grad = w.grad
    want = v.data - 0.5 * expected(X, w)
    optimizers.SGD(0.5).update([w, v])
    np.testing.assert_allclose(v.data, want, rtol=1e-9, atol=1e-9)


def test_threads_that_look_and_step_at_once() -> None:
    for _ in range(10):
        w = weights()
        gradient(X, w)
        others = [Variable(w.data) for _ in range(2)]
        for other in others:
            other.grad = w.grad
        barrier = threading.Barrier(4)
        seen: list[np.ndarray] = []
        work = [lambda w=w, seen=seen: seen.append(w.grad.data)] * 2
        work += [lambda v=v: optimizers.SGD(0.1).update([v]) for v in others]

        def at_once(f: Callable[[], None], barrier: threading.Barrier = barrier) -> None:
            barrier.wait()
            f()

        threads = [threading.Thread(target=at_once, args=(f,)) for f in work]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert len(seen) == 2
        np.testing.assert_array_equal(seen[0], seen[1])
        for other in others:
            np.testing.assert_array_equal(other.data, w.data - 0.1 * seen[0])


def test_anomalies_are_found_in_the_pass() -> None:
    w = weights()
    with ag.detect_anomaly():
        y = Variable(1e200 * X) @ w
        with pytest.raises(FloatingPointError, match="gradient of MatMul by operand 1 has"):
            y.backward(np.full(y.shape, 1e200))
