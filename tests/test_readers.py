"""Files are read as they are, and those that are damaged are refused with a reason."""

import gzip
import struct
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograd import data
from support import fails

CODES = {"uint8": 8, "int8": 9, "int16": 11, "int32": 12, "float32": 13, "float64": 14}


def idx(array):
    """The bytes of an IDX file."""
    header = struct.pack(f">HBB{array.ndim}I", 0, CODES[array.dtype.name], array.ndim, *array.shape)
    return header + array.astype(array.dtype.newbyteorder(">")).tobytes()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("readers")


@given(st.data(), st.sampled_from(sorted(CODES)), st.booleans())
def test_idx(folder, drawn, dtype, compressed):
    shape = drawn.draw(hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5))
    want = drawn.draw(hnp.arrays(dtype, shape))
    path = folder / "any-name"
    path.write_bytes(gzip.compress(idx(want), mtime=0) if compressed else idx(want))
    got = data.read_idx(path)
    assert (got.dtype, got.shape, got.dtype.isnative) == (np.dtype(dtype), want.shape, True)
    np.testing.assert_array_equal(got, want)
    assert got.flags.writeable
    np.testing.assert_array_equal(data.read_idx(str(path)), want)


GOOD = idx(np.arange(6, dtype=np.int16).reshape(2, 3))


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", ["two zero bytes"]),
        (b"\0\0\x08", ["two zero bytes"]),
        (b"PK\3\4 and more", ["two zero bytes"]),
        (b"\0\0\x0a\1\0\0\0\0", ["dtype", "0x0a"]),
        (GOOD[:10], ["ends within the sizes of its 2 axes"]),
        (GOOD[:-1], ["11 bytes", "12 are wanted", "(2, 3)", "int16"]),
        (GOOD + b"\0", ["13 bytes", "12 are wanted"]),
        (b"\0\0\x08\xff" + b"\0\0\0\1" * 255 + b"x", ["shape", "NumPy"]),
        (b"\0\0\x08\4" + b"\0" * 4 + b"\xff" * 12, ["shape", "NumPy"]),
        (b"\0\0\x0e\3" + b"\xff" * 12, ["0 bytes", "are wanted"]),
        (gzip.compress(GOOD, mtime=0)[:-9], ["is damaged"]),
        (gzip.compress(GOOD, mtime=0)[:12] + b"\xff" * 20, ["is damaged"]),
        (b"\x1f\x8b", ["is damaged"]),
        (gzip.compress(GOOD, mtime=0)[:-8] + b"\0" * 8, ["is damaged", "CRC"]),
    ],
)
def test_idx_damaged(tmp_path, raw, words):
    path = tmp_path / "some-file"
    path.write_bytes(raw)
    fails(lambda: data.read_idx(path), ValueError, "read_idx", "some-file", *words)


def test_idx_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        data.read_idx(tmp_path / "none")


IMAGES = np.random.default_rng(0).integers(0, 256, (5, 28, 28), np.uint8)
LABELS = np.array([5, 0, 4, 1, 9], np.uint8)


def put(folder, part="train", dot="-", gz="", images=IMAGES, labels=LABELS):
    pack = gzip.compress if gz else bytes
    (folder / f"{part}-images{dot}idx3-ubyte{gz}").write_bytes(pack(idx(images)))
    (folder / f"{part}-labels{dot}idx1-ubyte{gz}").write_bytes(pack(idx(labels)))


