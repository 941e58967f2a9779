"""Derivatives as functions: arguments, containers, results, and what stays as it was."""

import math
from collections import OrderedDict, namedtuple

import numpy as np
import pytest

import autograd as ag
from autograd import Variable
from autograd import functions as F
from autograd import layers as L
from support import fails, live_bytes, nodes, same

Pair = namedtuple("Pair", "a b")
DTYPES = pytest.mark.parametrize("dtype", [np.float64, np.float32])


def close(got, want, tolerance=1e-12):
    got = got.data if isinstance(got, Variable) else got
    np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance)


def times(x, y, z=1.0):
    return x * x * y * z


# Arguments


@pytest.mark.parametrize(
    ("argnums", "want"),
    [(0, 12.0), (1, 4.0), (-1, 4.0), (-2, 12.0), (np.int64(1), 4.0)],
)
def test_one_argument(argnums, want):
    got = ag.grad(times, argnums)(2.0, 3.0)
    assert isinstance(got, Variable)
    assert got.item() == want


@pytest.mark.parametrize(
    ("argnums", "want"),
    [((0,), [12.0]), ([1, 0], [4.0, 12.0]), ((-1, 0), [4.0, 12.0]), (range(2), [12.0, 4.0])],
)
def test_several_arguments(argnums, want):
    got = ag.grad(times, argnums)(2.0, 3.0)
    assert isinstance(got, tuple)
    assert [g.item() for g in got] == want


@pytest.mark.parametrize(
    ("argnums", "error", "words"),
    [
        (2, ValueError, ("grad of times", "argnums 2", "2 positional")),
        (-3, ValueError, ("grad of times", "argnums -3")),
        ((0, 0), ValueError, ("each once",)),
        ((0, -2), ValueError, ("each once",)),
        ((), ValueError, ("some arguments",)),
        (None, TypeError, ("argnums must be an int", "None")),
        ("x", TypeError, ("argnums must be an int", "'x'")),
        (True, TypeError, ("argnums must be an int", "True")),
        ((0, 1.0), TypeError, ("argnums must be an int",)),
    ],
)
def test_argnums_that_cannot_be(argnums, error, words):
    fails(lambda: ag.grad(times, argnums)(2.0, 3.0), error, *words)


def test_keywords_are_passed_on():
    assert ag.grad(times)(2.0, 3.0, z=10.0).item() == 120.0
    fails(lambda: ag.grad(times)(x=1.0, y=2.0), ValueError, "0 positional")
    z = Variable(10.0)
    ag.grad(times)(2.0, 3.0, z=z).backward()
    assert z.grad.item() == 12.0


def test_other_arguments_are_left_alone():
    def f(x, n, flag, name, labels, shape):
        assert (type(n), flag, name, shape) == (int, True, "a", [2, 3])
        assert labels.dtype == np.int64
        return F.sum(F.take(x, labels, 0)) * n

    got = ag.grad(f)(np.ones(3), 2, True, "a", np.array([0, 0, 2]), [2, 3])
    same(got, [4.0, 0.0, 2.0])


@DTYPES
def test_unused_arguments_get_zeros(dtype):
    x, y = np.ones((2, 3), dtype), np.ones((), dtype)
    got = ag.grad(lambda x, y: F.sum(y * 2), (0, 1))(x, y)
    same(got[0], np.zeros((2, 3)))
    assert [g.dtype for g in got] == [dtype, dtype]
    for f in (lambda x: 3.0, lambda x: np.float64(3.0), lambda x: Variable(3.0)):
        same(ag.grad(f)(x), np.zeros((2, 3)))


@pytest.mark.parametrize("value", [3, True, 3.0, np.float64(3.0), np.array(3), Variable(3.0),
                                   Variable(3.0, requires_grad=False)])  # fmt: skip
def test_numbers_of_any_kind(value):
    got = ag.grad(lambda x: x * x)(value)
    assert (got.shape, got.dtype, got.item()) == ((), np.float64, 2.0 * float(value))


def test_no_numbers():
    for value in ("a", 1j, object(), np.array(["a"])):
        fails(lambda value=value: ag.grad(times)(value, 1.0), TypeError, "grad of times",
              "argument 0", "real number")  # fmt: skip
    model = L.Linear(1)
    fails(lambda: ag.grad(lambda m: m(1.0))(model), TypeError, "argument 0", "Linear")


@pytest.mark.parametrize("transform", [ag.grad, ag.value_and_grad, ag.hessian])
def test_results_that_are_no_number(transform):
    name = transform.__name__
    for result, got in [(np.ones(2), "shape (2,)"), ((1.0, 2.0), "tuple"), ({}, "dict"),
                        (None, "None"), ("text", "str")]:  # fmt: skip
        call = transform(lambda x, result=result: result)
        fails(lambda call=call: call(1.0), TypeError, name, got)


