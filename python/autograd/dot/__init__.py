"""Pictures of graphs, drawn by Graphviz (https://graphviz.org).

>>> from autograd import Variable, dot, functions as F
>>> x = Variable(1.0, name="x")
>>> y = F.sin(x)
>>> y.name = "y"
>>> print(dot.graph(y))
digraph {
    graph [ordering=in, ranksep=0.3]
    node [fontname="Helvetica,Arial,sans-serif", fontsize=12, height=0.3, width=0.5]
    edge [arrowsize=0.7]
    v0 [label="x", color=orange, style=filled]
    f0 [label="Sin", color=lightblue, style=filled, shape=box]
    v0 -> f0
    v1 [label="y", color=orange, style=filled]
    f0 -> v1
}
"""

from autograd.dot._html import html
from autograd.dot._render import render
from autograd.dot._text import graph

__all__ = ["graph", "html", "render"]
