"""Products and factorisations of matrices."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograd import functions as F
from table.base import REALS, Case, Sample, broadcastable

SMALL = (-0.5, 0.5)


# Products


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
def stacks_by_thin_stacks(draw):
    """One matrix with axes of size one before it, with a stack."""
    n, k, m = (draw(st.integers(0, 4)) for _ in range(3))
    stack = draw(hnp.array_shapes(min_dims=1, max_dims=2, min_side=0, max_side=3))
    thin = (1,) * draw(st.integers(0, 3))
    shapes = (*thin, n, k), (*stack, k, m)
    if draw(st.booleans()):
        shapes = (*stack, n, k), (*thin, k, m)
    return Sample(shapes)


def product(name, reference, samples, label="", **facts):
    return Case(
        name, getattr(F, name), reference, samples, "product", (REALS, REALS), label=label, **facts
    )


def short(min_dims=0, max_dims=2):
    return hnp.array_shapes(min_dims=min_dims, max_dims=max_dims, min_side=0, max_side=3)


@st.composite
def dots(draw):
    """One axis of each is summed over: the last, and the second-last."""
    k = draw(st.integers(0, 3))
    m = draw(st.integers(0, 3))
    return Sample(((*draw(short()), k), (*draw(short()), k, m)))


@st.composite
def inners(draw):
    k = draw(st.integers(0, 3))
    return Sample(((*draw(short()), k), (*draw(short()), k)))


@st.composite
def with_numbers(draw):
    shapes = [(), draw(short(max_dims=3))]
    return Sample(tuple(draw(st.permutations(shapes))))


@st.composite
def vdots(draw):
    shape = draw(short(max_dims=3))
    return Sample((shape, (int(np.prod(shape)),) if draw(st.booleans()) else shape))


@st.composite
def pairs(draw):
    return Sample((draw(short()), draw(short())))


@st.composite
def tensordots(draw, named):
    x = draw(short(max_dims=3))
    n = draw(st.integers(0, min(len(x), 2)))
    if not named:
        y = (*x[len(x) - n :], *draw(short()))
        return Sample((x, y), {"axes": n})
    over = draw(st.permutations(range(len(x))))[:n]
    y = list(draw(short()))
    places = []
    for axis in over:
        place = draw(st.integers(0, len(y)))
        y.insert(place, x[axis])
        places = [p + (p >= place) for p in places] + [place]
    if draw(st.booleans()):
        places = [p - len(y) for p in places]
    if n == 1 and draw(st.booleans()):
        return Sample((x, tuple(y)), {"axes": (over[0], places[0])})
    return Sample((x, tuple(y)), {"axes": (over, places)})


@st.composite
def linears(draw, kind):
    n, k, m = (draw(st.integers(0, 4)) for _ in range(3))
    if kind == "row":
        b = draw(st.sampled_from([(m,), (1, m)]))
        return Sample(((*draw(short()), n, k), (k, m), b))
    x, w, b = draw(broadcastable(3))
    last = draw(st.sampled_from([1, m]))
    if draw(st.booleans()):
        return Sample(((k,), (*w[-2:], k, m), (*b[-2:], last)))
    b = (*b[-2:], draw(st.sampled_from([1, n])), last)
    return Sample(((*x[-2:], n, k), (*w[-2:], k, m), b[-1:] if draw(st.booleans()) else b))


def linear(name, kind):
    return Case(
        name,
        getattr(F, name),
        lambda x, w, b: np.matmul(x, w) + b,
        linears(kind),
        "product",
        (REALS, REALS, REALS),
        label=kind,
    )


@st.composite
def einsums(draw, subscripts):
    """A size for each letter, and axes under the ellipsis that broadcast."""
    terms = subscripts.partition("->")[0].split(",")
    sizes = {c: draw(st.integers(0, 3)) for c in sorted(set("".join(terms)) - {"."})}
    rest = draw(short())

    def shape(term):
        before, dots, after = term.partition("...")
        some = rest[draw(st.integers(0, len(rest))) :] if dots else ()
        some = tuple(draw(st.sampled_from([1, n])) if n else n for n in some)
        return (*(sizes[c] for c in before), *some, *(sizes[c] for c in after))

    return Sample(tuple(shape(term) for term in terms))


def einsum(subscripts):
    factors = subscripts.count(",") + 1
    return Case(
        "einsum",
        lambda *xs: F.einsum(subscripts, *xs),
        lambda *xs: np.einsum(subscripts, *xs),
        einsums(subscripts),
        "product" if factors > 1 else "reduction",
        (REALS,) * factors,
        label=subscripts,
    )


PRODUCTS = [
    product("matmul", np.matmul, products("1-1"), "vectors"),
    product("matmul", np.matmul, products("1-2"), "vector_matrix"),
    product("matmul", np.matmul, products("2-1"), "matrix_vector"),
    product("matmul", np.matmul, products("2-2"), "matrices"),
    product("matmul", np.matmul, products("batched"), "batched"),
    product("matmul", np.matmul, stacks_by_one("left"), "left"),
    product("matmul", np.matmul, stacks_by_one("right"), "right"),
    product("matmul", np.matmul, stacks_by_thin_stacks(), "thin"),
    product("dot", np.dot, products("1-1"), "vectors"),
    product("dot", np.dot, products("2-2"), "matrices"),
    product("dot", np.dot, stacks_by_one("right"), "right"),
    product("dot", np.dot, dots(), "arrays"),
    product("dot", np.dot, with_numbers(), "numbers"),
    product("vdot", np.vdot, vdots()),
    product("inner", np.inner, inners()),
    product("inner", np.inner, with_numbers(), "numbers"),
    product("outer", np.outer, pairs()),
    product("tensordot", np.tensordot, tensordots(False), "last"),
    product("tensordot", np.tensordot, tensordots(True), "named"),
    linear("linear", "row"),
    linear("linear", "any"),
    linear("linear_simple", "any"),
    *map(
        einsum,
        (
            "i,i",
            "i,j->ij",
            "ij->ji",
            "ij->",
            "ii",
            "ii->i",
            "iji->j",
            "iii->i",
            "ba",
            "ij,jk",
            "ij,ij->i",
            "ij,ij->ij",
            "ii,ij->j",
            "bij,bjk->bik",
            "bhqd,bhkd->bhqk",
            "ijk,lk,m->mjl",
            "ij,jk,kl,lm->im",
            "a,ab,abc->c",
            "...ij,...jk->...ik",
            "...i,...i",
            "i...,...->i...",
            "...,...j->j...",
        ),
    ),
]


# Factorisations


def eye(x, step=None):
    """The unit matrix, or other numbers on the diagonal, for matrices like those of `x`."""
    m, n = x.shape[-2:]
    diagonal = np.eye(m, n, dtype=x.dtype)
    return diagonal if step is None else diagonal * (step * np.arange(1, n + 1)).astype(x.dtype)


def dominant(x):
    """Far from singular: the diagonal outweighs the rest of each row."""
    return x + (2 * x.shape[-1] + 2) * eye(x)


def turned(x):
    return F.swapaxes(x, -1, -2) if not isinstance(x, np.ndarray) else np.swapaxes(x, -1, -2)


def definite(x):
    return x @ turned(x) + (x.shape[-1] + 1) * eye(x)


def spread(x):
    """Symmetric, with eigenvalues that keep a distance from each other."""
    return x + turned(x) + eye(x, 10.0)


def tall_or_wide(x):
    """With singular values that keep a distance from each other and from 0."""
    return x + eye(x, 6.0)


@st.composite
def squares(draw):
    n = draw(st.integers(0, 4))
    return Sample(((*draw(short()), n, n),))


@st.composite
def rectangles(draw):
    return Sample(((*draw(short()), draw(st.integers(0, 4)), draw(st.integers(0, 4))),))


@st.composite
def equations(draw):
    n, k = draw(st.integers(0, 4)), draw(st.integers(0, 3))
    a, b = draw(broadcastable())
    vector = draw(st.booleans())
    return Sample(((*a[-2:], n, n), (n,) if vector else (*b[-2:], n, k)))


def plain(f):
    """A reference that runs in float64, for NumPy factors nothing wider."""
    return lambda *xs: f(*(np.asarray(x, np.float64) for x in xs))


def matrices(name, function, reference, samples=None, label="", domains=(REALS,)):
    samples = squares() if samples is None else samples
    return Case(name, function, plain(reference), samples, "matrix", domains, label=label, rough=64)


def of_eigh(of, upper=False):
    def function(x):
        w, v = F.eigh(spread(x), UPLO="U" if upper else "L")
        return of(F, w, v)

    def reference(x):
        return of(np, *np.linalg.eigh(spread(x)))

    return function, reference


def of_svd(of, full=False):
    """Of the parts of a singular value decomposition, whatever the signs of vectors."""

    def function(x):
        return of(F, *F.svd(tall_or_wide(x), full_matrices=full))

    def reference(x):
        return of(np, *np.linalg.svd(tall_or_wide(x), full_matrices=full))

    return function, reference


def of_qr(of):
    def function(x):
        return of(F, *F.qr(tall_or_wide(x)))

    def reference(x):
        q, r = np.linalg.qr(tall_or_wide(x))
        sign = np.where(np.diagonal(r, axis1=-2, axis2=-1) < 0, -1.0, 1.0)
        return of(np, q * sign[..., None, :], r * sign[..., None])

    return function, reference


def row(v):
    """Vectors as rows."""
    return v.reshape((*v.shape[:-1], 1, v.shape[-1]))


def rest(m, u, s, vh):
    """The projection on the directions that `full_matrices` adds."""
    left, right = u[..., s.shape[-1] :], vh[..., s.shape[-1] :, :]
    return left @ turned(left) if u.shape[-1] > s.shape[-1] else turned(right) @ right


FACTORS = [
    matrices(
        "solve",
        lambda x, b: F.solve(dominant(x), b),
        lambda x, b: np.linalg.solve(dominant(x), b),
        equations(),
        domains=(REALS, REALS),
    ),
    matrices("inv", lambda x: F.inv(dominant(x)), lambda x: np.linalg.inv(dominant(x))),
    matrices(
        "pinv",
        lambda x: F.pinv(tall_or_wide(x)),
        lambda x: np.linalg.pinv(tall_or_wide(x)),
        rectangles(),
        domains=(SMALL,),
    ),
    matrices("det", F.det, np.linalg.det, domains=((-1.0, 1.0),)),
    matrices(
        "slogdet",
        lambda x: F.slogdet(dominant(x))[1],
        lambda x: np.linalg.slogdet(dominant(x))[1],
    ),
    matrices(
        "cholesky",
        lambda x: F.cholesky(definite(x)),
        lambda x: np.linalg.cholesky(definite(x)),
    ),
    matrices("eigh", *of_eigh(lambda m, w, v: w), label="values", domains=(SMALL,)),
    matrices("eigh", *of_eigh(lambda m, w, v: v * v), label="vectors", domains=(SMALL,)),
    matrices(
        "eigh",
        *of_eigh(lambda m, w, v: (v * m.sin(0.1 * row(w))) @ turned(v), upper=True),
        label="both",
        domains=(SMALL,),
    ),
    matrices("svd", *of_svd(lambda m, u, s, vh: s), rectangles(), label="values", domains=(SMALL,)),
    matrices(
        "svd", *of_svd(lambda m, u, s, vh: u * u), rectangles(), label="left", domains=(SMALL,)
    ),
    matrices(
        "svd", *of_svd(lambda m, u, s, vh: vh * vh), rectangles(), label="right", domains=(SMALL,)
    ),
    matrices(
        "svd",
        *of_svd(lambda m, u, s, vh: (u * m.sin(row(s))) @ vh),
        rectangles(),
        label="all",
        domains=(SMALL,),
    ),
    matrices("svd", *of_svd(rest, full=True), rectangles(), label="full", domains=(SMALL,)),
    matrices("qr", *of_qr(lambda m, q, r: q), rectangles(), label="q", domains=(SMALL,)),
    matrices("qr", *of_qr(lambda m, q, r: r), rectangles(), label="r", domains=(SMALL,)),
    matrices(
        "qr", *of_qr(lambda m, q, r: q @ m.sin(r)), rectangles(), label="both", domains=(SMALL,)
    ),
    *(
        matrices(
            "matrix_power",
            lambda x, n=n: F.matrix_power(0.1 * dominant(x), n),
            lambda x, n=n: np.linalg.matrix_power(0.1 * dominant(x), n),
            label=f"{n}",
        )
        for n in (1, 2, 5, -3)
    ),
]

CASES = PRODUCTS + FACTORS

# Files of operations that are named after something else than their functions.
FILES = {"cofactors": {"det"}, "sum_of_products": {"matmul"}}
