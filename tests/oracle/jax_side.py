"""The rows of the table as JAX computes them."""

import importlib.util
import sys
from functools import cache, partial
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy

import table
from autograd import functions as F

jax.config.update("jax_enable_x64", True)


class NumpyInJax:
    """JAX's functions, and NumPy's where JAX has none, which do for constants."""

    def __getattr__(self, name):
        return getattr(jnp if hasattr(jnp, name) else numpy, name)


numpy_in_jax = NumpyInJax()


def det(x):
    # JAX's does not take matrices without elements.
    return jnp.linalg.det(x) if x.shape[-1] else jnp.ones(x.shape[:-2])


def take(x, indices, axis):
    # JAX's forgets the shape of positions where there is nothing to take from.
    x, axis = (jnp.ravel(x), 0) if axis is None else (x, axis % x.ndim)
    return x[(*(slice(None),) * axis, numpy.asarray(indices, int))]


def conv_transpose(x, w, b=None, *, stride, padding, output_padding, dilation, groups):
    """The transpose of a convolution, by JAX."""
    sizes = [
        (m - 1) * s + (k - 1) * d + 1 + o - 2 * p
        for m, s, k, d, o, p in zip(
            x.shape[2:], stride, w.shape[2:], dilation, output_padding, padding, strict=True
        )
    ]

    def conv(y):
        return jax.lax.conv_general_dilated(
            y, w, stride, [(p, p) for p in padding], rhs_dilation=dilation,
            feature_group_count=groups,
        )  # fmt: skip

    _, pull = jax.vjp(conv, jnp.zeros((len(x), groups * w.shape[1], *sizes)))
    (y,) = pull(x)
    return y if b is None else y + b.reshape(-1, 1, 1)


def by_matrix(case):
    """A linear function of all operands, as a matrix that the reference gives column by column:
    for references that assign to elements, which JAX does not."""

    def of(*xs, **args):
        ends = numpy.cumsum([0, *(x.size for x in xs)])

        def reference(flat):
            parts = [
                flat[a:b].reshape(x.shape) for a, b, x in zip(ends, ends[1:], xs, strict=False)
            ]
            return case.reference(*parts, **args)

        columns = [reference(unit).ravel() for unit in numpy.eye(ends[-1])]
        shape = reference(numpy.zeros(ends[-1])).shape
        if not columns or 0 in shape:
            return jnp.zeros(shape)
        flat = jnp.concatenate([jnp.ravel(x) for x in xs])
        return (numpy.stack(columns, 1) @ flat).reshape(shape)

    return of


NAMESPACES = (jnp, jax.nn, jax.scipy.special, jnp.linalg)
# What is spelt otherwise there.
NAMES = {
    "conv_transpose2d": conv_transpose,
    "det": det,
    "div": jnp.divide,
    "leaky_relu": lambda x, slope=0.01: jax.nn.leaky_relu(x, slope),
    "lgamma": jax.scipy.special.gammaln,
    "mul": jnp.multiply,
    "neg": jnp.negative,
    "sub": jnp.subtract,
    "take": take,
    "variance": jnp.var,
}
BY_ID = {f"polygamma-of_order_{n}": partial(jax.scipy.special.polygamma, n) for n in (1, 4)}
# What JAX's function of the same name does not take.
OTHERWISE = {"norm"}
LINEAR = {"sliding_window_view", "index_update", "index_add", "scatter_add"}
# What JAX cannot differentiate.
NOT_THERE = {"svd-full"}


@cache
def _references(part):
    """The references of one part of the table, with JAX in the place of NumPy."""
    path = Path(table.__file__).with_name(f"{part}.py")
    ours = "from oracle.jax_side import numpy_in_jax as np\n"
    source = path.read_text().replace("import numpy as np\n", ours)
    spec = importlib.util.spec_from_loader(f"table.{part}_in_jax", None)
    module = importlib.util.module_from_spec(spec)
    exec(compile(source, str(path), "exec"), vars(module))
    return {case.id: case.reference for case in module.CASES}


def function(case):
    """JAX's own function where it has one of that name, else our reference in terms of JAX."""
    if case.id in BY_ID:
        return BY_ID[case.id]
    if case.name in LINEAR:
        return by_matrix(case)
    if case.name in NAMES and (case.function is getattr(F, case.name) or "conv" in case.name):
        return NAMES[case.name]
    if case.function is getattr(F, case.name, None) and case.name not in OTHERWISE:
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
