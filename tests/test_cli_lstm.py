"""The command `lstm`: its numbers, files, pictures, progress and complaints."""

import os
import re
import signal
import subprocess
import sys

import numpy as np
import pytest

from autograd import _saving
from autograd.__main__ import main
from test_cli import HEADS, command, hidden

# One epoch of 9 batches of 4.
OPTIONS = {"N": 40, "epochs": 3, "batch-size": 4, "hidden-size": 3, "seed": 1}
TINY = ["lstm", *(f"--{name}={value}" for name, value in OPTIONS.items())]
REPORT = re.compile(r"epoch (\d+)/(\d+): loss (\d+\.\d{6}), elapsed \d+:\d\d, ETA [\d:]+")


def run(capsys, *args):
    """Run the command; the angles, the predictions, and the lines on standard error."""
    assert main([*TINY, *map(str, args)]) == 0
    out, err = capsys.readouterr()
    x, y = np.array([line.split(",") for line in out.splitlines()], float).T
    return x, y, err.splitlines()


def losses(reports):
    return [float(REPORT.fullmatch(line)[3]) for line in reports]


def refused(capsys, *args):
    """Run the command, which fails; the exit code and the message."""
    code = main([*TINY, *map(str, args)])
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    return code, err


# Numbers, compared with a model in NumPy


def step(p, x, h, c):
    """A step of the model: its output, and the next state."""

    def gate(name):
        x_part = x @ p[f"lstm.x2{name}.w"] + p[f"lstm.x2{name}.b"]
        return x_part + h @ p[f"lstm.h2{name}.w"]

    f, i, o = (1 / (1 + np.exp(-gate(name))) for name in "fio")
    c = f * c + i * np.tanh(gate("u"))
    h = o * np.tanh(c)
    return h @ p["linear.w"] + p["linear.b"], h, c


def window_loss(p, batches, state):
    """The summed loss of some batches, and the state after them."""
    total = 0.0
    for x, t in batches:
        y, *state = step(p, x, *state)
        total += np.mean((y - t) ** 2)
    return total, state


def gradient(p, batches, state, h=1e-5):
    """The gradient of the summed loss by central differences, the state being a constant."""
    result = {name: np.empty_like(value) for name, value in p.items()}
    for name, value in p.items():
        for k in np.ndindex(value.shape):
            old = value[k]
            value[k] = old + h
            above, _ = window_loss(p, batches, state)
            value[k] = old - h
            below, _ = window_loss(p, batches, state)
            value[k] = old
            result[name][k] = (above - below) / (2 * h)
    return result


def parameters(file):
    return {name: value.copy() for name, value in _saving.read(file)[0].items()}


def test_prediction_of_the_first_weights(tmp_path, capsys):
    x, y, _ = run(capsys, "--epochs", 0, "--save", tmp_path / "first")
    p, state, want = parameters(tmp_path / "first"), (np.zeros((1, 3)),) * 2, []
    for angle in np.linspace(0, 4 * np.pi, 39):
        out, *state = step(p, np.cos([[angle]]), *state)
        want.append(out.item())
    np.testing.assert_allclose(x, np.linspace(0, 4 * np.pi, 39), atol=5.1e-7)
    np.testing.assert_allclose(y, want, atol=5.1e-7)


