"""Products with Jacobians and Hessians, the laws that they obey, and `stop_gradient`."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
from autograd import Variable
from autograd import functions as F
from support import central, fails, same


def close(got, want, tolerance=1e-12):
    got = got.data if isinstance(got, Variable) else got
    np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance)


# Laws


MATRIX = np.array([[0.5, -1, 0], [1, 0.2, 0.3], [0, 1, 1]])
SMOOTH = [F.sin, F.tanh, F.exp, F.sigmoid, lambda x: x * x, lambda x: x * F.sum(x) / 4,
          lambda x: F.cumsum(x) / 2, lambda x: x @ MATRIX,
          lambda x: F.softmax(x), lambda x: x[::-1], lambda x: F.logaddexp(x, x * x),
          lambda x: F.where(np.array([True, False, True]), x, F.cos(x))]  # fmt: skip


@st.composite
def compositions(draw):
    """A smooth function from vectors of 3 to such, of up to three parts kept in bounds."""
    parts = [draw(st.sampled_from(SMOOTH)) for _ in range(draw(st.integers(1, 3)))]

    def f(x):
        for part in parts:
            x = F.tanh(part(x))
        return x

    return f


VECTORS = st.integers(0, 2**32 - 1).map(lambda s: np.random.default_rng(s).uniform(-1, 1, (4, 3)))


@given(f=compositions(), vectors=VECTORS)
def test_laws_of_products(f, vectors):
    x, u, v, w = vectors
    value, pullback = ag.vjp(f, x)
    _, tangent = ag.jvp(f, (x,), (v,))
    # Transposition: <u, J v> = <Jᵀ u, v>.
    close(u @ tangent.data, pullback(u)[0].data @ v)
    # Linearity.
    close(pullback(2 * u - w)[0], 2 * pullback(u)[0].data - pullback(w)[0].data)
    close(
        ag.jvp(f, (x,), (2 * v - w,))[1],
        2 * tangent.data - ag.jvp(f, (x,), (w,))[1].data,
    )
    # Both are the matrix times the vector.
    matrix = ag.jacobian(f)(x).data
    close(tangent, matrix @ v)
    close(pullback(u)[0], u @ matrix)
    same(value, f(Variable(x)))


@given(f=compositions(), vectors=VECTORS)
def test_laws_of_second_derivatives(f, vectors):
    x, u, v, _ = vectors

    def g(x):
        return F.sum(f(x) * u)

    hessian = ag.hessian(g)(x).data
    close(hessian, hessian.T, 1e-11)
    close(ag.hvp(g, (x,), (v,))[0], hessian @ v, 1e-11)
    close(ag.jvp(ag.grad(g), (x,), (v,))[1], hessian @ v, 1e-11)
    close(ag.grad(lambda x: ag.jvp(g, (x,), (v,))[1])(x), hessian @ v, 1e-11)


@given(f=compositions(), vectors=VECTORS)
def test_against_finite_differences(f, vectors):
    x, u, v, _ = vectors
    _, tangent = ag.jvp(f, (x,), (v,))
    close(tangent, central(lambda t: f(Variable(x + t * v)).data, 1e-3), 1e-8)
    (got,) = ag.hvp(lambda x: F.sum(f(x) * u), (x,), (v,))
    gradient = ag.grad(lambda x: F.sum(f(x) * u))
    close(got, central(lambda t: gradient(x + t * v).data, 1e-3), 1e-7)


# Products


def test_pullbacks_may_be_called_again():
    value, pullback = ag.vjp(lambda x, y: (x * y, x + y), 2.0, np.array([1.0, 3.0]))
    same(value[0], [2.0, 6.0])
    for _ in range(2):
        gx, gy = pullback((np.array([1.0, 0.0]), [0.0, 1.0]))
        same(gx, 2.0)
        same(gy, [2.0, 1.0])


def test_products_at_poles():
    """As `backward` has it: infinite where the formula is; clean where a branch is not taken."""
    assert ag.jvp(F.log, (0.0,), (2.0,))[1].item() == math.inf
    x = np.array([0.0, 1.0])
    _, tangent = ag.jvp(lambda x: F.where(x > 0, F.log(x), 2 * x), (x,), (np.ones(2),))
    same(tangent, [2.0, 1.0])


def test_products_of_several_arguments():
    def f(p, q):
        return {"sum": F.sum(p["w"] * q), "w": p["w"]}

    p, q = {"w": np.array([1.0, 2.0])}, np.array([3.0, 4.0])
    way = {"w": np.array([0.5, -1.0])}, np.array([1.0, 10.0])
    value, tangent = ag.jvp(f, (p, q), way)
    assert value["sum"].item() == 11.0
    assert tangent["sum"].item() == 0.5 * 3 - 4 + 1 + 20
    same(tangent["w"], way[0]["w"])
    gp, gq = ag.hvp(lambda p, q: f(p, q)["sum"] ** 2 / 2, (p, q), way)
    along = tangent["sum"].item()
    same(gp["w"], along * q + 11.0 * way[1])
    same(gq, along * p["w"] + 11.0 * way[0]["w"])


def test_products_that_do_not_fit():
    x = np.ones(3)
    for call, name in ((ag.jvp, "jvp"), (ag.hvp, "hvp")):
        fails(lambda call=call: call(F.sum, (x,), (np.ones(2),)), ValueError, f"{name} of",
              "tangents", "(3,)", "(2,)")  # fmt: skip
        fails(lambda call=call: call(F.sum, (x,), (x, x)), ValueError, f"{name} of sum", "2 for 1")
        fails(lambda call=call: call(F.sum, (), ()), ValueError, f"{name} of sum", "0 for 0")
        fails(lambda call=call: call(F.sum, x, x), TypeError, f"{name} of sum", "primals",
              "ndarray")  # fmt: skip
        fails(lambda call=call: call(F.sum, (x,), ({"a": x},)), ValueError, "dict")
        fails(lambda call=call: call(F.sum, (x,), ("a",)), TypeError, "real number")
    _, pullback = ag.vjp(F.sin, x)
    fails(lambda: pullback(1.0), ValueError, "vjp of sin: the cotangent", "(3,)", "()")
    fails(lambda: ag.vjp(lambda: 1.0), TypeError, "vjp", "at least one argument")


def test_stop_gradient():
    got = ag.grad(lambda x: x * ag.stop_gradient(x))(3.0)
    assert got.item() == 3.0
    tree = ag.stop_gradient({"a": [Variable(1.0) * 2, 3], "b": None, "c": np.ones(2, np.float32)})
    assert [v.requires_grad for v in (*tree["a"], tree["c"])] == [False] * 3
    assert (tree["b"], tree["c"].dtype) == (None, np.float32)
    # Straight through: the value of rounding, the gradient of the identity.
    value, got = ag.value_and_grad(lambda x: x + ag.stop_gradient(F.round(x) - x))(2.7)
    assert (value.item(), got.item()) == (3.0, 1.0)
    fails(lambda: ag.stop_gradient("a"), TypeError, "real number")
