"""What all layers and models have in common."""

from __future__ import annotations

from autograd._core import Variable, clear_grads, walk, with_grads

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping
    from typing import Any, Self

    import numpy as np
    from numpy.typing import ArrayLike, DTypeLike, NDArray

    # A tensor or layer inside a layer: its name, itself, and where it is stored.
    _Place = tuple[str, Any, Any, Any]


class Lazy:
    """A parameter that is made at the first call, when its shape is known.

    It stands in the place of the Variable until then. Where several layers share it, they share
    the Variable, too.

    Parameters
    ----------
    shape : tuple
        The sizes, None for those that are not known yet.
    dtype : dtype
        float64 or float32.

    Attributes
    ----------
    made : Variable or None
        The parameter, once it is there.

    Raises
    ------
    TypeError
        If ``dtype`` is neither float64 nor float32.

    Examples
    --------
    >>> import autograd as ag
    >>> from autograd import Variable, layers as L
    >>> class Scale(L.Layer):
    ...     def __init__(self):
    ...         self.w = L.Lazy((None,))
    ...     def forward(self, x):
    ...         if isinstance(self.w, L.Lazy):
    ...             self.w = self.w.make(lambda: ag.ones(x.shape[-1]))
    ...         return x * self.w
    >>> scale = Scale()
    >>> scale.w
    Lazy(?)
    >>> y = scale(Variable([3.0, 4.0]))
    >>> scale.w
    variable([1., 1.])
    """

    def __init__(self, shape: tuple[int | None, ...], dtype: DTypeLike = "float64") -> None:
        self.shape = shape
        self.dtype = Variable(0.0, dtype=dtype).dtype
        self.made: Variable | None = None

    def make(self, draw: Callable[[], Variable]) -> Variable:
        """Return the parameter; ``draw`` makes it if nobody has."""
        if self.made is None:
            self.made = draw()
        return self.made

    def __repr__(self) -> str:
        sizes = ", ".join("?" if size is None else str(size) for size in self.shape)
        return f"Lazy({sizes})"


