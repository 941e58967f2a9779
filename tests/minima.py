"""What the tests of `autograd.optimize` minimise, and by which methods."""

import numpy as np

from autograd import functions as F

VALUES = ["Nelder-Mead", "Powell", "COBYLA", "COBYQA"]
GRADIENTS = ["CG", "BFGS", "L-BFGS-B", "TNC", "SLSQP"]
PRODUCTS = ["Newton-CG", "trust-ncg", "trust-krylov", "trust-constr"]
MATRICES = ["dogleg", "trust-exact"]
SECOND = PRODUCTS + MATRICES
METHODS = VALUES + GRADIENTS + SECOND


def rosenbrock(x):
    return F.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def bowl(x):
    return F.sum((x - 1) ** 2)


class Counted:
    """A function that counts its calls."""

    def __init__(self, f):
        self.f, self.calls = f, 0

    def __call__(self, *args):
        self.calls += 1
        return self.f(*args)


def parts(tree):
    """The arrays in a container."""
    if isinstance(tree, dict):
        tree = list(tree.values())
    return [tree] if isinstance(tree, np.ndarray) else [a for x in tree for a in parts(x)]
