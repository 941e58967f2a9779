"""State dicts and files: round trips, the format, what is refused, crashes on the way."""

import json
import os
import stat
import struct
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from autograd import Variable, _saving, models, optimizers
from autograd import layers as L
from layer_cases import called, each_case, each_with_parameters
from support import fails


@each_with_parameters
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_round_trip(case, dtype, tmp_path):
    """Into a layer that has been called, and one that waits for its first call."""
    layer, xs = called(case, dtype)
    for v in layer.buffers().values():
        v.data = v.data + 0.5
    file = tmp_path / "layer.safetensors"
    layer.save(file)
    fresh = case.build(dtype, seed=7)
    other, _ = called(case, dtype, seed=8)
    for loaded in (fresh, other):
        assert loaded.load(file) is None
        assert list(loaded.params()) == list(layer.params())
        for name, value in layer.state_dict().items():
            got = loaded.state_dict()[name]
            assert got.dtype == dtype
            np.testing.assert_array_equal(got, value)
    want = case.call(layer, *map(Variable, xs)).data
    np.testing.assert_array_equal(case.call(fresh, *map(Variable, xs)).data, want)


@each_case
def test_state_dict_round_trip(case):
    layer, _ = called(case)
    state = layer.state_dict()
    assert list(state) == sorted([*layer.params(), *layer.buffers()])
    assert not any(value.flags.writeable for value in state.values())
    fresh = case.build(seed=3)
    fresh.load_state_dict(state)
    for name, value in fresh.state_dict().items():
        np.testing.assert_array_equal(value, state[name])


def test_a_state_dict_is_a_snapshot():
    layer = L.Linear(2, 3, rng=0)
    state = layer.state_dict()
    kept = {name: value.copy() for name, value in state.items()}
    layer.w.data = layer.w.data + 1.0
    np.testing.assert_array_equal(state["w"], kept["w"])
    mine = np.ones((3, 2))
    layer.load_state_dict({**state, "w": mine})
    mine[:] = 5.0
    assert np.all(layer.w.data == 1.0)


def test_loading_keeps_the_variables():
    """An optimizer that knows the parameters goes on with the same ones."""
    layer = L.Linear(2, 3, rng=0)
    w, b = layer.w, layer.b
    layer.load_state_dict(L.Linear(2, 3, rng=1).state_dict())
    assert layer.w is w
    assert layer.b is b


def test_state_before_the_first_call(tmp_path):
    model = models.MLP([3, 1])
    fails(model.state_dict, RuntimeError, "state_dict: linear[0].w", "call the model first")
    file = tmp_path / "model"
    fails(lambda: model.save(file), RuntimeError, "linear[0].w")
    assert os.listdir(tmp_path) == []


# The file


def test_the_layout_is_that_of_safetensors(tmp_path):
    """A length, a header in JSON, and the numbers, in row-major order and little-endian."""
    layer = L.Linear(2, 3, rng=0)
    layer.b = layer.astype("float32").b
    file = tmp_path / "layer.safetensors"
    layer.save(file)
    data = file.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    assert sorted(header) == ["b", "w"]
    for name, value in layer.state_dict().items():
        entry = header[name]
        assert entry["dtype"] == "F32"
        assert entry["shape"] == list(value.shape)
        start, end = entry["data_offsets"]
        raw = data[8 + length :][start:end]
        np.testing.assert_array_equal(np.frombuffer(raw, "<f4").reshape(value.shape), value)
    arrays, _ = _saving.read(file)
    assert sorted(arrays) == ["b", "w"]
    np.testing.assert_array_equal(arrays["w"], layer.w.data)


def test_buffers_are_saved(tmp_path):
    layer = L.BatchNorm(2)
    layer(np.random.default_rng(0).normal(size=(4, 2)))
    layer.save(tmp_path / "norm")
    other = L.BatchNorm(2)
    other.load(tmp_path / "norm")
    np.testing.assert_array_equal(other.running_mean.data, layer.running_mean.data)
    np.testing.assert_array_equal(other.running_var.data, layer.running_var.data)
    assert list(other.buffers()) == ["running_mean", "running_var"]


