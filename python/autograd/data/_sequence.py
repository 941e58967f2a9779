"""Batches for recurrent models."""

from __future__ import annotations

from autograd.data._loader import Loader, read_only

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from autograd._core import Variable


class SequenceLoader(Loader):
    """Batches for recurrent models: parallel stretches of a sequence, a step of each at a time.

    The sequence of n steps is cut into ``batch_size`` stretches of ``n // batch_size`` steps; what
    is left at its end is not used. Batch ``i`` has step ``i`` of every stretch. Row ``k`` of one
    batch is followed by row ``k`` of the next, so a hidden state can be carried on from batch to
    batch. An epoch ends where the first stretch meets the second: call ``reset_state()`` of the
    model then.

    Batches are read-only views where the memory layout allows it. Iterating, `state_dict` and
    `load_state_dict` are as for `DataLoader`.

    Parameters
    ----------
    x : Variable or array_like
        The inputs, of shape (n, ...). Floats of shape (n,) count as (n, 1); integers do not, since
        they are labels or tokens.
    t : Variable or array_like
        The targets, of the same length; likewise.
    batch_size : int
        The number of stretches, at most n.

    Attributes
    ----------
    epoch : int
        The number of epochs that are complete.

    Raises
    ------
    ValueError
        If lengths differ, arrays are empty, or ``batch_size`` is not positive or larger than n.
    TypeError
        If ``batch_size`` is no integer.

    Examples
    --------
    >>> from autograd.data import SequenceLoader
    >>> y = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    >>> for x, t in SequenceLoader(y[:-1], y[1:], batch_size=2):
    ...     print(x.ravel(), t.ravel(), x.shape)
    [0. 3.] [1. 4.] (2, 1)
    [1. 4.] [2. 5.] (2, 1)
    [2. 5.] [3. 6.] (2, 1)
    """

    def __init__(self, x: Variable | ArrayLike, t: Variable | ArrayLike, batch_size: int) -> None:
        super().__init__((x, t), batch_size)
        if self.batch_size > self._length:
            raise ValueError(
                "SequenceLoader: batch_size must be at most the length of the sequence, "
                f"{self._length}, got {self.batch_size}"
            )
        self._arrays = [self._cut(array) for array in self._arrays]

    def __len__(self) -> int:
        return self._length // self.batch_size

    def _cut(self, array: NDArray[Any]) -> NDArray[Any]:
        """Return the stretches, of shape (batch_size, steps, ...)."""
        features = (1,) if array.ndim == 1 and array.dtype.kind in "fc" else array.shape[1:]
        steps = len(self)
        return array[: self.batch_size * steps].reshape(self.batch_size, steps, *features)

    def _batch(self, i: int, order: NDArray[np.int64] | None) -> list[NDArray[Any]]:
        return [read_only(stretches[:, i]) for stretches in self._arrays]
