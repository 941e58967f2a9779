"""`check_grads` passes what is right, fails what is wrong, and says why."""

import gc
import re

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import autograd as ag
from autograd import Function, Variable, models, testing
from autograd import functions as F
from autograd import layers as L
from autograd.testing import _report, check_grads
from autograd.testing.strategies import arrays, programs, shapes
from support import fails, nodes

X = np.array([0.3, -1.0, 2.0])
MATRIX = np.array([[0.5, -1.2, 0.3], [2.0, 0.1, -0.7], [-0.4, 0.9, 1.5]])
POSITIVE = np.array([[2.0, 0.3, 0.1], [0.3, 1.5, 0.2], [0.1, 0.2, 1.0]])

CORRECT = {
    "sin": (F.sin, X),
    "softmax": (F.softmax, MATRIX),
    "matmul": (F.matmul, MATRIX, X),
    "broadcast": (lambda x, y: x * y / (1 + F.square(y)), MATRIX, X),
    "logsumexp": (lambda x: F.logsumexp(x, axis=0), MATRIX),
    "cumprod": (F.cumprod, X),
    "index": (lambda x: x[[0, 0, 2], ::-1], MATRIX),
    "sort": (F.sort, MATRIX),
    "layer_norm": (lambda x: F.layer_norm(x, 1.0 + X, X), MATRIX),
    "conv1d": (F.conv1d, MATRIX[None], MATRIX[:2, :, None]),
    "solve": (F.solve, POSITIVE, X),
    "einsum": (lambda x, y: F.einsum("ij,kj->ik", x, y), MATRIX, MATRIX[:2]),
    "cross_entropy": (lambda x: F.cross_entropy(x, [0, 2, 1]), MATRIX),
    "pow": (lambda x, y: F.pow(F.square(x) + 1, y), X, X),
    "constant": (lambda x: Variable(np.ones(2)), X),
    "identity": (lambda x: x, X),
}


def message(f, *xs, **options):
    """What the check says about it."""
    with pytest.raises(AssertionError) as caught:
        check_grads(f, *xs, **options)
    return str(caught.value)


def says(f, *xs, words, **options):
    text = message(f, *xs, **options)
    for word in words:
        assert word in text, text
    return text


# What is right


@pytest.mark.parametrize("name", CORRECT)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_correct(name, dtype):
    f, *xs = CORRECT[name]
    check_grads(f, *(x.astype(dtype) for x in xs))


def test_third_order():
    check_grads(lambda x: F.sin(x) * F.exp(x), X, order=3)
    check_grads(lambda x, y: F.softmax(x) @ y, MATRIX, X, order=3, modes=("rev",))


@given(programs(), st.integers(0, 2**31), st.sampled_from([np.float64, np.float32]))
def test_programs(program, seed, dtype):
    check_grads(program, *program.inputs(seed, dtype))


def test_all_kinds_of_arguments():
    seen = []

    def f(number, array, variable, scalar, listed, constant, integers, name, pair):
        seen[:] = [constant, integers, name]
        assert all(type(v) is Variable for v in (number, array, variable, scalar, listed))
        y = number * array + variable * scalar + F.sum(listed) * constant
        return y[integers] * pair["a"] * pair["b"][0]

    labels = np.array([0, 2])
    arguments = [0.5, X, Variable(X), np.float32(2.0), [0.1, 0.2], 3, labels, "name"]
    check_grads(f, *arguments, {"a": X[:2], "b": (X[1:], None)})
    assert seen[0] == 3
    assert seen[1] is labels
    assert seen[2] == "name"


def test_variables_that_are_constants_are_passed_as_they_are():
    held = Variable(X, requires_grad=False)

    def f(x, c):
        assert c is held
        return x * c

    check_grads(f, X, held)


def test_containers_of_results():
    check_grads(lambda x: {"a": F.sin(x), "b": [x * x, (F.exp(x), None)]}, X)
    check_grads(lambda x: F.topk(x, 2), X)  # values, and positions
    assert "result 1, element [1]" in message(
        lambda x: (x, wrong(x, lambda x, gy: gy * np.array([1.0, 2.0, 1.0]))),
        X,
        modes=("fwd",),
    )


def test_empty_arrays():
    check_grads(lambda x, y: F.sum(x) + y, np.zeros((2, 0)), 1.0)
    check_grads(F.sin, np.zeros((0, 3)))


