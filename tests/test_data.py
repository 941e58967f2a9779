"""Loaders give every element once an epoch and go on exactly; data sets are what they say."""

import copy
import itertools
import json
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Variable, data, random
from autograd import functions as F
from autograd.data import Curve, DataLoader, SequenceLoader, Standardizer
from support import fails

DTYPES = pytest.mark.parametrize("dtype", ["float64", "float32"])

SOURCES = {
    "PCG": lambda: random.PCG(1, 2),
    "ChaCha8": lambda: random.ChaCha8(bytes(range(32))),
    "PCG64": lambda: np.random.default_rng(3),
    "PCG64DXSM": lambda: np.random.Generator(np.random.PCG64DXSM(3)),
    "MT19937": lambda: np.random.Generator(np.random.MT19937(3)),
    "Philox": lambda: np.random.Generator(np.random.Philox(3)),
    "SFC64": lambda: np.random.Generator(np.random.SFC64(3)),
}


def take(loader, count):
    """The next batches, as lists, over the ends of epochs."""
    batches = []
    while len(batches) < count:
        batches += [b.tolist() for b in itertools.islice(loader, count - len(batches))]
    return batches


@st.composite
def loaders(draw):
    """What a loader is made with, so that it has a batch at least."""
    n = draw(st.integers(1, 20))
    size = draw(st.integers(1, 25))
    return n, {"batch_size": size, "drop_last": draw(st.booleans()) if size <= n else False}


@given(loaders(), st.booleans(), st.sampled_from(sorted(SOURCES)))
def test_every_element_once(made, shuffle, kind):
    n, options = made
    x, t = np.arange(2.0 * n).reshape(n, 2), np.arange(n)
    loader = DataLoader(x, t, shuffle=shuffle, rng=SOURCES[kind](), **options)
    orders = []
    for epoch in range(3):
        assert loader.epoch == epoch
        batches = list(loader)
        assert len(batches) == len(loader)
        size = options["batch_size"]
        assert all(len(labels) == size for _, labels in batches[:-1])
        seen = np.concatenate([labels for _, labels in batches])
        np.testing.assert_array_equal(np.concatenate([rows for rows, _ in batches]), x[seen])
        assert len(set(seen.tolist())) == len(seen)
        assert len(seen) == (n - n % size if options["drop_last"] else n)
        orders.append(seen.tolist())
    if not shuffle:
        assert orders[0] == orders[1] == list(range(len(orders[0])))
    elif n >= 12 and len(orders[0]) == n:
        assert orders[0] != orders[1] != orders[2]


@given(loaders(), st.data())
def test_orders_come_from_the_source(made, drawn):
    n, options = made
    kind = drawn.draw(st.sampled_from(sorted(SOURCES)))
    loader = DataLoader(np.arange(n), shuffle=True, rng=SOURCES[kind](), **options)
    rng = SOURCES[kind]()
    for _ in range(2):
        seen = np.concatenate(list(loader))
        np.testing.assert_array_equal(seen, random.permutation(n, rng)[: len(seen)])


@given(loaders(), st.booleans(), st.sampled_from(sorted(SOURCES)), st.data())
def test_resume(made, shuffle, kind, drawn):
    """At any point, in another loader whose source stands elsewhere, or in the same."""
    n, options = made

    def make(rng):
        return DataLoader(np.arange(n), shuffle=shuffle, rng=rng, **options)

    loader = make(SOURCES[kind]())
    stop = drawn.draw(st.integers(0, 2 * len(loader) + 1))
    iterator, count, state = iter(loader), 0, json.dumps(loader.state_dict())
    whole = []
    while len(whole) < 4 * len(loader):
        batch = next(iterator, None)
        if batch is None:
            iterator = iter(loader)
        else:
            whole.append(batch.tolist())
            count += 1
        if count == stop:
            state = json.dumps(loader.state_dict())

    other = SOURCES[kind]()
    other.permutation(drawn.draw(st.integers(0, 5)))
    for fresh in (make(other), loader):
        fresh.load_state_dict(json.loads(state))
        epoch, position = divmod(stop, len(loader))
        # At the end of an epoch it counts as complete only once the loop is over.
        assert fresh.epoch in ((epoch, epoch - 1) if stop and position == 0 else (epoch,))
        assert take(fresh, len(whole) - stop) == whole[stop:]
        assert json.dumps(fresh.state_dict())