class Layer:
    """A function with parameters: the base of all layers and models, and of your own.

    Assign Variables, layers, or lists, tuples and dicts of them to attributes, and define
    ``forward``. A Variable is a parameter; one made with ``requires_grad=False`` is a buffer,
    which is saved with the parameters but not trained. Attributes whose names begin with an
    underscore are left alone: that is the place for what a layer remembers between calls.

    Names are those of the attributes, joined by dots: ``encoder.w``; in a list or tuple with the
    position, ``linear[0].w``, in a dict with the key, ``heads[left].w``. A Variable that several
    attributes share has the first of its names.

    Examples
    --------
    >>> import autograd as ag
    >>> from autograd import Variable, layers as L
    >>> class Scale(L.Layer):
    ...     def __init__(self, size):
    ...         self.w = ag.ones(size)
    ...     def forward(self, x):
    ...         return x * self.w
    >>> scale = Scale(2)
    >>> print(scale(Variable([3.0, 4.0])))
    variable([3., 4.])
    >>> scale.params()
    {'w': variable([1., 1.])}
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run ``forward``."""
        return self.forward(*args, **kwargs)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the result; a subclass defines it."""
        raise NotImplementedError(f"{type(self).__name__} must define forward")

    def params(self) -> dict[str, Variable]:
        """Return the parameters by name, sorted. Those that the first call makes are not there yet.

        Examples
        --------
        >>> from autograd import layers as L
        >>> sorted(L.Linear(3, in_size=2).params())
        ['b', 'w']
        """
        return {n: v for n, v in self._variables().items() if v.requires_grad}

    def buffers(self) -> dict[str, Variable]:
        """Return the Variables that are saved but not trained, such as running means, by name."""
        return {n: v for n, v in self._variables().items() if not v.requires_grad}

    def layers(self) -> dict[str, Layer]:
        """Return the layers inside this one, and inside those, by name, in order of definition.

        Examples
        --------
        >>> from autograd import models
        >>> list(models.MLP([10, 1]).layers())
        ['linear[0]', 'linear[1]']
        """
        return {name: x for name, x, _, _ in self._inside() if isinstance(x, Layer)}

    def cleargrads(self) -> None:
        """Drop the gradients of all parameters."""
        clear_grads(self, _CLASSES)

    def reset_state(self) -> None:
        """Forget what earlier calls left behind, in this layer and those inside it.

        Recurrent layers start a new sequence; other layers have nothing to forget.
        """
        self._reset()
        for _, layer, _, _ in self._inside():
            if isinstance(layer, Layer):
                layer._reset()

    def _reset(self) -> None:
        """Forget this layer's own state; a layer that has some overrides it."""

    def astype(self, dtype: DTypeLike) -> Self:
        """Convert all parameters and buffers, in place, and return the layer.

        The parameters become new Variables, without gradients: convert before training, and make
        the optimizer afterwards. The state is reset, see `reset_state`.

        Parameters
        ----------
        dtype : dtype
            float64 or float32.

        Raises
        ------
        TypeError
            If ``dtype`` is neither float64 nor float32; nothing is changed then.

        Examples
        --------
        >>> from autograd import layers as L
        >>> layer = L.Linear(3, in_size=2).astype("float32")
        >>> layer.w.dtype, layer.b.dtype
        (dtype('float32'), dtype('float32'))
        """
        converted: dict[int, Variable | Lazy] = {}
        for tensor, owner, key in self._tensors():
            if id(tensor) not in converted:
                converted[id(tensor)] = (
                    Lazy(tensor.shape, dtype)
                    if isinstance(tensor, Lazy)
                    else Variable(tensor.data, tensor.name, tensor.requires_grad, dtype)
                )
            owner[key] = converted[id(tensor)]
        self.reset_state()
        return self

    def state_dict(self) -> dict[str, NDArray[np.float64 | np.float32]]:
        """Return the values of all parameters and buffers by name, as read-only arrays.

        Raises
        ------
        RuntimeError
            If a parameter has not been made yet, because the layer has not been called.
        """
        for name, tensor, _, _ in self._inside():
            if isinstance(tensor, Lazy):
                raise RuntimeError(
                    f"state_dict: {name} is made at the first call: call the model first"
                )
        return {name: v.data for name, v in self._variables().items()}

    def load_state_dict(self, state: Mapping[str, ArrayLike]) -> None:
        """Give all parameters and buffers the values that `state_dict` returned.

        Parameters that the first call would make are made. Nothing is changed if anything is
        missing, left over or does not fit.

        Raises
        ------
        ValueError
            If names, shapes or dtypes differ; the message lists all that do.
        TypeError
            If ``state`` is no mapping.
        """
        from functools import partial

        from autograd._saving import check

        wanted = {name: x for name, x, _, _ in self._inside() if not isinstance(x, Layer)}
        arrays = check("load_state_dict", state, wanted)
        values = {id(tensor): arrays[name] for name, tensor in wanted.items()}
        for tensor, owner, key in self._tensors():
            if isinstance(tensor, Lazy):
                owner[key] = tensor.make(partial(Variable, values[id(tensor)]))
            else:
                tensor.data = values[id(tensor)]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write all parameters and buffers to a safetensors file.

        The file is written under another name and renamed when it is complete, so that an earlier
        one of the same name is lost in no case.

        Raises
        ------
        RuntimeError
            If a parameter has not been made yet, because the layer has not been called.
        OSError
            If the file cannot be written.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> from autograd import layers as L
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = pathlib.Path(folder) / "layer.safetensors"
        ...     L.Linear(3, in_size=2, rng=0).save(file)
        ...     layer = L.Linear(3)
        ...     layer.load(file)
        >>> layer.w.shape
        (2, 3)
        """
        from autograd._saving import write

        write(path, self.state_dict())

    def load(self, path: str | os.PathLike[str]) -> None:
        """Read the parameters and buffers that `save` wrote; see `load_state_dict`.

        Raises
        ------
        ValueError
            If names, shapes or dtypes differ, or the file is no safetensors file.
        OSError
            If the file cannot be read.
        """
        from autograd._saving import read

        self.load_state_dict(read(path)[0])

    def _with_grads(self) -> list[Variable] | None:
        """Return the parameters that have a gradient; None if `params` is somebody else's."""
        return with_grads(self, _CLASSES) if type(self).params is Layer.params else None

    def _variables(self) -> dict[str, Variable]:
        """Return parameters and buffers by name, sorted."""
        found: dict[str, Variable] = {}
        for name, v, _, _ in self._inside():
            if isinstance(v, Variable) and found.setdefault(name, v) is not v:
                raise ValueError(
                    f"{type(self).__name__}: two Variables have the name {name}, by which they are "
                    "saved: a key or an attribute has to be called otherwise"
                )
        return {name: found[name] for name in sorted(found)}

    def _tensors(self) -> list[tuple[Variable | Lazy, Any, Any]]:
        """Return all tensors, with all the places where they are stored."""
        # A list keeps those alive that are replaced, and with them their identities.
        places = walk(self, _CLASSES, True)
        return [(x, owner, key) for _, x, owner, key in places if not isinstance(x, Layer)]

    def _inside(self) -> list[_Place]:
        """Return tensors and layers, with what is shared once."""
        return walk(self, _CLASSES, False)


class _Items:
    """A tuple as something to store in: a changed one takes its place."""

    def __init__(self, items: tuple[Any, ...], owner: Any, key: Any) -> None:
        self.items = items
        self.owner = owner
        self.key = key

    def __setitem__(self, position: int, value: Any) -> None:
        changed = [*self.items[:position], value, *self.items[position + 1 :]]
        named = getattr(self.items, "_make", None)  # of a namedtuple
        self.items = tuple(changed) if named is None else named(changed)
        self.owner[self.key] = self.items


# What the walk through a layer has to know.
_CLASSES = (Layer, Lazy, _Items)
