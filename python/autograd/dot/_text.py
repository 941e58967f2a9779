"""Graphs in the DOT language."""

from __future__ import annotations

from autograd._core import Variable
from autograd.dot._walk import walk

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from autograd.dot._walk import Step

HEAD = """\
    graph [ordering=in, ranksep=0.3]
    node [fontname="Helvetica,Arial,sans-serif", fontsize=12, height=0.3, width=0.5]
    edge [arrowsize=0.7]"""

VARIABLE = "color=orange, style=filled"
CONSTANT = 'color=gray60, fillcolor=gray93, style="filled,dashed"'
FUNCTION = "color=lightblue, style=filled, shape=box"

# Arrays of more elements are not shown.
SMALL = 9
# Longer labels are cut.
LONGEST = 200


def graph(v: Variable | Iterable[Variable], verbose: bool = False) -> str:
    r"""Return the graph that a Variable was computed by, as a text in the DOT language.

    Variables are orange ovals, operations blue boxes, and constants, which no gradient flows to,
    dashed grey ovals. Each occurs once, operands before results, and the same graph always gives
    the same text. Graphs of gradients are no different: see the example.

    Parameters
    ----------
    v : Variable or iterable of Variables
        The result, or several, whose graphs are drawn as one.
    verbose : bool, default False
        Whether to show, besides the name, shape and dtype, and the value of numbers and of arrays
        of up to 9 elements. Values that no gradient needs may have been released. (Constants that
        are numbers and have no name always show their value, otherwise to 6 digits.)

    Returns
    -------
    str
        The text, for `render` or any other program that reads DOT.

    Raises
    ------
    TypeError
        If ``v`` is anything else.
    ValueError
        If ``v`` is empty.

    Examples
    --------
    >>> from autograd import Variable, dot
    >>> x = Variable(3.0, name="x")
    >>> y = x * x
    >>> y.backward(create_graph=True)
    >>> x.grad.name = "gx"
    >>> lines = dot.graph(x.grad, verbose=True).splitlines()
    >>> print(*(line for line in lines if "x:" in line), sep="\n")
        v1 [label="x: () float64\n3.0", color=orange, style=filled]
        v5 [label="gx: () float64\n6.0", color=orange, style=filled]
    """
    steps = walk(variables("graph", v))
    assert steps is not None, "nothing limits the walk"
    return write(steps, verbose)


def variables(what: str, v: Variable | Iterable[Variable]) -> list[Variable]:
    """Return one Variable or several as a list.

    Raises
    ------
    TypeError, ValueError
        If there is anything else, or nothing.
    """
    # A Variable itself can be iterated: over its rows.
    found = [v] if isinstance(v, Variable) else _listed(what, v)
    for x in found:
        if not isinstance(x, Variable):
            raise TypeError(f"{what}: Variables are wanted, got a {type(x).__name__} among them")
    if not found:
        raise ValueError(f"{what}: one Variable at least is wanted, got none")
    return found


def _listed(what: str, v: Iterable[Variable]) -> list[Variable]:
    try:
        return list(v)
    except TypeError:
        raise TypeError(
            f"{what}: a Variable or several are wanted, got {type(v).__name__}"
        ) from None


def write(steps: list[Step], verbose: bool) -> str:
    """Write a graph that was gone through."""
    lines = ["digraph {", HEAD]
    drawn = set()
    for number, step in enumerate(steps):
        f = step.function
        if step.creator is not None and f not in drawn:
            drawn.add(f)
            lines.append(f"    f{f} [label={quoted(step.creator.name)}, {FUNCTION}]")
            lines += [f"    v{i} -> f{f}" for i in step.inputs]
        v = step.variable
        kind = VARIABLE if v.requires_grad else CONSTANT
        lines.append(f"    v{number} [label={quoted(label(v, verbose))}, {kind}]")
        if step.creator is not None:
            lines.append(f"    f{f} -> v{number}")
    return "\n".join([*lines, "}"])


def label(v: Variable, verbose: bool) -> str:
    """Return what to write into an oval."""
    name = v.name or ""
    if not verbose:
        return name if name or v.requires_grad or v.ndim else f"{v.item():g}"
    kind = f"{v.shape} {v.dtype}"
    head = f"{name}: {kind}" if name else kind
    return f"{head}\n{value(v)}" if v.size <= SMALL else head


def value(v: Variable) -> str:
    """Return the value of a small array, whatever NumPy's options for printing are."""
    import numpy as np

    try:
        data = v.data
    except RuntimeError:
        return "released"
    if not v.ndim:
        return str(data[()])
    return np.array2string(
        data, max_line_width=72, precision=4, suppress_small=False, threshold=SMALL, sign="-"
    )


def quoted(text: str) -> str:
    """Write a label in quotes, so that Graphviz shows what was given.

    It would take backslashes for escapes and "&lt;" for "<", and cannot show control characters.
    """
    if not text.isprintable():
        text = "".join(map(_shown, text.replace("\r\n", "\n").replace("\r", "\n")))
    if len(text) > LONGEST:
        text = text[:LONGEST] + "…"
    text = text.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
    return '"' + text.replace("\n", "\\n") + '"'


def _shown(c: str) -> str:
    if c == "\n" or c.isprintable():
        return c
    return " " if c.isspace() else "\ufffd"