def test_at_the_last_batch_the_rest_is_empty():
    loader = DataLoader(np.arange(4), batch_size=2)
    state = [loader.state_dict() for _ in loader][-1]
    other = DataLoader(np.arange(4), batch_size=2)
    other.load_state_dict(state)
    assert (other.epoch, list(other), other.epoch) == (0, [], 1)
    assert len(list(other)) == 2


def test_source_that_others_draw_from_too():
    """The order is drawn again without moving the source away from where the others left it."""
    rng = random.PCG(5)
    loader = DataLoader(np.arange(6), batch_size=2, shuffle=True, rng=rng)
    iterator = iter(loader)
    next(iterator)
    rng.normal((7,))
    state = loader.state_dict()
    want = [b.tolist() for b in iterator], rng.uniform(), take(loader, 3)
    loader.load_state_dict(state)
    assert ([b.tolist() for b in loader], rng.uniform(), take(loader, 3)) == want


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
@pytest.mark.parametrize("kind", SOURCES)
def test_copies_go_on(duplicate, kind):
    loader = DataLoader(np.arange(7), batch_size=2, shuffle=True, rng=SOURCES[kind]())
    assert take(duplicate(loader), 8) == take(duplicate(loader), 8)
    iterator = iter(loader)
    next(iterator)
    other = duplicate(loader)
    rest = [b.tolist() for b in iterator]
    assert [b.tolist() for b in other] == rest
    assert other.epoch == 1
    assert take(other, 8) == take(loader, 8)


def test_broken_off_iterations_begin_again():
    loader = DataLoader(np.arange(5), batch_size=2)
    assert next(iter(loader)).tolist() == next(iter(loader)).tolist() == [0, 1]
    assert (loader.epoch, len(list(loader)), loader.epoch) == (0, 3, 1)


def test_two_iterations_at_once():
    loader = DataLoader(np.arange(6), batch_size=2, shuffle=True, rng=0)
    first, second = iter(loader), iter(loader)
    pairs = [(next(first), next(second)) for _ in range(3)]
    for side in zip(*pairs, strict=True):
        assert sorted(np.concatenate(side).tolist()) == list(range(6))


def test_the_later_of_two_iterations_counts():
    loader = DataLoader(np.arange(6), batch_size=2)
    first, second = iter(loader), iter(loader)
    next(first), next(first), next(second)
    for _ in range(2):
        next(first, None)
        assert (loader.epoch, loader.state_dict()["position"]) == (0, 1)
    assert len(list(second)) == 2
    assert loader.epoch == 1


def test_batches_are_views_or_copies():
    x = np.arange(6.0)
    for batch in DataLoader(x, batch_size=4):
        assert np.shares_memory(batch, x)
        assert not batch.flags.writeable
    assert x.flags.writeable
    for batch in DataLoader(x, batch_size=4, shuffle=True):
        assert not np.shares_memory(batch, x)


@DTYPES
def test_variables_lists_and_dtypes(dtype):
    x = Variable([[1.0, 2.0], [3.0, 4.0]], dtype=dtype)
    (batch,) = DataLoader(x, [1, 0], [True, False], batch_size=2)
    assert [part.dtype for part in batch] == [dtype, "int64", "bool"]
    np.testing.assert_array_equal(batch[0], [[1, 2], [3, 4]])
    assert type(batch[0]) is np.ndarray


