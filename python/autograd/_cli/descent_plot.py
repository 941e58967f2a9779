"""The picture of a descent. Needs matplotlib."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from autograd import Variable, no_grad
from autograd._cli import plot
from autograd._cli.errors import CommandError
from autograd._cli.surfaces import Point, Surface


def draw(surface: Surface, name: str, path: Sequence[Point], file: Path) -> None:
    """Draw the contours of a function on logarithmic levels, the path and the minima."""
    import numpy as np
    from matplotlib.colors import LogNorm
    from matplotlib.figure import Figure

    ranges = [_padded(surface.view[k], [p[k] for p in path]) for k in (0, 1)]
    x, y = np.meshgrid(*(np.linspace(lo, hi, 300) for lo, hi in ranges))
    with no_grad():
        z = surface.function(Variable(x), Variable(y)).data - surface.lowest
    top = float(z.max())
    if not math.isfinite(top):
        raise CommandError("the path goes too far to be drawn")
    bottom = max(float(z.min()), 1e-5 * top)
    # Doubles that are rounded to below the minimum have no logarithm.
    z = np.maximum(z, bottom)

    figure = Figure(figsize=(6.4, 5.6), layout="constrained")
    axes = figure.add_subplot(xlabel="x", ylabel="y", title=name)
    levels = np.geomspace(bottom, top, 25)
    axes.contour(x, y, z, levels=levels, norm=LogNorm(bottom, top), cmap="viridis", linewidths=0.8)
    axes.plot(*zip(*path, strict=True), "o-", color="tab:orange", markersize=2, linewidth=1)
    inside = [
        m
        for m in surface.minima
        if all(lo <= v <= hi for v, (lo, hi) in zip(m, ranges, strict=True))
    ]
    if inside:
        axes.plot(*zip(*inside, strict=True), "*", color="tab:red", markersize=12)
    plot.save(figure, file)


def _padded(view: Point, values: Sequence[float]) -> Point:
    lo, hi = min(values), max(values)
    pad = 0.05 * (hi - lo)
    return min(view[0], lo - pad), max(view[1], hi + pad)
