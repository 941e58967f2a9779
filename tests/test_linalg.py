"""Linear algebra at its edges: singular and degenerate matrices, sizes, errors, large matrices."""

import gc

import numpy as np
import pytest
from numpy.linalg import LinAlgError

import autograd as ag
from autograd import Variable
from autograd import functions as F
from support import central, directional, gradients
from test_errors import fails

FACTORS = {
    "inv": F.inv,
    "pinv": F.pinv,
    "det": F.det,
    "slogdet": F.slogdet,
    "cholesky": F.cholesky,
    "eigh": F.eigh,
    "svd": F.svd,
    "qr": F.qr,
}
SQUARE = {name: f for name, f in FACTORS.items() if name not in ("svd", "qr", "pinv")}
every = pytest.mark.parametrize("name", FACTORS)


def parts(result):
    return result if isinstance(result, tuple) else (result,)


def total(result):
    return sum(F.sum(y) for y in parts(result))


def random(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def orders(f, x, count):
    """Derivatives of growing order along random ways, with those that differences give."""
    ways = [[random(*x.shape, seed=k + 1)] for k in range(count)]
    seed = np.ones(f(Variable(x)).shape)
    for k in range(1, count + 1):
        before = ways[: k - 1]
        want = central(
            lambda t, w=ways[k - 1], before=before: directional(f, [x + t * w[0]], seed, before),
            1e-3,
        )
        yield directional(f, [x], seed, ways[:k]), want


# Sizes


@every
def test_empty_matrices(name):
    for shape in ((0, 0), (3, 0, 0), (0, 2, 2)):
        x = Variable(np.zeros(shape))
        y = total(FACTORS[name](x))
        y.backward()
        assert x.grad.shape == shape
    assert F.det(np.zeros((0, 0))).item() == 1.0
    assert [v.item() for v in F.slogdet(np.zeros((0, 0)))] == [1.0, 0.0]


def test_empty_rectangles():
    for m, n in ((0, 3), (3, 0)):
        for full, (mu, nv) in ((False, (0, 0)), (True, (m, n))):
            u, s, vh = F.svd(np.zeros((2, m, n)), full_matrices=full)
            assert (u.shape, s.shape, vh.shape) == ((2, m, mu), (2, 0), (2, nv, n))
            if full:
                unit = np.broadcast_to(np.eye(3), (2, 3, 3))
                np.testing.assert_array_equal((u if m else vh).data, unit)
        q, r = F.qr(np.zeros((m, n)))
        assert (q.shape, r.shape) == ((m, 0), (0, n))


def test_one_by_one():
    for name, value in (("inv", 1 / 3), ("det", 3.0), ("cholesky", 3**0.5)):
        assert FACTORS[name]([[3.0]]).item() == pytest.approx(value)
    w, v = F.eigh([[3.0]])
    u, s, vh = F.svd([[-3.0]])
    q, r = F.qr([[-3.0]])
    assert (w.item(), abs(v.item()), s.item()) == (3.0, 1.0, 3.0)
    assert (u @ vh).item() == -1.0
    assert (q.item(), r.item()) == (-1.0, 3.0)


@pytest.mark.parametrize("n", [30, 130])
def test_large_matrices(n):
    """Sizes that are factored in blocks; values and a derivative of each."""
    a = random(n, n) + 2 * np.sqrt(n) * np.eye(n)
    s = a + a.T + 3 * np.sqrt(n) * np.diag(np.arange(n))
    tall = random(2 * n, n)
    c = random(n, n, seed=5)
    cases = [
        (F.inv, np.linalg.inv, a),
        (lambda x: F.solve(x, c), lambda x: np.linalg.solve(x, c), a),
        (lambda x: F.slogdet(x)[1], lambda x: np.linalg.slogdet(x)[1], a),
        (lambda x: F.det(0.1 * x), lambda x: np.linalg.det(0.1 * x), a),
        (lambda x: F.cholesky(x @ x.T), lambda x: np.linalg.cholesky(x @ x.T), a),
        (lambda x: F.eigh(x + x.T)[0], lambda x: np.linalg.eigh(x + x.T)[0], s),
        (lambda x: F.eigh(x + x.T)[1] ** 2, lambda x: np.linalg.eigh(x + x.T)[1] ** 2, s),
        (lambda x: F.svd(x)[1], lambda x: np.linalg.svd(x)[1], tall),
        (lambda x: F.qr(x)[1] ** 2, lambda x: np.linalg.qr(x)[1] ** 2, tall),
        (lambda x: F.qr(x.T)[0] ** 2, lambda x: np.linalg.qr(x.T)[0] ** 2, tall),
    ]
    for f, reference, x in cases:
        want = reference(x)
        np.testing.assert_allclose(f(Variable(x)).data, want, rtol=1e-8,
                                   atol=1e-9 * np.abs(want).max())  # fmt: skip
        way = random(*x.shape, seed=6)
        seed = random(*want.shape, seed=7)
        got = directional(f, [x], seed, [[way]])
        step = 1e-4
        difference = central(lambda t: np.sum(reference(x + t * way) * seed), step)  # noqa: B023
        assert got == pytest.approx(difference, rel=1e-5, abs=1e-6 * np.abs(want).max())


def test_results_do_not_depend_on_threads(threads):
    x = random(40, 25, 25) + 10 * np.eye(25)
    w = random(33, 25)

    def results():
        out = [y.data for f in (F.inv, F.det, F.svd, F.qr) for y in parts(f(x))]
        v = Variable(w)
        F.sum(F.matmul(v, x) ** 2).backward()
        return [*out, v.grad.data]

    threads(1)
    once = results()
    threads(3)
    for a, b in zip(once, results(), strict=True):
        assert a.tobytes() == b.tobytes()


def test_float32_stays_float32():
    x = (random(3, 3) + 5 * np.eye(3)).astype(np.float32)
    x = x @ x.T
    for name, f in FACTORS.items():
        assert {y.dtype for y in parts(f(x))} == {np.dtype(np.float32)}, name
    assert F.einsum("ij,->ji", x, 2.0).dtype == np.float32
    assert F.linear(x, x, 1.0).dtype == np.float32
    assert F.matrix_power(x, 0).dtype == np.float32


# Singular and degenerate matrices


@pytest.mark.parametrize(("n", "rank"), [(1, 0), (2, 1), (2, 0), (3, 2), (3, 1), (4, 2), (6, 5)])
def test_derivatives_of_the_determinant_of_singular_matrices(n, rank):
    x = random(n, rank) @ random(rank, n, seed=9)
    for got, want in orders(F.det, x, 3):
        assert got == pytest.approx(want, rel=1e-7, abs=1e-7)


def test_the_determinant_of_a_stack_with_a_singular_matrix():
    x = np.stack([random(3, 3), np.ones((3, 3)), np.diag([1.0, 2.0, 0.0])])
    for got, want in orders(F.det, x, 2):
        assert got == pytest.approx(want, rel=1e-7, abs=1e-7)
    y, (gx,) = gradients(F.det, [x], np.ones(3))
    np.testing.assert_allclose(y, np.linalg.det(x), atol=1e-14)
    np.testing.assert_allclose(gx[2], np.diag([0.0, 0.0, 2.0]), atol=1e-14)


def test_the_logarithm_of_the_determinant_of_a_singular_matrix():
    x = Variable(np.stack([np.diag([2.0, 4.0]), np.zeros((2, 2)), -np.eye(2)]))
    sign, log = F.slogdet(x)
    np.testing.assert_array_equal(sign.data, [1.0, 0.0, 1.0])
    np.testing.assert_allclose(log.data, [np.log(8.0), -np.inf, 0.0])
    assert sign.creator is None
    assert not sign.requires_grad
    log.backward(create_graph=True)
    want = np.stack([np.diag([0.5, 0.25]), np.zeros((2, 2)), -np.eye(2)])
    np.testing.assert_allclose(x.grad.data, want)
    g = x.grad
    x.cleargrad()
    F.sum(g).backward()
    assert np.isfinite(x.grad.data).all()


@pytest.mark.parametrize("x", [np.eye(3), np.zeros((3, 3)), np.diag([1.0, 1.0, 2.0])])
def test_equal_eigenvalues_and_singular_values_have_finite_gradients(x):
    for f in (F.eigh, F.svd):
        for value in (x, x[:, :2]) if f is F.svd else (x,):
            v = Variable(value)
            sum(F.sum(y * random(*y.shape)) for y in f(v)).backward(create_graph=True)
            g = v.grad
            assert np.isfinite(g.data).all()
            v.cleargrad()
            F.sum(g * g).backward()
            assert np.isfinite(v.grad.data).all()


def test_eigenvalues_of_a_degenerate_matrix():
    """Their sum is the trace, whatever eigenvectors were found."""
    x = Variable(np.eye(3))
    F.sum(F.eigh(x)[0]).backward()
    np.testing.assert_allclose(x.grad.data, np.eye(3), atol=1e-15)


def test_qr_of_dependent_columns_has_no_gradient():
    x = Variable(np.stack([np.ones((3, 2)), np.eye(3, 2)]))
    q, r = F.qr(x)
    np.testing.assert_allclose((q @ r).data, x.data, atol=1e-15)
    (F.sum(q) + F.sum(r)).backward()
    np.testing.assert_array_equal(x.grad.data[0], np.zeros((3, 2)))
    assert np.isfinite(x.grad.data).all()
    assert x.grad.data[1].any()


def test_pseudoinverses_of_lower_rank():
    """As long as the rank stays what it is: here the columns stay dependent."""

    def f(x):
        return F.pinv(F.matmul(x, np.array([[1.0, 2.0, 0.0], [0.0, 1.0, -1.0]])), 1e-8)

    x = random(4, 2)
    wide = x @ np.array([[1.0, 2.0, 0.0], [0.0, 1.0, -1.0]])
    np.testing.assert_allclose(f(x).data, np.linalg.pinv(wide), atol=1e-13)
    for got, want in orders(f, x, 2):
        assert got == pytest.approx(want, rel=1e-6)
    np.testing.assert_array_equal(F.pinv(np.zeros((2, 3))).data, np.zeros((3, 2)))
    assert F.pinv(np.ones((2, 2)), rtol=0.5).shape == (2, 2)


def test_extreme_sizes_of_elements():
    for size in (1e300, 1e-300):
        x = size * np.diag([1.0, 3.0, 2.0])
        np.testing.assert_allclose(F.eigh(x)[0].data, size * np.arange(1.0, 4.0))
        np.testing.assert_allclose(F.svd(x)[1].data, size * np.array([3.0, 2.0, 1.0]))
        np.testing.assert_allclose(F.qr(x)[1].data, x)
        np.testing.assert_allclose(F.slogdet(x)[1].item(), np.linalg.slogdet(x)[1])
        np.testing.assert_allclose(F.inv(x).data, np.linalg.inv(x))
    # The reciprocal of the first pivot is infinite.
    assert F.det(np.diag([1e-310, 1e10])).item() == pytest.approx(1e-300)


# NaN and infinities


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_no_finite_values(bad):
    x = np.diag([1.0, bad])
    for f in (F.inv, F.det, lambda x: F.solve(x, np.ones(2)), lambda x: F.slogdet(x)[1], F.qr):
        v = Variable(np.full((2, 2), bad))
        y = total(f(v))
        assert not np.isfinite(y.item())
        y.backward()
    for name in ("eigh", "svd"):
        fails(lambda n=name: FACTORS[n](x), LinAlgError, f"{name}: ", "NaN or infinite", "(2, 2)")
    y = np.stack([np.eye(2), np.full((2, 2), np.nan)])
    fails(lambda: F.cholesky(y), LinAlgError, "cholesky: matrix 1", "positive definite")


def test_the_other_triangle_does_not_count():
    x = np.array([[2.0, np.nan], [1.0, 3.0]])
    want = np.array([[2.0, 1.0], [1.0, 3.0]])
    np.testing.assert_allclose(F.cholesky(x).data, np.linalg.cholesky(want))
    np.testing.assert_allclose(F.eigh(x)[0].data, np.linalg.eigh(want)[0])
    np.testing.assert_allclose(F.eigh(x.T, "U")[0].data, np.linalg.eigh(want)[0])
    v = Variable([[2.0, 9.0], [1.0, 3.0]])
    F.sum(F.cholesky(v)).backward()
    np.testing.assert_allclose(v.grad.data, v.grad.data.T)


# Results that are not used, or used twice


def test_some_results_only():
    x = random(4, 3)
    for f in (F.svd, F.qr, lambda x: F.eigh(x.T @ x)):
        each = []
        for k in range(len(f(Variable(x)))):
            v = Variable(x)
            F.sum(f(v)[k] ** 3).backward()
            each.append(v.grad.data)
        v = Variable(x)
        sum(F.sum(y**3) for y in f(v)).backward()
        np.testing.assert_allclose(v.grad.data, sum(each), atol=1e-12)


def test_gradients_when_results_are_gone():
    """The rule needs the eigenvectors, even if only the values were kept."""
    x = Variable(np.array([[2.0, 1.0], [1.0, 5.0]]))
    w = F.eigh(x)[0]
    F.sum(w**2).backward(create_graph=True)
    np.testing.assert_allclose(x.grad.data, 2 * x.data)
    g = x.grad
    x.cleargrad()
    F.sum(g * g).backward()
    np.testing.assert_allclose(x.grad.data, 8 * x.data)


def test_constants_get_no_gradient():
    a, b = random(3, 3) + 5 * np.eye(3), random(3, 2)
    v = Variable(b)
    F.solve(a, v).backward()
    np.testing.assert_allclose(v.grad.data, np.linalg.inv(a).T @ np.ones((3, 2)))
    v = Variable(a)
    F.solve(v, b).backward()
    assert v.grad.shape == (3, 3)
    assert F.solve(a, b).creator is None


# Products


def test_a_matrix_times_a_stack_sums_as_it_goes():
    """No stack of gradients is built for the matrix, at any order."""
    for f, w, x in (
        (F.matmul, random(3, 4), random(5, 2, 4, 6)),
        (lambda w, x: F.matmul(x, w), random(1, 4, 3), random(5, 6, 4)),
    ):
        w, x = Variable(w), Variable(x)
        (f(w, x) ** 2).backward(create_graph=True)
        assert w.grad.creator.name == "SumOfProducts"
        assert w.grad.shape == w.shape
        assert w.grad.creator.inputs[0].ndim > w.ndim - 1
    x, w = Variable(random(5, 6, 4)), Variable(random(4, 3))
    F.matmul(x, w).backward(create_graph=True)
    assert w.grad.creator.name == "MatMul"


def test_a_linear_layer_is_one_step():
    x, w, b = Variable(random(5, 4)), Variable(random(4, 3)), Variable(random(3))
    y = F.linear(x, w, b)
    assert y.creator.name == "Linear"
    np.testing.assert_allclose(y.data, F.linear_simple(x, w, b).data, atol=1e-14)
    assert F.linear(x, w).creator.name == "MatMul"
    assert F.linear(Variable(random(2, 5, 4)), w, b).shape == (2, 5, 3)


def test_products_of_numbers():
    assert F.dot(2.0, 3.0).item() == 6.0
    assert F.outer(2.0, [1.0, 2.0]).shape == (1, 2)
    assert F.vdot(2.0, 3.0).item() == 6.0
    assert F.tensordot(2.0, 3.0, 0).item() == 6.0
    assert F.einsum(",->", 2.0, 3.0).item() == 6.0


def test_einsum_reads_what_numpy_reads():
    x, y = random(2, 3, 4), random(4, 3)
    for subscripts in (" i j k , k l -> i j l ", "kji,il", "aZb,bZ", "...k,kl->...l", "ijk,kj"):
        np.testing.assert_allclose(
            F.einsum(subscripts, x, y).data, np.einsum(subscripts, x, y), atol=1e-13
        )


def test_einsum_of_many_operands_keeps_results_small():
    """From left to right the first product would have 2**40 elements."""
    big = F.broadcast_to(Variable(1.0), (2**20,))
    y = F.einsum("i,j,i->j", big, F.broadcast_to(Variable(1.0), (2**20,)), big)
    assert y.shape == (2**20,)
    assert y[0].item() == 2.0**20


def test_powers_of_matrices():
    x = random(3, 3) + 4 * np.eye(3)
    for n in (-2, -1, 0, 1, 2, 3, 7, np.int64(4)):
        want = np.linalg.matrix_power(x, n)
        np.testing.assert_allclose(F.matrix_power(x, n).data, want, rtol=1e-10)
    assert F.matrix_power(Variable(x), 0).creator is None


def test_the_namespace_has_the_names_of_numpy():
    for name in F.linalg.__all__:
        assert hasattr(np.linalg, name)
        assert getattr(F.linalg, name) is getattr(F, name)


# Errors


@pytest.mark.parametrize("name", SQUARE)
def test_matrices_that_are_not_square(name):
    for shape in ((2, 3), (4, 3, 2)):
        fails(
            lambda s=shape: SQUARE[name](np.ones(s)), ValueError, f"{name}: ", "square", str(shape)
        )


@every
def test_no_matrices(name):
    for x in (1.0, [1.0, 2.0]):
        shape = str(np.shape(x))
        fails(lambda x=x: FACTORS[name](x), LinAlgError, f"{name}: ", "matrix", shape)
    for x in (None, "text", 1j):
        fails(lambda x=x: FACTORS[name](x), TypeError, f"{name}: ")
    fails(FACTORS[name], TypeError, name)


def test_singular_matrices():
    stack = np.stack([np.eye(2), np.ones((2, 2)), np.zeros((2, 2))])
    fails(lambda: F.inv(stack), LinAlgError, "inv: matrix 1 of the stack is singular", "(3, 2, 2)")
    fails(
        lambda: F.solve(np.ones((2, 2)), [1.0, 2.0]), LinAlgError, "solve: the matrix is singular"
    )
    fails(lambda: F.matrix_power(np.zeros((2, 2)), -1), LinAlgError, "singular")
    fails(lambda: F.cholesky(-np.eye(2)), LinAlgError, "cholesky: the matrix is not positive")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: F.solve(np.eye(2), np.ones(3)), ["solve: ", "(2, 2)", "(3,)", "size 2"]),
        (lambda: F.solve(np.eye(2), np.ones((3, 2))), ["solve: ", "(3, 2)", "2 rows"]),
        (lambda: F.solve(np.eye(2), 1.0), ["solve: ", "()"]),
        (lambda: F.solve(np.ones((2, 2, 2)), np.ones((3, 2, 2))), ["solve: ", "(2,)", "(3,)"]),
        (lambda: F.solve(np.ones((2, 3)), np.ones(2)), ["solve: ", "square", "(2, 3)"]),
        (lambda: F.eigh(np.eye(2), UPLO="X"), ["eigh: ", "UPLO", '"X"']),
        (lambda: F.pinv(np.eye(2), rtol=-1.0), ["pinv: ", "rtol", "-1"]),
        (lambda: F.pinv(np.eye(2), rtol=float("nan")), ["pinv: ", "rtol", "NaN"]),
        (lambda: F.dot(np.ones((2, 3)), np.ones(2)), ["dot: ", "(2, 3)", "(2,)", "transpose"]),
        (lambda: F.vdot(np.ones((2, 3)), np.ones(2)), ["vdot: ", "(2, 3)", "(2,)"]),
        (lambda: F.inner(np.ones((2, 3)), np.ones(2)), ["inner: ", "(2, 3)", "last sizes"]),
        (lambda: F.tensordot(np.ones((2, 3)), np.ones((2, 3)), 1), ["tensordot: ", "axis 1", "3"]),
        (lambda: F.tensordot(np.eye(2), np.eye(2), 3), ["tensordot: ", "axes=3"]),
        (lambda: F.tensordot(np.eye(2), np.eye(2), -1), ["tensordot: ", "axes=-1"]),
        (lambda: F.tensordot(np.eye(2), np.eye(2), (2, 0)), ["tensordot: ", "axis 2"]),
        (lambda: F.tensordot(np.eye(2), np.eye(2), ([0, 0], [0, 1])), ["tensordot: ", "twice"]),
        (lambda: F.tensordot(np.eye(2), np.eye(2), ([0, 1], [0])), ["tensordot: ", "1 and 2"]),
        (lambda: F.tensordot(np.eye(2), np.eye(2), (0, 1, 2)), ["tensordot: ", "3 items"]),
        (lambda: F.linear(np.ones((2, 3)), np.ones((2, 3))), ["linear: ", "inputs by outputs"]),
        (lambda: F.linear(np.eye(2), np.eye(2), np.ones(3)), ["linear: ", "(2, 2)", "(3,)"]),
        (lambda: F.linear(1.0, np.eye(2)), ["linear: ", "()"]),
        (lambda: F.einsum("ij,jk", np.eye(2)), ["einsum: ", "2 operand(s)", "1 are given"]),
        (lambda: F.einsum("ij", np.ones(2)), ["einsum: ", "operand 0 has 1 axes", '"ij"']),
        (lambda: F.einsum("i", np.eye(2)), ["einsum: ", "operand 0 has 2 axes"]),
        (lambda: F.einsum("i,i", np.ones(2), np.ones(3)), ["einsum: ", '"i"', "2 and 3", "(3,)"]),
        (lambda: F.einsum("...,...", np.ones(2), np.ones(3)), ["einsum: ", "ellipsis", "2 and 3"]),
        (lambda: F.einsum("ij->k", np.eye(2)), ["einsum: ", "no operand", '"k"']),
        (lambda: F.einsum("ij->ii", np.eye(2)), ["einsum: ", '"i" twice']),
        (lambda: F.einsum("ii", np.ones((2, 3))), ["einsum: ", "(2, 3)"]),
        (lambda: F.einsum("ii", np.ones((1, 3))), ["einsum: ", "different sizes", "(1, 3)"]),
        (lambda: F.einsum("i.j", np.eye(2)), ["einsum: ", '"."']),
        (lambda: F.einsum("i1", np.eye(2)), ["einsum: ", '"1"']),
        (lambda: F.einsum("i->j->k", np.ones(2)), ["einsum: ", '"-"']),
        (lambda: F.einsum("......", np.ones(2)), ["einsum: ", '"."', "one"]),
        (lambda: F.einsum("...i->i", np.eye(2)), ["einsum: ", "ellipsis"]),
        (lambda: F.einsum(""), ["einsum: ", "0 are given"]),
        (lambda: F.matrix_power(np.ones((2, 3)), 2), ["matrix_power: ", "square", "(2, 3)"]),
    ],
)  # fmt: skip
def test_wrong_values(call, words):
    fails(call, ValueError, *words)