def test_memory_mapped(tmp_path):
    np.save(tmp_path / "x.npy", np.arange(10))
    x = np.load(tmp_path / "x.npy", mmap_mode="r")
    assert np.concatenate(list(DataLoader(x, batch_size=3))).tolist() == list(range(10))


def test_loader_errors():
    x = np.arange(4)
    fails(lambda: DataLoader(batch_size=1), ValueError, "DataLoader", "at least one array")
    fails(lambda: DataLoader(x, x[:3], batch_size=1), ValueError, "same length", "4, 3")
    fails(lambda: DataLoader([], batch_size=1), ValueError, "DataLoader", "empty")
    fails(lambda: DataLoader(x, 3.0, batch_size=1), ValueError, "argument 2", "axis", "float")
    fails(lambda: DataLoader([[1], [2, 3]], batch_size=1), ValueError, "DataLoader: argument 1")
    fails(lambda: DataLoader(x, batch_size=0), ValueError, "batch_size must be at least 1, got 0")
    fails(lambda: DataLoader(x, batch_size=2.0), TypeError, "batch_size", "int", "float")
    fails(lambda: DataLoader(x, batch_size=True), TypeError, "batch_size", "bool")
    fails(lambda: DataLoader(x, batch_size=5, drop_last=True), ValueError, "drop_last", "5", "4")
    for shuffle in (True, False):
        fails(
            lambda s=shuffle: DataLoader(x, batch_size=2, shuffle=s, rng="seed"), TypeError, "rng"
        )


def damage(state):
    """States that do not fit, and what the message says."""
    other = DataLoader(np.arange(6), batch_size=2, shuffle=True, rng=np.random.default_rng(0))
    next(iter(other))
    foreign = other.state_dict()["rng"]
    yield [], "list"
    yield {"epoch": 0}, "keys"
    yield {**state, "more": 1}, "more"
    yield {**state, "length": 7}, "length is 7 there, and 6 here"
    yield {**state, "batch_size": 3}, "batch_size is 3 there"
    yield {**state, "epoch": -1}, "epoch"
    yield {**state, "epoch": 1.0}, "1.0"
    yield {**state, "position": 4}, "position must be an int from 0 to 3, got 4"
    yield {**state, "rng": None}, "were not shuffled there, and are here"
    yield {**state, "position": 0}, "contradict"
    yield {**state, "rng_before_order": None}, "contradict"
    yield {**state, "rng": foreign}, "numpy.random.PCG64"
    yield {**state, "rng_before_order": foreign}, "numpy.random.PCG64"
    for wrong in ([1], [1, -1], [1, 2**64], ["a", "b"], None):
        yield {**state, "rng": {"kind": "PCG", "state": wrong}}, "state of rng"
    for wrong in (3, {}, {"kind": "PCG"}):
        yield {**state, "rng": wrong}, "state of rng"


def test_states_that_do_not_fit_change_nothing():
    rng = random.PCG(1)
    loader = DataLoader(np.arange(6), batch_size=2, shuffle=True, rng=rng)
    iterator = iter(loader)
    next(iterator)
    # From here on drawing the order again does not lead back to where the source is.
    rng.normal((3,))
    state = loader.state_dict()
    for wrong, words in damage(state):
        fails(lambda w=wrong: loader.load_state_dict(w), ValueError,
              "DataLoader.load_state_dict", words)  # fmt: skip
        assert loader.state_dict() == state
    assert len(list(iterator)) == 2
    assert loader.epoch == 1
    plain = DataLoader(np.arange(6), batch_size=2)
    fails(lambda: plain.load_state_dict(state), ValueError, "shuffled there, and are not here")


