"""Functions of neural networks."""

import numpy as np
from hypothesis import strategies as st

import autograd as ag
from autograd import functions as F
from table.base import REALS, Case, Sample, axis_arguments, shapes

# Normalisation

# The usual 1e-5 is for `test_nn`: with rows of few elements, finite differences do not see past it.
EPS = st.sampled_from((0.1, 0.5, 2.0))


@st.composite
def layer_norms(draw, parameters):
    """Shapes of x and of as many parameters, axes and eps."""
    shape = draw(shapes(min_dims=1))
    axis = draw(axis_arguments(len(shape)))
    over = range(len(shape)) if axis is None else np.atleast_1d(np.array(axis, int)) % len(shape)
    row = tuple(shape[a] for a in sorted(over))
    return Sample((shape, *(row,) * parameters), {"axis": axis, "eps": draw(EPS)})


def spread(v, x, axis):
    """A parameter with the sizes of some axes, in a shape that broadcasts."""
    over = range(x.ndim) if axis is None else np.atleast_1d(np.array(axis, int)) % x.ndim
    return v.reshape([x.shape[a] if a in over else 1 for a in range(x.ndim)])


def layer_norm(x, w=None, b=None, *, axis, eps):
    with np.errstate(invalid="ignore", divide="ignore"):
        d = x - (x.sum(axis, keepdims=True) / np.ones_like(x).sum(axis, keepdims=True))
        var = np.square(d).sum(axis, keepdims=True) / np.ones_like(x).sum(axis, keepdims=True)
    y = d / np.sqrt(var + x.dtype.type(eps))
    y = y if w is None else y * spread(w, x, axis)
    return y if b is None else y + spread(b, x, axis)


def layer_norm_rows(name):
    function = getattr(F, name)
    for label, f, reference, n in (
        ("plain", function, layer_norm, 0),
        ("weight", function, layer_norm, 1),
        ("bias", without_weight(function), without_weight(layer_norm), 1),
        ("affine", function, layer_norm, 2),
    ):
        domains = (REALS,) * (n + 1)
        yield Case(
            name, f, reference, layer_norms(n), "nn", domains, label=label, terms=layer_norm_terms
        )


def without_weight(function):
    return lambda x, b, **args: function(x, None, b, **args)


def layer_norm_terms(x, *parameters, axis, eps):
    """What the roundings of a normalisation are relative to: they are made before it is scaled."""
    w = np.abs(spread(parameters[0], x, axis)) if parameters else 1.0
    return (np.abs(x) + np.max(np.abs(x), initial=0)) / np.sqrt(eps) * (1.0 + w) + 2.0


@st.composite
def batches(draw, parameters):
    """Shapes of x, with two elements or more per channel, and of parameters per channel; eps."""
    n, c, *places = draw(shapes(min_dims=2))
    shape = (max(n, 2), c, *(max(d, 1) for d in places))
    return Sample((shape, *((c,),) * parameters), {"eps": draw(EPS)})


def channels(v, x):
    return v.reshape((-1,) + (1,) * (x.ndim - 2))


def batch_norm(x, w=None, b=None, *, eps):
    y = layer_norm(x, axis=(0, *range(2, x.ndim)), eps=eps)
    return y if w is None else y * channels(w, x) + channels(b, x)


def batch_norm_terms(x, w=None, b=None, *, eps):
    w = 1.0 if w is None else np.abs(channels(w, x))
    return layer_norm_terms(x, axis=None, eps=eps) * (1.0 + w)


def running(x):
    """Statistics of as many channels as `x` has."""
    return np.linspace(-1.0, 1.0, x.shape[1]), np.linspace(0.5, 2.0, x.shape[1])


def batch_norm_in_test_mode(x, w, b, eps):
    with ag.test_mode():
        return F.batch_norm(x, *running(x), w, b, eps=eps)


def batch_norm_by_statistics(x, w, b, eps):
    mean, var = (channels(v.astype(x.dtype), x) for v in running(x))
    return (x - mean) / np.sqrt(var + eps) * channels(w, x) + channels(b, x)


# Dropout


@st.composite
def dropouts(draw):
    p = draw(st.sampled_from((0.0, 0.25, 0.5, 1.0)))
    return Sample((draw(shapes()),), {"p": p, "rng": draw(st.integers(0, 9))})


def dropout(x, p, rng):
    kept = np.random.default_rng(rng).random(x.shape) >= p
    return np.where(kept, x * x.dtype.type(1 / max(1 - p, 0.1)), x.dtype.type(0))


CASES = [
    *layer_norm_rows("layer_norm"),
    *layer_norm_rows("layer_norm_simple"),
    Case(
        "batch_norm",
        lambda x, **args: F.batch_norm(x, **args),
        batch_norm,
        batches(0),
        "nn",
        label="plain",
        terms=batch_norm_terms,
    ),
    Case(
        "batch_norm",
        lambda x, w, b, **args: F.batch_norm(x, None, None, w, b, **args),
        batch_norm,
        batches(2),
        "nn",
        (REALS,) * 3,
        label="affine",
        terms=batch_norm_terms,
    ),
    Case("dropout", F.dropout, dropout, dropouts(), "nn", exact=True),
    Case(
        "batch_norm",
        batch_norm_in_test_mode,
        batch_norm_by_statistics,
        batches(2),
        "nn",
        (REALS,) * 3,
        label="test_mode",
        terms=batch_norm_terms,
    ),
]

FILES = {}
