"""Modes of the current thread, as context managers and decorators."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar, overload

from autograd import _core

P = ParamSpec("P")
R = TypeVar("R")


# Scopes have no state of their own, so one of each serves all.
_no_grad = _core.record_scope(False)
_test_mode = _core.test_scope(True)


def decorate(scope: _core.ModeScope, function: Callable[P, R]) -> Callable[P, R]:
    """Wrap a function so that every call of it runs in a scope like the given one."""

    @functools.wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        with scope:
            return function(*args, **kwargs)

    return wrapped


@overload
def no_grad(function: None = None, /) -> _core.ModeScope: ...
@overload
def no_grad(function: Callable[P, R], /) -> Callable[P, R]: ...
def no_grad(function: Callable[P, R] | None = None, /) -> _core.ModeScope | Callable[P, R]:
    """Record nothing: within a ``with`` block, or in every call of a decorated function.

    Holds for the current thread, nests, and restores what it found, on exceptions too.

    Examples
    --------
    >>> import autograd as ag
    >>> x = ag.Variable(3.0)
    >>> with ag.no_grad():
    ...     y = x * x
    >>> print(y.creator)
    None
    >>> @ag.no_grad()
    ... def step(v):
    ...     return v - 0.1
    >>> print(step(x).creator)
    None
    """
    return _no_grad if function is None else decorate(_no_grad, function)


@overload
def test_mode(function: None = None, /) -> _core.ModeScope: ...
@overload
def test_mode(function: Callable[P, R], /) -> Callable[P, R]: ...
def test_mode(function: Callable[P, R] | None = None, /) -> _core.ModeScope | Callable[P, R]:
    """Run layers as in evaluation: within a ``with`` block, or in a decorated function.

    Holds for the current thread, nests, and restores what it found, on exceptions too.

    Examples
    --------
    >>> import autograd as ag
    >>> with ag.test_mode():
    ...     pass
    """
    return _test_mode if function is None else decorate(_test_mode, function)


# pytest takes every name that begins with "test" for a test.
test_mode.__test__ = False  # type: ignore[attr-defined]