def test_wrong_types():
    fails(lambda: F.einsum(1, np.ones(2)), TypeError, "einsum: ", "string", "int")
    fails(lambda: F.einsum("i", None), TypeError, "einsum: ", "NoneType")
    fails(lambda: F.matrix_power(np.eye(2), 1.5), TypeError, "matrix_power: ", "float")
    fails(lambda: F.matrix_power(np.eye(2), True), TypeError, "matrix_power: ", "bool")
    for axes in (1.5, "ab", (0.5, 0), (0, None), {0, 1}):
        fails(lambda a=axes: F.tensordot(np.eye(2), np.eye(2), a), TypeError, "tensordot: ")
    for f in (F.dot, F.vdot, F.inner, F.outer, F.tensordot, F.solve, F.linear):
        fails(lambda f=f: f(np.eye(2), "text"), TypeError, f"{f.__name__}: ", "str")
        fails(lambda f=f: f(None, np.eye(2)), TypeError, f"{f.__name__}: ", "NoneType")
    fails(lambda: F.linear(np.eye(2), np.eye(2), "text"), TypeError, "linear: ", "str")


@pytest.mark.parametrize("name", FACTORS)
def test_too_large(name):
    one = Variable(1.0)
    fails(lambda: FACTORS[name](F.broadcast_to(one, (2**20, 2**20))), MemoryError)
    fails(lambda: FACTORS[name](F.broadcast_to(one, (2**45, 1, 1))), MemoryError)
    fails(lambda: F.solve(F.broadcast_to(one, (2**20, 2**20)), 1.0), ValueError, "solve: ")


def test_everything_works_after_failures():
    gc.collect()
    before = ag.graph_stats()["nodes"]
    x = Variable(np.ones((2, 2)))
    fails(lambda x=x: F.inv(x), LinAlgError, "singular")
    F.sum(F.inv(x + np.eye(2))).backward()
    del x
    gc.collect(1)
    assert ag.graph_stats()["nodes"] == before


@pytest.mark.parametrize(
    ("subscripts", "shapes"),
    [
        ("i,i->", [(1,), (3,)]),
        ("ij,jk->ik", [(2, 1), (3, 4)]),
        ("i,ij->j", [(1,), (3, 2)]),
        ("abc,adc->bd", [(1, 3, 4), (2, 5, 4)]),
        ("ab,b->a", [(3, 1), (4,)]),
    ],
)
def test_einsum_sums_over_axes_of_size_one_that_broadcast(subscripts, shapes):
    rng = np.random.default_rng(0)
    arrays = [rng.standard_normal(s) for s in shapes]
    got = F.einsum(subscripts, *map(Variable, arrays)).data
    np.testing.assert_allclose(got, np.einsum(subscripts, *arrays), rtol=1e-12)
