"""Functions of two variables that are hard, or easy, to minimise.

They are written with operators alone, and so take Variables, arrays and numbers alike.
Formulas: Jamil & Yang, *A literature survey of benchmark functions for global optimisation
problems*, 2013.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from autograd import Variable

Point = tuple[float, float]


def rosenbrock(x: Variable, y: Variable) -> Variable:
    """Compute ``100 (y - x²)² + (x - 1)²``: a long, curved valley."""
    return 100 * (y - x**2) ** 2 + (x - 1) ** 2


def matyas(x: Variable, y: Variable) -> Variable:
    """Compute ``0.26 (x² + y²) - 0.48 x y``: a flat plate."""
    return 0.26 * (x**2 + y**2) - 0.48 * x * y


def sphere(x: Variable, y: Variable) -> Variable:
    """Compute ``x² + y²``: a bowl."""
    return x**2 + y**2


def goldstein_price(x: Variable, y: Variable) -> Variable:
    """Compute the product of two polynomials of degree four: steep, with local minima."""
    a = 19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2
    b = 18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2
    return (1 + (x + y + 1) ** 2 * a) * (30 + (2 * x - 3 * y) ** 2 * b)


def himmelblau(x: Variable, y: Variable) -> Variable:
    """Compute ``(x² + y - 11)² + (x + y² - 7)²``: four minima of the same depth."""
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


def beale(x: Variable, y: Variable) -> Variable:
    """Compute ``(1.5 - x + xy)² + (2.25 - x + xy²)² + (2.625 - x + xy³)²``: flat, with peaks."""
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


@dataclass(frozen=True, slots=True)
class Surface:
    """A function, where it is lowest, and how gradient descent gets there."""

    function: Callable[[Variable, Variable], Variable]
    start: Point
    lr: float
    steps: int
    minima: tuple[Point, ...]
    """The places of the global minimum."""
    lowest: float
    """The value there."""
    view: tuple[Point, Point]
    """What a picture shows at least, as ranges of x and y."""


SURFACES = {
    "rosenbrock": Surface(
        rosenbrock, (0.0, 2.0), 0.001, 10_000, ((1.0, 1.0),), 0.0, ((-0.5, 1.5), (-0.5, 2.5))
    ),
    "matyas": Surface(matyas, (4.0, 1.0), 1.0, 500, ((0.0, 0.0),), 0.0, ((-1.0, 5.0), (-2.0, 4.0))),
    "sphere": Surface(sphere, (2.0, 1.0), 0.1, 100, ((0.0, 0.0),), 0.0, ((-1.0, 2.5), (-1.5, 2.0))),
    "goldstein-price": Surface(
        goldstein_price, (0.4, -0.6), 1e-5, 10_000, ((0.0, -1.0),), 3.0, ((-1.5, 1.5), (-2.0, 1.0))
    ),
    "himmelblau": Surface(
        himmelblau,
        (0.0, 0.0),
        0.01,
        200,
        (
            (3.0, 2.0),
            (-2.805118086952745, 3.131312518250573),
            (-3.779310253377747, -3.283185991286170),
            (3.584428340330492, -1.848126526964404),
        ),
        0.0,
        ((-5.0, 5.0), (-5.0, 5.0)),
    ),
    "beale": Surface(
        beale, (1.0, 1.0), 0.01, 10_000, ((3.0, 0.5),), 0.0, ((-0.5, 4.0), (-1.0, 1.5))
    ),
}
