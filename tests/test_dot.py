"""Graphs as text and as pictures."""

import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
from autograd import Variable, dot
from autograd import functions as F
from autograd._cli.dot import FUNCTIONS, derivatives
from autograd.dot import _html
from autograd.dot._walk import walk
from support import fails, nodes

GRAPHVIZ = shutil.which("dot")
needs_graphviz = pytest.mark.skipif(GRAPHVIZ is None, reason="needs Graphviz")
posix = pytest.mark.skipif(os.name != "posix", reason="programs in place of Graphviz are scripts")

SVG = "{http://www.w3.org/2000/svg}"


def parsed(text, kind="svg"):
    """What Graphviz makes of a text; it must not complain."""
    done = subprocess.run(
        [GRAPHVIZ, f"-T{kind}"], input=text.encode(), capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode()


def body(text):
    """The lines between the settings and the end, without indentation."""
    lines = text.splitlines()
    assert lines[0] == "digraph {"
    assert lines[-1] == "}"
    settings = ("graph [", "node [", "edge [")
    return [x.strip() for x in lines[1:-1] if not x.strip().startswith(settings)]


def edges(text):
    return [line for line in body(text) if "->" in line]


def boxes(text):
    """The names of the operations."""
    return re.findall(r'^    f\d+ \[label="(.*)", color=lightblue', text, re.M)


def ovals(text):
    """The labels of Variables and constants."""
    return re.findall(r'^    v\d+ \[label="(.*?)", color=(?:orange|gray60)', text, re.M)


def named(data, name, **options):
    return Variable(data, name=name, **options)


# Text


def test_one_function():
    x = named(1.0, "x")
    y = F.sin(x)
    y.name = "y"
    assert body(dot.graph(y)) == [
        'v0 [label="x", color=orange, style=filled]',
        'f0 [label="Sin", color=lightblue, style=filled, shape=box]',
        "v0 -> f0",
        'v1 [label="y", color=orange, style=filled]',
        "f0 -> v1",
    ]


def test_a_constant_and_names_that_are_not_there():
    y = 2.5 - Variable(1.0)
    assert body(dot.graph(y)) == [
        'v0 [label="2.5", color=gray60, fillcolor=gray93, style="filled,dashed"]',
        'v1 [label="", color=orange, style=filled]',
        'f0 [label="Sub", color=lightblue, style=filled, shape=box]',
        "v0 -> f0",
        "v1 -> f0",
        'v2 [label="", color=orange, style=filled]',
        "f0 -> v2",
    ]


def test_a_leaf():
    assert body(dot.graph(named(1.0, "x"))) == ['v0 [label="x", color=orange, style=filled]']


def test_constants():
    """Numbers show themselves to six digits; a name or shape goes first."""
    x = Variable(np.ones(2))
    third = named(1 / 3, None, requires_grad=False)
    array, c = np.ones(2), named(2.0, "c", requires_grad=False)
    assert ovals(dot.graph(x * third + array - c)) == ["", "0.333333", "", "", "", "c", ""]


def test_one_variable_twice():
    x = named(3.0, "x")
    text = dot.graph(x * x)
    assert edges(text) == ["v0 -> f0", "v0 -> f0", "f0 -> v1"]
    assert len(ovals(text)) == 2


def test_shared_results_are_drawn_once():
    x = named(1.0, "x")
    y = F.exp(x)
    assert edges(dot.graph(y + F.sin(y))) == [
        "v0 -> f0",
        "f0 -> v1",
        "v1 -> f1",
        "f1 -> v2",
        "v1 -> f2",
        "v2 -> f2",
        "f2 -> v3",
    ]


def test_several_variables():
    x = named(1.0, "x")
    y, z = F.sin(x), F.cos(x)
    text = dot.graph([y, z])
    assert boxes(text) == ["Sin", "Cos"]
    assert edges(text) == ["v0 -> f0", "f0 -> v1", "v0 -> f1", "f1 -> v2"]
    assert dot.graph(v for v in (y, z)) == text
    assert dot.graph((y, z, y)) == text


def test_a_variable_is_no_sequence_of_rows():
    assert boxes(dot.graph(F.exp(Variable(np.ones((2, 2)))))) == ["Exp"]


class Both(ag.Function):
    def forward(self, x):
        return x * 2.0, x * 3.0

    def backward(self, gy, gz):
        return gy * 2.0 + gz * 3.0


def test_results_of_one_operation():
    """One box, whichever of them are asked for; others that happen to live are left out."""
    y, z = Both()(named(1.0, "x"))
    assert edges(dot.graph([y, z])) == ["v0 -> f0", "f0 -> v1", "f0 -> v2"]
    assert edges(dot.graph(y * z))[:5] == [
        "v0 -> f0",
        "f0 -> v1",
        "f0 -> v2",
        "v1 -> f1",
        "v2 -> f1",
    ]
    alone = dot.graph(z)
    assert edges(alone) == ["v0 -> f0", "f0 -> v1"]
    del y
    assert dot.graph(z) == alone
    assert boxes(alone) == ["Both"]


def test_graphs_of_gradients():
    x = named(2.0, "x")
    y = F.sin(x)
    y.backward(create_graph=True)
    x.grad.name = "gx"
    text = dot.graph(x.grad)
    assert boxes(text) == ["Cos", "Mul"]
    assert ovals(text) == ["1", "x", "", "gx"]
    assert boxes(dot.graph([y, x.grad])) == ["Sin", "Cos", "Mul"]


def test_a_value_that_was_replaced():
    """The graph shows what it was computed from: another node by now, of the same name."""
    x = named(1.0, "x")
    y = F.exp(x)
    x.data = 5.0
    assert ovals(dot.graph(y, verbose=True))[0] == "x: () float64\\n1.0"
    assert len(ovals(dot.graph([y, x]))) == 3


def test_without_a_history():
    with ag.no_grad():
        assert edges(dot.graph(Variable(1.0) * 2)) == []


# Verbose


@pytest.mark.parametrize(
    ("data", "dtype", "expected"),
    [
        (1.5, "float64", "x: () float64\\n1.5"),
        (0.1, "float32", "x: () float32\\n0.1"),
        (1 / 3, "float64", "x: () float64\\n0.3333333333333333"),
        ([1.0, 2.0], "float32", "x: (2,) float32\\n[1. 2.]"),
        ([[1, -2.5], [3, 4]], "float64", "x: (2, 2) float64\\n[[ 1.  -2.5]\\n [ 3.   4. ]]"),
        ([np.nan, np.inf], "float64", "x: (2,) float64\\n[nan inf]"),
        (np.zeros(9), "float64", "x: (9,) float64\\n[0. 0. 0. 0. 0. 0. 0. 0. 0.]"),
        (np.zeros(10), "float64", "x: (10,) float64"),
        (np.zeros((0, 3)), "float64", "x: (0, 3) float64\\n[]"),
    ],
)
def test_values(data, dtype, expected):
    assert ovals(dot.graph(named(data, "x", dtype=dtype), verbose=True)) == [expected]


def test_values_without_a_name():
    assert ovals(dot.graph(Variable(2.0) * 3.0, verbose=True)) == [
        "() float64\\n2.0",
        "() float64\\n3.0",
        "() float64\\n6.0",
    ]


def test_values_that_were_released():
    y = F.exp(F.sin(Variable(np.ones(3))) + Variable(np.ones(3)))
    assert "(3,) float64\\nreleased" in ovals(dot.graph(y, verbose=True))
    y = F.exp(F.sin(Variable(np.ones(30))) + Variable(np.ones(30)))
    assert set(ovals(dot.graph(y, verbose=True))) == {"(30,) float64"}


def test_options_of_numpy_change_nothing():
    y = Variable([1 / 3, 1e-9]) * Variable(1 / 3)
    expected = dot.graph(y, verbose=True)
    with np.printoptions(precision=1, suppress=True, threshold=1, linewidth=3, sign="+"):
        assert dot.graph(y, verbose=True) == expected


# Stable text


def test_the_same_graph_gives_the_same_text():
    def text():
        x, w = named(np.ones((2, 3)), "x"), named(np.ones((3, 2)), "w")
        F.sum(F.tanh(x @ w) ** 2).backward(create_graph=True)
        return dot.graph([w.grad, x.grad], verbose=True)

    first = text()
    alive = [Variable(k) for k in range(100)]
    assert text() == first
    assert alive


def test_a_long_chain():
    x = named(1.0, "x")
    y = x
    for _ in range(20_000):
        y = F.sin(y)
    text = dot.graph(y)
    assert len(edges(text)) == 40_000
    assert edges(text)[-1] == "f19999 -> v20000"


def test_nothing_is_kept(no_gc):
    before = nodes()
    y = F.tanh(Variable(np.ones(3))) * 2
    dot.graph(y, verbose=True)
    _html.html(y)
    del y
    assert nodes() == before


OPERATIONS = [F.sin, F.neg, F.add, F.mul, F.sub]


@st.composite
def programs(draw):
    """Operations with the places of their operands: leaves and earlier results."""
    leaves = draw(st.integers(1, 3))
    program = []
    for k in range(draw(st.integers(1, 12))):
        f = draw(st.sampled_from(OPERATIONS))
        arity = 1 if f in OPERATIONS[:2] else 2
        places = st.integers(0, leaves + k - 1)
        program.append((f, draw(st.lists(places, min_size=arity, max_size=arity))))
    return leaves, program


@given(programs())
def test_every_graph(case):
    """Against the program that made it: nodes that the result depends on, and their operands."""
    leaves, program = case
    values = [named(1.0, f"n{k}") for k in range(leaves)]
    for k, (f, operands) in enumerate(program):
        values.append(f(*(values[i] for i in operands)))
        values[-1].name = f"n{leaves + k}"
    needed, expected = {len(values) - 1}, []
    for k in range(len(values) - 1, leaves - 1, -1):
        if k in needed:
            f, operands = program[k - leaves]
            needed.update(operands)
            expected.append((f"n{k}", f.__name__, [f"n{i}" for i in operands]))
    text = dot.graph(values[-1])
    names = dict(re.findall(r'(\w\d+) \[label="(\w+)"', text))
    assert sorted(ovals(text)) == sorted(f"n{k}" for k in needed)
    arrows = [line.split(" -> ") for line in edges(text)]
    found = [
        (names[b], names[a].lower(), [names[x] for x, y in arrows if y == a])
        for a, b in arrows
        if a.startswith("f")
    ]
    assert sorted(found) == sorted(expected)
    # A node is written before the arrows that end in it.
    places = {line.split()[0]: k for k, line in enumerate(body(text)) if "->" not in line}
    assert all(places[a] < places[b] for a, b in arrows)


# Labels


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ('say "x"', r"say \"x\""),
        ("back\\slash\\", r"back\\slash\\"),
        ("\\N \\G", r"\\N \\G"),
        ("two\nlines\r\nthree\rfour", r"two\nlines\nthree\nfour"),
        ("a\tb\x0bc", "a b c"),
        ("\x00\x07", "\ufffd\ufffd"),
        ("<b>x</b>", "<b>x</b>"),
        ("&lt;", "&amp;lt;"),
        ("∂y/∂θ 矢 🙂", "∂y/∂θ 矢 🙂"),
        ("x" * 300, "x" * 200 + "…"),
        ("", ""),
    ],
)
def test_escapes(name, expected):
    assert ovals(dot.graph(named(1.0, name))) == [expected]