@pytest.mark.parametrize("length", [1, 4, 9, 100])
def test_training_is_truncated_back_propagation(length, tmp_path, capsys):
    """Two epochs: windows of steps, what is left of an epoch, and an empty state at the next."""
    options = ["--noise", 0.2, "--bptt-length", length, "--optimizer", "sgd"]
    run(capsys, *options, "--epochs", 0, "--save", tmp_path / "first")
    *_, reports = run(
        capsys, *options, "--epochs", 2, "--learning-rate", 0.1, "--save", tmp_path / "last"
    )
    noise = np.random.default_rng(1).random(40) * 0.4 - 0.2
    curve = np.sin(np.linspace(0, 2 * np.pi, 40)) + noise
    # Row k of batch i is point 9k + i.
    places = [np.arange(4)[:, None] * 9 + i for i in range(9)]
    batches = [(curve[at], curve[at + 1]) for at in places]
    p, want = parameters(tmp_path / "first"), []
    for _ in range(2):
        state, total = (np.zeros((4, 3)),) * 2, 0.0
        for start in range(0, 9, length):
            window = batches[start : start + length]
            g = gradient(p, window, state)
            loss, state = window_loss(p, window, state)
            p = {name: value - 0.1 * g[name] for name, value in p.items()}
            total += loss
        want.append(total / 9)
    np.testing.assert_allclose(losses(reports), want, atol=5.1e-7)
    got = parameters(tmp_path / "last")
    assert got.keys() == p.keys()
    for name in p:
        np.testing.assert_allclose(got[name], p[name], rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("optimizer", "epochs"), [("adam", 40), ("sgd", 60)])
def test_it_learns(optimizer, epochs, dtype, capsys):
    """A small model for a short time: the cosine is met within 0.2 once the state has built up."""
    line = f"--N 400 --hidden-size 16 --epochs {epochs} --batch-size 20 --learning-rate 0.02"
    options = [*line.split(), "--optimizer", optimizer, "--dtype", dtype, "--every", 1]
    x, y, reports = run(capsys, *options)
    found = losses(reports)
    assert len(found) == epochs
    assert found[-1] < 0.01 < 10 * found[-1] < found[0]
    assert np.abs(y - np.cos(x + x[1]))[20:].max() < 0.2


def test_dtype(tmp_path, capsys):
    run(capsys, "--dtype", "float32", "--save", tmp_path / "model")
    assert {v.dtype for v in parameters(tmp_path / "model").values()} == {np.dtype("float32")}


# Output


def test_in_a_pipe(tmp_path):
    """Standard output is the CSV alone, progress goes to standard error."""
    done = command(*TINY, cwd=tmp_path)
    assert done.returncode == 0
    rows = done.stdout.splitlines()
    assert len(rows) == 39
    assert all(re.fullmatch(r"\d+\.\d{6},-?\d+\.\d{6}", row) for row in rows)
    assert [row.split(",")[0] for row in (rows[0], rows[-1])] == ["0.000000", "12.566371"]
    reports = [REPORT.fullmatch(line) for line in done.stderr.splitlines()]
    assert [(m[1], m[2]) for m in reports] == [("1", "3"), ("2", "3"), ("3", "3")]


def test_seed(capsys):
    outputs = []
    for seed in ("5", "5", "6"):
        assert main([*TINY, "--seed", seed]) == 0
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1] != outputs[2]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--epochs", 20], list(range(2, 21, 2))),
        (["--epochs", 7, "--every", 3], [3, 6, 7]),
        (["--epochs", 5, "--every", 9], [5]),
        (["--epochs", 0], []),
    ],
)
def test_reports(options, expected, capsys):
    *_, reports = run(capsys, *options)
    assert [int(REPORT.fullmatch(line)[1]) for line in reports] == expected


@pytest.mark.parametrize("n", [2, 3])
def test_smallest_curves(n, capsys):
    x, _, _ = run(capsys, "--N", n, "--batch-size", 1)
    np.testing.assert_allclose(x, np.linspace(0, 4 * np.pi, n - 1), atol=5.1e-7)


def test_help(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["lstm", "--help"])
    assert stop.value.code == 0
    text = " ".join(capsys.readouterr().out.split())
    assert text.startswith("usage: python -m autograd lstm")
    for words in (
        "points of the curve (default: 1000)",
        "go through them (default: 100)",
        "stretches side by side (default: 30)",
        "of the recurrent layer (default: 100)",
        "steps to go back (default: 30)",
        "learning rate (default: 0.01)",
        "deviation from the sine (default: 0.05)",
        "truncated back-propagation through time",
        "examples:",
    ):
        assert words in text


# Files


