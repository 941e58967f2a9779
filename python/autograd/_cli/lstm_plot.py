"""The picture of a recurrent model: how it learnt, and what it predicts. Needs matplotlib."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from autograd._cli import plot


def draw(
    losses: Sequence[float], angles: Sequence[float], predictions: Sequence[float], file: Path
) -> None:
    """Draw the loss of each epoch, if there were any, and the predicted cosine over the true one.

    A prediction is drawn at the angle that it is about: the one after that of the value given.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    figure = Figure(figsize=(7.2, 6.4 if losses else 3.4), layout="constrained")
    rows = 2 if losses else 1
    if losses:
        axes = figure.add_subplot(
            rows, 1, 1, xlabel="epoch", ylabel="mean squared error", title="loss", yscale="log"
        )
        epochs = range(1, len(losses) + 1)
        axes.plot(epochs, losses, color="tab:blue", marker=_marker(losses))
        axes.xaxis.set_major_locator(MaxNLocator(steps=[1, 2, 5, 10], integer=True))
        axes.grid(which="major", alpha=0.3)

    step = angles[1] - angles[0] if len(angles) > 1 else 0.0
    targets = [a + step for a in angles]
    axes = figure.add_subplot(rows, 1, rows, xlabel="x", title="cosine, one step ahead")
    truth, marker = [math.cos(a) for a in targets], _marker(targets)
    axes.plot(targets, truth, color="0.7", linewidth=4, marker=marker, label="cos x")
    axes.plot(targets, predictions, color="tab:orange", marker=marker, label="predicted")
    quarters = ["0", "π", "2π", "3π", "4π"]
    axes.set_xticks([k * math.pi for k in range(len(quarters))], quarters)
    axes.grid(alpha=0.3)
    # Above the curves, which fill the rest.
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.2 * (high - low))
    axes.legend(loc="upper center", ncols=2, frameon=False)
    plot.save(figure, file)


def _marker(values: Sequence[float]) -> str | None:
    """Return the mark of a single value, which has no line."""
    return "o" if len(values) == 1 else None
