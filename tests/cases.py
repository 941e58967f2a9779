"""The operations as one table: a row says what a function computes and where it is smooth."""

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
    # Smooth only between kinks: operands keep a distance from each other and from ±0.75 and 0.25.
    kinks: bool = False

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
            self._distinct(rng, i, shape).astype(dtype)
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


@st.composite
def reductions(draw, min_side=0):
    shape = draw(shapes(min_side=min_side))
    return Sample(
        (shape,), {"axis": draw(axis_arguments(len(shape))), "keepdims": draw(st.booleans())}
    )


@st.composite
def extrema(draw):
    """Reductions of something: axes of size zero are allowed beside those that are reduced."""
    sample = draw(reductions(min_side=1))
    axis, ndim = sample.args["axis"], len(sample.shapes[0])
    reduced = range(ndim) if axis is None else np.atleast_1d(np.array(axis, int)) % max(ndim, 1)
    free = sorted(set(range(ndim)) - set(map(int, reduced)))
    shape = list(sample.shapes[0])
    if free and draw(st.integers(0, 9)) == 0:
        shape[free[0]] = 0
    return Sample((tuple(shape),), sample.args)


@st.composite
def shape_pairs(draw):
    """A shape, and one that it broadcasts to."""
    large = draw(shapes())
    small = tuple(draw(st.sampled_from((1, size))) for size in large)
    return small[draw(st.integers(0, len(large))) if 1 not in large else 0 :], large


@st.composite
def sums_to(draw):
    small, large = draw(shape_pairs())
    return Sample((large,), {"shape": small})


@st.composite
def broadcasts_to(draw):
    small, large = draw(shape_pairs())
    return Sample((small,), {"shape": large})


@st.composite
def reshapes(draw):
    shape = draw(shapes())
    target = list(draw(st.permutations(shape)))
    if len(target) > 1 and draw(st.booleans()):
        target[:2] = [target[0] * target[1]]
    if draw(st.booleans()):
        target.insert(draw(st.integers(0, len(target))), 1)
    if target and draw(st.booleans()):
        free = draw(st.integers(0, len(target) - 1))
        if np.prod(target[:free] + target[free + 1 :]) > 0:
            target[free] = -1
    return Sample((shape,), {"shape": tuple(target)})


@st.composite
def transposes(draw):
    shape = draw(shapes())
    order = draw(st.permutations(range(len(shape))))
    axes = tuple(a - draw(st.sampled_from((0, len(shape)))) for a in order)
    return Sample((shape,), {"axes": draw(st.sampled_from((None, axes)))})


@st.composite
def swaps(draw):
    shape = draw(shapes(min_dims=1))
    axis = st.integers(-len(shape), len(shape) - 1)
    return Sample((shape,), {"axis1": draw(axis), "axis2": draw(axis)})


@st.composite
def products(draw, ndims):
    n, k, m = (draw(st.integers(0, 4)) for _ in range(3))
    x, y = draw(broadcastable()) if ndims == "batched" else ((), ())
    x = (k,) if ndims[0] == "1" else (*x[-2:], n, k)
    y = (k,) if ndims[-1] == "1" else (*y[-2:], k, m)
    return Sample((x, y))


@st.composite
def stacks_by_one(draw, side):
    """A stack of matrices with a vector or one matrix on a side."""
    n, k, m = (draw(st.integers(0, 4)) for _ in range(3))
    stack = draw(hnp.array_shapes(min_dims=1, max_dims=2, min_side=0, max_side=3))
    vector = draw(st.booleans())
    if side == "left":
        return Sample(((k,) if vector else (n, k), (*stack, k, m)))
    return Sample(((*stack, n, k), (k,) if vector else (k, m)))


@st.composite
def indices(draw):
    shape = draw(shapes())
    index = draw(hnp.basic_indices(shape, max_dims=6, allow_newaxis=True, allow_ellipsis=True))
    return Sample((shape,), {"index": index})


# References


def sum_to(x, shape):
    lead = x.ndim - len(shape)
    stretched = [lead + i for i, size in enumerate(shape) if size == 1 != x.shape[lead + i]]
    return x.sum(axis=(*range(lead), *stretched), keepdims=True).reshape(shape)


def mean(x, axis, keepdims):
    return np.mean(x, axis=axis, keepdims=keepdims)


# The table


def unary(name, reference, domain=REALS, **facts):
    return Case(name, getattr(F, name), reference, UNARY, "elementwise", (domain,), **facts)


def binary(name, reference, domains=(REALS, REALS), **facts):
    return Case(name, getattr(F, name), reference, BINARY, "binary", domains, **facts)


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


def matmul(label, samples):
    return Case("matmul", F.matmul, np.matmul, samples, "product", (REALS, REALS), label=label)


def view(name, reference, samples, **facts):
    return Case(name, getattr(F, name), reference, samples, "view", exact=True, **facts)


CASES = [
    binary("add", np.add, exact=True),
    binary("sub", np.subtract, exact=True),
    binary("mul", np.multiply, exact=True),
    binary("div", np.divide, (REALS, POSITIVE), exact=True),
    binary("pow", np.power, (POSITIVE, REALS), label="both"),
    binary("maximum", np.maximum, exact=True, kinks=True),
    binary("minimum", np.minimum, exact=True, kinks=True),
    unary("neg", np.negative, exact=True),
    unary("square", np.square, exact=True),
    unary("sqrt", np.sqrt, POSITIVE, exact=True),
    unary("exp", np.exp),
    unary("log", np.log, POSITIVE),
    unary("sin", np.sin),
    unary("cos", np.cos),
    unary("tanh", np.tanh),
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
    Case("sum", F.sum, np.sum, reductions(), "reduction"),
    Case("mean", F.mean, mean, reductions(min_side=1), "reduction"),
    Case("max", F.max, np.max, extrema(), "extremum", exact=True, kinks=True),
    Case("min", F.min, np.min, extrema(), "extremum", exact=True, kinks=True),
    Case("sum_to", F.sum_to, sum_to, sums_to(), "reduction"),
    view("broadcast_to", np.broadcast_to, broadcasts_to()),
    view("reshape", np.reshape, reshapes()),
    view("transpose", np.transpose, transposes()),
    view("swapaxes", np.swapaxes, swaps()),
    matmul("vectors", products("1-1")),
    matmul("vector_matrix", products("1-2")),
    matmul("matrix_vector", products("2-1")),
    matmul("matrices", products("2-2")),
    matmul("batched", products("batched")),
    matmul("left", stacks_by_one("left")),
    matmul("right", stacks_by_one("right")),
    Case(
        "getitem",
        lambda x, index: x[index],
        lambda x, index: x[index],
        indices(),
        "selection",
        exact=True,
    ),
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
    "extremum": {"max", "min"},
    "gate": {"maximum", "clip"},
    "index": {"getitem"},
    "sum": {"sum", "mean"},
    "transpose": {"transpose", "swapaxes"},
}


def cases(*kinds):
    """The rows of the given kinds, or all, as parameters of a test."""
    import pytest

    chosen = [case for case in CASES if not kinds or case.kind in kinds]
    return pytest.mark.parametrize("case", chosen, ids=lambda case: case.id)
