"""Each example runs and prints what it should."""

import math
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"

ROSENBROCK = """\
0.6837118569138317 0.4659526837427042
0.8263177857050957 0.6820311873361097
0.8947837494333546 0.8001896451930564
0.9334871723401226 0.8711213202579401
0.9569899983530249 0.9156532462021957
0.9718168065095137 0.9443132014542008
0.9813809710644894 0.9630332658658076
0.9876355102559093 0.9753740541653942
0.9917613994572028 0.9835575421346807
0.9944984367782456 0.9890050527419593
"""

OUTPUT = {
    "clearing_gradients": "first: 2.0\nwithout clearing: 5.0\nwith clearing: 3.0\n",
    "gradient_descent": ROSENBROCK,
    "linear_regression": """\
step 200: loss 0.009582
step 400: loss 0.009401
step 600: loss 0.009401
step 800: loss 0.009401
step 1000: loss 0.009401
y = 4.9993 + 1.9869 x
""",
    "matyas": "0.040000000000000036 0.040000000000000036\n",
}


def run(name, tmp_path, *arguments, others=False):
    """What an example prints. What other packages warn of is theirs, if it uses `others`."""
    # From elsewhere, so that nothing but the installed package can be imported.
    warnings = "default" if others else "error"
    done = subprocess.run(
        [sys.executable, "-W", warnings, EXAMPLES / f"{name}.py", *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    assert done.returncode == 0, done.stderr
    assert others or done.stderr == ""
    return done.stdout


def last_numbers(pattern, output):
    """What the groups of the last match are, as numbers."""
    return [float(number) for number in re.findall(pattern, output)[-1]]


@pytest.mark.parametrize("name", OUTPUT)
def test_output(name, tmp_path):
    assert run(name, tmp_path) == OUTPUT[name]


def test_derivatives_of_sine(tmp_path):
    """The last digit of a sine is the machine's affair."""
    values = [float(line.split()[-1]) for line in run("sine_derivatives", tmp_path).splitlines()]
    s, c = math.sin(1), math.cos(1)
    assert values == pytest.approx([s, c, -s, -c, s, c, -s], rel=4e-16, abs=0)


def test_digits(tmp_path):
    """More than 97 % of the digits that the network has not seen are read right."""
    loss, accuracy = last_numbers(
        r"epoch 40: test loss (.*), accuracy (.*)%", run("digits", tmp_path, others=True)
    )
    assert loss < 0.2
    assert accuracy > 97


def test_diabetes(tmp_path):
    """Far better than the mean, and about as good as the best straight line."""
    output = run("diabetes", tmp_path, others=True)
    stopped, best = last_numbers(r"stopped after (\d+) epochs, best was (\d+)", output)
    mean, line, model = (float(x) for x in re.findall(r"R² .*: +(.*)", output))
    assert stopped in (best + 30, 300)
    assert abs(mean) < 0.05
    assert min(line, model) > 0.4
    assert model > line - 0.1


def test_spiral(tmp_path):
    """Its output, and its picture as a file."""
    output = run("spiral", tmp_path, "--plot", "regions.png", others=True)
    loss, accuracy = last_numbers(r"epoch 100: loss (.*), test accuracy (.*)%", output)
    assert loss < 0.2
    assert accuracy > 94
    assert [p.name for p in tmp_path.iterdir()] == ["regions.png"]
    assert (tmp_path / "regions.png").read_bytes().startswith(b"\x89PNG\r\n")


def test_transformer(tmp_path):
    """Its loss falls below that of blind guesses, on text that it has not read too."""
    text, lines = (EXAMPLES / "data" / "alice.txt").read_text("ascii"), []
    report, written = run("char_transformer", tmp_path, "--short").split("\n\n", 1)
    for line in report.splitlines():
        lines.append(last_numbers(r"step (\d+): loss (.*), unseen (.*)", line))
    steps, seen, unseen = zip(*lines, strict=True)
    assert steps == (10, 20, 30, 40)
    assert seen[-1] < seen[0] - 0.3
    assert unseen[-1] < math.log(len(set(text))) - 0.2
    assert written.startswith("Alice ")
    assert len(written) == len("Alice ") + 60 + len("\n")
    assert set(written) <= set(text)


@pytest.mark.parametrize(
    ("line", "module", "package"),
    [
        ("digits.py", "sklearn", "scikit-learn"),
        ("diabetes.py", "sklearn", "scikit-learn"),
        ("spiral.py --plot x.png", "matplotlib", "matplotlib"),
    ],
)
def test_what_is_not_installed_is_named(line, module, package, tmp_path):
    (tmp_path / f"{module}.py").write_text(f"raise ModuleNotFoundError('no {module}')\n")
    name, *arguments = line.split()
    done = subprocess.run(
        [sys.executable, EXAMPLES / name, *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(rf".* needs {package}: pip install {package}\n", done.stderr)


def test_text_is_whole():
    """Nothing but the characters and the lines that its README promises."""
    text = (EXAMPLES / "data" / "alice.txt").read_text("ascii")
    assert text.startswith("CHAPTER I. Down the Rabbit-Hole\n\nAlice was beginning")
    assert text.endswith("was coming\nback to finish his story.\n")
    assert len(re.findall(r"\S+", text)) == 5947
    assert max(map(len, text.splitlines())) <= 72


def test_every_example_is_run():
    trained = {"char_transformer", "diabetes", "digits", "spiral"}
    assert {p.stem for p in EXAMPLES.glob("*.py")} == {*OUTPUT, "sine_derivatives", *trained}
