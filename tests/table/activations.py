"""Activations of networks, element by element."""

import numpy as np

from autograd import functions as F
from table.base import UNARY, Case, unary


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softplus(x):
    return np.logaddexp(x, np.zeros_like(x))


def relu(x):
    return np.where(np.isnan(x) | (x > 0), x, np.zeros_like(x))


def silu(x):
    return np.where(x == -np.inf, -np.zeros_like(x), x * sigmoid(x))


def gelu(x):
    root = np.sqrt(2 / x.dtype.type(np.pi))
    u = root * (x + 0.044715 * x**3)
    return np.where(x == -np.inf, -np.zeros_like(x), x * sigmoid(2 * u))


def gelu_simple(x):
    root = np.sqrt(2 / x.dtype.type(np.pi))
    return x * 0.5 * (1 + np.tanh(root * (x + 0.044715 * x**3)))


def with_arguments(name, reference, label, *args, **facts):
    f = getattr(F, name)
    return Case(name, lambda x: f(x, *args), reference, UNARY, "elementwise", label=label, **facts)


def elu(alpha):
    def reference(x):
        above = x > 0
        return np.where(above, x, 0) + alpha * np.expm1(np.where(above, 0, x))

    return with_arguments("elu", reference, f"{alpha}", alpha, kinks=True, shift=0.25)


def leaky_relu(slope):
    def reference(x):
        return np.where(x > 0, x, x.dtype.type(slope) * x)

    return with_arguments(
        "leaky_relu", reference, f"{slope}", slope, exact=True, kinks=True, shift=0.25
    )


def soft_clip(lo, hi, sharpness):
    def reference(x):
        def corner(end):
            return 0 if end is None else softplus(-sharpness * np.abs(x - end)) / sharpness

        return np.clip(x, lo, hi) + corner(lo) - corner(hi)

    return with_arguments("soft_clip", reference, f"{lo}_{hi}_{sharpness}", lo, hi, sharpness)


CASES = [
    unary("sigmoid", sigmoid),
    unary("sigmoid_simple", sigmoid),
    unary("log_sigmoid", lambda x: -softplus(-x)),
    unary("softplus", softplus),
    unary("relu", relu, exact=True, kinks=True, shift=0.25),
    # The logistic function underflows first, and is then multiplied by up to -745.
    unary("silu", silu, tiny=800),
    unary("gelu", gelu),
    # Not far below 0, where its sum cancels.
    unary("gelu_simple", gelu_simple, (-0.5, 2.0)),
    elu(1.0),
    elu(0.3),
    leaky_relu(0.01),
    leaky_relu(-0.5),
    soft_clip(0.5, 1.5, 2.0),
    soft_clip(1.0, None, 1.0),
    soft_clip(None, -2.5, 0.5),
]

FILES = {}