@DTYPES
@pytest.mark.parametrize("shape", [(), (1,), (1, 1), (0,), (2, 0), (3,), (2, 3)])
def test_shapes_and_dtypes(shape, dtype):
    x = np.full(shape, 0.5, dtype)
    for value_of in (x, Variable(x)):
        value, got = ag.value_and_grad(lambda x: F.sum(x * x * 1.5))(value_of)
        assert (value.dtype, got.shape, got.dtype) == (dtype, shape, dtype)
        same(got, np.full(shape, 1.5, dtype))
        each = ag.elementwise_grad(F.exp)(value_of)
        assert (each.shape, each.dtype) == (shape, dtype)
        close(each, np.exp(x), 1e-6)


def test_a_result_of_shape_one_counts_as_a_number():
    assert ag.grad(lambda x: x * x)(np.array([3.0])).shape == (1,)
    assert ag.hessian(lambda x: x @ x)(np.array([[3.0]])).shape == (1, 1, 1, 1)


# Containers


TREES = [
    [Variable(2.0), 3.0],
    (2.0, 3.0),
    {"u": 2.0, "v": 3.0},
    OrderedDict(v=3.0, u=2.0),
    Pair(2.0, [3.0, np.ones(2)]),
    {"deep": [({"x": 2.0}, None), Pair(np.ones((2, 1)), ())], "none": None},
    [],
    None,
]


def leaves(tree):
    """The arrays in a tree, by a walk of the test's own."""
    if tree is None:
        return []
    if isinstance(tree, dict):
        return [v for value in tree.values() for v in leaves(value)]
    if isinstance(tree, (list, tuple)):
        return [v for value in tree for v in leaves(value)]
    return [tree]


def shape_of(tree):
    if isinstance(tree, dict):
        return {key: shape_of(value) for key, value in tree.items()}
    if isinstance(tree, (list, tuple)):
        return type(tree).__name__, [shape_of(value) for value in tree]
    return None if tree is None else "value"


def squares(tree):
    return sum((F.sum(v * v) for v in leaves(tree)), 0.0 * Variable(0.0))


@pytest.mark.parametrize("tree", TREES, ids=lambda t: str(shape_of(t)).replace(" ", ""))
def test_containers_of_arguments(tree):
    tree = {"t": tree}
    flat = [v if isinstance(v, Variable) else Variable(v) for v in leaves(tree)]
    got = ag.grad(squares)(tree)
    for g, v in zip(leaves(got), flat, strict=True):
        same(g, 2 * v.data)
    both = ag.grad(lambda a, b: squares(a) * 2 + squares(b), (0, 1))(tree, tree)
    for g, h, v in zip(leaves(both[0]), leaves(both[1]), flat, strict=True):
        same(g, 4 * v.data)
        same(h, 2 * v.data)


def test_containers_keep_their_kinds():
    got = ag.grad(squares)({"deep": [({"x": 2.0}, None), Pair(np.ones((2, 1)), ())], "none": None})
    assert shape_of(got) == {
        "deep": ("list", [("tuple", [{"x": "value"}, None]), ("Pair", ["value", ("tuple", [])])]),
        "none": None,
    }
    assert got["deep"][1].a.shape == (2, 1)


def test_a_list_of_numbers_is_an_array():
    for xs in ([1.0, 2.0], [1, 2], [np.float64(1), True + 1]):
        got = ag.grad(lambda x: F.sum(x * x))(xs)
        same(got, [2.0, 4.0])
    assert ag.hessian(lambda x: F.sum(x**3))([[1.0, 2.0]]).shape == (1, 2, 1, 2)
    # These are not: a tuple, and lists of anything else.
    assert isinstance(ag.grad(lambda x: x[0] * x[1])((1.0, 2.0)), tuple)
    for xs in ([Variable(1.0), 2.0], [np.array(1.0), np.array(2.0)], [1.0, None, 2.0]):
        assert isinstance(ag.grad(squares)(xs), list)
    fails(lambda: ag.grad(F.sum)([[1.0, 2.0], [3.0]]), ValueError, "inhomogeneous")