@pytest.mark.parametrize("view", ["transposed", "reversed", "broadcast"])
def test_layouts_are_kept(view):
    x = Variable(MATRIX)
    x = {"transposed": x.T, "reversed": x[::-1], "broadcast": F.broadcast_to(x[:1], (3, 3))}[view]
    strides = []

    def f(v):
        strides.append(v.strides)
        return F.sin(v)

    check_grads(f, x)
    assert x.strides == strides[0] != Variable(MATRIX).strides


LAYERS = {
    "mlp": (lambda: models.MLP([4, 1], rng=0), np.ones((2, 3))),
    "lstm": (lambda: L.LSTM(2, rng=0), np.ones((2, 3))),
    "conv": (lambda: L.Conv2d(2, 2, rng=0), np.arange(9.0).reshape(1, 1, 3, 3) / 9),
    "shared": (lambda: L.Sequential(*[L.Linear(3, rng=0)] * 2), X[None]),
    "batch_norm": (lambda: L.BatchNorm(3), MATRIX),
}


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_layers(name, dtype):
    make, x = LAYERS[name]
    layer = make().astype(dtype)
    check_grads(layer, x.astype(dtype), order=1 if name == "lstm" else 2)
    assert all(v.grad is None for v in layer.params().values())


def test_a_layer_is_left_as_it_was():
    layer = L.Sequential(L.BatchNorm(3), L.Linear(2, in_size=3, rng=0))
    params, buffers = layer.params(), layer.buffers()
    values = layer.state_dict()
    check_grads(layer, MATRIX)
    assert all(v is params[n] for n, v in layer.params().items())
    assert all(v is buffers[n] for n, v in layer.buffers().items())
    for name, value in layer.state_dict().items():
        np.testing.assert_array_equal(value, values[name])


class Shifted(L.Layer):
    """A layer whose parameter has a wrong gradient."""

    def __init__(self):
        self.shift = [Variable(X)]

    def forward(self, x):
        return x + wrong(self.shift[0], lambda x, gy: gy * 2)


def test_parameters_of_layers_are_checked():
    words = ["parameter 'shift[0]', element [", "Each of these is 2 times"]
    layer = Shifted()
    says(layer, X, words=words)
    assert layer.shift[0].data.tolist() == X.tolist()


# What is left behind


def test_gradients_are_left_alone():
    x, w = Variable(X), Variable(X)
    w.grad = held = Variable(X)
    gc.collect()
    before = nodes()
    check_grads(lambda x: F.sin(x) * w, x)
    assert x.grad is None
    assert w.grad is held
    gc.collect()
    assert nodes() == before


def test_works_whatever_the_mode():
    with ag.no_grad():
        check_grads(F.sin, X)


def test_is_deterministic():
    # The direction shows in what forward mode gives.
    f = own(F.sin, lambda x, gy: (gy + gy.data) / 2.0 * F.cos(x))
    first, again, other = (message(f, X, modes=("fwd",), rng=seed) for seed in (0, 0, 1))
    assert first == again != other


# What is wrong


class Own(Function):
    """The value of `forward`, and a gradient that may be anything."""

    def __init__(self, forward, backward):
        self._forward, self._backward = forward, backward

    def forward(self, *xs):
        self.xs = xs
        return self._forward(*xs)

    def backward(self, *gys):
        return self._backward(*self.xs, *gys)


def own(forward, backward):
    return lambda *xs: Own(forward, backward)(*xs)


def wrong(x, backward):
    """An identity with a wrong gradient."""
    return Own(lambda x: x * 1.0, backward)(x)


