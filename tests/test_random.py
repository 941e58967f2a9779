"""Random streams: those recorded, what `rng` may be, and sources that are saved and go on."""

import copy
import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
from autograd import Variable, random
from autograd import functions as F
from support import fails

GOLDEN = json.loads(
    Path(__file__).with_name("data").joinpath("golden_random.json").read_text("utf-8")
)
KEY = bytes(GOLDEN["chacha8_seed_bytes"])
MAKE = {"PCG": lambda: random.PCG(1, 8), "ChaCha8": lambda: random.ChaCha8(KEY)}
each = pytest.mark.parametrize("make", MAKE.values(), ids=MAKE)


def test_golden_pcg():
    rng = random.PCG(*GOLDEN["pcg_seed"])
    want = [int(bits) for bits in GOLDEN["pcg_uint64"]]
    assert [rng.uint64() for _ in want] == want
    rng = random.PCG(*GOLDEN["pcg_seed"])
    assert [rng.uniform() for _ in GOLDEN["pcg_uniform"]] == GOLDEN["pcg_uniform"]
    want = GOLDEN["pcg_normal_after_uniform"]
    assert [rng.normal() for _ in want] == want


def test_golden_chacha8():
    rng = random.ChaCha8(KEY)
    assert [rng.uniform() for _ in GOLDEN["chacha8_uniform"]] == GOLDEN["chacha8_uniform"]
    want = GOLDEN["chacha8_normal_after_uniform"]
    assert [rng.normal() for _ in want] == want