def test_names_are_stable(tmp_path):
    """The names in files of the models; files of earlier versions depend on them."""
    mlp, lstm = models.MLP([3, 1], rng=0), models.LSTM(3, 1, rng=0)
    for name, model in (("mlp", mlp), ("lstm", lstm)):
        model(np.ones((1, 2)))
        model.save(tmp_path / name)
    assert sorted(_saving.read(tmp_path / "mlp")[0]) == [
        "linear[0].b", "linear[0].w", "linear[1].b", "linear[1].w"]  # fmt: skip
    assert sorted(_saving.read(tmp_path / "lstm")[0]) == [
        "linear.b", "linear.w", "lstm.h2f.w", "lstm.h2i.w", "lstm.h2o.w", "lstm.h2u.w",
        "lstm.x2f.b", "lstm.x2f.w", "lstm.x2i.b", "lstm.x2i.w", "lstm.x2o.b", "lstm.x2o.w",
        "lstm.x2u.b", "lstm.x2u.w"]  # fmt: skip


def test_shared_parameters_are_saved_once(tmp_path):
    model = L.Sequential(L.Linear(3, 3, rng=0), L.Linear(3, 3, rng=1))
    model[1].w = model[0].w
    model.save(tmp_path / "tied")
    assert sorted(_saving.read(tmp_path / "tied")[0]) == ["layer[0].b", "layer[0].w", "layer[1].b"]
    other = L.Sequential(L.Linear(3), L.Linear(3))
    other[1].w = other[0].w
    other.load(tmp_path / "tied")
    assert other[1].w is other[0].w
    np.testing.assert_array_equal(other[1].w.data, model[0].w.data)


def test_str_paths_and_links(tmp_path):
    """A path may be a string; a link stays one, and what it leads to is replaced."""
    layer, target, link = L.Linear(2, 3, rng=0), tmp_path / "target", tmp_path / "link"
    layer.save(str(target))
    link.symlink_to(target)
    layer.w.data = layer.w.data + 1.0
    layer.save(link)
    assert link.is_symlink()
    other = L.Linear(2)
    other.load(str(target))
    np.testing.assert_array_equal(other.w.data, layer.w.data)


# What does not fit


def test_all_differences_are_listed_and_nothing_is_changed():
    model = L.Sequential(L.Linear(3, 2, rng=0), L.BatchNorm(3), L.Linear(1))
    before = {name: v.data for name, v in (model.params() | model.buffers()).items()}
    lazy = model[2].w
    state = {
        "layer[0].b": np.zeros((1, 3), "float32"),
        "layer[0].w": np.zeros((3, 3)),
        "layer[1].b": np.zeros(3),
        "layer[1].w": np.zeros(3),
        "layer[1].running_mean": np.zeros(3),
        "layer[2].b": np.zeros((1, 1)),
        "layer[2].w": np.zeros((3, 2)),
        "more": np.zeros(1),
    }
    fails(
        lambda: model.load_state_dict(state),
        ValueError,
        "load_state_dict: what is given does not fit",
        "missing: layer[1].running_var",
        "left over: more",
        "layer[0].w: shape (3, 3) where (2, 3) is wanted",
        "layer[0].b: dtype float32 where float64 is wanted",
        "layer[2].w: shape (3, 2) where (any, 1) is wanted",
    )
    assert model[2].w is lazy
    for name, v in (model.params() | model.buffers()).items():
        np.testing.assert_array_equal(v.data, before[name])


@pytest.mark.parametrize("damage", ["empty", "cut", "text", "length"])
def test_files_that_are_damaged(damage, tmp_path):
    layer, file = L.Linear(2, 3, rng=0), tmp_path / "layer.safetensors"
    layer.save(file)
    data = file.read_bytes()
    file.write_bytes(
        {
            "empty": b"",
            "cut": data[:-1],
            "text": b"no tensors in here, only words",
            "length": b"\xff" * 8 + data[8:],
        }[damage]
    )
    before = layer.w.data
    fails(lambda: layer.load(file), ValueError, "layer.safetensors", "no safetensors file")
    np.testing.assert_array_equal(layer.w.data, before)