@pytest.mark.parametrize("kind", ["ChaCha8", "PCG64", "MT19937", "Philox"])
def test_damaged_states_of_sources(kind):
    loader = DataLoader(np.arange(6), batch_size=2, shuffle=True, rng=SOURCES[kind]())
    before = loader.state_dict()
    for value in (
        None,
        3,
        [],
        {},
        ["00", 1],
        {"bit_generator": kind, "state": {"key": [1], "pos": 2}},
    ):
        wrong = {**before, "rng": {**before["rng"], "state": value}}
        fails(lambda w=wrong: loader.load_state_dict(w), ValueError, "state of rng does not fit")
        assert loader.state_dict() == before


@pytest.mark.parametrize("kind", ["MT19937", "Philox"])
def test_arrays_in_states_of_another_length(kind):
    loader = DataLoader(np.arange(6), batch_size=2, shuffle=True, rng=SOURCES[kind]())
    state = loader.state_dict()
    state["rng"]["state"]["state"]["key"].append(1)
    fails(lambda: loader.load_state_dict(state), ValueError, "state of rng does not fit", "shape")


def test_a_source_of_ones_own_has_no_state():
    class Source:
        def __init__(self):
            self.rng = np.random.default_rng(0)

        def uniform(self):
            return self.rng.random()

    loader = DataLoader(np.arange(6), batch_size=2, shuffle=True, rng=Source())
    assert sorted(np.concatenate(list(loader)).tolist()) == list(range(6))
    fails(loader.state_dict, TypeError, "DataLoader.state_dict", "Source")


@given(st.integers(1, 30), st.data())
def test_sequence(n, drawn):
    size = drawn.draw(st.integers(1, n))
    x, t = np.arange(2 * n).reshape(n, 2), np.arange(1, n + 1)
    loader = SequenceLoader(x, t, size)
    steps = n // size
    assert len(loader) == steps
    batches = list(loader)
    assert loader.epoch == 1
    for i, (rows, labels) in enumerate(batches):
        at = [k * steps + i for k in range(size)]
        np.testing.assert_array_equal(rows, x[at])
        np.testing.assert_array_equal(labels, t[at])
    stop = drawn.draw(st.integers(1, steps))
    state = [json.dumps(loader.state_dict()) for _ in loader][stop - 1]
    other = SequenceLoader(x, t, size)
    other.load_state_dict(json.loads(state))
    assert [b[1].tolist() for b in other] == [b[1].tolist() for b in batches[stop:]]


@DTYPES
def test_sequences_of_numbers_are_columns(dtype):
    y = np.arange(9, dtype=dtype)
    loader = pickle.loads(pickle.dumps(SequenceLoader(y[:-1], y[1:], batch_size=2)))
    batches = list(loader)
    assert {part.shape for batch in batches for part in batch} == {(2, 1)}
    assert {part.dtype for batch in batches for part in batch} == {np.dtype(dtype)}
    np.testing.assert_array_equal(np.hstack([x for x, _ in batches]).ravel(), y[:-1])
    (x, t), *_ = SequenceLoader(y, y.astype(int), batch_size=2)
    assert (x.shape, t.shape) == ((2, 1), (2,))


def test_sequence_views():
    x = np.arange(12.0).reshape(6, 2)
    for batch, _ in SequenceLoader(x, x, batch_size=3):
        assert np.shares_memory(batch, x)
        assert not batch.flags.writeable


def test_sequence_errors():
    x = np.arange(4)
    fails(lambda: SequenceLoader(x, x, 5), ValueError, "SequenceLoader", "at most", "4, got 5")
    fails(lambda: SequenceLoader(x, x[:2], 1), ValueError, "SequenceLoader", "4, 2")
    fails(lambda: SequenceLoader(x, x, 0), ValueError, "batch_size", "0")
    fails(lambda: SequenceLoader(x, x, "2"), TypeError, "batch_size", "str")


def test_reprs():
    assert repr(DataLoader([1, 2, 3], batch_size=2)) == "DataLoader(2 batches of 2, epoch 0)"
    assert repr(Curve(n=5)) == "Curve(5 points)"
    assert repr(Standardizer([[1.0, 2.0]])) == "Standardizer(features of shape (2,))"


