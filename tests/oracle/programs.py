"""Random differentiable programs that run on this library and on JAX alike.

A program is a list of steps; each applies an operation to earlier values, which all have one
shape, and keeps its result within bounds, so that derivatives stay moderate.
"""

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import strategies as st

from autograd import functions as F

SHAPE = (3, 3)
INPUTS = 2
ROWS = np.array([2, 0, 2])
MASK = np.array([[True, False, True], [False, True, False], [True, True, False]])


class Namespace:
    """Operations under common names."""

    def __init__(self, **functions):
        vars(self).update(functions)


OURS = Namespace(
    concat=F.concat, cumsum=F.cumsum, exp=F.exp, log=F.log, logsumexp=F.logsumexp, matmul=F.matmul,
    max=F.max, maximum=F.maximum, mean=F.mean, prod=F.prod, relu=F.relu, reshape=F.reshape,
    sigmoid=F.sigmoid, sin=F.sin, softmax=F.softmax, solve=F.solve, sqrt=F.sqrt, std=F.std,
    sum=F.sum, tanh=F.tanh, transpose=F.transpose, where=F.where, broadcast_to=F.broadcast_to,
)  # fmt: skip
THEIRS = Namespace(
    concat=jnp.concatenate, cumsum=jnp.cumsum, exp=jnp.exp, log=jnp.log,
    logsumexp=jax.scipy.special.logsumexp, matmul=jnp.matmul, max=jnp.max, maximum=jnp.maximum,
    mean=jnp.mean, prod=jnp.prod, relu=jax.nn.relu, reshape=jnp.reshape, sigmoid=jax.nn.sigmoid,
    sin=jnp.sin, softmax=jax.nn.softmax, solve=jnp.linalg.solve, sqrt=jnp.sqrt, std=jnp.std,
    sum=jnp.sum, tanh=jnp.tanh, transpose=jnp.transpose, where=jnp.where,
    broadcast_to=jnp.broadcast_to,
)  # fmt: skip

EYE = 4.0 * np.eye(3)

UNARY = {
    "sin": lambda f, x: f.sin(x),
    "tanh": lambda f, x: f.tanh(x),
    "exp": lambda f, x: f.exp(f.tanh(x)),
    "log": lambda f, x: f.log(1.0 + x * x),
    "sqrt": lambda f, x: f.sqrt(2.0 + f.sin(x)),
    "sigmoid": lambda f, x: f.sigmoid(x),
    "relu": lambda f, x: f.relu(x) - 0.3 * x,
    "power": lambda f, x: (1.5 + f.tanh(x)) ** 2.5,
    "transpose": lambda f, x: f.transpose(x),
    "reshape": lambda f, x: f.reshape(f.reshape(x, (9,)), (3, 3)),
    "row": lambda f, x: f.broadcast_to(x[1], (3, 3)),
    "slice": lambda f, x: x[::-1, ::-1],
    "rows": lambda f, x: x[ROWS],
    "column": lambda f, x: x[:, 1:2] * x,
    "softmax": lambda f, x: f.softmax(x, axis=0),
    "logsumexp": lambda f, x: x - f.logsumexp(x, axis=1, keepdims=True),
    "center": lambda f, x: x - f.mean(x, axis=0),
    "scale": lambda f, x: x / (1.0 + f.std(x)),
    "sum": lambda f, x: 0.3 * x * f.sum(x, axis=0),
    "max": lambda f, x: x - f.max(x, axis=1, keepdims=True),
    "prod": lambda f, x: x + 0.1 * f.prod(f.tanh(x), axis=0),
    "cumsum": lambda f, x: 0.5 * f.cumsum(x, axis=1),
    "where": lambda f, x: f.where(MASK, x, f.sin(x)),
}
BINARY = {
    "add": lambda f, x, y: x + y,
    "sub": lambda f, x, y: x - y,
    "mul": lambda f, x, y: x * f.tanh(y),
    "div": lambda f, x, y: x / (1.5 + f.sin(y)),
    "matmul": lambda f, x, y: 0.4 * (x @ y),
    "maximum": lambda f, x, y: f.maximum(x, y),
    "outer": lambda f, x, y: x[:, :1] * y[:1],
    "concat": lambda f, x, y: f.concat([x[:1], y[1:]], axis=0),
    "solve": lambda f, x, y: f.solve(EYE + f.sin(x), y),
}


@st.composite
def programs(draw):
    steps = []
    for i in range(draw(st.integers(2, 12))):
        value = st.integers(0, INPUTS + i - 1)
        if draw(st.booleans()):
            steps.append((draw(st.sampled_from(sorted(UNARY))), draw(value)))
        else:
            steps.append((draw(st.sampled_from(sorted(BINARY))), draw(value), draw(value)))
    return steps


def run(program, namespace, xs):
    """The sum of the last values, each of which depends on some of those before."""
    values = list(xs)
    for name, *places in program:
        step = UNARY.get(name) or BINARY[name]
        values.append(step(namespace, *(values[i] for i in places)))
    return values[-1] + values[-2]
