"""Where a source of random numbers stands, as values that JSON can hold."""

from __future__ import annotations

from autograd.random import PCG, ChaCha8

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def kind(rng: Any) -> str | None:
    """Name the algorithm of a source; None if its state cannot be read and assigned."""
    import numpy as np

    if isinstance(rng, np.random.Generator):
        return f"numpy.random.{type(rng.bit_generator).__name__}"
    return type(rng).__name__ if isinstance(rng, (PCG, ChaCha8)) else None


def get_state(rng: Any) -> dict[str, Any] | None:
    """Return the state of a source; None if it cannot be read."""
    name = kind(rng)
    if name is None:
        return None
    if isinstance(rng, ChaCha8):
        key, count = rng.state
        return {"kind": name, "state": [key.hex(), count]}
    if isinstance(rng, PCG):
        return {"kind": name, "state": list(rng.state)}
    return {"kind": name, "state": _plain(rng.bit_generator.state)}


def set_state(rng: Any, state: Any) -> None:
    """Bring a source to a state that `get_state` returned.

    Raises
    ------
    ValueError
        If it is the state of another kind of source, or none at all.
    """
    try:
        name, inner = state["kind"], state["state"]
        if name != kind(rng):
            raise ValueError(f"it is the state of {name}, and rng is {kind(rng)}")
        if isinstance(rng, ChaCha8):
            key, count = inner
            rng.state = bytes.fromhex(key), count
        elif isinstance(rng, PCG):
            rng.state = tuple(inner)
        else:
            rng.bit_generator.state = _like(inner, rng.bit_generator.state)
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise ValueError(f"the state of rng does not fit: {error}") from None


def _plain(value: Any) -> Any:
    """Make lists of the arrays in NumPy's state, and Python's numbers of NumPy's."""
    import numpy as np

    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value


def _like(value: Any, example: Any) -> Any:
    """Make arrays of lists, where the example has arrays."""
    import numpy as np

    if isinstance(example, dict):
        return {key: _like(value[key], item) for key, item in example.items()}
    if isinstance(example, np.ndarray):
        array = np.asarray(value, example.dtype)
        if array.shape != example.shape:
            raise ValueError(f"an array of shape {example.shape} is wanted, got {array.shape}")
        return array
    if type(value) is not type(_plain(example)):
        raise TypeError(f"{type(example).__name__} is wanted, got {type(value).__name__}")
    return value
