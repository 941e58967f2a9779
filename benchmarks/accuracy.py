"""Measure the errors of the elementary functions: ``python -m benchmarks.accuracy --help``.

Every function in `ROWS` that the installed package has is applied to arrays of random and of
difficult arguments, and compared with mpmath's value, computed with 40 digits and more where they
cancel. The error is given in ulp: in units of the distance between neighbouring numbers of the
result's dtype at the exact value.
"""

import argparse
import datetime
import json
import math
import platform
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import mpmath
import numpy as np
from mpmath import mp, mpf

from autograd import functions as F

from .accuracy_edges import EDGES

PAGE = Path(__file__).resolve().parent.parent / "docs" / "accuracy.md"
MARK = "<!-- measured -->"
DIGITS = 40

Sampler = Callable[[np.random.Generator, int, np.dtype], np.ndarray]


def even(low: float, high: float) -> Sampler:
    """Evenly spread numbers."""
    return lambda rng, n, dtype: rng.uniform(low, high, n)


def scales(low: int | None = None, high: int | None = None, signs: bool = True) -> Sampler:
    """Numbers with evenly spread binary exponents: by default all there are, with both signs."""

    def sample(rng, n, dtype):
        info = np.finfo(dtype)
        smallest = info.minexp - info.nmant if low is None else low
        x = np.ldexp(rng.uniform(1, 2, n), rng.integers(smallest, high or info.maxexp, n))
        return x * rng.choice([-1.0, 1.0], n) if signs else x

    return sample


def near(*centres: float) -> Sampler:
    """Numbers at all distances from some others, down to their neighbours."""

    def sample(rng, n, dtype):
        bits = np.finfo(dtype).nmant
        offset = np.ldexp(rng.uniform(1, 2, n), rng.integers(-bits - 1, -3, n))
        return rng.choice(centres, n) * (1 + offset * rng.choice([-1.0, 1.0], n))

    return sample


def quarter_turns(limit: float) -> Sampler:
    """The numbers that are nearest to multiples of pi/2."""
    return lambda rng, n, dtype: rng.integers(-limit, limit, n) * (np.pi / 2)


@dataclass(frozen=True)
class Row:
    """A function, its exact value, and where to measure it."""

    name: str
    exact: Callable
    places: list[Sampler]
    # The places of a second operand.
    others: list[Sampler] | None = None
    # What to call where that is not the function of this name.
    call: Callable | None = None
    dtypes: tuple[str, ...] = ("float64", "float32")
    # Said in the table.
    note: str = ""

    @property
    def function(self) -> Callable | None:
        """The package's function, if there is one."""
        found = getattr(F, self.name.partition("(")[0], None)
        return found and (self.call or found)


def sigmoid(x):
    """1 / (1 + e^-x)."""
    return 1 / (1 + mpmath.exp(-x)) if x > -1e4 else mpmath.exp(x)


def softplus(x):
    """log(1 + e^x), in which the exponential may be far below 1."""
    if x > 0:
        return x + softplus(-x)
    return mpmath.log1p(mpmath.exp(x))


def log_gamma(x):
    """log |Gamma(x)|."""
    return mpmath.loggamma(x) if x > 0 else mpmath.log(abs(mpmath.gamma(x)))