def test_containers_of_results():
    def f(x):
        return {"s": F.sin(x), "rest": [x * x, Pair(x, None), 3.0]}

    value, pullback = ag.vjp(f, 2.0)
    assert shape_of(value)["rest"] == ("list", ["value", ("Pair", ["value", None]), "value"])
    (got,) = pullback({"rest": [1.0, Pair(0.5, None), 7.0], "s": 2.0})
    close(got, 2 * math.cos(2.0) + 4.0 + 0.5)
    value, tangent = ag.jvp(f, (2.0,), (3.0,))
    close(tangent["rest"][0], 12.0)
    close(tangent["rest"][1].a, 3.0)
    close(tangent["rest"][2], 0.0)
    close(ag.elementwise_grad(f)(2.0), math.cos(2.0) + 4.0 + 1.0)
    for wrong in ({"s": 1.0}, 1.0, {"s": 1.0, "rest": (1.0, Pair(0.5, None), 7.0)},
                  {"s": 1.0, "rest": [1.0, Pair(0.5, 1.0), 7.0]}):  # fmt: skip
        fails(lambda wrong=wrong: pullback(wrong), ValueError, "vjp of f: the cotangent", "wanted")


# Something else that is returned


def test_has_aux():
    def f(x, y):
        return x * y, {"twice": 2 * x, "name": "f", "n": 3, "list": [1, 2]}

    got, aux = ag.grad(f, has_aux=True)(2.0, 3.0)
    assert got.item() == 3.0
    assert (aux["twice"].item(), aux["name"], aux["n"], aux["list"]) == (4.0, "f", 3, [1, 2])
    assert aux["twice"].creator is None
    (value, aux), got = ag.value_and_grad(f, (0, 1), has_aux=True)(2.0, 3.0)
    assert (value.item(), aux["name"], [g.item() for g in got]) == (6.0, "f", [3.0, 2.0])
    got, aux = ag.jacobian(f, has_aux=True)(2.0, 3.0)
    assert (got.item(), aux["name"]) == (3.0, "f")
    (value, aux), got = ag.value_and_jacobian(f, has_aux=True)(2.0, 3.0)
    assert (value.item(), got.item(), aux["name"]) == (6.0, 3.0, "f")
    got, aux = ag.hessian(f, (0, 1), has_aux=True)(2.0, 3.0)
    assert ([[g.item() for g in row] for row in got], aux["name"]) == ([[0, 1], [1, 0]], "f")
    value, pullback, aux = ag.vjp(f, 2.0, 3.0, has_aux=True)
    assert (value.item(), pullback(1.0)[1].item(), aux["name"]) == (6.0, 2.0, "f")
    for wrong in (lambda x: x, lambda x: [x, x], lambda x: (x, x, x)):
        fails(lambda wrong=wrong: ag.grad(wrong, has_aux=True)(1.0), TypeError, "pair (y, aux)")


def test_aux_keeps_its_history_where_others_take_part():
    p = Variable(3.0)
    _, aux = ag.grad(lambda x: (x * x, x * p), has_aux=True)(2.0)
    aux.backward()
    assert p.grad.item() == 2.0
    fixed = Variable(1.0, requires_grad=False)
    _, aux = ag.grad(lambda x: (x * x, fixed * 2), has_aux=True)(2.0)
    assert not aux.requires_grad


# Nothing of the caller's changes


def everything(x):
    """Call each transform at least once."""

    def f(x):
        return F.sum(F.sin(x) * x)

    v = np.ones(np.shape(x))
    value, pullback = ag.vjp(f, x)
    out = [ag.grad(f)(x), *ag.value_and_grad(f)(x), ag.elementwise_grad(F.tanh)(x), value,
           *pullback(1.0), *ag.jvp(f, (x,), (v,)), *ag.hvp(f, (x,), (v,)), ag.jacobian(F.tanh)(x),
           *ag.value_and_jacobian(F.tanh)(x), ag.hessian(f)(x), ag.checkpoint(f)(x),
           ag.fixed_point(lambda u, x: F.cos(u) / 2 + x / 10, v, x),
           ag.vmap(F.sin)(x), ag.stop_gradient(x)]  # fmt: skip
    return [y.data for y in out]


def test_no_gradient_is_set():
    x = Variable([1.0, 2.0], name="x")
    y = x * 3
    kept = y.data
    for v in (x, y):
        everything(v)
    for v in (x, y):
        assert v.grad is None
    assert (x.name, y.creator.name) == ("x", "Mul")
    same(y, kept)
    x.grad = Variable([7.0, 7.0])
    everything(x)
    same(x.grad, [7.0, 7.0])


@pytest.mark.usefixtures("no_gc")
@pytest.mark.parametrize("kind", [np.array, Variable])
def test_memory_is_freed(kind):
    x = kind(np.linspace(0.1, 0.9, 500))
    small = kind(np.array([0.1, 0.2]))
    everything(small)
    before = nodes(), live_bytes()
    for _ in range(3):
        everything(small)
        ag.grad(lambda x: F.sum(F.exp(F.sin(x))))(x)
    assert (nodes(), live_bytes()) == before


