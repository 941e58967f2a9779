"""Layers one after the other."""

from __future__ import annotations

from autograd.layers._init import check_callable, function_name
from autograd.layers._layer import Layer

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any


class Sequential(Layer):
    """Layers, or functions of one Variable, each of which is given the result of the one before.

    The parameters have the position in their names, with functions counted: ``layer[0].w``,
    ``layer[0].b``, ``layer[2].w``.

    Parameters
    ----------
    *layers : callable
        Layers such as ``L.Linear(10)``, and functions such as ``F.relu``.

    Raises
    ------
    TypeError
        If one of them cannot be called.

    Examples
    --------
    >>> import autograd as ag
    >>> from autograd import functions as F, layers as L
    >>> model = L.Sequential(L.Linear(10, rng=0), F.relu, L.Linear(1, rng=1))
    >>> model(ag.ones((5, 3))).shape
    (5, 1)
    >>> list(model.params())
    ['layer[0].b', 'layer[0].w', 'layer[2].b', 'layer[2].w']
    >>> model[0], len(model)
    (Linear(3 -> 10), 3)
    >>> model[:2]
    Sequential(Linear(3 -> 10), relu)
    """

    def __init__(self, *layers: Callable[..., Any]) -> None:
        for position, layer in enumerate(layers):
            check_callable("Sequential", f"layers[{position}]", layer)
        self.layer = list(layers)

    def forward(self, x: Any) -> Any:
        """Pass ``x`` through all of them; without any, return it."""
        for layer in self.layer:
            x = layer(x)
        return x

    def __len__(self) -> int:
        return len(self.layer)

    def __iter__(self) -> Iterator[Callable[..., Any]]:
        return iter(self.layer)

    def __getitem__(self, index: int | slice) -> Any:
        """Return one of the layers; for a slice, a `Sequential` that shares them."""
        if isinstance(index, slice):
            return Sequential(*self.layer[index])
        return self.layer[index]

    def __repr__(self) -> str:
        return f"Sequential({', '.join(map(function_name, self.layer))})"
