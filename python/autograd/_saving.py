"""Named arrays in safetensors files, and the comparison of what is there with what is wanted."""

from __future__ import annotations

from autograd import _core

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from typing import Any, BinaryIO, Protocol

    from numpy.typing import ArrayLike, DTypeLike, NDArray

    class _Wanted(Protocol):
        """Something with a shape, in which None stands for any size, and a dtype."""

        @property
        def shape(self) -> tuple[int | None, ...]: ...
        @property
        def dtype(self) -> DTypeLike: ...


# As safetensors and NumPy call them; files are little-endian.
_DTYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "<i1",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "<u1",
    "BOOL": "|b1",
}
_NAMES = {numpy: name for name, numpy in _DTYPES.items()}


def write(
    path: str | os.PathLike[str],
    arrays: Mapping[str, ArrayLike],
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Write named arrays of float64, float32 or int64, and metadata, to a safetensors file.

    The file is complete before it has its name: a crash on the way loses nothing.
    """
    import numpy as np

    tensors = []
    for name, value in arrays.items():
        array = np.asarray(value)
        little = array.dtype.newbyteorder("<")
        flat = np.ascontiguousarray(array, little).reshape(-1)
        kind = _NAMES.get(little.str, little.name)
        tensors.append((name, kind, array.shape, flat.view(np.uint8)))
    replace(path, _core.pack_tensors(tensors, dict(metadata or {})))


def read(path: str | os.PathLike[str]) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """Read the arrays and the metadata of a safetensors file."""
    import numpy as np

    with to_read(path) as file:
        data = file.read()
    try:
        found, metadata = _core.unpack_tensors(data)
    except ValueError as error:
        name = os_path(path)
        raise ValueError(f"{name} is no safetensors file, or is damaged: {error}") from None
    arrays = {}
    for name, kind, shape, start in found:
        if kind not in _DTYPES:
            raise ValueError(f"{os_path(path)}: {name} has dtype {kind}, which NumPy does not know")
        dtype = np.dtype(_DTYPES[kind])
        count = int(np.prod(shape, dtype=np.int64))
        flat = np.frombuffer(data, dtype, count, start) if count else np.empty(0, dtype)
        arrays[name] = flat.reshape(shape)
    return arrays, metadata


def replace(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a file under another name and rename it, so that it is there whole or not at all.

    What is there and is no file, such as a device or a pipe, is written to.
    """
    import os
    import tempfile

    path = os.path.realpath(os_path(path))
    if os.path.exists(path) and not os.path.isfile(path):
        with open(path, "wb") as there:
            there.write(data)
        return
    try:
        handle, temporary = tempfile.mkstemp(prefix=".autograd-", dir=os.path.dirname(path))
    except OSError as error:
        # The user knows the name of the file, not that of its stand-in.
        raise type(error)(error.errno, error.strerror, path) from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, _mode(path))
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _mode(path: str) -> int:
    """Return the permissions of the file to be replaced, or of a new one."""
    import os

    try:
        return os.stat(path).st_mode & 0o777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def to_read(path: str | os.PathLike[str]) -> BinaryIO:
    """Open a file. An int is refused: it would be a file that is open already, and be closed."""
    import os

    return open(os.fspath(path), "rb")


def os_path(path: str | os.PathLike[str]) -> str:
    """Return a path for a message."""
    import os

    return os.fsdecode(path)


def check_mapping(what: str, given: object) -> None:
    """Refuse what has no values by name."""
    if not hasattr(given, "items"):
        raise TypeError(
            f"{what}: a mapping of names to arrays, as state_dict returns it, is wanted, "
            f"got {type(given).__name__}"
        )


def check(
    what: str, given: Mapping[str, ArrayLike], wanted: Mapping[str, _Wanted]
) -> dict[str, NDArray[Any]]:
    """Return the given values as arrays, if names, shapes and dtypes are the wanted ones.

    Raises
    ------
    ValueError
        If they are not; the message lists all that differs.
    TypeError
        If what is given is no mapping.
    """
    import numpy as np

    check_mapping(what, given)
    arrays = {name: np.asarray(value) for name, value in given.items()}
    wrong = [f"  missing: {name}" for name in sorted(wanted.keys() - arrays.keys())]
    wrong += [f"  left over: {name}" for name in sorted(arrays.keys() - wanted.keys())]
    for name in sorted(wanted.keys() & arrays.keys()):
        got, want = arrays[name], wanted[name]
        fits = len(got.shape) == len(want.shape) and all(
            w is None or g == w for g, w in zip(got.shape, want.shape, strict=True)
        )
        if not fits:
            shape = "(" + ", ".join("any" if n is None else str(n) for n in want.shape) + ")"
            wrong.append(f"  {name}: shape {got.shape} where {shape} is wanted")
        if got.dtype != np.dtype(want.dtype):
            wrong.append(f"  {name}: dtype {got.dtype} where {np.dtype(want.dtype)} is wanted")
    if wrong:
        raise ValueError("\n".join([f"{what}: what is given does not fit", *wrong]))
    return arrays
