"""A table of what a model is made of."""

from __future__ import annotations

from autograd._core import Variable
from autograd._modes import no_grad, test_mode
from autograd.layers import Layer, Lazy

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    _Tensor = Variable | Lazy
    # The parameters and buffers of each layer, by names.
    _Tensors = dict[str, dict[str, _Tensor]]


def summary(model: Layer, *inputs: object) -> None:
    """Print a table of the layers of a model, with shapes and counts of their parameters.

    With inputs, as for a call of the model, the table has the shapes of what the layers return,
    and of parameters that the first call makes. The call is made with a copy of the model, in
    `autograd.test_mode`, from a fresh state: the model stays as it is.

    Parameters
    ----------
    model : Layer
        Any layer or model.
    *inputs : object
        The arguments of a call.

    Raises
    ------
    TypeError
        If ``model`` is no `Layer`.

    See Also
    --------
    summary_text : Returns the text.

    Examples
    --------
    >>> import autograd as ag
    >>> from autograd import models
    >>> models.summary(models.MLP([10, 1]), ag.ones((5, 3)))
    layer      class   output   parameters            count
    -------------------------------------------------------
               MLP     (5, 1)
    linear[0]  Linear  (5, 10)  w (3, 10), b (1, 10)     40
    linear[1]  Linear  (5, 1)   w (10, 1), b (1, 1)      11
    -------------------------------------------------------
    51 parameters, 408 bytes
    """
    print(summary_text(model, *inputs))


def summary_text(model: Layer, *inputs: object) -> str:
    """Return the table that `summary` prints.

    Parameters
    ----------
    model, *inputs
        As for `summary`.

    Returns
    -------
    str
        Some lines, without an end of line after the last.

    Raises
    ------
    TypeError
        If ``model`` is no `Layer`.

    Examples
    --------
    >>> from autograd import models
    >>> print(models.summary_text(models.MLP([10, 1])))
    layer      class   parameters            count
    ----------------------------------------------
               MLP
    linear[0]  Linear  w (?, 10), b (1, 10)      ?
    linear[1]  Linear  w (?, 1), b (1, 1)        ?
    ----------------------------------------------
    11 parameters, 88 bytes, and those that the first call makes
    """
    if not isinstance(model, Layer):
        raise TypeError(f"summary: model must be a Layer, got {type(model).__name__}")
    outputs = None
    if inputs:
        model, outputs = _run(model, inputs)
    layers, tensors = _contents(model)
    rows = [["layer", "class", *(["output"] if outputs is not None else []), "parameters", "count"]]
    for name, layer in layers.items():
        own = {key: x for key, x in tensors[name].items() if _is_trained(x)}
        shapes = ", ".join(f"{key} {_shape(x)}" for key, x in own.items())
        output = [outputs.get(name, "")] if outputs is not None else []
        rows.append([name, type(layer).__name__, *output, shapes, _count(own.values())])
    head, *body = _aligned(rows)
    rule = "-" * max(len(line) for line in [head, *body])
    return "\n".join([head, rule, *body, rule, _totals(tensors)])


def _run(model: Layer, inputs: tuple[object, ...]) -> tuple[Layer, dict[str, str]]:
    """Call a copy of the model; return it, and the shapes of what each of its layers returned."""
    import copy

    model = copy.deepcopy(model)
    model.reset_state()
    outputs: dict[str, str] = {}
    layers, _ = _contents(model)
    for name, layer in layers.items():
        vars(layer)["forward"] = _noting(layer.forward, name, outputs)
    try:
        with no_grad(), test_mode():
            model(*inputs)
    finally:
        # They know the layers, and would keep them until the cycle collector comes.
        for layer in layers.values():
            del vars(layer)["forward"]
    return model, outputs


def _noting(forward: Callable[..., Any], name: str, outputs: dict[str, str]) -> Callable[..., Any]:
    """Wrap a function so that it notes the shape of its result."""

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        result = forward(*args, **kwargs)
        outputs[name] = _output(result)
        return result

    return wrapped


def _contents(model: Layer) -> tuple[dict[str, Layer], _Tensors]:
    """Return all layers, the model itself with an empty name, and what each has of its own."""
    layers = {"": model}
    tensors: _Tensors = {"": {}}
    for name, x, _, _ in model._inside():
        if isinstance(x, Layer):
            layers[name] = x
            tensors[name] = {}
            continue
        owner = name.rpartition(".")[0]
        while owner not in layers:
            owner = owner.rpartition(".")[0]
        tensors[owner][name.removeprefix(f"{owner}.")] = x
    return layers, tensors


def _is_trained(x: _Tensor) -> bool:
    return isinstance(x, Lazy) or x.requires_grad


def _shape(x: _Tensor) -> str:
    return str(x.shape).replace("None", "?")


def _output(result: object) -> str:
    """Return the shape of a result, or the shapes of several."""
    if isinstance(result, dict):
        result = tuple(result.values())
    if isinstance(result, (tuple, list)):
        return ", ".join(_output(x) for x in result)
    return str(getattr(result, "shape", type(result).__name__))


def _count(tensors: Iterable[_Tensor]) -> str:
    """Return the number of elements, if all are known and there are some."""
    tensors = list(tensors)
    if any(isinstance(x, Lazy) for x in tensors):
        return "?"
    total = sum(x.size for x in tensors if isinstance(x, Variable))
    return f"{total:,}" if tensors else ""


def _aligned(rows: list[list[str]]) -> list[str]:
    """Make lines of rows, with columns two spaces apart, numbers at the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for *texts, number in rows:
        cells = [text.ljust(width) for text, width in zip(texts, widths, strict=False)]
        lines.append("  ".join([*cells, number.rjust(widths[-1])]).rstrip())
    return lines


def _totals(tensors: _Tensors) -> str:
    every = [x for own in tensors.values() for x in own.values()]
    there = [x for x in every if isinstance(x, Variable)]
    trained = sum(x.size for x in there if x.requires_grad)
    buffers = sum(x.size for x in there) - trained
    parts = [f"{trained:,} parameters"]
    if buffers:
        parts.append(f"{buffers:,} elements of buffers")
    parts.append(f"{sum(x.size * x.dtype.itemsize for x in there):,} bytes")
    if len(there) < len(every):
        parts.append("and those that the first call makes")
    return ", ".join(parts)