def test_saved_model_predicts_the_same(tmp_path, capsys):
    file = tmp_path / "model.safetensors"
    _, trained, _ = run(capsys, "--save", file)
    _, loaded, reports = run(capsys, "--load", file, "--epochs", 0, "--seed", 2)
    np.testing.assert_array_equal(loaded, trained)
    assert reports == []


def test_training_goes_on(tmp_path, capsys):
    """Plain gradient descent keeps no state: 2 epochs and 3 more are 5."""
    file = tmp_path / "model.safetensors"
    sgd = ["--optimizer", "sgd"]
    _, whole, _ = run(capsys, *sgd, "--epochs", 5)
    run(capsys, *sgd, "--epochs", 2, "--save", file)
    _, parts, _ = run(capsys, *sgd, "--epochs", 3, "--load", file, "--save", file)
    np.testing.assert_array_equal(parts, whole)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--hidden-size", "5"], "lstm.h2f.w: shape (3, 3) where (5, 5) is wanted"),
        (["--dtype", "float32"], "linear.b: dtype float64 where float32 is wanted"),
    ],
)
def test_model_that_does_not_fit(options, words, tmp_path, capsys):
    file = tmp_path / "model.safetensors"
    run(capsys, "--save", file)
    code, message = refused(capsys, "--load", file, *options)
    assert code == 1
    assert f"cannot load {file} with --hidden-size" in message
    assert words in message
    assert "epoch" not in message


def test_files_that_cannot_be_read(tmp_path, capsys):
    (tmp_path / "damaged").write_bytes(b"\xff" * 20)
    for name, words in (
        ("none", "cannot read {}: No such file"),
        ("damaged", "is no safetensors file"),
        (".", "cannot read {}: "),
    ):
        file = tmp_path / name
        code, message = refused(capsys, "--load", file)
        assert code == 1
        assert words.format(file) in message
        assert "epoch" not in message


def test_model_of_numbers_that_are_not_finite(tmp_path, capsys):
    file = tmp_path / "model.safetensors"
    run(capsys, "--save", file)
    _saving.write(file, {n: np.full_like(v, np.nan) for n, v in parameters(file).items()})
    code, message = refused(capsys, "--load", file, "--epochs", 0)
    assert (code, "the prediction is not finite" in message) == (1, True)
    code, message = refused(capsys, "--load", file)
    assert (code, "diverged at epoch 1 of 3: loss = nan" in message) == (1, True)


@pytest.mark.parametrize("option", ["--save", "--plot"])
def test_files_that_cannot_be_written(option, tmp_path, capsys, monkeypatch):
    """All is said before the training."""
    if option == "--plot":
        pytest.importorskip("matplotlib")
    taken = tmp_path / "taken.png"
    taken.mkdir()
    code, message = refused(capsys, option, taken)
    assert code == 1
    assert f"cannot write {taken}: it is a directory" in message
    assert "epoch" not in message
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    code, message = refused(capsys, option, tmp_path / "new.png")
    assert code == 1
    assert f"no permission to write to {tmp_path.resolve()}" in message
    assert "epoch" not in message


def test_a_disk_that_fills_up(tmp_path, capsys, monkeypatch):
    def full(path, arrays):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_saving, "write", full)
    code, message = refused(capsys, "--save", tmp_path / "model")
    assert code == 1
    assert f"cannot write {tmp_path / 'model'}: No space left on device" in message


# Pictures


@pytest.mark.parametrize("suffix", HEADS)
@pytest.mark.parametrize("options", [[], ["--epochs", 0], ["--N", 2, "--batch-size", 1]])
def test_plot(options, suffix, tmp_path, capsys):
    pytest.importorskip("matplotlib")
    file = tmp_path / f"picture{suffix}"
    run(capsys, *options, "--plot", file)
    content = file.read_bytes()
    assert content.startswith(HEADS[suffix])
    assert len(content) > 4000


