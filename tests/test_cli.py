"""The command line: its values, options, pictures and complaints."""

import io
import math
import os
import subprocess
import sys
from functools import partial

import pytest

from autograd.__main__ import main
from autograd._cli.surfaces import SURFACES
from test_examples import ROSENBROCK

NEWTON = """\
1.4545454545454546
1.1510467893775467
1.0253259289766978
1.0009084519430513
1.0000012353089454
1.000000000002289
1.0
"""


def command(*args, **options):
    """Run the command line as a process of its own, elsewhere than in the source tree."""
    return subprocess.run(
        [sys.executable, "-m", "autograd", *args],
        capture_output=True,
        text=True,
        timeout=60,
        **options,
    )


def points(text):
    return [tuple(map(float, line.split())) for line in text.splitlines()]


# Values


def test_descent_in_a_pipe(tmp_path):
    """The values to all digits, and nothing else: no bar."""
    done = command("descent", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, ROSENBROCK, "")


def test_newton_in_a_pipe(tmp_path):
    done = command("newton", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, NEWTON, "")


@pytest.mark.parametrize("name", SURFACES)
def test_defaults_converge(name, capsys):
    assert main(["descent", name]) == 0
    lines = points(capsys.readouterr().out)
    assert len(lines) == 10
    distance = min(math.dist(lines[-1], minimum) for minimum in SURFACES[name].minima)
    # The floor of Rosenbrock's valley is all but level.
    assert distance < (0.02 if name == "rosenbrock" else 1e-6)


@pytest.mark.parametrize("name", SURFACES)
def test_minima_are_minima(name):
    surface = SURFACES[name]
    for x, y in surface.minima:
        lowest = surface.function(x, y)
        assert lowest == pytest.approx(surface.lowest, abs=1e-12)
        for angle in range(8):
            dx, dy = 1e-3 * math.cos(angle), 1e-3 * math.sin(angle)
            assert surface.function(x + dx, y + dy) > lowest


# Options


def test_start_rate_and_steps(capsys):
    """One step on x² + y²: x - lr * 2x."""
    assert main(["descent", "sphere", "--start", "-3", "1e-1", "--lr", "0.25", "--steps", "1"]) == 0
    assert capsys.readouterr().out == "-1.5 0.05\n"


@pytest.mark.parametrize("start", ["-1e-1", "-.5", "-2.", "-1E3"])
def test_negative_starts_are_no_options(start, capsys):
    assert main(["newton", "--start", start, "--steps", "1"]) == 0
    assert float(capsys.readouterr().out) < 0 or start in ("-1e-1", "-.5")


def test_every(capsys):
    assert main(["descent", "sphere", "--steps", "7", "--every", "3"]) == 0
    assert len(points(capsys.readouterr().out)) == 3, "steps 3, 6 and the last one"


def test_momentum(capsys):
    """By hand on x² from 4: steps of -2, then -1 - 1, then -1 - 0."""
    line = "descent sphere --start 4 0 --lr 0.25 --momentum 0.5 --steps 3 --every 1"
    assert main(line.split()) == 0
    assert [x for x, _ in points(capsys.readouterr().out)] == [2.0, 0.0, -1.0]


def test_newton_from_elsewhere(capsys):
    assert main(["newton", "--start", "-3", "--steps", "20"]) == 0
    assert points(capsys.readouterr().out)[-1] == (-1.0,)


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ([], ["descent", "newton"]),
        (["descent"], ["default: rosenbrock", "0.001", "examples:", *SURFACES]),
        (["newton"], ["default: 2.0", "default: 7", "examples:"]),
    ],
)
def test_help(args, expected, capsys):
    with pytest.raises(SystemExit) as stop:
        main([*args, "--help"])
    assert stop.value.code == 0
    text = capsys.readouterr().out
    assert text.startswith("usage: python -m autograd")
    for words in expected:
        assert words in text


def test_version(capsys):
    import autograd

    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"autograd-rs {autograd.__version__}\n"


# Pictures

HEADS = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}


@pytest.mark.parametrize("suffix", HEADS)
@pytest.mark.parametrize("name", ["rosenbrock", "himmelblau"])
def test_plot(name, suffix, tmp_path, capsys):
    pytest.importorskip("matplotlib")
    file = tmp_path / f"picture{suffix}"
    assert main(["descent", name, "--steps", "50", "--plot", str(file)]) == 0
    content = file.read_bytes()
    assert content.startswith(HEADS[suffix])
    assert len(content) > 5000
    assert len(points(capsys.readouterr().out)) == 10


def test_plot_shows_contours_and_path(tmp_path):
    pytest.importorskip("matplotlib")
    file = tmp_path / "picture.svg"
    assert main(["descent", "beale", "--steps", "20", "--plot", str(file)]) == 0
    text = file.read_text()
    assert text.count("<path") > 25
    assert "#ff7f0e" in text, "the path is orange"


def hidden(module, tmp_path):
    """An environment in which a module is not installed."""
    (tmp_path / f"{module}.py").write_text(f"raise ModuleNotFoundError('no {module}')\n")
    return {**os.environ, "PYTHONPATH": str(tmp_path)}