BOTH = [scales(), even(-4, 4)]
TURNS = [even(-7, 7), scales(), quarter_turns(3000), quarter_turns(2**22), even(-1e7, 1e7)]
ROWS = [
    Row("exp", mpmath.exp, [even(-750, 712), even(-104, 89), even(-1, 1), scales(-60, 11)]),
    Row("exp2", lambda x: mpf(2) ** x, [even(-1076, 1025), even(-150, 129), even(-1, 1)]),
    Row("expm1", mpmath.expm1, [even(-50, 712), even(-20, 89), even(-1, 1), scales(None, 11)]),
    Row("log", mpmath.log, [scales(signs=False), even(0.4, 2.5), near(1.0)]),
    Row("log2", lambda x: mpmath.log(x, 2), [scales(signs=False), even(0.4, 2.5), near(1.0)]),
    Row("log10", mpmath.log10, [scales(signs=False), even(0.4, 2.5), near(1.0)]),
    Row("log1p", mpmath.log1p, [scales(None, 0), scales(signs=False), even(-1, 3), near(-1.0)]),
    Row("sin", mpmath.sin, TURNS),
    Row("cos", mpmath.cos, TURNS),
    Row("tan", mpmath.tan, TURNS),
    Row("asin", mpmath.asin, [scales(None, 0), even(-1, 1), near(-1.0, -0.5, 0.5, 1.0)]),
    Row("acos", mpmath.acos, [scales(None, 0), even(-1, 1), near(-1.0, -0.5, 0.5, 1.0)]),
    Row("atan", mpmath.atan, [*BOTH, near(-1.0, 1.0, 0.41421356, 2.41421356)]),
    Row("atan2", mpmath.atan2, [scales(), even(-4, 4)], others=[scales(), even(-4, 4)]),
    Row("sinh", mpmath.sinh, [even(-712, 712), even(-90, 90), even(-3, 3), scales(None, 9)]),
    Row("cosh", mpmath.cosh, [even(-712, 712), even(-90, 90), even(-3, 3), scales(None, 9)]),
    Row("tanh", mpmath.tanh, [even(-23, 23), even(-1, 1), scales()]),
    Row("asinh", mpmath.asinh, BOTH),
    Row("acosh", mpmath.acosh, [scales(0, signs=False), even(1, 4), near(1.0)]),
    Row("atanh", mpmath.atanh, [scales(None, 0), even(-1, 1), near(-1.0, 1.0)]),
    Row("erf", mpmath.erf, [even(-6, 6), even(-1.2, 1.2), scales(None, 3)]),
    Row("erfc", mpmath.erfc, [even(-6, 6), even(0, 27.3), even(0, 10.1), scales(-60, 3)]),
    Row("sigmoid", sigmoid, [even(-750, 40), even(-104, 20), even(-5, 5), scales(-60, 10)]),
    Row("softplus", softplus, [even(-750, 40), even(-104, 20), even(-5, 5), scales(-60)]),
    Row("log_sigmoid", lambda x: -softplus(-x), [even(-40, 750), even(-5, 5), scales(-60)]),
    Row("sqrt", mpmath.sqrt, [scales(signs=False)]),
    Row(
        "pow",
        mpmath.power,
        [even(0.01, 10), scales(-20, 20, signs=False), near(1.0)],
        others=[even(-20, 20), even(-15, 15), even(-400, 400)],
    ),
    Row(
        "hypot", mpmath.hypot, [scales(-60, 60), even(-4, 4)], others=[scales(-60, 60), even(-4, 4)]
    ),
    Row(
        "lgamma",
        log_gamma,
        [even(0, 4), even(4, 200), scales(signs=False), near(1.0, 2.0)],
        note="x > 0, its zeros 1 and 2 included",
    ),
    Row(
        "digamma",
        mpmath.digamma,
        [even(0, 4), even(4, 200), scales(signs=False), near(1.4616321449683623)],
        note="x > 0, its zero 1.46... included",
    ),
    Row(
        "polygamma(1, x)",
        lambda x: mpmath.psi(1, x),
        [even(0.01, 4), even(4, 200)],
        call=lambda x: F.polygamma(1, x),
        note="x > 0",
    ),
]


@dataclass(frozen=True)
class Worst:
    """The largest error found, and where."""

    name: str
    dtype: str
    ulp: float
    arguments: tuple[float, ...]
    points: int
    note: str


