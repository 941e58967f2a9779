"""``python -m autograd lstm``: a recurrent model that learns a sine and predicts a cosine."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable
from pathlib import Path

from autograd import Variable, data, models, no_grad, optimizers, random, test_mode
from autograd import functions as F
from autograd._cli import arguments, lstm_plot, plot
from autograd._cli.command import Command
from autograd._cli.errors import CommandError
from autograd._cli.files import check_writable
from autograd._cli.progress import Progress

OPTIMIZERS = {"adam": optimizers.Adam, "sgd": optimizers.SGD}

# A loss may rise to some hundred times the size of the data, and come down again; not from here.
DIVERGED = 1e6

NOTES = """\
The model is an LSTM layer and a linear one. It learns the next value of a noisy sine of N points,
one period. The points are cut into BATCH_SIZE stretches that are gone through side by side, a step
of each at a time, so that the state of the model goes on from batch to batch; points that are left
over are not used. After every BPTT_LENGTH steps, and at the end of an epoch, the losses of these
steps are summed and differentiated, the graph is cut there, and the parameters are updated:
truncated back-propagation through time. An epoch starts with an empty state.

Then the model is given a cosine, value by value: two periods in N - 1 points, so steps twice as
long as those it learnt. Standard output gets a line "x,prediction" for each, where the prediction
is that of the point after x; the first ones are poor, as the state is empty. Progress and losses,
mean squared errors per step, go to standard error.

Of the optimizers adam is the steadier one: with sgd the loss rises before it falls, and a long
BPTT_LENGTH needs a small learning rate, as the sum of the losses grows with it.