@pytest.mark.parametrize("train", [True, False])
@pytest.mark.parametrize("dot", ["-", "."])
@pytest.mark.parametrize("gz", ["", ".gz"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_mnist(tmp_path, train, dot, gz, dtype):
    put(tmp_path, "train" if train else "t10k", dot, gz)
    images, labels = data.read_mnist(tmp_path, train, dtype)
    assert (images.dtype, labels.dtype) == (dtype, np.int64)
    np.testing.assert_array_equal(images, IMAGES.astype(dtype) / np.dtype(dtype).type(255))
    np.testing.assert_array_equal(labels, LABELS)
    assert images.min() >= 0.0
    assert images.max() == 1.0
    fails(lambda: data.read_mnist(tmp_path, not train), FileNotFoundError, "read_mnist",
          "t10k" if train else "train", "images.idx3-ubyte.gz", str(tmp_path))  # fmt: skip


def test_mnist_parts_and_default(tmp_path):
    put(tmp_path)
    put(tmp_path, "t10k", ".", ".gz", IMAGES[:2], LABELS[:2])
    assert data.read_mnist(tmp_path)[0].dtype == np.float32
    assert data.read_mnist(str(tmp_path), train=False)[0].shape == (2, 28, 28)


def test_mnist_that_does_not_fit(tmp_path):
    put(tmp_path, labels=LABELS[:3])
    fails(lambda: data.read_mnist(tmp_path), ValueError, "read_mnist", "5 images", "3 labels")
    put(tmp_path, images=LABELS)
    fails(lambda: data.read_mnist(tmp_path), ValueError, "images", "3 axes", "(5,)")
    put(tmp_path, labels=LABELS.astype(np.int32))
    fails(lambda: data.read_mnist(tmp_path), ValueError, "labels", "uint8", "int32")


@pytest.fixture
def table(tmp_path):
    """Writes a table and gives its path."""

    def write(text):
        path = tmp_path / "table.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


numbers = hnp.arrays(
    np.float64, hnp.array_shapes(min_dims=2, max_dims=2, max_side=5), elements=st.floats(width=64)
)


@given(numbers, st.booleans(), st.booleans(), st.sampled_from(",;\t| "))
def test_csv(folder, want, header, compressed, delimiter):
    lines = [delimiter.join(map(repr, row)) for row in want.tolist()]
    if header:
        lines.insert(0, delimiter.join(f"c{i}" for i in range(want.shape[1])))
    raw = "\n".join(lines).encode()
    path = folder / "table"
    path.write_bytes(gzip.compress(raw, mtime=0) if compressed else raw)
    got = data.read_csv(path, delimiter=delimiter)
    assert got.dtype == np.float64
    np.testing.assert_array_equal(got, want)
    x, t = data.read_csv(path, target=-1, delimiter=delimiter)
    np.testing.assert_array_equal(x, want[:, :-1])
    np.testing.assert_array_equal(t, want[:, -1])


def test_csv_targets_and_columns(table):
    path = table("a,b,c,name\n1,2,3,x\n4,5,6,y\n")
    x, t = data.read_csv(path, target="c", columns=["b", "a"])
    assert (x.tolist(), t.tolist()) == ([[2, 1], [5, 4]], [3, 6])
    x, t = data.read_csv(path, target=["c", 0], columns=[1])
    assert (x.tolist(), t.tolist()) == ([[2], [5]], [[3, 1], [6, 4]])
    x, t = data.read_csv(path, target=[-2], columns=np.array([0, 1]))
    assert (x.tolist(), t.tolist()) == ([[1, 2], [4, 5]], [[3], [6]])
    x, t = data.read_csv(path, target=np.int64(0), columns=[])
    assert (x.shape, t.tolist()) == ((2, 0), [1, 4])
    assert data.read_csv(path, columns=["a", "c"]).tolist() == [[1, 3], [4, 6]]


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("1,,3\nNA,nan,N/A\nnull, ,NaN\n", [[1, np.nan, 3], [np.nan] * 3, [np.nan] * 3]),
        ('"a, b","c ""d"""\n"1",2\n"3", 4\n', [[1, 2], [3, 4]]),
        ("\n  \n1,2\r\n\r\n3,4\r\n", [[1, 2], [3, 4]]),
        (b"\xef\xbb\xbfa,b\n1,2", [[1, 2]]),
        (b"\xef\xbb\xbf1,2\n3,4", [[1, 2], [3, 4]]),
        ("x\n1\n\n2\n", [[1], [2]]),
        ("1,2\n \n3,4\n", [[1, 2], [3, 4]]),
        ('x\n1\n""\n\n \n2\n', [[1], [np.nan], [np.nan], [2]]),
        ("-1e-3,+Inf\n.5,-inf", [[-1e-3, np.inf], [0.5, -np.inf]]),
        ("größe,Länge\n1,2", [[1, 2]]),
        ("a,b\r1,2\r3,4", [[1, 2], [3, 4]]),
    ],
)
def test_csv_ways_to_write(table, text, want):
    np.testing.assert_array_equal(data.read_csv(table(text)), want)


def test_csv_header(table):
    path = table("2019,2020\n1,2\n")
    assert data.read_csv(path).shape == (2, 2)
    assert data.read_csv(path, header=True).tolist() == [[1, 2]]
    assert data.read_csv(path, target="2020", header=True)[1].tolist() == [2]
    path = table("a,b\n1,2\n")
    fails(lambda: data.read_csv(path, header=False), ValueError, "line 1: 'a' in column 0")


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("", {}, ["empty"]),
        ("\n\n", {}, ["empty"]),
        ("a,b\n", {}, ["no rows"]),
        ("a,b\n1,2\n\n3,x\n", {}, ["line 4: 'x' in column 'b' is no number"]),
        ("1,2\n1,2_0\n", {}, ["line 2: '2_0' in column 1"]),
        ("a,b\n1,2\n3\n", {}, ["line 3 has 1 fields", "has 2"]),
        ("a,b\n1,2,3\n", {}, ["line 2 has 3 fields"]),
        ("a,b\n1,2\n", {"target": "c"}, ["no column 'c'", "'a', 'b'"]),
        ("a,a\n1,2\n", {"target": "a"}, ["several columns 'a'"]),
        ("1,2\n", {"target": "a"}, ["no column 'a'", "no names"]),
        ("1,2\n", {"target": 2}, ["no column 2", "2"]),
        ("1,2\n", {"columns": [-3]}, ["no column -3"]),
        ("1,2\n", {"target": 1, "columns": [0, -1]}, ["in columns and in target"]),
        ("1,2\n", {"delimiter": ", "}, ["delimiter", "', '"]),
        ("1,2\n", {"delimiter": ""}, ["delimiter"]),
        ('a,b\n1,"2\n', {}, ["unexpected end"]),
        ('a,b\n1,"2"3\n', {}, ["expected after"]),
        (b"a,b\n\xff,1\n", {}, ["utf-8"]),
        (gzip.compress(b"1,2\n", mtime=0)[:-3], {}, ["damaged"]),
    ],
)
def test_csv_errors(table, text, options, words):
    path = table(text)
    fails(lambda: data.read_csv(path, **options), ValueError, "read_csv", "table.csv", *words)


