"""What a row of the table says, and the shapes that most rows draw."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograd import functions as F

REALS = (-2.0, 2.0)
POSITIVE = (0.4, 2.5)


@dataclass(frozen=True)
class Sample:
    """The shapes of the operands, and the other arguments."""

    shapes: tuple
    args: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """One function of Variables and what it should do."""

    name: str
    function: Callable
    reference: Callable
    samples: st.SearchStrategy
    kind: str
    # The interval of each operand.
    domains: tuple = (REALS,)
    # Distinguishes rows of one function.
    label: str = ""
    # Correctly rounded: equal to NumPy bit for bit.
    exact: bool = False
    # How far it may miss where it underflows, in the smallest numbers that there are.
    tiny: int = 2
    # Smooth only between kinks: operands keep a distance from each other and from ±0.75 and 0.25.
    kinks: bool = False
    # Not computed element by element: right up to so many units of the largest element.
    rough: int = 0
    # Moves the operands of a row with kinks, for kinks that lie at multiples of 0.5.
    shift: float = 0.0
    # The size of what is added up to the value, where that may cancel: rounding is measured by it.
    terms: Callable | None = None

    @property
    def id(self):
        return f"{self.name}-{self.label}" if self.label else self.name

    @property
    def arity(self):
        return len(self.domains)

    def operands(self, sample, seed, dtype=np.float64):
        """Arrays in the domains, reproducibly."""
        rng = np.random.default_rng(seed)
        return [
            (self._distinct(rng, i, shape) + self.shift).astype(dtype)
            if self.kinks
            else rng.uniform(lo, hi, shape).astype(dtype)
            for i, (shape, (lo, hi)) in enumerate(zip(sample.shapes, self.domains, strict=True))
        ]

    @staticmethod
    def _distinct(rng, i, shape):
        n = int(np.prod(shape))
        steps = rng.permutation(n) - n // 2 + rng.uniform(-0.04, 0.04, n)
        return (0.5 * steps + 0.2 * i).reshape(shape)


# Shapes and arguments


def shapes(min_dims=0, min_side=0):
    return hnp.array_shapes(min_dims=min_dims, max_dims=4, min_side=min_side, max_side=4)


def broadcastable(n=2, min_side=0):
    pairs = hnp.mutually_broadcastable_shapes(
        num_shapes=n, max_dims=4, min_side=min_side, max_side=4
    )
    return pairs.map(lambda drawn: drawn.input_shapes)


UNARY = shapes().map(lambda shape: Sample((shape,)))
BINARY = broadcastable().map(Sample)


def axis_arguments(ndim):
    one = st.integers(-ndim, ndim - 1) if ndim else st.nothing()
    some = st.lists(st.integers(0, ndim - 1), unique=True).flatmap(
        lambda axes: st.tuples(*(st.sampled_from((a, a - ndim)) for a in axes))
    )
    return st.none() | one | (some if ndim else st.just(()))


def unary(name, reference, domain=REALS, **facts):
    return Case(name, getattr(F, name), reference, UNARY, "elementwise", (domain,), **facts)


def binary(name, reference, domains=(REALS, REALS), **facts):
    return Case(name, getattr(F, name), reference, BINARY, "binary", domains, **facts)


def view(name, reference, samples, **facts):
    return Case(name, getattr(F, name), reference, samples, "view", exact=True, **facts)
