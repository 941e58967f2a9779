"""`no_grad` and `test_mode`: scopes, decorators, threads."""

import functools
import threading

import pytest

import autograd as ag
from autograd import Variable, _core

MODES = [(ag.no_grad, lambda: not _core.is_recording()), (ag.test_mode, _core.is_test_mode)]
both = pytest.mark.parametrize(("mode", "on"), MODES, ids=["no_grad", "test_mode"])


@both
def test_scope(mode, on):
    assert not on()
    with mode():
        assert on()
    assert not on()


@both
def test_nested_scopes(mode, on):
    with mode():
        with mode():
            assert on()
        assert on()
    assert not on()


@both
def test_one_scope_inside_itself(mode, on):
    scope = mode()
    with scope:
        with scope:
            assert on()
        assert on()
    assert not on()
    with scope:
        assert on()
    assert not on()


@both
def test_scope_that_raises(mode, on):
    with pytest.raises(KeyError, match="x"), mode():
        raise KeyError("x")
    assert not on()


@both
def test_decorators(mode, on):
    @mode
    def bare(a, *, b=1):
        """Doc."""
        return on(), a, b

    @mode()
    def called(a, *, b=1):
        """Doc."""
        return on(), a, b

    for f, name in ((bare, "bare"), (called, "called")):
        assert f(1, b=2) == (True, 1, 2)
        assert not on()
        assert (f.__name__, f.__doc__) == (name, "Doc.")


@both
def test_decorated_methods_and_recursion(mode, on):
    class Thing:
        @mode()
        def depth(self, n):
            assert on()
            return 0 if n == 0 else 1 + self.depth(n - 1)

    assert Thing().depth(5) == 5
    assert not on()


@both
def test_decorated_function_that_raises(mode, on):
    @mode
    def f():
        raise KeyError("x")

    with pytest.raises(KeyError):
        f()
    assert not on()


@both
def test_what_runs_after_the_call_is_not_decorated(mode, on):
    def generator():
        yield on()

    async def coroutine():
        return on()

    async def stream():
        yield on()

    class Thing:
        def method(self):
            yield on()

    for f in (generator, coroutine, stream, Thing().method, functools.partial(generator)):
        for decorate in (mode, mode()):
            with pytest.raises(TypeError, match=r"generator or coroutine function.* with block"):
                decorate(f)
    assert list(mode(lambda: list(generator()))()) == [True]
    assert mode(functools.partial(on))()


@both
def test_modes_are_per_thread(mode, on):
    seen = []
    inside, checked = threading.Event(), threading.Event()

    def other():
        inside.wait(10)
        seen.append(on())
        with mode():
            checked.set()
            release.wait(10)
        seen.append(on())

    release = threading.Event()
    thread = threading.Thread(target=other)
    thread.start()
    with mode():
        inside.set()
        assert checked.wait(10)
    assert not on()
    release.set()
    thread.join(10)
    assert seen == [False, False]


@both
def test_a_decorated_function_in_many_threads(mode, on):
    barrier = threading.Barrier(4)
    seen = []

    @mode
    def f():
        barrier.wait(10)
        seen.append(on())
        barrier.wait(10)

    threads = [threading.Thread(target=lambda: (f(), seen.append(on()))) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join(10)
    assert sorted(seen) == [False] * 4 + [True] * 4


@both
def test_leaving_without_entering(mode, on):
    with pytest.raises(RuntimeError, match="entered"):
        mode().__exit__(None, None, None)
    assert not on()


def test_the_modes_are_independent():
    with ag.no_grad(), ag.test_mode():
        assert _core.is_test_mode()
        assert not _core.is_recording()
    with ag.test_mode():
        assert (Variable(1.0) * 2).creator is not None


def test_nothing_is_recorded():
    x = Variable(2.0)
    with ag.no_grad():
        y = x**2
    assert (y.creator, y.generation) == (None, 0)
    z = y * x
    z.backward()
    assert x.grad.item() == 4.0


def test_backward_within_no_grad():
    x = Variable(3.0)
    y = x**2
    with ag.no_grad():
        y.backward()
        assert not _core.is_recording()
    assert x.grad.item() == 6.0
    x.cleargrad()
    with ag.no_grad():
        y.backward(create_graph=True)
    assert x.grad.creator is not None
    assert _core.is_recording()


def test_enable_grad():
    x = Variable(2.0)
    with ag.no_grad():
        with ag.enable_grad():
            assert (x * 2).creator is not None
            with ag.no_grad():
                assert (x * 2).creator is None
        assert not _core.is_recording()

    @ag.enable_grad
    def slope(v):
        (v**2).backward()
        return v.grad.item()

    with ag.no_grad():
        assert slope(x) == 4.0
        assert not _core.is_recording()


def test_backward_restores_the_mode_when_it_fails():
    with pytest.raises(ValueError, match="backward"):
        (Variable(3.0) ** 2).backward([1.0, 2.0])
    assert _core.is_recording()


def test_scopes_work_where_the_functions_are_looked_up_in_the_class():
    from contextlib import ExitStack

    x = Variable(2.0)
    with ExitStack() as stack:
        stack.enter_context(ag.no_grad())
        assert (x * x).creator is None
        stack.enter_context(ag.enable_grad())
        assert (x * x).creator is not None
    assert (x * x).creator is not None
    scope = ag.no_grad()
    scope.__enter__()
    assert (x * x).creator is None
    scope.__exit__(None, None, None)
    assert (x * x).creator is not None
    with pytest.raises(TypeError, match="at most 3"):
        scope.__exit__(1, 2, 3, 4, 5)
    with pytest.raises(TypeError, match="no arguments"):
        scope.__enter__(1, 2)
