"""Containers of arrays as one vector, which is what methods work on, and back."""

from __future__ import annotations

from autograd import functions as F
from autograd._core import Variable
from autograd.transforms import _tree

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray


class Layout:
    """Where the elements of containers of arrays lie in a vector.

    Attributes
    ----------
    shapes : list of tuple
        The shapes of the arrays.
    size : int
        The length of the vector.
    """

    def __init__(self, tree: Any) -> None:
        self._tree = tree
        arrays = [_real(x) for x in _tree.leaves(tree)]
        self.shapes = [a.shape for a in arrays]
        self._ends = [0]
        for a in arrays:
            self._ends.append(self._ends[-1] + a.size)
        self.size = self._ends[-1]
        if not self.size:
            raise ValueError("minimize: x0 has no elements")
        self.start = join(arrays)

    def arrays(self, vector: NDArray[np.float64]) -> Any:
        """Return the elements of a vector as arrays, in the containers."""
        return _tree.rebuild(
            self._tree,
            iter([vector[a:b].reshape(shape).copy() for a, b, shape in self._parts()]),
        )

    def variables(self, vector: Variable) -> Any:
        """Return the elements of a Variable as Variables computed from it, in the containers."""
        if self.shapes == [vector.shape]:
            return _tree.rebuild(self._tree, iter([vector]))
        parts = [F.reshape(vector[a:b], shape) for a, b, shape in self._parts()]
        return _tree.rebuild(self._tree, iter(parts))

    def _parts(self) -> list[tuple[int, int, tuple[int, ...]]]:
        return list(zip(self._ends, self._ends[1:], self.shapes, strict=False))


def join(arrays: list[NDArray[Any]]) -> NDArray[np.float64]:
    """Return the elements of some arrays as one vector, in row-major order."""
    import numpy as np

    return np.concatenate([np.zeros(0), *(np.reshape(a, -1) for a in arrays)], dtype=np.float64)


def _real(x: Any) -> NDArray[Any]:
    import numpy as np

    try:
        array = x.data if isinstance(x, Variable) else np.asarray(x)
    except ValueError:
        raise ValueError(
            "minimize: a list of numbers in x0 is an array, but has rows of different lengths; put "
            f"several arrays into a tuple or dict, got {x!r}"
        ) from None
    if array.dtype.kind not in "fiub":
        what = f"dtype {array.dtype}" if array.dtype.kind != "O" else f"a {type(x).__name__}"
        raise TypeError(
            f"minimize: x0 must be real numbers, or lists, tuples and dicts of them, got {what}"
        )
    return array