@needs_graphviz
def test_graphviz_shows_what_was_given():
    names = [
        'a"b', "back\\slash", "\\N", "\\", "end\\", "<b>x</b>", "<x>", "&lt;", "&amp;", "a & b",
        "∂θ", "{x|y}", "%d", "//", "/* x */", "#", "-->", "]]>", '"', "'", "x" * 150, "v0", "node",
        "graph", "\ufffd", "🙂",
    ]  # fmt: skip
    text = dot.graph([named(1.0, name) for name in names])
    shown = [t.text.replace("\xa0", " ") for t in ET.fromstring(parsed(text)).iter(f"{SVG}text")]
    assert sorted(shown) == sorted(names)


@given(st.lists(st.text(max_size=30), min_size=1, max_size=12))
def test_graphviz_reads_every_name(names):
    text = dot.graph([named(1.0, name) for name in names])
    assert len(body(text)) == len(names)
    if GRAPHVIZ:
        found = ET.fromstring(parsed(text))
        assert len(list(found.iter(f"{SVG}ellipse"))) == len(names)


# Errors


@pytest.mark.parametrize("f", [dot.graph, lambda v: dot.render(v, "x.svg")])
@pytest.mark.parametrize(
    ("v", "error", "words"),
    [
        (3.0, TypeError, ["a Variable or several are wanted, got float"]),
        (None, TypeError, ["got NoneType"]),
        ([Variable(1.0), 2.0], TypeError, ["Variables are wanted, got a float among them"]),
        ({"x": Variable(1.0)}, TypeError, ["got a str among them"]),
        (np.ones(2), TypeError, ["got a float64 among them"]),
        ([], ValueError, ["one Variable at least is wanted, got none"]),
    ],
)
def test_what_is_no_variable(f, v, error, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    fails(lambda: f(v), error, "graph: ", *words)
    assert list(tmp_path.iterdir()) == []


# Derivatives of functions


@pytest.mark.parametrize("name", FUNCTIONS)
def test_derivatives_of_every_order(name):
    texts = [dot.graph(y, verbose=k == 2) for k, y in enumerate(derivatives(FUNCTIONS[name], 1, 3))]
    for k, text in enumerate(texts):
        assert sum(f'label="{"y" if k == 0 else f"gx{k}"}' in line for line in body(text)) == 1
        if GRAPHVIZ:
            found = ET.fromstring(parsed(text))
            assert len(list(found.iter(f"{SVG}ellipse"))) == len(ovals(text))
            assert len(list(found.iter(f"{SVG}path"))) == len(edges(text))


# Pictures

HEADS = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF", ".SVG": b"<?xml"}


@needs_graphviz
@pytest.mark.parametrize("ending", HEADS)
@pytest.mark.parametrize("kind", [str, lambda path: path])
def test_render(ending, kind, tmp_path):
    path = kind(tmp_path / f"x y{ending}")
    y = F.tanh(named(1.0, "x"))
    assert dot.render(y, path) is path
    with open(path, "rb") as file:
        assert file.read().startswith(HEADS[ending])


@needs_graphviz
def test_render_shows_the_graph(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "g.svg").write_text("something else")
    x = named([1.0, 2.0], "x")
    y = F.tanh(x)
    dot.render([y, y * 2], "g.svg", verbose=True)
    text = (tmp_path / "g.svg").read_text("utf-8").replace("&#160;", " ").replace("\xa0", " ")
    for words in ("Tanh", "Mul", "x: (2,) float64", "[1. 2.]", "orange", "lightblue"):
        assert words in text
    assert [p.name for p in tmp_path.iterdir()] == ["g.svg"]


@pytest.mark.parametrize("path", ["g.gif", "g", "svg", ".svg", "g.svg.txt", "g.dot", ""])
def test_unknown_endings(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    fails(
        lambda: dot.render(Variable(1.0), path),
        ValueError,
        f"render: a file that ends in one of .png, .svg, .pdf is wanted, got {path!r}",
    )
    assert list(tmp_path.iterdir()) == []


def test_no_such_folder(tmp_path):
    path = tmp_path / "no" / "g.svg"
    fails(lambda: dot.render(Variable(1.0), path), FileNotFoundError, "there is no folder", "no")


def test_no_graphviz(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    path = tmp_path / "g.svg"
    fails(
        lambda: dot.render(Variable(1.0), path),
        FileNotFoundError,
        "render needs Graphviz, whose program `dot` was not found: install it",
        "apt install graphviz",
        "https://graphviz.org/download",
    )
    assert not path.exists()


def program(tmp_path, monkeypatch, script):
    """Puts a script in the place of Graphviz's program."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "dot").write_text(f"#!{sys.executable}\n{script}\n")
    (folder / "dot").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


@posix
def test_the_program_gets_the_text_and_the_format(tmp_path, monkeypatch):
    script = "import sys; print(sys.argv[1:], sys.stdin.buffer.read().decode())"
    program(tmp_path, monkeypatch, script)
    y = F.exp(named(1.0, "x"))
    dot.render(y, tmp_path / "g.pdf")
    assert (tmp_path / "g.pdf").read_text() == f"['-Tpdf'] {dot.graph(y)}\n"


@posix
def test_graphviz_that_fails(tmp_path, monkeypatch):
    program(tmp_path, monkeypatch, "import sys; sys.exit('Format: not recognized')")
    path = tmp_path / "g.pdf"
    path.write_text("from before")
    fails(
        lambda: dot.render(Variable(1.0), path),
        RuntimeError,
        "render: Graphviz failed: Format: not recognized",
    )
    assert path.read_text() == "from before"


@posix
def test_graphviz_that_draws_nothing(tmp_path, monkeypatch):
    program(tmp_path, monkeypatch, "")
    fails(
        lambda: dot.render(Variable(1.0), tmp_path / "g.pdf"),
        RuntimeError,
        "Graphviz failed: exit 0",
    )


@posix
def test_graphviz_that_takes_too_long(tmp_path, monkeypatch):
    program(tmp_path, monkeypatch, "import time; time.sleep(60)")
    fails(
        lambda: dot.render(Variable(1.0), tmp_path / "g.pdf", timeout=0.2),
        TimeoutError,
        "render: Graphviz did not draw the graph within 0.2 s",
    )


# Notebooks


def test_html_without_graphviz(monkeypatch):
    monkeypatch.setenv("PATH", "")
    y = Variable([1.0, 2.0], dtype="float32") * 2
    y.name = "<script>"
    assert dot.html(y) == (
        "<pre>&lt;script&gt;([2., 4.])</pre>\n<div><small>shape (2,), float32</small></div>"
    )


@needs_graphviz
def test_html_with_a_picture():
    x = named(1.0, '" id="x" <script>')
    text = dot.html(F.tanh(x))
    page = ET.fromstring(f"<body>{text}</body>")
    (svg,) = page.iter(f"{SVG}svg")
    shown = [t.text.replace("\xa0", " ") for t in svg.iter(f"{SVG}text")]
    assert shown == ['" id="x" <script>', "Tanh"]
    assert "0.7615941559557649" in page.find("pre").text
    assert not any("id" in element.attrib for element in page.iter())


@needs_graphviz
def test_html_of_graphs_that_are_no_picture():
    assert "<svg" not in dot.html(Variable(1.0))
    y = Variable(1.0)
    for _ in range(49):
        y = F.sin(y)
    assert "<svg" in dot.html(y), "50 Variables and 49 operations"
    assert "<svg" not in dot.html(F.sin(y))
    for _ in range(1000):
        y = F.sin(y)
    assert "<svg" not in dot.html(y)


def test_html_of_a_wide_graph():
    """Leaves count as much as what is computed."""
    y = F.concat([Variable([1.0]) for _ in range(98)])
    assert len(walk([y], 100)) == 99
    assert walk([y], 99) is None


@posix
@pytest.mark.parametrize("script", ["import sys; sys.exit('broken')", "print('no picture')"])
def test_html_with_a_broken_graphviz(script, tmp_path, monkeypatch):
    program(tmp_path, monkeypatch, script)
    assert dot.html(F.sin(Variable(0.0))).startswith("<pre>variable(0.0)</pre>")


@posix
def test_html_does_not_wait(tmp_path, monkeypatch):
    program(tmp_path, monkeypatch, "import time; time.sleep(60)")
    monkeypatch.setattr(_html, "PATIENCE", 0.2)
    assert "svg" not in dot.html(F.sin(Variable(0.0)))


def test_html_of_a_released_value():
    y = F.exp(F.sin(Variable(np.ones(3))) + Variable(np.ones(3)))
    assert "released" in dot.html(y.creator.inputs[0])


def test_html_of_something_else():
    fails(lambda: dot.html([Variable(1.0)]), TypeError, "html: a Variable is wanted, got list")


def test_notebooks_ask_variables():
    y = F.sin(Variable(1.0))
    assert y._repr_html_() == dot.html(y)