examples:
  python -m autograd lstm --seed 0 > cosine.csv
  python -m autograd lstm --plot lstm.png --save lstm.safetensors
  python -m autograd lstm --epochs 0 --load lstm.safetensors
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Define the options."""

    def add(
        name: str, kind: Callable[[str], float], default: float, text: str, metavar: str = "N"
    ) -> None:
        parser.add_argument(
            name, type=kind, default=default, metavar=metavar, help=f"{text} (default: %(default)s)"
        )

    add("--N", arguments.several, 1000, "number of points of the curve")
    add("--epochs", arguments.count_or_none, 100, "how often to go through them")
    add("--batch-size", arguments.count, 30, "number of stretches side by side")
    add("--hidden-size", arguments.count, 100, "number of outputs of the recurrent layer")
    add("--bptt-length", arguments.count, 30, "number of steps to go back")
    add("--learning-rate", arguments.positive, 0.01, "learning rate", "LR")
    add("--noise", arguments.not_negative, 0.05, "largest deviation from the sine", "E")
    parser.add_argument(
        "--optimizer",
        choices=OPTIMIZERS,
        default="adam",
        help="what updates the parameters (default: %(default)s)",
    )
    parser.add_argument(
        "--dtype",
        choices=("float64", "float32"),
        default="float64",
        help="what is computed in (default: %(default)s)",
    )
    parser.add_argument(
        "--seed",
        type=arguments.count_or_none,
        metavar="N",
        help="seed of noise and weights (default: another one each time)",
    )
    parser.add_argument(
        "--every",
        type=arguments.count,
        metavar="N",
        help="report every Nth epoch, and the last one, where there is no progress bar "
        "(default: a tenth of the epochs)",
    )
    parser.add_argument(
        "--plot",
        type=arguments.picture,
        metavar="FILE",
        help="draw losses and predictions to a .png, .svg or .pdf file (needs autograd-rs[plot])",
    )
    parser.add_argument(
        "--save",
        type=arguments.output,
        metavar="FILE",
        help="write the trained parameters to a safetensors file",
    )
    parser.add_argument(
        "--load",
        type=Path,
        metavar="FILE",
        help="start from the parameters in a file that --save wrote",
    )


def run(args: argparse.Namespace) -> None:
    """Run the command."""
    check(args)
    try:
        model, loader = make(args)
        if args.load is not None:
            load(model, args)
        losses = train(model, loader, args)
        if args.save is not None:
            save(model, args.save)
        angles, predictions = predict(model, args.N - 1, args.dtype)
    except MemoryError as error:
        raise CommandError(f"out of memory: {error}") from None
    if args.plot is not None:
        lstm_plot.draw(losses, angles, predictions, args.plot)
    rows = zip(angles, predictions, strict=True)
    sys.stdout.write("".join(f"{x:.6f},{y:.6f}\n" for x, y in rows))


def check(args: argparse.Namespace) -> None:
    """Complain of what would fail after the training."""
    if args.batch_size >= args.N:
        raise CommandError(
            f"--batch-size must be below --N, got {args.batch_size} of {args.N}", code=2
        )
    if args.plot is not None:
        plot.check()
        check_writable(args.plot)
    if args.save is not None:
        check_writable(args.save, replaced=True)


def make(args: argparse.Namespace) -> tuple[models.LSTM, data.SequenceLoader]:
    """Make the model, with all of its parameters, and the data."""
    import numpy as np

    rng = random.source(args.seed)
    try:
        curve = data.Curve(args.N, args.noise, rng=rng, dtype=args.dtype)
        loader = data.SequenceLoader(curve.x, curve.t, args.batch_size)
        model = models.LSTM(args.hidden_size, 1, rng, args.dtype)
    except ValueError as e:
        # What NumPy says of arrays that no memory at all could hold.
        raise CommandError(f"--N or --hidden-size is too large: {e}", code=2) from e
    # The first call makes the parameters that depend on the input.
    with no_grad():
        model(np.zeros((1, 1), args.dtype))
    return model, loader


def load(model: models.LSTM, args: argparse.Namespace) -> None:
    """Give the model the parameters in a file."""
    try:
        model.load(args.load)
    except OSError as e:
        raise CommandError(f"cannot read {args.load}: {e.strerror or e}") from e
    except ValueError as e:
        wanted = f"--hidden-size {args.hidden_size} and --dtype {args.dtype}"
        raise CommandError(f"cannot load {args.load} with {wanted}: {e}") from e


def save(model: models.LSTM, file: Path) -> None:
    """Write the parameters of the model to a file."""
    try:
        model.save(file)
    except OSError as e:
        raise CommandError(f"cannot write {file}: {e.strerror or e}") from e


def train(model: models.LSTM, loader: data.SequenceLoader, args: argparse.Namespace) -> list[float]:
    """Train the model, and return the loss of each epoch."""
    epochs: int = args.epochs
    optimizer = OPTIMIZERS[args.optimizer](lr=args.learning_rate)
    every = max(epochs // 10, 1) if args.every is None else args.every
    limit = DIVERGED * (1.0 + args.noise * args.noise)
    losses: list[float] = []
    with Progress(epochs, "epoch", every) as progress:
        for epoch in range(1, epochs + 1):
            loss = train_epoch(model, loader, optimizer, args.bptt_length)
            if not loss < limit:
                raise CommandError(
                    f"diverged at epoch {epoch} of {epochs}: loss = {loss:g}; "
                    "try a smaller --learning-rate"
                )
            losses.append(loss)
            progress.step(f"loss {loss:.6f}")
    return losses


def train_epoch(
    model: models.LSTM,
    loader: data.SequenceLoader,
    optimizer: optimizers.Optimizer,
    bptt_length: int,
) -> float:
    """Go through the data once, and return the mean loss of a step."""
    model.reset_state()
    total = 0.0
    window: list[Variable] = []
    for step, (x, t) in enumerate(loader, 1):
        window.append(F.mean_squared_error(model(x), t))
        if len(window) == bptt_length or step == len(loader):
            loss = sum(window[1:], window[0])
            model.cleargrads()
            loss.backward()
            loss.unchain_backward()
            optimizer.update(model)
            total += loss.item()
            window.clear()
    return total / len(loader)


def predict(model: models.LSTM, n: int, dtype: str) -> tuple[list[float], list[float]]:
    """Return ``n`` angles, and what the model predicts to follow the cosine of each."""
    import numpy as np

    angles = np.linspace(0.0, 4.0 * math.pi, n)
    model.reset_state()
    with no_grad(), test_mode():
        predictions = [model(x).item() for x in np.cos(angles).astype(dtype).reshape(n, 1, 1)]
    if not all(map(math.isfinite, predictions)):
        raise CommandError("the prediction is not finite; try a smaller --learning-rate")
    return angles.tolist(), predictions


LSTM = Command(
    name="lstm",
    summary="train a recurrent model on a sine, and predict a cosine",
    description=(
        "Trains a recurrent model to predict the next value of a noisy sine, and prints what\n"
        "it predicts of a cosine as lines of CSV."
    ),
    notes=NOTES,
    configure=configure,
    run=run,
)
