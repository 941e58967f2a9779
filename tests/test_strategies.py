"""What the strategies draw is as they say, and programs are what they show."""

import pickle
import re
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

import autograd as ag
from autograd import Variable
from autograd import functions as F
from autograd.testing import strategies
from autograd.testing.strategies import (
    LAYOUTS,
    Program,
    arrays,
    axes,
    broadcastable_shapes,
    dtypes,
    programs,
    shapes,
    strided,
    variables,
)
from support import fails, same

search = settings(
    max_examples=400, deadline=None, database=None, derandomize=True,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


def found(strategy, condition):
    """The smallest example."""
    return find(strategy, condition, settings=search)


def drawn(strategy, condition):
    """Any example."""
    return find(strategy, condition, settings=settings(search, phases=[Phase.generate]))


def never(strategy, condition):
    with pytest.raises(NoSuchExample):
        find(strategy, condition, settings=settings(search, max_examples=100))


# Shapes and axes


@given(shapes(1, 3, 2, 5))
def test_shapes(shape):
    assert 1 <= len(shape) <= 3
    assert all(2 <= side <= 5 for side in shape)


def test_shapes_shrink_and_reach_the_bounds():
    assert found(shapes(), lambda s: True) == ()
    assert found(shapes(min_side=0), lambda s: 0 in s) == (0,)
    assert found(shapes(max_dims=2, max_side=3), lambda s: s == (3, 3)) == (3, 3)


@given(broadcastable_shapes(3, max_dims=2, max_side=3))
def test_broadcastable_shapes(drawn):
    assert len(drawn) == 3
    assert len(np.broadcast_shapes(*drawn)) <= 2


def test_broadcastable_shapes_do_broadcast():
    a, b = drawn(broadcastable_shapes(2), lambda pair: pair[0] != pair[1])
    assert np.broadcast_shapes(a, b) not in {(), a} or b != a
    assert found(broadcastable_shapes(1), lambda s: True) == ((),)


@given(st.integers(0, 3).flatmap(lambda n: st.tuples(st.just(n), axes(n))))
def test_axes(drawn):
    ndim, axis = drawn
    assert axis is None or isinstance(axis, (int, tuple))
    np.sum(np.ones((2,) * ndim), axis=axis)


@pytest.mark.parametrize("want", [None, 1, -2, (), (0, 1), (-1,)])
def test_all_kinds_of_axes(want):
    assert found(axes(2), lambda axis: axis == want) == want


def test_bad_bounds():
    for bounds in ((-1, 2), (3, 2)):
        fails(lambda b=bounds: shapes(*b), ValueError, "shapes: ", "min_dims", str(bounds[1]))
        fails(lambda b=bounds: shapes(0, 1, *b), ValueError, "shapes: ", "min_side")
        fails(lambda b=bounds: broadcastable_shapes(2, *b), ValueError, "broadcastable_shapes")
    fails(lambda: broadcastable_shapes(0), ValueError, "n must be positive, got 0")
    fails(lambda: axes(-1), ValueError, "axes: ndim", "-1")


# Arrays


@given(arrays(dtype=dtypes(), domain=(-1.7, 0.3), away_from=(0.0, -1.0), distance=0.1))
def test_arrays_lie_in_the_domain(x):
    assert isinstance(x, np.ndarray)
    wide = x.astype(np.float64)
    assert ((wide >= -1.7) & (wide <= 0.3)).all()
    # To the last bit, also for float32: bounds are rounded inwards.
    assert (abs(wide) >= 0.1).all()
    assert ((wide >= -1 + 0.1) | (wide <= -1 - 0.1)).all()


@given(st.data(), shapes(), dtypes())
def test_arrays_have_the_shape_and_dtype(data, shape, dtype):
    x = data.draw(arrays(shape, dtype))
    assert (x.shape, x.dtype) == (shape, dtype)
    assert data.draw(arrays(st.just(shape), st.just(dtype))).shape == shape
    assert data.draw(arrays(3)).shape == (3,)


@given(
    st.data(), shapes(max_side=3), dtypes(), st.sampled_from([(), (0.0,), (0.3, -1.0)])
)  # fmt: skip
def test_gaps(data, shape, dtype, kinks):
    x = data.draw(arrays(shape, dtype, away_from=kinks, distance=0.05, min_gap=0.1))
    elements = np.sort(x.astype(np.float64).ravel())
    assert (np.diff(elements) >= 0.1).all()
    assert (abs(elements) <= 2).all()
    assert all((abs(elements - kink) >= 0.05 - 1e-12).all() for kink in kinks)
    assert (x.shape, x.dtype) == (shape, dtype)


def test_arrays_reach_all_parts():
    away = arrays(1, away_from=(0.0,), distance=0.5)
    drawn(away, lambda x: 0.5 < x[0] < 1)
    drawn(away, lambda x: x[0] < -1.5)
    apart = arrays(3, min_gap=0.5, away_from=(0.0,))
    drawn(apart, lambda x: x[0] > x[1] > x[2])
    drawn(apart, lambda x: x[0] < 0 < x[1] < x[2])
    never(arrays(2, min_gap=0.01), lambda x: x[0] == x[1])


def test_arrays_shrink():
    assert found(arrays(), lambda x: True).tolist() == 0.0
    assert found(arrays(min_gap=0.1), lambda x: x.size > 1).shape == (2,)
    assert found(arrays(domain=(2.5, 7.0)), lambda x: True).tolist() == 3.0
    assert found(arrays((2, 0), min_gap=1.0), lambda x: True).shape == (2, 0)


def test_bad_arrays():
    fails(lambda: arrays(domain=(1.0, 0.0)), ValueError, "domain", "(1.0, 0.0)")
    fails(lambda: arrays(domain=(0.0, float("inf"))), ValueError, "finite")
    fails(lambda: arrays(distance=-1.0), ValueError, "distance", "-1.0")
    fails(lambda: arrays(min_gap=-1.0), ValueError, "min_gap", "-1.0")
    fails(lambda: arrays(dtype="int64"), TypeError, "float64 or float32", "int64")
    nothing = "nothing is left", "(0.0, 1.0)", "0.6", "(0.5,)"
    fails(lambda: arrays(domain=(0.0, 1.0), away_from=(0.5,), distance=0.6), ValueError, *nothing)
    crowded = "9 elements with a gap of 0.5 do not fit", "length 4"
    fails(lambda: found(arrays(9, min_gap=0.5), lambda x: True), ValueError, *crowded)
    wrong = st.just(np.dtype("int32"))
    fails(lambda: found(arrays(2, wrong), lambda x: True), TypeError, "int32")


# Views


def kind_of_view(x):
    """What a layout in memory is, from its strides."""
    values = x.data if isinstance(x, Variable) else x
    if x.size < 2 or values.flags.c_contiguous:
        return "plain"
    strides = [s for s, n in zip(x.strides, x.shape, strict=True) if n > 1]
    if 0 in strides:
        return "broadcast"
    if min(strides) < 0:
        return "reversed"
    return "sliced" if strides == sorted(strides, reverse=True) else "transposed"


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("make", [arrays, variables])
def test_views_have_the_layout(layout, make):
    @given(strided(make((2, 3)), [layout]))
    def check(x):
        assert kind_of_view(x) == layout
        assert x.shape == (2, 3)
        values = x.data if isinstance(x, Variable) else x
        assert np.isfinite(values).all()
        assert (abs(values) <= 2).all()

    check()


@pytest.mark.parametrize("layout", [name for name in LAYOUTS if name != "broadcast"])
@pytest.mark.parametrize("wrap", [lambda x: x, Variable])
def test_views_show_the_same_elements(layout, wrap):
    x = np.arange(24.0).reshape(2, 3, 4)

    @given(strided(st.just(wrap(x)), [layout]))
    def check(view):
        same(view, x)

    check()


@given(strided(arrays(shapes(min_side=0), dtypes())))
def test_views_of_all_shapes(x):
    assert isinstance(x, np.ndarray)
    assert np.isfinite(x).all()


@given(variables(dtype=dtypes(), min_gap=0.05, layouts=LAYOUTS))
def test_variables(x):
    assert isinstance(x, Variable)
    assert x.creator is None
    assert x.requires_grad
    y = F.sum(x * x)
    y.backward()
    np.testing.assert_allclose(x.grad.data, 2 * x.data)


@given(st.sampled_from(LAYOUTS).flatmap(
    lambda layout: variables((2, 3), requires_grad=False, layouts=[layout])))  # fmt: skip
def test_variables_that_are_constants(x):
    assert not x.requires_grad


def test_strided_reaches_every_layout():
    for layout in LAYOUTS:
        drawn(strided(arrays()), lambda x, want=layout: kind_of_view(x) == want)
    never(variables((2, 2)), lambda x: kind_of_view(x) != "plain")


def test_bad_layouts():
    for layouts in (["diagonal"], [], "plain"):
        words = "layouts must be some of", "transposed", repr(layouts)
        fails(lambda v=layouts: strided(arrays(), v), ValueError, "strided: ", *words)
        fails(lambda v=layouts: variables(layouts=v), ValueError, "variables: ", *words)


# Programs

SEEDS = st.integers(0, 2**31)


@given(programs(), SEEDS, dtypes())
def test_programs_are_smooth_and_bounded(program, seed, dtype):
    xs = program.inputs(seed, dtype)
    assert [x.shape for x in xs] == list(program.shapes)
    assert all((abs(x) <= 1).all() and x.dtype == dtype for x in xs)
    y = program(*map(Variable, xs))
    assert isinstance(y, Variable)
    assert y.dtype == dtype
    assert y.size <= 36
    assert (abs(y.data) <= 8.001).all()
    # As steep as promised: a step moves no element by more than 16 times its length.
    rng = np.random.default_rng(seed)
    moved = [x + (1e-3 * rng.uniform(-1, 1, x.shape)).astype(dtype) for x in xs]
    assert (abs(program(*moved).data - y.data) <= 16.001e-3 + 1e-5).all()


@given(programs(), SEEDS)
def test_a_program_is_what_it_shows(program, seed):
    again = eval(repr(program), {"Program": Program})
    assert again == program
    assert hash(again) == hash(program)
    scope = {"F": F}
    exec(str(program), scope)
    copied = pickle.loads(pickle.dumps(program))
    assert copied == program
    xs = [Variable(x) for x in program.inputs(seed)]
    want = program(*xs)
    for other in (again, copied, scope["program"]):
        same(other(*xs), want.data)


@given(programs(scalar=True))
def test_scalar_programs(program):
    assert program(*program.inputs(0)).shape == ()


@given(programs(max_ops=3))
def test_programs_have_no_dead_steps(program):
    assert len(program.steps) <= 3
    for i in range(len(program.steps) - 1):
        assert any(re.search(rf"\ba{i}\b", step) for step in program.steps[i + 1 :])


@pytest.mark.parametrize("inputs", [2, [(2, 3), (3,)], st.just(((2, 3), ()))])
def test_inputs_of_programs(inputs):
    @given(programs(inputs))
    def check(program):
        assert len(program.shapes) == 2
        np.broadcast_shapes(*program.shapes)
        if isinstance(inputs, list):
            assert list(program.shapes) == inputs

    check()


@given(programs([(20, 10), (1,) * 7], max_ops=100))
def test_large_inputs_and_many_steps(program):
    y = program(*program.inputs(0))
    assert y.size <= 400
    assert (abs(y.data) <= 8.001).all()


@given(programs(), SEEDS)
def test_reverse_and_forward_mode_agree(program, seed):
    """The product of the Jacobian with vectors from both sides."""
    xs = program.inputs(seed)
    rng = np.random.default_rng(seed)
    ways = [rng.normal(size=x.shape) for x in xs]
    y, pullback = ag.vjp(program, *xs)
    weights = rng.normal(size=y.shape)
    from_left = sum((g.data * w).sum() for g, w in zip(pullback(weights), ways, strict=True))
    from_right = (ag.jvp(program, xs, ways)[1].data * weights).sum()
    np.testing.assert_allclose(from_left, from_right, rtol=1e-10, atol=1e-10)


PARTS = [
    "@", "F.swapaxes", "F.sum", "F.softmax", "F.cumsum", "[0", "::-1", "F.take", "F.broadcast_to",
    "F.concat", "F.stack", "F.transpose", "F.logaddexp", "F.hypot", "F.atan2", "/ (2 + F.cos",
    "keepdims", "F.exp", "** 3", "F.variance", "F.roll", "F.expand_dims", "F.ravel", " - a",
]  # fmt: skip


def test_programs_have_all_parts():
    programs_of = dict.fromkeys(PARTS, 0)
    lengths = set()

    @settings(search)
    @given(programs())
    def collect(program):
        lengths.add(len(program.steps))
        for part in PARTS:
            programs_of[part] += part in str(program)

    collect()
    assert all(programs_of.values()), programs_of
    assert lengths >= set(range(1, 6))


@pytest.mark.parametrize("part", ["F.sin", "F.square", "F.sum", "* x0", "@"])
def test_programs_shrink(part):
    program = found(programs(), lambda p: part in str(p))
    assert len(program.steps) == 1
    assert sum(map(len, program.shapes)) <= 1


def test_values_are_used_more_than_once():
    def reuses(program):
        return len(re.findall(r"\ba0\b", " ".join(program.steps[1:]))) > 1

    assert len(found(programs(1), reuses).steps) == 2


def test_bad_programs():
    fails(lambda: programs(0), ValueError, "programs: ", "at least one input, got 0")
    fails(lambda: programs([]), ValueError, "programs: ", "at least one input")
    fails(lambda: programs(max_ops=-1), ValueError, "max_ops", "-1")
    fails(lambda: Program([]), ValueError, "Program: ", "at least one input")
    with pytest.raises(SyntaxError):
        Program([()], "x0 +")
    program = Program([(), ()], "x0 * x1")
    fails(lambda: program(1.0), TypeError, "program: 2 arguments are wanted, got 1")
    assert program != "x0 * x1"


def test_a_program_of_no_steps():
    program = Program([(2,)])
    assert repr(program) == "Program([(2,)])"
    assert str(program) == "def program(x0):  # shapes (2,)\n    return x0"
    same(program(np.ones(2)), np.ones(2))


# The package


def python(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)


def test_hypothesis_is_imported_for_strategies_only():
    result = python(
        "import sys, autograd\n"
        "from autograd import numerical, testing\n"
        "assert 'numpy' not in sys.modules\n"
        "testing.check_grads(autograd.functions.sin, 1.0, order=1)\n"
        "assert 'hypothesis' not in sys.modules\n"
        "assert 'strategies' in dir(testing)\n"
        "testing.strategies.arrays\n"
        "assert 'hypothesis' in sys.modules\n"
    )
    assert result.returncode == 0, result.stderr


def test_without_hypothesis():
    result = python(
        "import sys\n"
        "sys.modules['hypothesis'] = None\n"
        "from autograd.testing import check_grads\n"
        "from autograd.testing.strategies import arrays\n"
    )
    last = result.stderr.strip().splitlines()[-1]
    assert last == (
        "ModuleNotFoundError: autograd.testing.strategies needs the package hypothesis: "
        "pip install autograd-rs[testing]"
    )


def test_the_module():
    assert sorted(strategies.__all__) == sorted(set(strategies.__all__))
    assert all(hasattr(strategies, name) for name in strategies.__all__)