@DTYPES
@pytest.mark.parametrize("f", [None, np.cos, F.cos, lambda a: a**2])
def test_curve(f, dtype):
    n, noise = 50, 0.1
    curve = Curve(n, noise, f, random.PCG(1, 2), dtype)
    draw = random.PCG(1, 2)
    want = [float((f or np.sin)(np.float64(2 * np.pi * i / (n - 1)))) for i in range(n)]
    want = [y + draw.uniform() * 2 * noise - noise for y in want]
    rtol = 1e-6 if dtype == "float32" else 1e-12
    assert curve.x.shape == curve.t.shape == (n - 1, 1)
    assert curve.x.dtype == curve.t.dtype == dtype
    np.testing.assert_allclose(curve.x.ravel(), want[:-1], rtol=rtol, atol=1e-7)
    np.testing.assert_allclose(curve.t.ravel(), want[1:], rtol=rtol, atol=1e-7)


def test_curve_noise_and_periods():
    clean, noisy = Curve(1000, 0.0), Curve(1000, 0.05, rng=0)
    deviation = noisy.x - clean.x
    assert -0.05 <= deviation.min() < -0.045
    assert 0.045 < deviation.max() < 0.05
    np.testing.assert_array_equal(noisy.x[1:], noisy.t[:-1])
    np.testing.assert_array_equal(noisy.x, Curve(1000, 0.05, rng=0).x)
    assert not np.array_equal(noisy.x, Curve(1000, 0.05, rng=1).x)
    twice = Curve(1999, 0.0, periods=2)
    np.testing.assert_allclose(twice.x[:999], clean.x, atol=1e-14)
    x, t = Curve(10)
    assert len(DataLoader(x, t, batch_size=3)) == len(SequenceLoader(x, t, batch_size=3)) == 3


def test_curve_errors():
    fails(lambda: Curve(1), ValueError, "Curve", "n must be at least 2, got 1")
    fails(lambda: Curve(1.5), TypeError, "Curve", "n must be an int")
    fails(lambda: Curve(noise=-1), ValueError, "Curve", "noise", "-1")
    fails(lambda: Curve(noise=np.nan), ValueError, "Curve", "noise", "nan")
    fails(lambda: Curve(periods=0), ValueError, "Curve", "periods", "0")
    fails(lambda: Curve(5, f=np.sum), ValueError, "Curve", "(5,)", "()")
    fails(lambda: Curve(rng="a"), TypeError, "rng")


@DTYPES
def test_spirals(dtype):
    n, classes, noise = 20, 4, 0.3
    x, t = data.spirals(n, classes, noise, random.PCG(7), dtype)
    rng = random.PCG(7)
    points, labels = [], []
    for j in range(classes):
        for i in range(n):
            r = i / (n - 1)
            a = j * 4 + 4 * r + noise * rng.normal()
            points.append([r * np.sin(a), r * np.cos(a)])
            labels.append(j)
    order = rng.permutation(n * classes)
    assert (x.dtype, t.dtype, x.shape, t.shape) == (dtype, np.int64, (80, 2), (80,))
    np.testing.assert_allclose(x, np.array(points)[order], rtol=1e-6, atol=1e-7)
    np.testing.assert_array_equal(t, np.array(labels)[order])


@DTYPES
def test_moons_and_circles(dtype):
    n = 9
    x, t = data.moons(n, 0.0, 1, dtype)
    a = np.linspace(0, np.pi, n)
    moons = [np.c_[np.cos(a), np.sin(a)], np.c_[1 - np.cos(a), 0.5 - np.sin(a)]]
    y, u = data.circles(n, 0.0, 0.25, 1, dtype)
    a = np.linspace(0, 2 * np.pi, n, endpoint=False)
    circles = [np.c_[np.cos(a), np.sin(a)], np.c_[np.cos(a), np.sin(a)] / 4]
    for points, labels, want in ((x, t, moons), (y, u, circles)):
        assert (points.dtype, labels.dtype, points.shape) == (dtype, np.int64, (2 * n, 2))
        for label in (0, 1):
            distance = np.abs(points[labels == label][:, None] - want[label]).max(-1)
            assert distance.min(0).max() < 1e-6
            assert distance.min(1).max() < 1e-6


