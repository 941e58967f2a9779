"""Modes of the current thread, as context managers and decorators."""

from __future__ import annotations

from autograd import _core

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import ParamSpec, TypeVar, overload

    _P = ParamSpec("_P")
    _R = TypeVar("_R")
else:

    def overload(function):
        """Stand in for ``typing.overload``, which means something to type checkers only."""
        return function


class ModeScope:
    """Set a mode of the thread within a ``with`` block, and restore what it found.

    It has no state of its own: one scope may be entered inside itself, and in several threads.
    """

    __slots__ = ()

    def __enter__(self) -> None:
        """Set the mode; defined by the class of each scope."""
        raise NotImplementedError

    def __exit__(self, *raised: object) -> None:
        """Restore what the last entry found; likewise."""
        raise NotImplementedError

    def __call__(self, function: Callable[_P, _R], /) -> Callable[_P, _R]:
        """Wrap a function so that every call of it runs in the scope.

        Raises
        ------
        TypeError
            If it is a generator function or a coroutine function, whose body runs after the call.
        """
        import functools
        import inspect

        kinds = inspect.isgeneratorfunction, inspect.iscoroutinefunction, inspect.isasyncgenfunction
        if any(is_kind(function) for is_kind in kinds):
            name = getattr(function, "__name__", repr(function))
            raise TypeError(
                f"{name} is a generator or coroutine function, whose body runs after the call, out "
                "of the scope: use a with block inside, around what has no yield or await"
            )

        @functools.wraps(function)
        def wrapped(*args: _P.args, **kwargs: _P.kwargs) -> _R:
            with self:
                return function(*args, **kwargs)

        return wrapped


def _scope(mode: str, on: bool) -> ModeScope:
    """Make a scope, with a class of its own whose functions know what to set.

    So they can be static: to bind two methods to an object takes as long as an operation.
    """
    enter, leave = _core.mode_functions(mode, on)
    members = {"__enter__": staticmethod(enter), "__exit__": staticmethod(leave), "__slots__": ()}
    scope: ModeScope = type("ModeScope", (ModeScope,), members)()
    return scope


_no_grad = _scope("record", False)
_enable_grad = _scope("record", True)
_test_mode = _scope("test", True)
_no_test_mode = _scope("test", False)
_detect_anomaly = _scope("anomaly", True)


def test_scope(on: bool) -> ModeScope:
    """Return a scope in which layers run as in evaluation, or as in training."""
    return _test_mode if on else _no_test_mode


test_scope.__test__ = False  # type: ignore[attr-defined]


@overload
def no_grad(function: None = None, /) -> ModeScope: ...
@overload
def no_grad(function: Callable[_P, _R], /) -> Callable[_P, _R]: ...
def no_grad(function: Callable[_P, _R] | None = None, /) -> ModeScope | Callable[_P, _R]:
    """Record nothing: within a ``with`` block, or in every call of a decorated function.

    Holds for the current thread, nests, and restores what it found, on exceptions too.

    Raises
    ------
    TypeError
        If it decorates a generator or coroutine function, whose body would run out of it: use a
        ``with`` block inside, around what has no ``yield`` or ``await``.

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
    return _no_grad if function is None else _no_grad(function)


@overload
def enable_grad(function: None = None, /) -> ModeScope: ...
@overload
def enable_grad(function: Callable[_P, _R], /) -> Callable[_P, _R]: ...
def enable_grad(function: Callable[_P, _R] | None = None, /) -> ModeScope | Callable[_P, _R]:
    """Record again inside `no_grad`, or inside the ``backward`` of a `Function`.

    Holds for the current thread, nests, and restores what it found, on exceptions too.

    Raises
    ------
    TypeError
        If it decorates a generator or coroutine function; see `no_grad`.

    Examples
    --------
    >>> import autograd as ag
    >>> x = ag.Variable(3.0)
    >>> with ag.no_grad(), ag.enable_grad():
    ...     y = x * x
    >>> print(y.creator.name)
    Mul
    """
    return _enable_grad if function is None else _enable_grad(function)


@overload
def test_mode(function: None = None, /) -> ModeScope: ...
@overload
def test_mode(function: Callable[_P, _R], /) -> Callable[_P, _R]: ...
def test_mode(function: Callable[_P, _R] | None = None, /) -> ModeScope | Callable[_P, _R]:
    """Run layers as in evaluation: within a ``with`` block, or in a decorated function.

    Holds for the current thread, nests, and restores what it found, on exceptions too.

    Raises
    ------
    TypeError
        If it decorates a generator or coroutine function; see `no_grad`.

    Examples
    --------
    >>> import autograd as ag
    >>> with ag.test_mode():
    ...     pass
    """
    return _test_mode if function is None else _test_mode(function)


@overload
def detect_anomaly(function: None = None, /) -> ModeScope: ...
@overload
def detect_anomaly(function: Callable[_P, _R], /) -> Callable[_P, _R]: ...
def detect_anomaly(function: Callable[_P, _R] | None = None, /) -> ModeScope | Callable[_P, _R]:
    """Raise an error at the first NaN or infinity, forward or backward, naming who made it.

    Within a ``with`` block, or in every call of a decorated function. An operation that takes part
    in differentiation, whose result has a NaN or an infinity that its operands had not, raises
    ``FloatingPointError`` with its name and the line that called it; a gradient names the line of
    the operation that it belongs to. It looks at every value, and so takes time.

    Holds for the current thread, nests, and restores what it found, on exceptions too.

    Raises
    ------
    FloatingPointError
        In what runs within: at the first value that is not finite.
    TypeError
        If it decorates a generator or coroutine function; see `no_grad`.

    Examples
    --------
    >>> import autograd as ag
    >>> from autograd import functions as F
    >>> x = ag.Variable(-1.0)
    >>> with ag.detect_anomaly():
    ...     y = F.log(x)
    Traceback (most recent call last):
    ...
    FloatingPointError: Log made NaN, called from ...
    """
    return _detect_anomaly if function is None else _detect_anomaly(function)


# pytest takes every name that begins with "test" for a test.
test_mode.__test__ = False  # type: ignore[attr-defined]
