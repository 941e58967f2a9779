"""References that NumPy lacks: error functions by the C library, gamma functions by their series.

The series work in the dtype that they are given, which is wider than the one under test.
"""

import math

import numpy as np

# B(2k) / (2k (2k - 1)) of Stirling's series, k from 1 on.
STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156]
STEPS = 40


def by_library(f):
    """A function of `math` on arrays."""

    def of(x):
        return np.vectorize(f, otypes=[float])(x).astype(x.dtype)

    return of


erf = by_library(math.erf)
erfc = by_library(math.erfc)


def wide(x):
    return np.asarray(x, np.longdouble)


def lgamma(x):
    """Stirling's series far to the right, recurrence on the way there, reflection on the left
    (NIST Digital Library of Mathematical Functions, 5.5.1, 5.5.3 and 5.11.1)."""
    v = wide(x)
    with np.errstate(all="ignore"):
        right = np.where(v < 0.5, 1 - v, v)
        sine = np.sin(np.pi * wide(np.abs(v) % 1))
        y = np.where(v < 0.5, np.log(np.abs(np.pi / sine)) - _lgamma(right), _lgamma(right))
    y = np.where((v == 1) | (v == 2), 0, y)
    pole = np.isinf(v) | ((v <= 0) & (v == np.floor(v)))
    return np.where(pole, np.inf, y).astype(np.asarray(x).dtype)


def _lgamma(v):
    shift = np.where(v < STEPS, STEPS, 0)
    product = sum(np.log(v + i) for i in range(STEPS))
    t = v + shift
    series = sum(wide(b) / t ** (2 * k + 1) for k, b in enumerate(STIRLING))
    y = (t - 0.5) * np.log(t) - t + 0.5 * np.log(2 * wide(np.pi)) + series
    return y - np.where(shift > 0, product, 0)


def digamma(x):
    """The derivative of the same series, term by term (5.5.2, 5.5.4 and 5.11.2)."""
    v = wide(x)
    with np.errstate(all="ignore"):
        right = np.where(v < 0.5, 1 - v, v)
        turn = v - np.round(v)
        y = _digamma(right) - np.where(v < 0.5, np.pi / np.tan(np.pi * wide(turn)), 0)
        y = np.where(v == 0, -1 / v, np.where((v < 0) & (turn == 0), np.nan, y))
    return np.where(np.isposinf(v), np.inf, y).astype(np.asarray(x).dtype)


def _digamma(v):
    shift = np.where(v < STEPS, STEPS, 0)
    sums = sum(1 / (v + i) for i in range(STEPS))
    t = v + shift
    series = sum((2 * k + 1) * wide(b) / t ** (2 * k + 2) for k, b in enumerate(STIRLING))
    return np.log(t) - 1 / (2 * t) - series - np.where(shift > 0, sums, 0)


def polygamma(n, x):
    """The series of reciprocal powers, its rest by Euler and Maclaurin, for positive `x` (5.15.1
    and 2.10.1)."""
    v = wide(x)
    t = v + STEPS
    sums = sum((v + i) ** -(n + 1) for i in range(STEPS))
    rest = t**-n / n + t ** -(n + 1) / 2
    for k, b in enumerate([1 / 6, -1 / 30, 1 / 42, -1 / 30], 1):
        rising = math.prod(range(n + 1, n + 2 * k))
        rest += wide(b) / math.factorial(2 * k) * rising * t ** -(n + 2 * k)
    y = (-1) ** (n + 1) * math.factorial(n) * (sums + rest)
    return y.astype(np.asarray(x).dtype)
