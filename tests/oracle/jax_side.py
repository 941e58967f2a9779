"""The rows of the table as JAX computes them."""

import importlib.util
import sys
from functools import cache, partial
from pathlib import Path

import jax
import jax.numpy as jnp

import table
from autograd import functions as F

jax.config.update("jax_enable_x64", True)

NAMESPACES = (jnp, jax.nn, jax.scipy.special, jnp.linalg)
# What is spelt otherwise there.
NAMES = {
    "div": jnp.divide,
    "leaky_relu": lambda x, slope=0.01: jax.nn.leaky_relu(x, slope),
    "lgamma": jax.scipy.special.gammaln,
    "mul": jnp.multiply,
    "neg": jnp.negative,
    "sub": jnp.subtract,
    "variance": jnp.var,
}


@cache
def _references(part):
    """The references of one part of the table, with JAX in the place of NumPy."""
    path = Path(table.__file__).with_name(f"{part}.py")
    source = path.read_text().replace("import numpy as np\n", "import jax.numpy as np\n")
    spec = importlib.util.spec_from_loader(f"table.{part}_in_jax", None)
    module = importlib.util.module_from_spec(spec)
    exec(compile(source, str(path), "exec"), vars(module))
    return {case.id: case.reference for case in module.CASES}


def function(case):
    """JAX's own function where it has one of that name, else our reference in terms of JAX."""
    if case.function is getattr(F, case.name, None):
        if case.name in NAMES:
            return NAMES[case.name]
        for namespace in NAMESPACES:
            if hasattr(namespace, case.name):
                return getattr(namespace, case.name)
    part = next(m for m in vars(table).values() if case in getattr(m, "CASES", ()))
    return _references(part.__name__.rpartition(".")[2])[case.id]


def derivatives(f, xs, cotangent, directions):
    """The value of `f`, the gradient of `sum(f * cotangent)`, and that of its derivative along
    `directions`."""
    indices = tuple(range(len(xs)))

    def contracted(*xs):
        return jnp.vdot(f(*xs), cotangent)

    first = jax.grad(contracted, indices)

    def along(*xs):
        return sum(jnp.vdot(g, d) for g, d in zip(first(*xs), directions, strict=True))

    return f(*xs), first(*xs), jax.grad(along, indices)(*xs)


def bound(case, sample):
    return partial(function(case), **sample.args)


assert "table" in sys.modules
