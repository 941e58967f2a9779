"""``python -m autograd newton``: Newton's method, with a derivative of a derivative."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator

from autograd import Variable, no_grad
from autograd._cli import arguments
from autograd._cli.command import Command
from autograd._cli.errors import CommandError
from autograd._cli.progress import Progress

NOTES = """\
The method goes to where the first derivative is 0: the minima at -1 and 1, or the maximum at 0.

examples:
  python -m autograd newton
  python -m autograd newton --start -3 --steps 10
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Define the options."""
    parser.add_argument(
        "--start",
        type=arguments.number,
        default=2.0,
        metavar="X",
        help="where to start (default: %(default)s)",
    )
    parser.add_argument(
        "--steps",
        type=arguments.count,
        default=7,
        metavar="N",
        help="number of steps (default: %(default)s)",
    )


def run(args: argparse.Namespace) -> None:
    """Run the command."""
    steps: int = args.steps
    with Progress(steps) as progress:
        for step, x in zip(range(1, steps + 1), newton(args.start), strict=False):
            if not math.isfinite(x):
                raise CommandError(
                    f"diverged at step {step} of {steps}: x = {x}; try another --start"
                )
            progress.line(f"{x}")
            progress.step()


def curve(x: Variable) -> Variable:
    """Compute ``x⁴ - 2x²``."""
    return x**4 - 2 * x**2


def newton(start: float) -> Iterator[float]:
    """Yield one point after the other, for ever."""
    x = Variable(start)
    while True:
        first = derivative(curve(x), x)
        second = derivative(first, x)
        with no_grad():
            x -= first / second
        yield x.item()


def derivative(y: Variable, x: Variable) -> Variable:
    """Differentiate in a way that can be differentiated again."""
    x.cleargrad()
    y.backward(create_graph=True)
    return Variable(0.0) if x.grad is None else x.grad


NEWTON = Command(
    name="newton",
    summary="minimise x^4 - 2x^2 by Newton's method",
    description=(
        "Minimises x^4 - 2x^2 by Newton's method, the second derivative taken by double\n"
        "backward, and prints x after every step."
    ),
    notes=NOTES,
    configure=configure,
    run=run,
)