WRONG = {
    "sign": (
        own(F.cos, lambda x, gy: gy * F.sin(x)),
        (X,),
        ["wrong gradient", "order 1, reverse mode", "3 of 3", "is -1 times what it should be"],
    ),
    "factor 2": (
        own(F.square, lambda x, gy: gy * x),
        (X,),
        ["Each of these is 0.5 times what it should be", "relative error 0.5"],
    ),
    "transposed": (
        own(F.matmul, lambda a, b, gy: ((gy @ b.T).T, a.T @ gy)),
        (MATRIX, MATRIX),
        ["argument 0, element [", "shape (3, 3)", "It is the transpose"],
    ),
    "second argument": (
        own(F.matmul, lambda a, b, gy: (gy @ b.T, a @ gy)),
        (MATRIX, MATRIX),
        ["argument 1, element ["],
    ),
    "no sum over a broadcast axis": (
        own(F.add, lambda a, b, gy: (gy, gy[0])),
        (MATRIX, X),
        ["argument 1, element [", "shape (3,)"],
    ),
    "one element": (
        own(F.sin, lambda x, gy: gy * F.cos(x) * np.array([1, 1.01, 1])),
        (X,),
        ["argument 0, element [1], shape (3,), float64", "1 of 3 elements is wrong",
         "It is 1.01 times", "the largest relative error of the others is"],
    ),
    "value": (own(lambda x: F.sin(x) * 1.1, lambda x, gy: gy * F.cos(x)), (X,), ["0.90909 times"]),
    "no gradient": (own(F.sin, lambda x, gy: None), (X,), ["All analytic values are 0", "v.data"]),
    "values": (lambda x: F.sin(x.data) * x, (X,), ["order 1, reverse mode"]),
    "not linear": (own(F.sin, lambda x, gy: gy * gy * F.cos(x)), (X,), ["order 1, reverse mode"]),
    "second": (
        own(F.sin, lambda x, gy: gy * own(F.cos, lambda x, gy: gy * F.sin(x))(x)),
        (X,),
        ["wrong second derivative", "order 2, reverse mode over reverse mode", "is -1 times"],
    ),
    "second by values": (
        own(F.sin, lambda x, gy: gy * np.cos(x.data)),
        (X,),
        ["order 2, reverse mode over reverse mode", "analytic    0", "order=1 checks the first"],
    ),
    "third": (
        own(F.sin, lambda x, gy: gy * own(F.cos, lambda x, gy: -gy * np.sin(x.data))(x)),
        (X,),
        ["wrong derivative of order 3", "reverse mode over reverse mode over reverse mode"],
    ),
    "forward": (
        own(F.sin, lambda x, gy: (gy + gy.data) / 2.0 * F.cos(x)),
        (X,),
        ["wrong derivative", "order 1, forward mode", "the result, element [2]",
         "along a direction in argument 0", "0.5 times"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", WRONG)
def test_wrong(name, dtype):
    f, xs, words = WRONG[name]
    words = [word.replace("float64", np.dtype(dtype).name) for word in words]
    says(f, *(x.astype(dtype) for x in xs), order=3, words=words)


def test_a_gradient_of_another_shape_is_the_engine_s_error():
    f = own(F.add, lambda a, b, gy: (gy, gy))
    fails(lambda: check_grads(f, MATRIX, X), ValueError, "(3, 3)")


def test_message():
    """The whole of it, for numbers that are exact."""
    text = message(lambda x: wrong(x, lambda x, gy: gy * np.array([1.0, 3.0])), np.ones(2))
    lines = text.splitlines()
    assert lines[0] == "check_grads: wrong gradient of <lambda> (order 1, reverse mode)"
    assert lines[1] == "  argument 0, element [1], shape (2,), float64"
    assert lines[2] == "    analytic    3"
    number = re.fullmatch(
        r"    numerical  ([ -][\d.]+) ± \de-1\d \(central differences, step 0.001\)", lines[3]
    )
    assert float(number[1]) == pytest.approx(1)
    assert lines[4] == "    relative error 0.67, where 1e-06 passes"
    assert lines[5].startswith("  1 of 2 elements is wrong; the largest relative error of the")
    assert lines[6] == "  It is 3 times what it should be."
    assert lines[7] == "  (Of the sum of the results.)"
    assert len(lines) == 8


def test_weights_are_random_where_that_is_needed():
    # Right for equal weights.
    f = own(F.transpose, lambda x, gy: gy)
    says(f, MATRIX, words=["(Of the sum of the results, each weighted at random.)"])


def test_one_number_has_no_weight():
    text = says(own(F.square, lambda x, gy: gy * x), 3.0, words=["argument 0, float64"])
    assert "analytic    3\n" in text
    assert "sum of" not in text
    assert float(re.search("numerical +([0-9.]+)", text)[1]) == pytest.approx(6)


def test_paths_in_containers():
    def f(d):
        return wrong(d["w"][1], lambda x, gy: -gy) * d["b"]

    says(f, {"w": (X, X), "b": 2.0}, words=["argument 0['w'][1], element ["])


@pytest.mark.parametrize("at", [0, 777, 999])
def test_many_elements(at):
    mask = np.ones(1000)
    mask[at] = 1.01
    words = [f"element [{at}]", "shape (1000,)", "Found by halving 1000", "It is 1.01 times"]
    says(lambda x: wrong(x, lambda x, gy: gy * mask), np.ones(1000), words=words)


def test_only_the_modes_that_are_asked_for():
    forward_is_wrong = WRONG["forward"][0]
    check_grads(forward_is_wrong, X, order=1, modes=["rev"])
    says(forward_is_wrong, X, modes=["fwd"], words=["forward mode"])
    second_is_wrong = WRONG["second"][0]
    check_grads(second_is_wrong, X, order=1)
    for modes, words in [(("fwd",), "forward mode over forward mode"),
                         (("rev",), "reverse mode over reverse mode")]:  # fmt: skip
        says(second_is_wrong, X, modes=modes, words=["second derivative", words])


@given(programs(), st.integers(0, 2**31), st.data())
def test_any_wrong_element_of_any_program_is_found(program, seed, data):
    xs = program.inputs(seed)
    i = data.draw(st.integers(0, len(xs) - 1))
    j = data.draw(st.integers(0, xs[i].size - 1))
    jacobian = ag.jacobian(program, i)(*xs).data
    size = np.abs(jacobian.reshape(-1, xs[i].size)).max(axis=0)
    assume(size[j] > 1e-3 * size.max() and size[j] > 1e-3)
    mask = np.ones(xs[i].size)
    mask[j] = 1.01

    def f(*xs):
        xs = list(xs)
        xs[i] = wrong(xs[i], lambda x, gy: gy * mask.reshape(x.shape))
        return program(*xs)

    index = ", ".join(map(str, map(int, np.unravel_index(j, xs[i].shape))))
    element = f", element [{index}]" if xs[i].ndim else ""
    says(f, *xs, order=1, words=[f"argument {i}{element}"])


# Kinks, domains, chance


def test_kinks():
    words = ["element [0]", "to the left give 0, to the right", "is there a kink or a jump?"]
    says(F.relu, np.array([0.0, 1.0]), words=words)
    says(F.abs, 1e-9, words=["kink"])
    says(F.floor, 2.0, words=["kink or a jump"])
    check_grads(F.relu, np.array([0.1, -1.0]))


def test_values_that_are_not_finite():
    says(F.log, np.array([1.0, -1.0]), words=["log gives nan in result 0, element [1]", "domain"])
    says(F.reciprocal, 0.0, words=["gives inf in result 0:"])
    says(F.sqrt, np.array([1.0, 0.0]), words=["nan", "Values nearby are not finite", "[1]"])


@np.errstate(divide="ignore")
def test_derivatives_that_are_not_finite():
    f = own(F.sin, lambda x, gy: gy / (x - 2.0))
    words = ["is not finite", "argument 0, element [2]: ", "inf (1 of 3)", "divide by zero"]
    says(f, X, words=words)


def test_small_domains_get_small_steps():
    check_grads(F.log, np.array([1e-2, 3e-5, 1.0]))
    check_grads(lambda x: F.sqrt(x - 1), 1 + 1e-4)
    check_grads(lambda x: F.sin(1000 * x), X)


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (F.tan, 1.5707),
        (F.reciprocal, 1e-6),
        (lambda x: F.sin(1e5 * x), 0.3),
        (lambda x: F.sin(3e4 * x), np.linspace(0.1, 0.9, 7)),
        (lambda x: F.sigmoid(1e4 * (x - 0.5)), 0.50003),
    ],
)
def test_functions_that_change_fast(f, x):
    """Large steps may seem to settle, by chance."""
    check_grads(f, x, order=1)
    factor = 1.0 + 1e-4

    class Wrong(Function):
        def forward(self, x):
            self.x = x
            return f(x)

        def backward(self, gy):
            return ag.vjp(f, self.x)[1](gy)[0] * factor

    says(lambda x: Wrong()(x), x, words=["wrong gradient"], order=1, modes=["rev"])


def test_chance():
    words = ["two calls of Dropout with the same arguments gave different values", "result 0",
             "test_mode"]  # fmt: skip
    says(L.Dropout(0.5, rng=0), np.ones(20), words=words)
    check_grads(lambda x: F.dropout(x, 0.5, rng=0), np.ones(20))
    with ag.test_mode():
        check_grads(L.Dropout(0.5, rng=0), np.ones(20))


def test_changing_shapes():
    calls = []

    def f(x):
        calls.append(1)
        return x[: 1 + len(calls) % 2]

    says(f, X, words=["results of the shapes", "[(1,)]", "[(2,)]"])
    says(lambda x: x[: int(x.data[0] > 0.3) + 1], X, words=["shapes of results depend on"])


def test_shapes_and_dtypes_of_derivatives():
    where = _report.Where(type("Subject", (), {"labels": ["argument 0"], "name": "f"}), ("rev",))
    x = Variable(X)
    for d in (Variable(X[:2]), Variable(X, dtype="float32")):
        words = "argument 0", str(d.shape), str(d.dtype), "should be (3,) and float64"
        fails(lambda d=d: _report.fitting(where, [d], [x]), AssertionError, *words)
    _report.fitting(where, [Variable(X)], [x])


# Options


def test_tolerances():
    f = own(F.sin, lambda x, gy: gy * F.cos(x) * (1 + 1e-4))
    says(f, X, order=1, words=["1.0001 times", "where 1e-06 passes"])
    check_grads(f, X, order=1, rtol=1e-3)
    check_grads(f, X, order=1, atol=1e-3)
    says(f, X, order=1, rtol=1e-5, words=["where 1e-05 passes"])
    check_grads(f, X.astype(np.float32), order=1)
    says(f, X.astype(np.float32), order=1, rtol=1e-5, atol=0, words=["wrong"])


def test_small_derivatives_are_seen():
    f = own(lambda x: 1e-6 * F.sin(x), lambda x, gy: -1e-6 * gy * F.cos(x))
    says(f, X, words=["is -1 times"])


def test_step():
    says(lambda x: F.sin(1000 * x), X, step=1e-2, order=1, words=["step 0.02"])
    check_grads(lambda x: F.sin(1000 * x), X, step=1e-5, order=1)


def test_directions():
    calls = []

    def f(x):
        calls.append(1)
        return F.sin(x)

    def count(**options):
        calls.clear()
        check_grads(f, X, order=1, modes=("rev",), **options)
        return len(calls)

    # A direction costs six values.
    assert count(directions=4) - count(directions=1) == 3 * 6


def test_functions_that_compute_in_float32():
    check_grads(lambda x: F.sin(x.astype("float32")), X, order=1)

    def strict(x):
        if x.dtype != np.float32:
            raise TypeError("float32 only")
        return F.sin(x)

    check_grads(strict, X.astype(np.float32))
    fails(lambda: check_grads(strict, X), TypeError, "float32 only")


def test_bad_arguments():
    fails(lambda: check_grads(2, X), TypeError, "check_grads", "callable", "int")
    fails(lambda: check_grads(F.sin), ValueError, "no argument to differentiate by")
    fails(lambda: check_grads(F.sin, 2), ValueError, "sin has no argument", "no integers")
    fails(lambda: check_grads(lambda x: None, X), TypeError, "must return a Variable", "NoneType")
    for name in ("order", "directions"):
        fails(lambda n=name: check_grads(F.sin, X, **{n: 0}), ValueError, name, "got 0")
        fails(lambda n=name: check_grads(F.sin, X, **{n: 1.0}), TypeError, name, "float")
    for modes in ("rev", (), ("reverse",)):
        fails(lambda m=modes: check_grads(F.sin, X, modes=m), ValueError, "modes", repr(modes))
    for name in ("rtol", "atol"):
        fails(lambda n=name: check_grads(F.sin, X, **{n: -1.0}), ValueError, name, "-1.0")
    fails(lambda: check_grads(F.sin, X, step=0.0), ValueError, "check_grads: the step")


def test_errors_of_the_function_come_through():
    fails(lambda: check_grads(lambda x: x @ x.nothing, X), AttributeError, "nothing")


@given(arrays(shapes(max_dims=2), domain=(-3.0, 3.0)))
def test_as_the_page_shows(x):
    check_grads(lambda x: F.log(1 + F.exp(x)), x)


def test_the_module():
    assert set(testing.__all__) <= set(dir(testing))
    fails(lambda: testing.nothing, AttributeError, "autograd.testing", "nothing")