def test_results_for_arrays_hold_no_graph():
    x = np.array([0.5, 1.5])

    def f(x):
        return F.sum(F.sin(x) * x)

    before = nodes()
    found = [*ag.value_and_grad(f)(x), *ag.jvp(f, (x,), (x,)), ag.hessian(f)(x),
             *ag.value_and_jacobian(F.tanh)(x), *ag.hvp(f, (x,), (x,)),
             ag.elementwise_grad(F.sin)(x)]  # fmt: skip
    assert all(v.creator is None for v in found)
    assert nodes() == before + len(found)
    value, pullback = ag.vjp(F.sin, x)
    (got,) = pullback(x)
    assert value.creator is None
    assert got.creator is None


def test_inside_no_grad():
    x = Variable([0.5, 1.5])
    want = everything(x)
    with ag.no_grad():
        got = everything(x)
        g = ag.grad(lambda x: F.sum(x * x))(x)
        assert (x * x).creator is None
    assert g.creator is None
    for a, b in zip(got, want, strict=True):
        same(a, b)
    df = ag.grad(F.sin)
    with ag.no_grad():
        assert df(0.5).item() == math.cos(0.5)


def test_no_grad_inside():
    def f(x):
        with ag.no_grad():
            y = x * x
            inner = ag.grad(lambda x: x * x * x)(x)
        return x * y * inner

    close(ag.grad(f)(2.0), 4.0 * 12.0)


def test_exceptions_leave_everything_usable():
    x = Variable([1.0, 2.0])
    before = nodes()

    def breaks(x):
        raise KeyError("mine")

    class Breaks(ag.Function):
        def forward(self, x):
            return x * 1

        def backward(self, gy):
            raise KeyError("mine")

    for f in (lambda x: breaks(x * 2), lambda x: F.sum(Breaks()(x * 2) * x)):
        for call in (ag.grad(f), ag.hessian(f), ag.jacobian(f), ag.grad(ag.checkpoint(f)),
                     lambda x, f=f: ag.jvp(f, (x,), (x,)),
                     lambda x, f=f: ag.hvp(f, (x,), (x,))):  # fmt: skip
            with pytest.raises(KeyError, match="mine"):
                call(x)
    assert x.grad is None
    close(ag.grad(lambda x: F.sum(x * x))(x), [2.0, 4.0])
    assert nodes() == before
    assert (x * 2).creator is not None


def test_names():
    def polynomial(x):
        return x * x

    assert ag.grad(polynomial).__name__ == "gradient_of_polynomial"
    assert ag.hessian(polynomial).__doc__ == "Compute the hessian of polynomial."
    assert ag.jacobian(lambda x: x).__name__ == "jacobian_of_lambda"
    assert ag.vmap(L.Linear(1)).__name__ == "map_of_Linear"


def test_graphs_that_were_freed():
    """They are no constants."""

    def f(x):
        y = F.sum(x * x)
        y.backward(retain_graph=False)
        return y * 2.0 + F.sum(x)

    x = np.array([1.0, 2.0])
    words = "this graph was freed"
    for transform in (ag.grad, ag.value_and_grad, ag.jacobian, ag.hessian):
        fails(lambda t=transform: t(f)(x), RuntimeError, words)
    fails(lambda: ag.jvp(f, (x,), (x,)), RuntimeError, words)
    fails(lambda: ag.hvp(f, (x,), (x,)), RuntimeError, words)

    def with_inner(x):
        h = F.sin(x)
        return F.sum(h * h), h

    _, pull, inner = ag.vjp(with_inner, Variable(x), has_aux=True)
    np.testing.assert_allclose(pull(1.0)[0].data, np.sin(2 * x))
    F.sum(inner).backward(retain_graph=False)
    fails(lambda: pull(1.0), RuntimeError, words)

    # What is returned besides is not differentiated.
    def monitored(x):
        m = F.sum(x * x)
        m.backward(retain_graph=False)
        return F.sum(x**3), (m, m * 0.5)

    (value, (m, half)), g = ag.value_and_grad(monitored, has_aux=True)(x)
    assert (value.item(), m.item(), half.item()) == (9.0, 5.0, 2.5)
    np.testing.assert_allclose(g.data, [3.0, 12.0])
    # What is older than the argument is a constant, freed or not.
    w = Variable(3.0)
    old = w * w
    old.backward(retain_graph=False)
    assert ag.grad(lambda x: F.sum(x) * old)(x).data.tolist() == [9.0, 9.0]
