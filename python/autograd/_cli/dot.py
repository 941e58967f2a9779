"""``python -m autograd dot``: the graph of a derivative, in the DOT language or as a picture."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from autograd import Variable, dot
from autograd import functions as F
from autograd._cli import arguments
from autograd._cli.command import Command
from autograd._cli.errors import CommandError
from autograd._cli.files import check_writable

FUNCTIONS: dict[str, Callable[[Variable], Variable]] = {
    "sin": F.sin,
    "cos": F.cos,
    "tanh": F.tanh,
    "exp": F.exp,
    "log": F.log,
    "pow": lambda x: x**3,
    "square": F.square,
    "neg": F.neg,
    "sigmoid": F.sigmoid,
    "gelu": F.gelu,
}

NOTES = """\
Variables are orange, operations blue, constants grey. y is the function of x (pow is x^3), gx1
its first derivative, gx2 the second, and so on; one that is 0 everywhere is a constant. Without
--out the text goes to standard output, for any program that reads DOT.

examples:
  python -m autograd dot --func sin --order 0
  python -m autograd dot --func tanh --order 2 --out tanh.svg
  python -m autograd dot --func gelu --x 0.5 --verbose | dot -Tpng > gelu.png
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Define the options."""
    parser.add_argument(
        "--func",
        choices=FUNCTIONS,
        default="tanh",
        metavar="NAME",
        help=f"one of {', '.join(FUNCTIONS)} (default: %(default)s)",
    )
    parser.add_argument(
        "--order",
        type=arguments.count_or_none,
        default=1,
        metavar="N",
        help="which derivative; 0 is the function itself (default: %(default)s)",
    )
    parser.add_argument(
        "--x",
        type=arguments.number,
        default=1.0,
        metavar="X",
        help="where to differentiate (default: %(default)s)",
    )
    parser.add_argument("--verbose", action="store_true", help="show shapes, dtypes and values")
    parser.add_argument(
        "--out",
        type=arguments.picture,
        metavar="FILE",
        help="draw the graph to a .png, .svg or .pdf file (needs Graphviz)",
    )


def run(args: argparse.Namespace) -> None:
    """Run the command."""
    if args.out is not None:
        check_writable(args.out, replaced=True)
    result = derivatives(FUNCTIONS[args.func], args.x, args.order)[-1]
    if args.out is None:
        print(dot.graph(result, args.verbose))
        return
    try:
        dot.render(result, args.out, args.verbose)
    except FileNotFoundError as e:
        raise CommandError(str(e).replace("render", "--out", 1), code=2) from e
    except (OSError, RuntimeError) as e:
        raise CommandError(f"cannot draw {args.out}: {e}") from e


def derivatives(f: Callable[[Variable], Variable], at: float, order: int) -> list[Variable]:
    """Return the function and its derivatives, each a result of the graph before it."""
    x = Variable(at, name="x")
    y = f(x)
    y.name = "y"
    found = [y]
    for k in range(1, order + 1):
        gradient = derivative(found[-1], x)
        gradient.name = f"gx{k}"
        found.append(gradient)
    return found


def derivative(y: Variable, x: Variable) -> Variable:
    """Differentiate in a way that can be differentiated again; a constant 0 if y is none of x."""
    x.cleargrad()
    if y.requires_grad:
        y.backward(create_graph=True)
    return Variable(0.0, requires_grad=False) if x.grad is None else x.grad


DOT = Command(
    name="dot",
    summary="show the graph of a derivative",
    description=(
        "Differentiates a function of one variable, as often as is asked for, and writes the\n"
        "graph of the last derivative in the DOT language of Graphviz, or draws it."
    ),
    notes=NOTES,
    configure=configure,
    run=run,
)