def test_plot_without_matplotlib(tmp_path):
    done = command("descent", "--plot", "x.png", cwd=tmp_path, env=hidden("matplotlib", tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "python -m autograd descent: error: "
        "--plot needs matplotlib: pip install 'autograd-rs[plot]'\n"
    )


def test_plot_that_cannot_be_written(tmp_path, capsys):
    pytest.importorskip("matplotlib")
    (tmp_path / "taken.png").mkdir()
    assert main(["descent", "--steps", "5", "--plot", str(tmp_path / "taken.png")]) == 1
    assert "cannot write" in capsys.readouterr().err


# Complaints


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("", "required: COMMAND"),
        ("climb", "invalid choice: 'climb'"),
        ("descent rastrigin", "invalid choice: 'rastrigin'"),
        ("descent --start 1", "--start: expected 2 arguments"),
        ("descent --start 1 two", "--start: 'two' is not a number"),
        ("descent --start 1 nan", "--start: 'nan' is not finite"),
        ("descent --lr 0", "--lr: '0' is not above 0"),
        ("descent --lr inf", "--lr: 'inf' is not finite"),
        ("descent --steps 0", "--steps: '0' is not 1 or more"),
        ("descent --steps 1.5", "--steps: '1.5' is not a whole number"),
        ("descent --every -1", "--every: '-1' is not 1 or more"),
        ("descent --momentum 1", "--momentum: '1' is not in the range"),
        ("descent --plot x.gif", "--plot: 'x.gif' does not end in one of .png, .svg, .pdf"),
        ("descent --plot no/where.png", "--plot: there is no directory 'no'"),
        ("newton --start", "--start: expected one argument"),
        ("newton --order 2", "unrecognized arguments: --order 2"),
    ],
)
def test_bad_arguments(line, message, capsys):
    with pytest.raises(SystemExit) as stop:
        main(line.split())
    assert stop.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
    assert "usage: python -m autograd" in err


@pytest.mark.parametrize("line", ["descent --lr 1", "descent beale --start 1e200 1e200"])
def test_divergence(line, capsys):
    assert main(line.split()) == 1
    assert "error: diverged at step" in capsys.readouterr().err


def test_newton_that_overflows(tmp_path):
    done = command("newton", "--start", "1e200", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "python -m autograd newton: error: diverged at step 1 of 7: x = nan; try another --start\n"
    )


def test_a_reader_that_leaves(tmp_path):
    """As in `descent --every 1 | head -n 1`: no complaint."""
    args = [sys.executable, "-m", "autograd", "descent", "--every", "1"]
    with subprocess.Popen(
        args, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "0.002 1.6\n"
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(60) == 0


@pytest.mark.skipif(os.name == "nt", reason="descriptors as POSIX has them")
def test_closed_streams(tmp_path):
    for closed in (1, 2):
        done = command("newton", cwd=tmp_path, preexec_fn=partial(os.close, closed))
        assert done.returncode == 0
        assert done.stderr == ""
        assert done.stdout == ("" if closed == 1 else NEWTON)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is full")
def test_a_full_disk(tmp_path):
    args = [sys.executable, "-m", "autograd", "newton"]
    with open("/dev/full", "w") as full:
        done = subprocess.run(args, stdout=full, stderr=subprocess.PIPE, text=True, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("python -m autograd newton: error: ")
    assert "Traceback" not in done.stderr


def test_a_stream_that_is_no_file(capsys, monkeypatch):
    class Full(io.StringIO):
        def write(self, text):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("sys.stdout", Full())
    assert main(["newton"]) == 1
    assert "No space left" in capsys.readouterr().err


# For somebody who watches


def test_descent_on_a_terminal_says_what_the_numbers_are(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert main(["descent", "sphere", "--start", "-3", "1e-1", "--lr", "0.25", "--steps", "1"]) == 0
    title, line, reached = capsys.readouterr().out.splitlines()
    assert title == "sphere from (-3, 0.1): x and y, every step"
    assert line == "-1.5 0.05"
    assert reached == "after 1 steps: 2.25 at (-1.5, 0.05); the minimum: 0 at (0, 0)"


# The bar


def on_a_terminal(tmp_path, **options):
    """What `descent` writes to its stdout, a pipe, and its stderr, a terminal."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    # A new one has no columns, so nothing would be drawn.
    pytest.importorskip("termios").tcsetwinsize(theirs, (24, 80))
    args = [sys.executable, "-m", "autograd", "descent"]
    with subprocess.Popen(
        args, cwd=tmp_path, stdout=subprocess.PIPE, stderr=theirs, **options
    ) as process:
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(ours, 4096):
                shown += piece
        except OSError:
            pass  # how Linux says that nobody holds the other end any more
        os.close(ours)
        out = process.stdout.read().decode()
    assert process.returncode == 0
    return out, shown.decode()


def test_bar_on_a_terminal(tmp_path):
    pytest.importorskip("tqdm")
    out, shown = on_a_terminal(tmp_path)
    assert out == ROSENBROCK
    assert "0/10000" in shown


def test_no_bar_without_tqdm(tmp_path):
    out, shown = on_a_terminal(tmp_path, env=hidden("tqdm", tmp_path))
    assert (out, shown) == (ROSENBROCK, "")
