"""Functions of each element."""

import numpy as np

from autograd import functions as F
from table import special
from table.base import POSITIVE, REALS, UNARY, Case, binary, unary


def power(c, domain=POSITIVE):
    def of(x):
        return F.pow(x, c)

    def reference(x):
        # For `x**0.5` NumPy takes the square root, which treats -inf differently.
        return np.power(x, np.full_like(x, c))

    return Case("pow", of, reference, UNARY, "elementwise", (domain,), label=f"to_{c}")


def clip(lo, hi):
    return Case(
        "clip",
        lambda x: F.clip(x, lo, hi),
        lambda x: np.clip(x, lo, hi),
        UNARY,
        "elementwise",
        label=f"{lo}_{hi}",
        exact=True,
        kinks=True,
    )


def polygamma(n):
    return Case(
        "polygamma",
        lambda x: F.polygamma(n, x),
        lambda x: special.polygamma(n, x),
        UNARY,
        "smooth",
        ((2.0, 5.0),),
        label=f"of_order_{n}",
        terms=lambda x: np.abs(special.polygamma(n, x)),
    )


CASES = [
    binary("add", np.add, exact=True),
    binary("sub", np.subtract, exact=True),
    binary("mul", np.multiply, exact=True),
    binary("div", np.divide, (REALS, POSITIVE), exact=True),
    binary("pow", np.power, (POSITIVE, REALS), label="both"),
    binary("maximum", np.maximum, exact=True, kinks=True),
    binary("minimum", np.minimum, exact=True, kinks=True),
    unary("abs", np.abs, exact=True, kinks=True, shift=0.25),
    unary("neg", np.negative, exact=True),
    unary("square", np.square, exact=True),
    unary("sqrt", np.sqrt, POSITIVE, exact=True),
    unary("exp", np.exp),
    unary("log", np.log, POSITIVE),
    unary("sin", np.sin),
    unary("cos", np.cos),
    unary("tanh", np.tanh),
    unary("tan", np.tan, (-1.0, 1.0)),
    unary("asin", np.arcsin, (-0.7, 0.7)),
    unary("acos", np.arccos, (-0.7, 0.7)),
    unary("atan", np.arctan),
    unary("sinh", np.sinh),
    unary("cosh", np.cosh),
    unary("asinh", np.arcsinh),
    unary("acosh", np.arccosh, (1.5, 3.5)),
    unary("atanh", np.arctanh, (-0.7, 0.7)),
    unary("log1p", np.log1p, (-0.5, 2.0)),
    unary("expm1", np.expm1),
    unary("log2", np.log2, POSITIVE),
    unary("log10", np.log10, POSITIVE),
    unary("exp2", np.exp2),
    unary("erf", special.erf),
    unary("erfc", special.erfc),
    unary("lgamma", special.lgamma, (2.3, 5.0)),
    unary("lgamma", special.lgamma, (-0.7, -0.3), label="left"),
    unary("digamma", special.digamma, (2.0, 5.0)),
    polygamma(1),
    polygamma(4),
    unary("digamma", special.digamma, (-0.4, -0.3), label="left"),
    unary("reciprocal", np.reciprocal, POSITIVE, exact=True),
    unary("sign", np.sign, exact=True, kinks=True, shift=0.25),
    unary("floor", np.floor, exact=True, kinks=True, shift=0.25),
    unary("ceil", np.ceil, exact=True, kinks=True, shift=0.25),
    unary("trunc", np.trunc, exact=True, kinks=True, shift=0.25),
    unary("round", np.round, exact=True, kinks=True, shift=0.25),
    binary("hypot", np.hypot, (POSITIVE, REALS)),
    binary("atan2", np.arctan2, (REALS, POSITIVE)),
    binary("logaddexp", np.logaddexp, (POSITIVE, REALS)),
    power(0, REALS),
    power(1, REALS),
    power(2, REALS),
    power(3, REALS),
    power(-1),
    power(-2, (-2.5, -0.4)),
    power(0.5),
    power(3.5),
    power(-1.5),
    Case("pow", lambda x: 2.0**x, lambda x: 2.0**x, UNARY, "elementwise", label="of_2"),
    clip(-0.75, 0.75),
    clip(0.25, None),
    clip(None, 0.25),
    Case(
        "astype",
        lambda x: x.astype(np.float64),
        lambda x: x.astype(np.float64),
        UNARY,
        "view",
        exact=True,
    ),
]

# Files of operations that are named after something else than their functions.
FILES = {
    "cast": {"astype"},
    "gate": {"maximum", "clip"},
    "over": {"sqrt", "hypot"},
    "steps": {"ceil", "floor", "round", "sign", "trunc"},
}
