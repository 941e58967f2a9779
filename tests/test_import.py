"""Importing the package where Python does it in unusual ways."""

import subprocess
import sys

import pytest


def run(code: str) -> str:
    """Run code in a process of its own, and return what it prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


AGAIN = """
import sys
import autograd as old
x = old.Variable(3.0)
for name in [name for name in sys.modules if name.startswith("autograd")]:
    del sys.modules[name]
import autograd as new
assert new is not old
y = new.Variable(1.0)
z = x * y + new.functions.sin(y)
z.backward()
print(x.grad.item(), y.grad.item() > 3.5, isinstance(y, old.Variable))
"""


def test_a_second_import_from_the_beginning() -> None:
    assert run(AGAIN) == "1.0 True True"


BESIDE = """
import _xxsubinterpreters as interpreters
{first}
other = interpreters.create()
try:
    interpreters.run_string(other, "import autograd")
except interpreters.RunFailedError as error:
    print(error)
import autograd
print(autograd.Variable(2.0) * 3)
"""


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="the module has another name there")
@pytest.mark.parametrize("first", ["", "import autograd; autograd.Variable(1.0)"])
def test_another_interpreter_is_told(first: str) -> None:
    told, value = run(BESIDE.format(first=first)).splitlines()
    assert "ImportError" in told
    assert "main interpreter" in told
    assert value == "variable(6.0)"
