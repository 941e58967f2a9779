"""Batches of arrays, epoch after epoch, and going on where an earlier run stopped."""

from __future__ import annotations

from autograd import random
from autograd.data._checks import check_arrays, check_int
from autograd.data._rng_state import get_state, set_state

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from autograd._core import Variable


class Loader:
    """What all loaders share; a subclass says how many batches there are, and what is in them."""

    def __init__(
        self, arrays: tuple[Variable | ArrayLike, ...], batch_size: int, rng: Any = None
    ) -> None:
        self.batch_size = check_int(type(self).__name__, "batch_size", batch_size)
        self._arrays = check_arrays(type(self).__name__, arrays)
        self._length = len(self._arrays[0])
        self._rng = rng
        self._epoch = 0
        # How many batches of this epoch have been given.
        self._position = 0
        # The order of this epoch, and where the source stood before it was drawn.
        self._order: NDArray[np.int64] | None = None
        self._before: dict[str, Any] | None = None
        self._goes_on = False
        # The iteration whose progress counts: the latest.
        self._run: object = None

    @property
    def epoch(self) -> int:
        """The number of epochs that are complete."""
        return self._epoch

    def __len__(self) -> int:
        raise NotImplementedError

    def _batch(self, i: int, order: NDArray[np.int64] | None) -> list[NDArray[Any]]:
        """Return the parts of batch ``i``, one of each array."""
        raise NotImplementedError

    def __iter__(self) -> Iterator[Any]:
        if not self._goes_on:
            self._begin()
        self._goes_on = False
        self._run = run = object()
        order = self._order
        for i in range(self._position, len(self)):
            parts = self._batch(i, order)
            if self._run is run:
                self._position = i + 1
            yield parts[0] if len(parts) == 1 else tuple(parts)
        if self._run is run:
            self._epoch += 1
            self._position = 0
            self._order = self._before = self._run = None

    def _begin(self) -> None:
        """Begin an epoch: draw its order."""
        self._position = 0
        if self._rng is not None:
            self._before = get_state(self._rng)
            self._order = random.permutation(self._length, self._rng)

    def state_dict(self) -> dict[str, Any]:
        """Return where the loader stands, as plain values that ``json.dumps`` takes.

        Returns
        -------
        dict
            The number of complete epochs, the number of batches that the current one has given,
            what the loader was made with, and the state of its ``rng``.

        Raises
        ------
        TypeError
            If the loader shuffles by a source whose state cannot be read: one that is neither a
            `numpy.random.Generator` nor one of `autograd.random`.
        """
        state = {
            "epoch": self._epoch,
            "position": self._position,
            "length": self._length,
            "batch_size": self.batch_size,
            "rng": None,
            "rng_before_order": self._before,
        }
        if self._rng is not None:
            state["rng"] = get_state(self._rng)
            if state["rng"] is None:
                raise TypeError(
                    f"{type(self).__name__}.state_dict: rng must be a numpy.random.Generator, "
                    "random.PCG or random.ChaCha8, whose states can be read, "
                    f"got {type(self._rng).__name__}"
                )
        return state

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on where the loader stood that `state_dict` was taken of.

        The next iteration gives the batches that were left of that epoch, which are none if the
        state was taken at the last batch; the epochs after it are as they would have been. The
        ``rng`` is brought to the state in which it was.

        Parameters
        ----------
        state : dict
            What `state_dict` returned, of a loader made with the same arguments.

        Raises
        ------
        ValueError
            If it does not fit this loader. Nothing is changed then.
        """
        own = self.state_dict()
        try:
            self._check_state(state, own)
            order = self._redraw(state, own)
        except ValueError as error:
            raise ValueError(f"{type(self).__name__}.load_state_dict: {error}") from None
        self._order, self._before = order, state["rng_before_order"]
        self._epoch, self._position = state["epoch"], state["position"]
        self._goes_on = self._position > 0
        self._run = None

    def _check_state(self, state: dict[str, Any], own: dict[str, Any]) -> None:
        """Refuse a state that is not one of a loader like this."""
        if not isinstance(state, dict) or state.keys() != own.keys():
            got = sorted(map(str, state)) if isinstance(state, dict) else type(state).__name__
            raise ValueError(f"a dict with the keys {sorted(own)} is wanted, got {got}")
        for name in ("length", "batch_size"):
            if state[name] != own[name]:
                raise ValueError(f"{name} is {state[name]} there, and {own[name]} here")
        for name, most in (("epoch", float("inf")), ("position", len(self))):
            value = state[name]
            if type(value) is not int or not 0 <= value <= most:
                raise ValueError(f"{name} must be an int from 0 to {most}, got {value!r}")
        if (state["rng"] is None) != (self._rng is None):
            there, here = ("", " not") if self._rng is None else (" not", "")
            raise ValueError(f"batches were{there} shuffled there, and are{here} here")
        drawn = self._rng is not None and state["position"] > 0
        if (state["rng_before_order"] is not None) != drawn:
            raise ValueError("position and rng_before_order contradict each other")

    def _redraw(self, state: dict[str, Any], own: dict[str, Any]) -> NDArray[np.int64] | None:
        """Draw the order of the epoch again, and bring the source to where it was."""
        if self._rng is None:
            return None
        order = None
        try:
            if state["rng_before_order"] is not None:
                set_state(self._rng, state["rng_before_order"])
                order = random.permutation(self._length, self._rng)
            set_state(self._rng, state["rng"])
        except BaseException:
            set_state(self._rng, own["rng"])
            raise
        return order

    def __getstate__(self) -> dict[str, Any]:
        # A copy has no iteration that could give the rest of the epoch: its next one does.
        return {**vars(self), "_run": None, "_goes_on": self._position > 0}

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({len(self)} batches of {self.batch_size}, epoch {self._epoch})"
        )


class DataLoader(Loader):
    """Batches of arrays: iterate over it once an epoch.

    Every iteration gives each element once. A batch is an array if there is one array, and a tuple
    of arrays otherwise. Without shuffling batches are read-only views, and nothing is copied; a
    memory-mapped array is read as it goes.

    An iteration that is broken off is over: the next one begins the epoch again, with another
    order when shuffling. To go on, in another process too, take the `state_dict` and load it. A
    copy, pickled or deep-copied, goes on by itself.

    Parameters
    ----------
    *arrays : Variable or array_like
        One or more, of the same length along the first axis and of any dtypes.
    batch_size : int
        The number of elements in a batch. The last batch has what is left.
    shuffle : bool, default False
        Whether each epoch has a new order.
    rng : int, numpy.random.Generator or source, optional
        Where orders are drawn from, see `autograd.random`; a seed of its own by default.
    drop_last : bool, default False
        Whether a last batch that is smaller than the others is left out.

    Attributes
    ----------
    epoch : int
        The number of epochs that are complete.

    Raises
    ------
    ValueError
        If lengths differ, arrays are empty, or ``batch_size`` is not positive or leaves no batch.
    TypeError
        If ``batch_size`` is no integer, or ``rng`` no source.

    Examples
    --------
    >>> from autograd import random
    >>> from autograd.data import DataLoader
    >>> loader = DataLoader([0.0, 1.0, 2.0, 3.0, 4.0], [0, 1, 2, 3, 4], batch_size=2)
    >>> len(loader)
    3
    >>> for x, t in loader:
    ...     print(x, t)
    [0. 1.] [0 1]
    [2. 3.] [2 3]
    [4.] [4]
    >>> loader.epoch
    1

    A run goes on where another one stopped:

    >>> import json
    >>> loader = DataLoader(range(6), batch_size=2, shuffle=True, rng=random.PCG(1, 2))
    >>> print(next(iter(loader)))
    [1 5]
    >>> saved = json.dumps(loader.state_dict())
    >>> print(*loader)
    [1 3] [5 4] [2 0]
    >>> loader.load_state_dict(json.loads(saved))
    >>> print(*loader)
    [2 0] [3 4]
    """

    def __init__(
        self,
        *arrays: Variable | ArrayLike,
        batch_size: int,
        shuffle: bool = False,
        rng: object = None,
        drop_last: bool = False,
    ) -> None:
        source = random.source(rng) if shuffle or rng is not None else None
        super().__init__(arrays, batch_size, source if shuffle else None)
        self.shuffle = bool(shuffle)
        self.drop_last = bool(drop_last)
        if len(self) == 0:
            raise ValueError(
                f"DataLoader: with drop_last and batch_size {self.batch_size} no batch is left of "
                f"{self._length} elements"
            )

    def __len__(self) -> int:
        full, left = divmod(self._length, self.batch_size)
        return full + (left > 0 and not self.drop_last)

    def _batch(self, i: int, order: NDArray[np.int64] | None) -> list[NDArray[Any]]:
        part = slice(i * self.batch_size, (i + 1) * self.batch_size)
        if order is None:
            return [read_only(array[part]) for array in self._arrays]
        return [array.take(order[part], axis=0) for array in self._arrays]


def read_only(view: NDArray[Any]) -> NDArray[Any]:
    """Keep a view from changing what it is a view of."""
    view.flags.writeable = False
    return view
