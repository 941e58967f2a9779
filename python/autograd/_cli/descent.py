"""``python -m autograd descent``: gradient descent on a function of two variables."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator

from autograd import Variable, no_grad
from autograd._cli import arguments, descent_plot, plot
from autograd._cli.command import Command
from autograd._cli.errors import CommandError
from autograd._cli.progress import Progress
from autograd._cli.surfaces import SURFACES, Point, Surface

# More points than a picture can show are not kept.
POINTS = 10_000


def configure(parser: argparse.ArgumentParser) -> None:
    """Define the options."""
    parser.add_argument(
        "function",
        nargs="?",
        choices=SURFACES,
        default="rosenbrock",
        metavar="FUNCTION",
        help=f"one of {', '.join(SURFACES)} (default: %(default)s)",
    )
    parser.add_argument(
        "--start",
        nargs=2,
        type=arguments.number,
        metavar=("X", "Y"),
        help="where to start (default: see below)",
    )
    parser.add_argument("--lr", type=arguments.positive, help="learning rate (default: see below)")
    parser.add_argument(
        "--steps", type=arguments.count, metavar="N", help="number of steps (default: see below)"
    )
    parser.add_argument(
        "--every",
        type=arguments.count,
        metavar="N",
        help="print every Nth step, and the last one (default: a tenth of the steps)",
    )
    parser.add_argument(
        "--momentum",
        type=arguments.fraction,
        default=0.0,
        metavar="M",
        help="share of a step that the next one adds, from 0 to below 1 (default: %(default)s)",
    )
    parser.add_argument(
        "--plot",
        type=arguments.picture,
        metavar="FILE",
        help="draw contours and path to a .png, .svg or .pdf file (needs autograd-rs[plot])",
    )


def notes() -> str:
    """List the defaults of each function, and examples."""
    rows = [f"  {'function':16} {'start':>10}  {'lr':>6}  {'steps':>6}"]
    for name, s in SURFACES.items():
        start = f"{s.start[0]:g} {s.start[1]:g}"
        rows.append(f"  {name:16} {start:>10}  {s.lr:>6g}  {s.steps:>6}")
    return "\n".join(
        [
            "defaults:",
            *rows,
            "",
            "examples:",
            "  python -m autograd descent",
            "  python -m autograd descent beale --momentum 0.9 --steps 500",
            "  python -m autograd descent himmelblau --start -1 -1 --plot himmelblau.svg",
        ]
    )


def run(args: argparse.Namespace) -> None:
    """Run the command."""
    if args.plot is not None:
        plot.check()
    surface = SURFACES[args.function]
    start: Point = surface.start if args.start is None else tuple(args.start)
    lr: float = surface.lr if args.lr is None else args.lr
    steps: int = surface.steps if args.steps is None else args.steps
    every: int = max(steps // 10, 1) if args.every is None else args.every
    stride = max(steps // POINTS, 1)
    path = [start]
    # Numbers alone for whoever reads a pipe.
    watched = sys.stdout.isatty()
    with Progress(steps) as progress:
        if watched:
            progress.line(title(args.function, start, every))
        points = zip(range(1, steps + 1), descend(surface, start, lr, args.momentum), strict=False)
        for step, (x, y) in points:
            if not (math.isfinite(x) and math.isfinite(y)):
                raise CommandError(
                    f"diverged at step {step} of {steps}: x = {x}, y = {y}; try a smaller --lr"
                )
            if args.plot is not None and (step % stride == 0 or step == steps):
                path.append((x, y))
            if step % every == 0 or step == steps:
                progress.line(f"{x} {y}")
            progress.step()
        if watched:
            progress.line(result(surface, (x, y), steps))
    if args.plot is not None:
        descent_plot.draw(surface, args.function, path, args.plot)


def title(name: str, start: Point, every: int) -> str:
    """Say what the lines below it are."""
    lines = "every step" if every == 1 else f"every {every} steps"
    return f"{name} from {pair(start)}: x and y, {lines}"


def result(surface: Surface, reached: Point, steps: int) -> str:
    """Say what was reached, and what there is to reach: the nearest place of the minimum."""
    value = surface.function(Variable(reached[0]), Variable(reached[1])).item()
    nearest = min(surface.minima, key=lambda minimum: math.dist(minimum, reached))
    return (
        f"after {steps} steps: {value:.3g} at {pair(reached)}; "
        f"the minimum: {surface.lowest:g} at {pair(nearest)}"
    )


def pair(point: Point) -> str:
    """Write a point for a reader."""
    return f"({point[0]:.6g}, {point[1]:.6g})"


def descend(surface: Surface, start: Point, lr: float, momentum: float) -> Iterator[Point]:
    """Yield one point after the other, for ever."""
    x, y = Variable(start[0]), Variable(start[1])
    # How far the last step went.
    dx, dy = Variable(0.0), Variable(0.0)
    while True:
        x.cleargrad()
        y.cleargrad()
        surface.function(x, y).backward()
        with no_grad():
            dx, dy = momentum * dx - lr * gradient(x), momentum * dy - lr * gradient(y)
            x += dx
            y += dy
        yield x.item(), y.item()


def gradient(v: Variable) -> Variable:
    """Return the gradient; 0 where the function does not depend on the variable."""
    return Variable(0.0) if v.grad is None else v.grad


DESCENT = Command(
    name="descent",
    summary="minimise a function of two variables by gradient descent",
    description=(
        "Minimises a function of two variables by gradient descent, and prints x and y\n"
        "every so many steps; on a terminal also what was reached."
    ),
    notes=notes(),
    configure=configure,
    run=run,
)
