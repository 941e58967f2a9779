"""The function that is checked, as one from Variables to a flat tuple of them."""

from __future__ import annotations

from autograd import _core
from autograd._core import Variable
from autograd.transforms import _tree

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    # From Variables to Variables: a subject, or a derivative of one.
    _Flat = Callable[..., tuple[Variable, ...]]


class Subject:
    """``f`` as a function from Variables to a tuple of Variables.

    Its operands are what can be differentiated by: floating-point numbers and arrays, Variables,
    and the parameters of a layer. The rest of the arguments stays as it is. A layer is brought
    into the same state before each call.

    Attributes
    ----------
    name : str
        What to call ``f`` in messages.
    labels : list of str
        What to call the operands in messages.
    points : list of Variable
        Their values, as leaves that nobody else knows.
    """

    def __init__(self, f: Callable[..., Any], args: Sequence[Any]) -> None:
        from autograd.layers import Layer
        from autograd.transforms._differentiate import name_of

        if not callable(f):
            raise TypeError(f"check_grads: the function must be callable, got {type(f).__name__}")
        self.f = f
        self.name = name_of(f)
        self.args = tuple(args)
        found = [(path, x) for path, x in _paths(self.args, "argument ") if _moves(x)]
        self.arguments = len(found)
        self.layer = f if isinstance(f, Layer) else None
        self.places: list[tuple[int, Any, Any]] = []
        if self.layer is not None:
            found += self._parameters(self.layer)
        if not found:
            raise ValueError(
                f"check_grads: {self.name} has no argument to differentiate by: those are "
                "Variables, floating-point numbers and arrays of them, and no integers"
            )
        self.labels = [label for label, _ in found]
        self.points = [_leaf(x) for _, x in found]

    def _parameters(self, layer: Any) -> list[tuple[str, Variable]]:
        """Find the parameters of a layer, and the places where stand-ins have to go."""
        self.buffers = [(v, v.data) for v in layer.buffers().values()]
        # The first call makes what is not there yet.
        self._run(layer, self.args)
        found = {id(v): (f"parameter {name!r}", v) for name, v in layer.params().items()}
        order = {key: self.arguments + i for i, key in enumerate(found)}
        self.parameters = [v for _, v in found.values()]
        self.places = [
            (order[id(v)], owner, key) for v, owner, key in layer._tensors() if id(v) in order
        ]
        return list(found.values())

    def __call__(self, *xs: Variable) -> tuple[Variable, ...]:
        """Compute the results that are differentiable."""
        given = iter(xs[: self.arguments])
        args = _tree.replace(self.args, lambda x: next(given) if _moves(x) else x)
        if self.layer is None:
            return self._results(self.f(*args))
        try:
            for i, owner, key in self.places:
                owner[key] = xs[i]
            return self._results(self._run(self.layer, args))
        finally:
            for i, owner, key in self.places:
                owner[key] = self.parameters[i - self.arguments]

    def _run(self, layer: Any, args: Any) -> Any:
        """Call a layer as if it never had been."""
        layer.reset_state()
        try:
            return layer(*args)
        finally:
            layer.reset_state()
            for buffer, value in self.buffers:
                buffer.data = value

    def _results(self, result: Any) -> tuple[Variable, ...]:
        import numpy as np

        found = []
        for y in _tree.leaves(result):
            if isinstance(y, Variable):
                found.append(y)
            elif np.asarray(y).dtype.kind == "f":
                found.append(Variable(y, requires_grad=False))
        if not found:
            raise TypeError(
                f"check_grads: {self.name} must return a Variable, or some in a list, tuple or "
                f"dict, got {type(result).__name__}"
            )
        return tuple(found)


def pulled_back(f: _Flat, cotangents: Sequence[Any]) -> _Flat:
    """Return the gradients, by reverse mode, of the sum of the results times cotangents."""
    from autograd.transforms import vjp

    def gradients(*xs: Variable) -> tuple[Variable, ...]:
        return tuple(vjp(f, *xs)[1](tuple(cotangents)))

    return gradients


def pushed_forward(f: _Flat, tangents: Sequence[Any]) -> _Flat:
    """Return the derivatives of the results along a direction, by forward mode."""
    from autograd.transforms import jvp

    def derivatives(*xs: Variable) -> tuple[Variable, ...]:
        return tuple(jvp(f, xs, tuple(tangents))[1])

    return derivatives


def _moves(x: Any) -> bool:
    """Whether something can be differentiated by."""
    import numpy as np

    if isinstance(x, Variable):
        return x.requires_grad
    kinds = (float, list, np.ndarray, np.floating)
    return isinstance(x, kinds) and np.asarray(x).dtype.kind == "f"


def _leaf(x: Any) -> Variable:
    # The layout in memory remains, since it may be what is checked.
    return _core.detached(x, True) if isinstance(x, Variable) else Variable(x)


def _paths(tree: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Go through the values of nested containers in the order of `_tree.leaves`, with names."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from _paths(value, f"{path}[{key!r}]")
    elif isinstance(tree, (list, tuple)) and not _is_array(tree):
        for i, value in enumerate(tree):
            yield from _paths(value, f"{path}{i}" if path.endswith(" ") else f"{path}[{i}]")
    elif tree is not None:
        yield path, tree


def _is_array(x: Any) -> bool:
    """Whether a list counts as one array."""
    found = _tree.leaves(x)
    return len(found) == 1 and found[0] is x
