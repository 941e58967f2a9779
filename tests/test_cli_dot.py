"""The command ``python -m autograd dot``."""

import re
import shutil
import subprocess
import sys

import numpy as np
import pytest

from autograd import Variable, dot
from autograd import functions as F
from autograd.__main__ import main
from autograd._cli.dot import FUNCTIONS, derivatives

needs_graphviz = pytest.mark.skipif(shutil.which("dot") is None, reason="needs Graphviz")


def test_the_function_itself(capsys):
    assert main(["dot", "--func", "tanh", "--order", "0"]) == 0
    x = Variable(1.0, name="x")
    y = F.tanh(x)
    y.name = "y"
    assert capsys.readouterr().out == dot.graph(y) + "\n"


def test_a_second_derivative(capsys):
    """-2 tanh x (1 - tanh² x), at the end of its graph."""
    assert main(["dot", "--func", "tanh", "--order", "2", "--x", "0.5", "--verbose"]) == 0
    out = capsys.readouterr().out
    t = np.tanh(0.5)
    (value,) = re.findall(r'label="gx2: \(\) float64\\n(\S+)"', out)
    assert float(value) == pytest.approx(-2 * t * (1 - t**2), rel=1e-14)
    assert r'label="x: () float64\n0.5"' in out
    assert r'label="y: () float64\n' in out
    assert "gx1" not in out, "the second derivative does not go through the first"


def test_defaults(capsys):
    assert main(["dot"]) == 0
    out = capsys.readouterr().out
    assert main(["dot", "--func", "tanh", "--order", "1", "--x", "1.0"]) == 0
    assert capsys.readouterr().out == out
    assert 'label="gx1"' in out


# The functions and three derivatives, by hand, at x = 0.7.
X = 0.7
T, S = np.tanh(X), 1 / (1 + np.exp(-X))
DERIVATIVES = {
    "sin": (np.sin(X), np.cos(X), -np.sin(X), -np.cos(X)),
    "cos": (np.cos(X), -np.sin(X), -np.cos(X), np.sin(X)),
    "tanh": (T, 1 - T**2, -2 * T * (1 - T**2), (6 * T**2 - 2) * (1 - T**2)),
    "exp": (np.exp(X),) * 4,
    "log": (np.log(X), 1 / X, -1 / X**2, 2 / X**3),
    "pow": (X**3, 3 * X**2, 6 * X, 6.0),
    "square": (X**2, 2 * X, 2.0, 0.0),
    "neg": (-X, -1.0, 0.0, 0.0),
    "sigmoid": (
        S,
        S * (1 - S),
        S * (1 - S) * (1 - 2 * S),
        S * (1 - S) * (1 - 6 * S + 6 * S**2),
    ),
}


@pytest.mark.parametrize("name", DERIVATIVES)
def test_values_of_derivatives(name):
    found = derivatives(FUNCTIONS[name], X, 3)
    assert [v.item() for v in found] == pytest.approx(DERIVATIVES[name], rel=1e-13, abs=1e-15)
    assert [v.name for v in found] == ["y", "gx1", "gx2", "gx3"]


def test_all_functions_are_looked_at():
    assert FUNCTIONS.keys() == {*DERIVATIVES, "gelu"}


def test_a_derivative_that_is_zero(capsys):
    assert main(["dot", "--func", "neg", "--order", "5", "--verbose"]) == 0
    out = capsys.readouterr().out
    assert out.count("label=") == 1
    assert r'v0 [label="gx5: () float64\n0.0", color=gray60' in out


def test_in_a_pipe(tmp_path):
    args = [sys.executable, "-m", "autograd", "dot", "--func", "sin", "--x", "-1e-3"]
    done = subprocess.run(args, capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("digraph {\n")
    assert done.stdout.endswith("}\n")


# Pictures

HEADS = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}


@needs_graphviz
@pytest.mark.parametrize("ending", HEADS)
def test_out(ending, tmp_path, capsys):
    file = tmp_path / f"graph{ending}"
    assert main(["dot", "--func", "gelu", "--out", str(file)]) == 0
    assert file.read_bytes().startswith(HEADS[ending])
    assert capsys.readouterr().out == ""


def test_out_without_graphviz(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("PATH", "")
    file = tmp_path / "graph.svg"
    assert main(["dot", "--out", str(file)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("python -m autograd dot: error: --out needs Graphviz")
    assert "install it" in err
    assert not file.exists()


def test_a_picture_that_cannot_be_written(tmp_path, capsys):
    (tmp_path / "taken.png").mkdir()
    assert main(["dot", "--out", str(tmp_path / "taken.png")]) == 1
    assert "cannot write" in capsys.readouterr().err


def test_graphviz_that_fails(tmp_path, capsys, monkeypatch):
    def fail(*args):
        raise RuntimeError("render: Graphviz failed: no fonts")

    monkeypatch.setattr(dot, "render", fail)
    assert main(["dot", "--out", str(tmp_path / "graph.svg")]) == 1
    assert "graph.svg: render: Graphviz failed: no fonts" in capsys.readouterr().err


# Help and complaints


def test_help(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["dot", "--help"])
    assert stop.value.code == 0
    text = capsys.readouterr().out
    for words in ("examples:", "default: tanh", "default: 1)", "needs Graphviz", *FUNCTIONS):
        assert words in text
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("dot --func tan", "--func: invalid choice: 'tan'"),
        ("dot --order -1", "--order: '-1' is not 0 or more"),
        ("dot --order 1.5", "--order: '1.5' is not a whole number"),
        ("dot --x nan", "--x: 'nan' is not finite"),
        ("dot --out g.gif", "--out: 'g.gif' does not end in one of .png, .svg, .pdf"),
        ("dot --out no/where.svg", "--out: there is no directory 'no'"),
        ("dot tanh", "unrecognized arguments: tanh"),
    ],
)
def test_bad_arguments(line, message, capsys):
    with pytest.raises(SystemExit) as stop:
        main(line.split())
    assert stop.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