def test_csv_other_errors(table, tmp_path):
    with pytest.raises(FileNotFoundError):
        data.read_csv(tmp_path / "none.csv")
    path = table("1,2\n")
    fails(lambda: data.read_csv(path, target=1.0), TypeError, "float")


def test_npy_and_npz(tmp_path):
    x, t = np.arange(6.0, dtype=np.float32).reshape(2, 3), np.array([1, 2])
    np.save(tmp_path / "x.npy", x)
    got = data.read_npy(tmp_path / "x.npy")
    assert got.dtype == x.dtype
    np.testing.assert_array_equal(got, x)
    for save in (np.savez, np.savez_compressed):
        save(tmp_path / "xt.npz", x=x, t=t)
        arrays = data.read_npz(str(tmp_path / "xt.npz"))
        assert sorted(arrays) == ["t", "x"]
        np.testing.assert_array_equal(arrays["x"], x)
        np.testing.assert_array_equal(arrays["t"], t)


def test_npy_and_npz_damaged(tmp_path):
    npy, npz = tmp_path / "x.npy", tmp_path / "x.npz"
    np.save(npy, np.arange(100.0))
    np.savez(npz, x=np.arange(100.0))
    whole, packed = npy.read_bytes(), npz.read_bytes()
    middle = len(packed) // 2
    flipped = packed[:middle] + bytes([packed[middle] ^ 255]) + packed[middle + 1 :]
    for raw in (b"", b"text, and more of it", whole[:-1], whole[:20], whole + b"\0", packed):
        npy.write_bytes(raw)
        fails(lambda: data.read_npy(npy), ValueError, "read_npy", "x.npy")
    for raw in (b"", b"text, and more of it", packed[:-30], flipped, whole):
        npz.write_bytes(raw)
        fails(lambda: data.read_npz(npz), ValueError, "read_npz", "x.npz")


def test_npy_headers_damaged(tmp_path):
    file = tmp_path / "x.npy"
    for header in ("{'descr': '<i8', 'shape': (2, 3", "1 +", "{}", "((((", "'\\x"):
        text = header.ljust(117) + "\n"
        file.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode())
        fails(lambda: data.read_npy(file), ValueError, "read_npy", "x.npy")


def test_npz_entries_damaged(tmp_path):
    """Encrypted, packed in an unknown way, outside the file, or spoilt."""
    file = tmp_path / "x.npz"

    def damaged(at, value, method=zipfile.ZIP_STORED, local=None):
        with zipfile.ZipFile(file, "w", method) as archive:
            archive.writestr("x.npy", b"abc" * 10)
        raw = bytearray(file.read_bytes())
        entry = raw.rfind(b"PK\x01\x02")
        raw[entry + at : entry + at + len(value)] = value
        if local is not None:
            raw[local : local + len(value)] = value
        file.write_bytes(raw)
        fails(lambda: data.read_npz(file), ValueError, "read_npz", "x.npz")

    damaged(8, b"\x20", local=6)
    damaged(8, b"\x01", local=6)
    damaged(10, b"\x63", local=8)
    damaged(42, b"\xf0\xff\xff\xff")
    damaged(0, b"PK", zipfile.ZIP_LZMA, local=45)
    damaged(0, b"PK", zipfile.ZIP_BZIP2, local=55)


def test_python_objects_are_refused(tmp_path):
    np.save(tmp_path / "x.npy", np.array([{}]), allow_pickle=True)
    np.savez(tmp_path / "x.npz", x=np.array([{}]))
    fails(lambda: data.read_npy(tmp_path / "x.npy"), ValueError, "read_npy", "allow_pickle=False")
    fails(lambda: data.read_npz(tmp_path / "x.npz"), ValueError, "read_npz", "allow_pickle=False")


@pytest.mark.parametrize("read", [data.read_npy, data.read_npz])
def test_numpy_files_missing(read, tmp_path):
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "none")


@pytest.mark.parametrize("read", [data.read_csv, data.read_idx, data.read_npy, data.read_npz])
def test_an_open_file_stays_open(read, tmp_path):
    """An int is no path, though `open` would read, and close, the file of that number."""
    with open(tmp_path / "x", "wb+") as file:
        fails(lambda: read(file.fileno()), TypeError, "PathLike", "int")
        file.write(b"1")
        file.flush()