@pytest.mark.parametrize("epochs", [0, 1, 3])
def test_plot_shows_losses_and_predictions(epochs, tmp_path, capsys, monkeypatch):
    pytest.importorskip("matplotlib")
    from autograd._cli import plot

    figures = []
    monkeypatch.setattr(plot, "save", lambda figure, file: figures.append(figure))
    options = ["--epochs", epochs, "--every", 1, "--plot", tmp_path / "picture.png"]
    x, y, reports = run(capsys, *options)
    *loss, cosine = figures[0].axes
    assert [axes.get_title() for axes in loss] == ["loss"] * (epochs > 0)
    for axes in loss:
        (line,) = axes.lines
        np.testing.assert_array_equal(line.get_xdata(), np.arange(1, epochs + 1))
        np.testing.assert_allclose(line.get_ydata(), losses(reports), atol=5.1e-7)
    truth, predicted = cosine.lines
    assert [line.get_label() for line in (truth, predicted)] == ["cos x", "predicted"]
    np.testing.assert_allclose(predicted.get_xdata(), x + x[1], atol=2e-6)
    np.testing.assert_allclose(predicted.get_ydata(), y, atol=5.1e-7)
    np.testing.assert_allclose(truth.get_ydata(), np.cos(truth.get_xdata()), rtol=1e-14)


def test_plot_without_matplotlib(tmp_path):
    done = command(*TINY, "--plot", "x.png", cwd=tmp_path, env=hidden("matplotlib", tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "python -m autograd lstm: error: --plot needs matplotlib: pip install 'autograd-rs[plot]'\n"
    )


# Complaints


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--N 1", "--N: '1' is not 2 or more"),
        ("--epochs -1", "--epochs: '-1' is not 0 or more"),
        ("--batch-size 0", "--batch-size: '0' is not 1 or more"),
        ("--hidden-size 0", "--hidden-size: '0' is not 1 or more"),
        ("--bptt-length 2.5", "--bptt-length: '2.5' is not a whole number"),
        ("--learning-rate 0", "--learning-rate: '0' is not above 0"),
        ("--noise -0.1", "--noise: '-0.1' is below 0"),
        ("--noise nan", "--noise: 'nan' is not finite"),
        ("--seed -1", "--seed: '-1' is not 0 or more"),
        ("--every 0", "--every: '0' is not 1 or more"),
        ("--optimizer lion", "--optimizer: invalid choice: 'lion'"),
        ("--dtype int64", "--dtype: invalid choice: 'int64'"),
        ("--plot x.gif", "--plot: 'x.gif' does not end in one of .png, .svg, .pdf"),
        ("--plot no/x.png", "--plot: there is no directory 'no'"),
        ("--save no/model", "--save: there is no directory 'no'"),
    ],
)
def test_bad_arguments(line, message, capsys):
    with pytest.raises(SystemExit) as stop:
        main([*TINY, *line.split()])
    assert stop.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("--batch-size 40", 2, "--batch-size must be below --N, got 40 of 40"),
        ("--hidden-size 100000000", 1, "out of memory: "),
        (f"--hidden-size {10**20}", 2, "--N or --hidden-size is too large: "),
        (f"--N {10**23}", 2, "--N or --hidden-size is too large: "),
        ("--learning-rate 1e30", 1, "diverged at epoch 2 of 3: loss = "),
        ("--learning-rate 1e200", 1, "diverged at epoch 2 of 3: loss = inf; try a smaller"),
        ("--optimizer sgd --learning-rate 1e4 --bptt-length 1", 1, "diverged at epoch 1 of 3: "),
    ],
)
def test_what_cannot_be_done(line, code, message, capsys):
    got, err = refused(capsys, *line.split())
    assert got == code
    assert f"python -m autograd lstm: error: {message}" in err


@pytest.mark.skipif(sys.platform == "win32", reason="signals are others there")
def test_interrupted(tmp_path):
    args = [sys.executable, "-m", "autograd", *TINY, "--epochs", "100000000", "--every", "1"]
    with subprocess.Popen(
        args,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # What starts the tests in the background may have the signal ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        assert REPORT.fullmatch(process.stderr.readline().strip())
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert all(REPORT.fullmatch(line) for line in err.splitlines())
