"""Each example runs and prints what it should."""

import math
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


def run(name, tmp_path):
    # From elsewhere, so that nothing but the installed package can be imported.
    done = subprocess.run(
        [sys.executable, "-W", "error", EXAMPLES / f"{name}.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("name", OUTPUT)
def test_output(name, tmp_path):
    assert run(name, tmp_path) == OUTPUT[name]


def test_derivatives_of_sine(tmp_path):
    """The last digit of a sine is the machine's affair."""
    values = [float(line.split()[-1]) for line in run("sine_derivatives", tmp_path).splitlines()]
    s, c = math.sin(1), math.cos(1)
    assert values == pytest.approx([s, c, -s, -c, s, c, -s], rel=4e-16, abs=0)


def test_every_example_is_run():
    assert {p.stem for p in EXAMPLES.glob("*.py")} == {*OUTPUT, "sine_derivatives"}