def test_published_values():
    """The first numbers that Go's tests of math/rand/v2 expect."""
    rng = random.PCG(1, 2)
    assert [rng.uint64() for _ in range(3)] == [
        0xC4F5A58656EEF510,
        0x9DCEC3AD077DEC6C,
        0xC8D04605312F8088,
    ]
    rng = random.ChaCha8(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ123456")
    assert [rng.uint64() for _ in range(3)] == [
        0xB773B6063D4616A5,
        0x1160AF22A66ABC3C,
        0x8C2599D9418D287C,
    ]


@each
@given(
    kind=st.sampled_from(["uniform", "normal"]),
    shape=st.lists(st.integers(0, 4), max_size=3).map(tuple),
)
def test_arrays_are_filled_as_by_single_draws(make, kind, shape):
    together, single = make(), make()
    drawn = getattr(together, kind)(shape)
    assert drawn.shape == shape
    assert drawn.dtype == np.float64
    assert drawn.ravel().tolist() == [getattr(single, kind)() for _ in range(drawn.size)]
    assert together.uint64() == single.uint64()


@each
def test_sizes(make):
    assert isinstance(make().uniform(), float)
    assert isinstance(make().normal(None), float)
    assert make().uniform(3).shape == (3,)
    assert make().normal(np.int64(2)).shape == (2,)
    assert make().uniform(size=[2, 1]).shape == (2, 1)


@each
def test_moments(make):
    """Uniform and normal, as far as a few numbers can tell."""
    uniform, normal = make().uniform(20_000), make().normal(20_000)
    assert uniform.min() >= 0
    assert uniform.max() < 1
    assert abs(uniform.mean() - 0.5) < 0.01
    assert abs(normal.mean()) < 0.03
    assert abs(normal.std() - 1) < 0.02
    assert abs((normal > 1.96).mean() - 0.025) < 0.005


@each
@given(n=st.integers(0, 300))
def test_permutation(make, n):
    rng = make()
    order = rng.permutation(n)
    assert order.dtype == np.int64
    assert sorted(order.tolist()) == list(range(n))
    assert order.tolist() == make().permutation(n).tolist()
    assert n < 50 or rng.permutation(n).tolist() != order.tolist()


def test_permutations_are_all_as_frequent():
    rng, counts = random.PCG(3, 4), {}
    for _ in range(6000):
        order = tuple(rng.permutation(3).tolist())
        counts[order] = counts.get(order, 0) + 1
    assert len(counts) == 6
    assert all(850 < count < 1150 for count in counts.values())


@each
@given(drawn=st.integers(0, 2000))
def test_copies_go_on(make, drawn):
    """From anywhere in the stream, and without a connection to the original."""
    rng = make()
    rng.uniform(drawn)
    others = [pickle.loads(pickle.dumps(rng)), copy.deepcopy(rng), copy.copy(rng)]
    restored = make()
    restored.state = rng.state
    want = rng.normal(100).tolist()
    for other in [*others, restored]:
        assert other.normal(100).tolist() == want
        assert other.state == rng.state


@each
def test_state_goes_back(make):
    rng = make()
    rng.uniform(7)
    state = rng.state
    first = [rng.uint64() for _ in range(50)]
    rng.state = state
    assert [rng.uint64() for _ in range(50)] == first


def test_reprs():
    assert repr(random.PCG(3, 4)) == "PCG(3, 4)"
    assert repr(random.PCG()) == "PCG(0, 0)"
    rng = random.ChaCha8(KEY)
    rng.uint64()
    assert "1 number" in repr(rng)


BAD = [
    (lambda: random.PCG(-1), OverflowError, ""),
    (lambda: random.PCG(2**64), OverflowError, ""),
    (lambda: random.PCG(0.5), TypeError, ""),
    (lambda: random.ChaCha8(b"short"), ValueError, "ChaCha8", "32 bytes", "5"),
    (lambda: random.ChaCha8(7), TypeError, ""),
    (lambda: random.PCG().permutation(-1), ValueError, "permutation", "negative", "-1"),
    (lambda: random.PCG().uniform((2, -1)), ValueError, "uniform", "-1"),
    (lambda: random.PCG().uniform(2**62), MemoryError, "uniform"),
    (lambda: setattr(random.ChaCha8(KEY), "state", (KEY, 10**9)), ValueError, "ChaCha8"),
    (lambda: setattr(random.ChaCha8(KEY), "state", (b"", 0)), ValueError, "32 bytes"),
    (lambda: setattr(random.PCG(), "state", (0, -1)), OverflowError, ""),
    (lambda: ag.rand(2, rng="seed"), TypeError, "rng must be", "str"),
    (lambda: ag.rand(2, rng=True), TypeError, "rng must be", "bool"),
    (lambda: ag.randn(2, rng=-1), ValueError, "negative"),
    (lambda: ag.randn(2, rng=Uniform()), TypeError, "no method normal", "Uniform"),
]


class Uniform:
    """A source that has nothing but uniform numbers."""

    def __init__(self):
        self.drawn = 0

    def uniform(self):
        self.drawn += 1
        return 1 / (1 + self.drawn)


@pytest.mark.parametrize(("call", "error", "words"), [(c, e, w) for c, e, *w in BAD])
def test_errors(call, error, words):
    fails(call, error, *words)


RNGS = [
    lambda: 5,
    lambda: np.int64(5),
    lambda: np.random.default_rng(5),
    lambda: random.PCG(5, 6),
    lambda: random.ChaCha8(KEY),
]


@pytest.mark.parametrize("rng", RNGS)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_rng_arguments(rng, dtype):
    """The same seed or state gives the same values; a source goes on."""
    x = Variable(np.ones((20, 20), dtype))
    draws = [
        lambda rng: ag.rand((3, 4), rng=rng, dtype=dtype),
        lambda rng: ag.randn((3, 4), rng=rng, dtype=dtype),
        lambda rng: ag.normal((3, 4), 2.0, 0.5, rng=rng, dtype=dtype),
        lambda rng: F.dropout(x, 0.5, rng=rng),
    ]
    for draw in draws:
        first, again = draw(rng()), draw(rng())
        assert first.dtype == dtype
        assert first.data.tobytes() == again.data.tobytes()
        source = rng()
        if not isinstance(source, (int, np.integer)):
            assert draw(source).data.tobytes() == first.data.tobytes()
            assert draw(source).data.tobytes() != first.data.tobytes()


def test_values_are_those_of_the_source():
    assert ag.rand((2, 3), rng=random.PCG(1, 8)).data.ravel().tolist() == GOLDEN["pcg_uniform"][:6]
    want = np.random.default_rng(3)
    assert (ag.rand((2, 3), rng=3).data == want.random((2, 3))).all()
    assert (ag.randn((2, 3), rng=3).data == np.random.default_rng(3).standard_normal((2, 3))).all()
    drawn = ag.rand((2, 2), rng=Uniform())
    assert drawn.data.tolist() == [[1 / 2, 1 / 3], [1 / 4, 1 / 5]]


def test_rounding_does_not_reach_1():
    class Last:
        def uniform(self):
            return 1 - 2**-53

    assert ag.rand(2, rng=Last(), dtype="float32").data.tolist() == [1 - 2**-24] * 2
    assert ag.rand(2, rng=Last()).data.tolist() == [1 - 2**-53] * 2


def test_no_seed_is_a_new_one():
    assert (ag.rand(8).data != ag.rand(8).data).any()


def test_dropout_keeps_the_share_it_should():
    x = ag.ones((100, 100))
    y = F.dropout(x, 0.3, rng=random.PCG(1, 2)).data
    assert set(np.unique(y)) == {0.0, 1 / 0.7}
    assert abs((y == 0).mean() - 0.3) < 0.02
    rng = random.PCG(1, 2)
    with ag.test_mode():
        F.dropout(x, 0.3, rng=rng)
    assert rng.state == (1, 2)