def test_an_open_file_is_no_path(tmp_path):
    layer, optimizer = L.Linear(2, 3, rng=0), optimizers.SGD()
    with open(tmp_path / "x", "wb+") as file:
        fails(lambda: layer.load(file.fileno()), TypeError, "PathLike", "int")
        fails(lambda: optimizer.load(file.fileno(), layer), TypeError, "PathLike", "int")
        file.write(b"1")
        file.flush()


@pytest.mark.parametrize("state", [None, 3, ["b", "w"]])
def test_what_is_no_mapping(state):
    layer, got = L.Linear(2, 3, rng=0), type(state).__name__
    fails(lambda: layer.load_state_dict(state), TypeError, "load_state_dict: a mapping", got)
    for optimizer in (optimizers.SGD(), optimizers.Adam(), optimizers.LBFGS()):
        what = f"{type(optimizer).__name__}.load_state_dict: a mapping"
        fails(lambda o=optimizer: o.load_state_dict(state, layer), TypeError, what, got)


def test_missing_files_and_folders(tmp_path):
    layer = L.Linear(2, 3, rng=0)
    with pytest.raises(FileNotFoundError):
        layer.load(tmp_path / "nothing")
    fails(lambda: layer.save(tmp_path / "nowhere" / "layer"), FileNotFoundError, "nowhere/layer'")


@pytest.mark.skipif(os.name == "nt", reason="names as POSIX has them")
def test_names_of_files(tmp_path):
    layer = L.Linear(2, 3, rng=0)
    longest, raw = tmp_path / ("a" * 255), os.fsencode(tmp_path / "raw")
    for name in (longest, raw):
        layer.save(name)
        layer.load(name)
    assert sorted(os.listdir(tmp_path)) == [longest.name, "raw"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_what_is_no_file_is_written_to(tmp_path):
    """A pipe or a device stays one: root would replace even the null device."""
    layer, pipe, file = L.Linear(2, 3, rng=0), tmp_path / "pipe", tmp_path / "file"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as pool:
        read = pool.submit(pipe.read_bytes)
        layer.save(pipe)
        got = read.result(20)
    assert pipe.is_fifo()
    layer.save(file)
    assert got == file.read_bytes()
    fails(lambda: layer.save(tmp_path), IsADirectoryError)


# Crashes


@pytest.mark.parametrize("step", ["fsync", "replace", "chmod"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_crash_leaves_the_old_file(step, error, tmp_path, monkeypatch):
    layer, file = L.Linear(2, 3, rng=0), tmp_path / "layer.safetensors"
    layer.save(file)
    old = file.read_bytes()
    layer.w.data = layer.w.data + 1.0

    def crash(*args, **kwargs):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(os, step, crash)
        with pytest.raises(type(error)):
            layer.save(file)
    assert file.read_bytes() == old
    assert os.listdir(tmp_path) == [file.name]
    layer.save(file)
    assert file.read_bytes() != old


def test_the_file_is_whole_before_it_has_its_name(tmp_path, monkeypatch):
    """The contents are on the disk when the name is given, and the name is given at once."""
    layer, file = L.Linear(2, 3, rng=0), tmp_path / "layer.safetensors"
    steps = []
    fsync, replace = os.fsync, os.replace

    def watched_fsync(handle):
        steps.append(("fsync", os.fstat(handle).st_size))
        fsync(handle)

    def watched_replace(source, target):
        assert not file.exists()
        steps.append(("replace", os.stat(source).st_size))
        assert os.path.dirname(source) == os.path.dirname(target)
        replace(source, target)

    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr(os, "replace", watched_replace)
    layer.save(file)
    size = file.stat().st_size
    assert steps[:2] == [("fsync", size), ("replace", size)]


@pytest.mark.skipif(os.name == "nt", reason="permissions as POSIX has them")
def test_permissions(tmp_path):
    """New files are made as others are; those that are replaced keep theirs."""
    layer, file = L.Linear(2, 3, rng=0), tmp_path / "layer.safetensors"
    old = os.umask(0o027)
    try:
        layer.save(file)
    finally:
        os.umask(old)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    file.chmod(0o604)
    layer.save(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o604
