"""Values at zeros, infinities, NaN, domain ends, subnormal and huge numbers, with their signs."""

from math import inf, nan, pi

# Subnormal in both dtypes.
TINY = 1.401298464324817e-45
# Powers of two, the same in both dtypes.
HUGE = 2.0**100


def _odd(name: str, *pairs: tuple[float, float]) -> list[tuple[str, tuple[float, ...], float]]:
    """Rows of an odd function that is x near zero."""
    rows = [(0.0, 0.0), (TINY, TINY), *pairs]
    both = [row for x, y in rows for row in ((name, (x,), y), (name, (-x,), -y))]
    return [*both, (name, (nan,), nan)]


def _rows(name: str, *pairs: tuple[float, float]) -> list[tuple[str, tuple[float, ...], float]]:
    return [*((name, (x,), y) for x, y in pairs), (name, (nan,), nan)]


# Names, arguments, values.
EDGES = [
    *_rows("exp", (0.0, 1), (-0.0, 1), (TINY, 1), (inf, inf), (-inf, 0), (HUGE, inf), (-HUGE, 0)),
    *_rows("exp2", (0.0, 1), (-0.0, 1), (3.0, 8), (inf, inf), (-inf, 0), (HUGE, inf), (-HUGE, 0)),
    *_rows("expm1", (0.0, 0.0), (-0.0, -0.0), (TINY, TINY), (-TINY, -TINY)),
    *_rows("expm1", (inf, inf), (-inf, -1), (HUGE, inf), (-HUGE, -1)),
    *_rows("log", (1, 0.0), (0.0, -inf), (-0.0, -inf), (-1, nan), (inf, inf), (-inf, nan)),
    *_rows("log2", (1, 0.0), (0.0, -inf), (-0.0, -inf), (-1, nan), (inf, inf), (HUGE, 100)),
    *_rows("log2", (TINY, -149)),
    *_rows("log10", (1, 0.0), (0.0, -inf), (-0.0, -inf), (-1, nan), (inf, inf), (1000, 3)),
    *_rows("log1p", (0.0, 0.0), (-0.0, -0.0), (TINY, TINY), (-1, -inf), (-2, nan), (inf, inf)),
    *_odd("sin", (inf, nan)),
    *_rows("cos", (0.0, 1), (-0.0, 1), (TINY, 1), (inf, nan), (-inf, nan)),
    *_odd("tan", (inf, nan)),
    *_odd("asin", (1.5, nan), (inf, nan)),
    *_rows("acos", (1, 0.0), (1.5, nan), (-1.5, nan), (inf, nan)),
    *_odd("atan", (inf, pi / 2), (HUGE, pi / 2)),
    *(("atan2", (y, x), a) for y, x, a in ((0.0, 1, 0.0), (-0.0, 1, -0.0), (0.0, -1, pi))),
    *(("atan2", (y, x), a) for y, x, a in ((-0.0, -1, -pi), (0.0, 0.0, 0.0), (0.0, -0.0, pi))),
    *(("atan2", (y, x), a) for y, x, a in ((inf, inf, pi / 4), (-inf, 1, -pi / 2), (1, inf, 0.0))),
    *(("atan2", (y, x), a) for y, x, a in ((1, -inf, pi), (nan, 1, nan), (1, nan, nan))),
    *(("atan2", (y, x), a) for y, x, a in ((TINY, TINY, pi / 4), (HUGE, HUGE, pi / 4))),
    *_odd("sinh", (inf, inf), (HUGE, inf)),
    *_rows("cosh", (0.0, 1), (-0.0, 1), (TINY, 1), (inf, inf), (-inf, inf), (-HUGE, inf)),
    *_odd("tanh", (inf, 1), (HUGE, 1)),
    *_odd("asinh", (inf, inf)),
    *_rows("acosh", (1, 0.0), (0.5, nan), (-2, nan), (inf, inf), (-inf, nan)),
    *_odd("atanh", (1, inf), (1.5, nan), (inf, nan)),
    *_rows("erf", (0.0, 0.0), (-0.0, -0.0), (inf, 1), (-inf, -1), (HUGE, 1), (-HUGE, -1)),
    *_rows("erfc", (0.0, 1), (-0.0, 1), (TINY, 1), (inf, 0), (-inf, 2), (HUGE, 0), (-HUGE, 2)),
    *_rows("sigmoid", (0.0, 0.5), (-0.0, 0.5), (inf, 1), (-inf, 0), (HUGE, 1), (-HUGE, 0)),
    *_rows("softplus", (inf, inf), (-inf, 0), (HUGE, HUGE), (-HUGE, 0)),
    *_rows("sqrt", (0.0, 0.0), (-0.0, -0.0), (-1, nan), (inf, inf), (HUGE, 2.0**50)),
    *(("pow", (x, y), z) for x, y, z in ((0.0, 0.0, 1), (2, -1, 0.5), (0.0, 2, 0.0))),
    *(
        ("pow", (x, y), z)
        for x, y, z in ((inf, 2, inf), (inf, -1, 0), (nan, 0.0, 1), (-8, 3, -512))
    ),
    *_rows("lgamma", (1, 0.0), (2, 0.0), (0.0, inf), (-0.0, inf), (-1, inf), (-2, inf), (inf, inf)),
    *_rows("digamma", (0.0, -inf), (-0.0, inf), (-1, nan), (-2, nan), (inf, inf), (-inf, nan)),
]