@pytest.mark.parametrize("make", [data.spirals, data.moons, data.circles])
def test_sets_of_points(make):
    x, t = make(n=200, noise=0.1, rng=3)
    again = make(n=200, noise=0.1, rng=3)
    np.testing.assert_array_equal(x, again[0])
    np.testing.assert_array_equal(t, again[1])
    assert not np.array_equal(x, make(n=200, noise=0.1, rng=4)[0])
    assert np.bincount(t).tolist() == [200] * (t.max() + 1)
    assert np.any(np.diff(t[:50]) != 0)
    name = make.__name__
    fails(lambda: make(n=0), ValueError, name, "n must be at least", "got 0")
    fails(lambda: make(n=2.5), TypeError, name, "n must be an int")
    fails(lambda: make(noise=-0.5), ValueError, name, "noise", "-0.5")


@pytest.mark.parametrize(("make", "shape"), [(data.moons, (2, 300)), (data.circles, (2, 300))])
def test_spread_of_noise(make, shape):
    x, t = make(n=300, noise=0.2, rng=0)
    clean, u = make(n=300, noise=0.0, rng=0)
    np.testing.assert_array_equal(t, u)
    assert abs((x - clean).std() - 0.2) < 0.02


def test_set_errors():
    fails(lambda: data.spirals(classes=0), ValueError, "spirals", "classes")
    fails(lambda: data.circles(factor=1.0), ValueError, "circles", "factor", "1.0")


@given(st.integers(2, 40), st.floats(0.01, 0.99), st.integers(0, 5))
def test_split(n, size, seed):
    tested = int(np.ceil(np.round(size * n, 6)))
    if not 0 < tested < n:
        fails(lambda: data.train_test_split(range(n), test_size=size), ValueError, "empty")
        return
    x, t = np.arange(2.0 * n).reshape(n, 2), np.arange(n)
    parts = data.train_test_split(x, t, test_size=size, rng=seed)
    assert [len(part) for part in parts] == [n - tested, tested] * 2
    np.testing.assert_array_equal(parts[0], x[parts[2]])
    np.testing.assert_array_equal(parts[1], x[parts[3]])
    assert sorted(np.concatenate(parts[2:]).tolist()) == list(range(n))
    again = data.train_test_split(x, t, test_size=tested, rng=seed)
    for part, other in zip(parts, again, strict=True):
        np.testing.assert_array_equal(part, other)


def test_split_sizes_and_errors():
    _, tested = data.train_test_split(Variable(np.arange(100.0)), test_size=0.07)
    assert (len(tested), type(tested)) == (7, np.ndarray)
    assert len(data.train_test_split(range(10))[1]) == 3
    fails(lambda: data.train_test_split(), ValueError, "train_test_split", "array")
    fails(lambda: data.train_test_split([1, 2], [1]), ValueError, "train_test_split", "2, 1")
    fails(lambda: data.train_test_split([1], test_size=0.5), ValueError, "1 elements", "empty")
    fails(lambda: data.train_test_split([1, 2], test_size=2), ValueError, "empty")
    fails(lambda: data.train_test_split([1, 2], test_size=0), ValueError, "test_size")
    fails(lambda: data.train_test_split([1, 2], test_size=1.0), ValueError, "between 0 and 1")
    fails(lambda: data.train_test_split([1, 2], test_size="a"), TypeError, "test_size", "str")


