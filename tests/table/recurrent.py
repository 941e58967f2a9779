"""Recurrent networks."""

import numpy as np
from hypothesis import strategies as st

from autograd import functions as F
from table.base import REALS, Case, Sample


@st.composite
def steps(draw, sequence, biases=1, state=True):
    """Shapes of x, of h and c, of the weights, and of a bias as a vector or a row."""
    count, batch, inputs, size = (draw(st.integers(0, 3)) for _ in range(4))
    lead = (max(count, 1),) if sequence else ()
    bias = draw(st.sampled_from(((4 * size,), (1, 4 * size))))
    before = ((batch, size),) * 2 if state else ()
    weights = ((inputs, 4 * size), (size, 4 * size))
    return Sample(((*lead, batch, inputs), *before, *weights, *(bias,) * biases))


def sigmoid(x):
    one = x.dtype.type(1)
    return one / (one + np.exp(-x))


def cell(x, h, c, wx, wh, b=None):
    z = x @ wx + h @ wh + (0 if b is None else b)
    f, i, o, u = np.split(z, 4, axis=1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(u)
    return sigmoid(o) * np.tanh(c), c


def sequence(x, h, c, *weights):
    hs = []
    for step in x:
        h, c = cell(step, h, c, *weights)
        hs.append(h)
    return np.stack(hs), c


def from_zeros(function):
    """Of a sequence or a step that begins without a state."""

    def run(x, wx, wh, b):
        if function in (cell, sequence):
            h = np.zeros((x.shape[-2], wh.shape[0]), x.dtype)
            return function(x, h, h, wx, wh, b)
        return function(x, None, None, wx, wh, b)

    return run


def terms(x, *others):
    """Sums of products round by their terms, which the functions of gates do not enlarge."""
    most = [np.max(np.abs(a), initial=0) for a in (x, *others)]
    sums = x.shape[-1] * most[0] + 3 * max(most) + 1.0
    return (1.0 + max(most)) ** 2 * sums * (x.shape[0] if x.ndim == 3 else 1)


def output(pair):
    return pair[0]


def state(pair):
    return pair[1]


def both(pair):
    h, c = pair
    return h * c


def rows(name, reference, is_sequence):
    function = getattr(F, name)
    for label, of, samples, f, want, n in (
        ("output", output, steps(is_sequence), function, reference, 6),
        ("cell", state, steps(is_sequence), function, reference, 6),
        ("both", both, steps(is_sequence), function, reference, 6),
        ("no_bias", both, steps(is_sequence, biases=0), function, reference, 5),
        (
            "from_zeros",
            both,
            steps(is_sequence, state=False),
            from_zeros(function),
            from_zeros(reference),
            4,
        ),
    ):
        yield Case(
            name,
            lambda *xs, of=of, f=f: of(f(*xs)),
            lambda *xs, of=of, want=want: of(want(*xs)),
            samples,
            "nn",
            (REALS,) * n,
            label=label,
            terms=terms,
        )


CASES = [
    *rows("lstm_cell", cell, False),
    *rows("lstm_cell_simple", cell, False),
    *rows("lstm", sequence, True),
    *rows("lstm_simple", sequence, True),
]

FILES = {}
