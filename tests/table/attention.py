"""Attention and embeddings."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograd import functions as F
from table.base import REALS, Case, Sample


@st.composite
def attentions(draw, masked=False, learned=False):
    """Shapes of query, key and value, and of numbers to add to the scores if those are learned."""
    batches = hnp.mutually_broadcastable_shapes(num_shapes=3, max_dims=2, min_side=0, max_side=2)
    q, k, v = draw(batches).input_shapes
    queries, keys, width, made = (draw(st.integers(0, 3)) for _ in range(4))
    shapes = ((*q, queries, width), (*k, keys, width), (*v, keys, made))
    args = {"is_causal": draw(st.booleans()), "scale": draw(st.sampled_from((None, 0.5)))}
    scores = (*np.broadcast_shapes(q, k), queries, keys)
    part = scores[draw(st.integers(0, len(scores))) :]
    part = tuple(draw(st.sampled_from((1, d))) for d in part)
    if masked:
        mask = draw(hnp.arrays(bool, part))
        args["mask"] = np.where(mask, 0.25, -np.inf) if draw(st.booleans()) else mask
    return Sample((*shapes, part) if learned else shapes, args)


def attention(q, k, v, mask=None, *, is_causal, scale):
    scale = q.dtype.type(scale or 1 / np.sqrt(max(q.shape[-1], 1)))
    scores = (q @ np.swapaxes(k, -1, -2)) * scale
    seen = np.tri(*scores.shape[-2:], dtype=bool) if is_causal else np.ones(scores.shape, bool)
    if mask is not None and mask.dtype == bool:
        seen = seen & mask
    elif mask is not None:
        seen, scores = seen & (mask > -np.inf), scores + mask.astype(q.dtype)
    scores = np.where(seen, scores, -np.inf)
    top = np.max(scores, axis=-1, keepdims=True, initial=-100.0)
    e = np.exp(scores - top)
    total = e.sum(-1, keepdims=True)
    return (e / np.where(total == 0, 1, total)) @ v


def attention_terms(*operands, **args):
    """Scores err by their terms, and weights as much, relatively."""
    q, k, v, *added = (np.max(np.abs(a), initial=0) for a in operands)
    return (1.0 + operands[0].shape[-1] * q * k + sum(added)) * v


def learned(function):
    def with_bias(q, k, v, added, **args):
        return function(q, k, v, added, **args)

    return with_bias


def attention_cases(name):
    function = getattr(F, name)
    for label, samples, f, operands in (
        ("plain", attentions(), function, 3),
        ("masked", attentions(masked=True), function, 3),
        ("learned", attentions(learned=True), learned(function), 4),
    ):
        domains = (REALS,) * operands
        yield Case(name, f, attention, samples, "nn", domains, label=label, terms=attention_terms)


@st.composite
def lookups(draw):
    rows, width = draw(st.integers(1, 3)), draw(st.integers(0, 3))
    index = st.integers(0, rows - 1)
    shape = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)
    return Sample(((rows, width),), {"indices": draw(hnp.arrays(np.int64, shape, elements=index))})


CASES = [
    *attention_cases("scaled_dot_product_attention"),
    *attention_cases("scaled_dot_product_attention_simple"),
    Case(
        "embedding",
        lambda weight, indices: F.embedding(indices, weight),
        lambda weight, indices: weight[indices],
        lookups(),
        "selection",
        exact=True,
    ),
]

FILES = {
    "attention": {"scaled_dot_product_attention"},
    "attention_weights": {"scaled_dot_product_attention_simple"},
}