@DTYPES
@given(st.lists(st.integers(0, 6), min_size=1, max_size=8), st.integers(0, 2))
def test_one_hot(dtype, labels, more):
    classes = max(labels) + 1 + more
    rows = data.one_hot(labels, classes, dtype)
    np.testing.assert_array_equal(rows, np.eye(classes)[labels])
    assert rows.dtype == dtype
    np.testing.assert_array_equal(data.one_hot(labels), np.eye(max(labels) + 1)[labels])
    np.testing.assert_array_equal(
        data.one_hot(Variable(np.array([labels] * 2)), classes), [rows] * 2
    )


def test_one_hot_edges():
    assert data.one_hot([], 3).shape == (0, 3)
    assert data.one_hot(1, 3).tolist() == [0, 1, 0]
    assert data.one_hot(np.array([255], np.uint8)).shape == (1, 256)
    fails(lambda: data.one_hot([]), ValueError, "one_hot", "classes must be given")
    fails(lambda: data.one_hot([-1]), ValueError, "one_hot", "labels must", "got -1 to -1")
    fails(lambda: data.one_hot([0, 3], 3), ValueError, "one_hot", "between 0 and 2", "0 to 3")
    fails(lambda: data.one_hot([0, -1], 3), ValueError, "one_hot", "-1")
    fails(lambda: data.one_hot([0.5]), TypeError, "one_hot", "not whole")
    fails(lambda: data.one_hot([np.nan]), TypeError, "one_hot", "not whole")
    fails(lambda: data.one_hot(["a"]), TypeError, "one_hot", "dtype")
    fails(lambda: data.one_hot([1], 2.0), TypeError, "one_hot", "classes")


@DTYPES
def test_standardizer(dtype):
    rng = np.random.default_rng(0)
    x = (rng.normal(size=(50, 3)) * [1, 10, 0] + [5, -3, 0.1]).astype(dtype)
    scale = Standardizer(x)
    rtol = 1e-5 if dtype == "float32" else 1e-12
    np.testing.assert_allclose(scale.mean, x.mean(0), rtol=rtol)
    np.testing.assert_allclose(scale.std, [x[:, 0].std(), x[:, 1].std(), 1], rtol=rtol)
    y = scale(x)
    assert y.dtype == scale.mean.dtype == scale.std.dtype == dtype
    np.testing.assert_allclose(y.mean(0), 0, atol=10 * rtol)
    np.testing.assert_allclose(y.std(0), [1, 1, 0], atol=10 * rtol)
    np.testing.assert_allclose(scale.inverse(y), x, rtol=10 * rtol, atol=10 * rtol)
    np.testing.assert_array_equal(scale(Variable(x[0])), y[0])
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(scale))(x), y)


def test_standardizer_of_what_hardly_varies():
    x = np.zeros((1000, 1), np.float32)
    x[0] = 1e-45
    assert Standardizer(x).std == 1
    np.testing.assert_array_equal(Standardizer(x)(x), x)


@pytest.mark.parametrize("size", [1e200, 1.7e308, 1e-200, 1e-300])
def test_standardizer_of_what_has_no_squares(size):
    x = np.array([[size, 1.0], [-size, 3.0]])
    scale = Standardizer(x)
    np.testing.assert_allclose(scale.std, [size, 1.0])
    np.testing.assert_allclose(scale(x[0]), [1.0, -1.0])


def test_standardizer_shapes():
    assert Standardizer([1, 2, 3])([5, 1, 1, 2]).shape == (4,)
    images = Standardizer(np.arange(24).reshape(2, 3, 4))
    assert images.mean.shape == (3, 4)
    fails(lambda: images(np.zeros((2, 3, 5))), ValueError, "Standardizer", "(3, 4)", "(2, 3, 5)")
    fails(lambda: images(np.zeros(4)), ValueError, "Standardizer", "(4,)")
    fails(lambda: images(np.zeros((1, 1, 3, 4))), ValueError, "Standardizer")
    fails(lambda: images.inverse(3.0), ValueError, "Standardizer", "()")
    fails(lambda: Standardizer([]), ValueError, "Standardizer", "empty")
