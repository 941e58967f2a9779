"""Losses."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograd import functions as F
from table.base import REALS, Case, Sample, broadcastable

SHARES = (0.1, 0.9)


def pairs(arguments=None):
    """Two operands that broadcast and are not empty, and arguments."""
    arguments = st.just({}) if arguments is None else arguments
    return st.builds(Sample, broadcastable(min_side=1), arguments)


@st.composite
def labelled(draw, plain=False):
    """Logits with labels, some of them ignored, and perhaps weights and smoothing."""
    *rows, classes = draw(hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=4))
    classes = classes or 1
    label = st.integers(0, classes - 1)
    if not plain:
        label |= st.just(-1)
    args = {"t": draw(hnp.arrays(np.int64, tuple(rows), elements=label))}
    if not plain:
        args["ignore_index"] = -1
        args["label_smoothing"] = draw(st.sampled_from((0.0, 0.3, 1.0)))
        weights = st.lists(st.sampled_from((0.0, 0.5, 2.0)), min_size=classes, max_size=classes)
        args["weight"] = draw(st.none() | weights)
    return Sample(((*rows, classes),), args)


@st.composite
def distributions(draw):
    shapes = draw(hnp.mutually_broadcastable_shapes(num_shapes=2, min_dims=1, min_side=1))
    return Sample(shapes.input_shapes)


def mean_squared_error(x0, x1):
    return np.mean((x0 - x1) ** 2)


def huber(x0, x1, delta=1.0):
    d = np.abs(x0 - x1)
    return np.mean(np.where(d <= delta, d * d / 2, delta * (d - x0.dtype.type(delta) / 2)))


def cross_entropy(x, t, ignore_index=-100, label_smoothing=0.0, weight=None):
    """Label by label, as the definition says."""
    classes = x.shape[-1]
    log_p = (x - np.log(np.exp(x).sum(axis=-1, keepdims=True))).reshape(t.size, classes)
    w = np.ones(classes) if weight is None else np.array(weight)
    total, loss = x.dtype.type(0), x.dtype.type(0)
    for row, label in zip(log_p, t.ravel(), strict=True):
        if label != ignore_index:
            total += w[label]
            loss -= (1 - label_smoothing) * w[label] * row[label]
            loss -= label_smoothing / classes * np.sum(w * row)
    return loss / total if total > 0 else loss * 0


def cross_entropy_case(name):
    return Case(
        name,
        getattr(F, name),
        cross_entropy,
        labelled(),
        "loss",
        terms=lambda x, **args: 4.0 + cross_entropy(x, **args),
    )


def binary_cross_entropy(x, t, weight=1.0, pos_weight=1.0):
    return np.mean(weight * (pos_weight * t * np.log1p(np.exp(-x)) + (1 - t) * np.log1p(np.exp(x))))


def kl_divergence(p, q):
    return np.mean(np.sum(p * (np.log(p) - np.log(q)), axis=-1))


def kl_terms(p, q):
    return np.mean(np.sum(np.abs(p * np.log(p)) + np.abs(p * np.log(q)), axis=-1))


def accuracy(y, t):
    """With a part that has a gradient, 0, for the tests to look at."""
    return F.accuracy(y, t) + 0.0 * F.sum(y)


CASES = [
    Case(
        "mean_squared_error",
        F.mean_squared_error,
        mean_squared_error,
        pairs(),
        "loss",
        (REALS, REALS),
        terms=lambda x0, x1: np.mean(x0 * x0) + np.mean(x1 * x1),
    ),
    Case(
        "mean_squared_error_simple",
        F.mean_squared_error_simple,
        mean_squared_error,
        pairs(),
        "loss",
        (REALS, REALS),
        terms=lambda x0, x1: np.mean(x0 * x0) + np.mean(x1 * x1),
    ),
    Case(
        "mean_absolute_error",
        F.mean_absolute_error,
        lambda x0, x1: np.mean(np.abs(x0 - x1)),
        pairs(),
        "loss",
        (REALS, REALS),
        kinks=True,
        terms=lambda x0, x1: np.mean(np.abs(x0)) + np.mean(np.abs(x1)),
    ),
    Case(
        "huber",
        F.huber,
        huber,
        pairs(st.sampled_from(({}, {"delta": 0.5}, {"delta": 2.0}))),
        "loss",
        (REALS, REALS),
        kinks=True,
        terms=lambda x0, x1, delta=1.0: 2 * delta * (np.mean(np.abs(x0)) + np.mean(np.abs(x1))),
    ),
    cross_entropy_case("cross_entropy"),
    cross_entropy_case("cross_entropy_simple"),
    Case(
        "binary_cross_entropy_with_logits",
        F.binary_cross_entropy_with_logits,
        binary_cross_entropy,
        pairs(st.sampled_from(({}, {"weight": 0.5}, {"weight": 2.0, "pos_weight": 3.0}))),
        "loss",
        (REALS, SHARES),
        terms=lambda x, t, **args: 2.0 + binary_cross_entropy(x, t, **args),
    ),
    Case(
        "kl_divergence",
        F.kl_divergence,
        kl_divergence,
        distributions(),
        "loss",
        (SHARES, SHARES),
        terms=kl_terms,
    ),
    Case(
        "accuracy",
        accuracy,
        lambda y, t: np.mean((np.argmax(y, axis=-1) == t).astype(y.dtype)),
        labelled(plain=True).filter(lambda sample: sample.args["t"].size > 0),
        "loss",
        kinks=True,
    ),
]

FILES = {
    "absolute_error": {"mean_absolute_error"},
    "binary_cross_entropy": {"binary_cross_entropy_with_logits"},
    "labels": {"cross_entropy", "accuracy"},
    "squared_error": {"mean_squared_error", "variance"},
}
