"""What a notebook shows of a Variable."""

from __future__ import annotations

from autograd.dot._render import draw
from autograd.dot._text import variables, write
from autograd.dot._walk import walk

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from autograd._core import Variable

# Variables and operations together; a larger graph is no picture any more.
MOST = 100
# Seconds; a notebook does not wait longer for a picture.
PATIENCE = 5.0


def html(v: Variable) -> str:
    """Return what a notebook shows: the value, shape and dtype, and a picture of a small graph.

    There is a picture if the graph has 2 to 100 nodes and Graphviz is there to draw it.
    Notebooks call this by themselves for the last value of a cell.

    Parameters
    ----------
    v : Variable
        What to show.

    Returns
    -------
    str
        A fragment of HTML.

    Raises
    ------
    TypeError
        If ``v`` is no Variable.

    Examples
    --------
    >>> from autograd import Variable, dot
    >>> print(dot.html(Variable(2.0, name="x < 3")))
    <pre>x &lt; 3(2.0)</pre>
    <div><small>shape (), float64</small></div>
    """
    import html as escapes

    from autograd import Variable

    if not isinstance(v, Variable):
        raise TypeError(f"html: a Variable is wanted, got {type(v).__name__}")
    parts = [
        f"<pre>{escapes.escape(repr(v))}</pre>",
        f"<div><small>shape {v.shape}, {v.dtype}</small></div>",
    ]
    picture = _svg(v)
    if picture:
        parts.append(f'<div style="overflow-x: auto">{picture}</div>')
    return "\n".join(parts)


def _svg(v: Variable) -> str:
    """Draw the graph; the empty string where that is not possible or of no use."""
    import re

    steps = walk(variables("html", v), MOST)
    # A leaf alone says nothing.
    if steps is None or len(steps) == 1:
        return ""
    try:
        text = draw("html", write(steps, verbose=False), "svg", PATIENCE).decode()
    except (OSError, RuntimeError):
        return ""
    # The head of a file has no place in a page; names of elements would occur once per picture.
    _, start, rest = text.partition("<svg")
    return re.sub(r' id="[^"]*"', "", start + rest).strip()