def spread(samplers: list[Sampler], rng: np.random.Generator, n: int, dtype: np.dtype):
    """`n` numbers, as many from each place."""
    share = -(-n // len(samplers))
    with np.errstate(over="ignore", under="ignore"):
        return np.concatenate([s(rng, share, dtype) for s in samplers])[:n].astype(dtype)


def spacing(exact: mpf, dtype: np.dtype) -> mpf:
    """The distance between the numbers of `dtype` around one."""
    info = np.finfo(dtype)
    _, exponent = mpmath.frexp(exact)
    return mpf(2) ** max(exponent - info.nmant - 1, info.minexp - info.nmant)


def error(got: float, exact: mpf, dtype: np.dtype) -> float:
    """The distance in ulp."""
    if exact == 0:
        return 0.0 if got == 0 else math.inf
    return float(abs(mpf(got) - exact) / spacing(exact, dtype))


def rounded(exact: mpf, dtype: np.dtype) -> float:
    """The number of `dtype` that is nearest."""
    unit = spacing(exact, dtype)
    nearest = float(mpmath.nint(exact / unit) * unit)
    return (
        math.copysign(math.inf, nearest) if abs(nearest) > float(np.finfo(dtype).max) else nearest
    )


def references(points: int, seed: int) -> dict:
    """Correctly rounded values for the tests, which do without mpmath; fewer of float32."""
    found: dict = {"edges": [], "values": {}}
    for name, xs, want in EDGES:
        found["edges"].append([name, [float(x).hex() for x in xs], float(want).hex()])
    for row in ROWS:
        for name, n in (("float64", points), ("float32", points // 2)):
            dtype = np.dtype(name)
            rng = np.random.default_rng(seed)
            operands = [spread(p, rng, n, dtype) for p in (row.places, row.others) if p]
            entries = found["values"].setdefault(row.name, {}).setdefault(name, [])
            for xs in zip(*(x.tolist() for x in operands), strict=True):
                exact = row.exact(*map(mpf, xs)) if all(map(math.isfinite, xs)) else mpf("nan")
                if isinstance(exact, mpf) and mpmath.isfinite(exact) and exact != 0:
                    entries.append([x.hex() for x in (*xs, rounded(exact, dtype))])
    return found


def measure(row: Row, function: Callable, name: str, n: int, seed: int) -> Worst:
    """Apply a function to `n` points in one dtype."""
    dtype = np.dtype(name)
    rng = np.random.default_rng(seed)
    operands = [spread(row.places, rng, n, dtype)]
    if row.others:
        operands.append(spread(row.others, rng, n, dtype))
    values = np.asarray(function(*operands).data)
    assert values.dtype == dtype
    worst, where, points = 0.0, (math.nan,), 0
    for got, *xs in zip(values.tolist(), *(x.tolist() for x in operands), strict=True):
        # Ends of the domain are among the edge cases.
        if not math.isfinite(got) or not all(map(math.isfinite, xs)):
            continue
        try:
            exact = row.exact(*map(mpf, xs))
        except (ValueError, ZeroDivisionError):
            continue
        points += 1
        ulp = error(got, exact, dtype)
        if ulp > worst:
            worst, where = ulp, tuple(xs)
    return Worst(row.name, name, worst, where, points, row.note)


def check_edges() -> Iterator[str]:
    """What is wrong at zeros, infinities, NaN, subnormal and huge numbers."""
    for name, xs, want in EDGES:
        function = getattr(F, name, None)
        if function is None:
            continue
        for dtype in (np.float64, np.float32):
            got = np.asarray(function(*(np.array(x, dtype) for x in xs)).data)
            expected = np.array(want, dtype)
            same = np.array_equal(got, expected, equal_nan=True)
            if not same or (not np.isnan(want) and np.signbit(got) != np.signbit(expected)):
                yield f"{name}{xs} is {got}, not {expected}, in {np.dtype(dtype)}"


def instructions() -> str:
    """The vector instructions of this machine that the functions use, as the system names them."""
    try:
        flags = Path("/proc/cpuinfo").read_text().split()
    except OSError:
        return platform.machine()
    if "avx512f" in flags:
        return "AVX-512"
    return "AVX2 and FMA" if {"avx2", "fma"} <= set(flags) else platform.machine()


def table(results: list[Worst]) -> str:
    """The figures as a table in Markdown."""
    lines = [
        "| function | dtype | worst error, ulp | at | points |",
        "|---|---|---|---|---|",
    ]
    for r in results:
        note = f" ({r.note})" if r.note else ""
        at = ", ".join(map(repr, r.arguments))
        lines.append(f"| `{r.name}`{note} | {r.dtype} | {r.ulp:.3f} | {at} | {r.points} |")
    return "\n".join(lines)


def page(results: list[Worst], edges: int, seed: int) -> str:
    """The measured part of the page."""
    packages = ("autograd-rs", "numpy", "mpmath", "gmpy2")
    versions = ", ".join(f"{p} {metadata.version(p)}" for p in packages)
    return f"""{MARK}

Measured on {datetime.date.today()}: {platform.system()} on {platform.machine()} with
{instructions()}; Python {platform.python_version()}, {versions}; seed {seed}.
All {edges} edge cases are right in both dtypes.

{table(results)}
"""


def main() -> int:
    """Measure, print, and with ``--write`` keep."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("functions", nargs="*", help="which; all by default")
    parser.add_argument("--points", type=int, default=20_000, help="per function and dtype")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help=f"write the table to {PAGE.name}")
    parser.add_argument("--references", type=Path, help="only write the values for the tests here")
    options = parser.parse_args()
    mp.dps = DIGITS
    if options.references:
        text = json.dumps(references(48, options.seed), separators=(",", ":"))
        options.references.write_text(text.replace('],"', '],\n"') + "\n")
        return 0
    start = time.perf_counter()
    results, missing = [], []
    for row in ROWS:
        if options.functions and row.name.partition("(")[0] not in options.functions:
            continue
        if row.function is None:
            missing.append(row.name)
            continue
        for dtype in row.dtypes:
            results.append(measure(row, row.function, dtype, options.points, options.seed))
            r = results[-1]
            print(f"{r.name:16} {r.dtype}  {r.ulp:8.3f} ulp at {r.arguments}", flush=True)
    wrong = list(check_edges())
    print(*wrong, sep="\n", end="\n" if wrong else "")
    known = sum(hasattr(F, name) for name, _, _ in EDGES)
    print(f"{known - len(wrong)} of {known} edge cases are right")
    if missing:
        print("not in autograd.functions, and skipped:", *missing)
    print(f"{time.perf_counter() - start:.0f} s, arithmetic by {mpmath.libmp.BACKEND}")
    if options.write and not wrong:
        head = PAGE.read_text().partition(MARK)[0]
        PAGE.write_text(head + page(results, known, options.seed))
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
