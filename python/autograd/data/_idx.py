"""Files in IDX, the format of MNIST and of data sets like it."""

from __future__ import annotations

import math

from autograd.data._files import read_bytes, shown

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from pathlib import Path
    from typing import Any

    import numpy as np
    from numpy.typing import DTypeLike, NDArray

# Codes of dtypes, which are big-endian.
_DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def read_idx(path: str | os.PathLike[str]) -> NDArray[Any]:
    """Read an array from a file in IDX, compressed by gzip or not.

    Parameters
    ----------
    path : str or path
        The file.

    Returns
    -------
    ndarray
        Of uint8, int8, int16, int32, float32 or float64, as the file says, in the byte order of the
        machine.

    Raises
    ------
    ValueError
        If the file is not in IDX, is damaged, or has too few or too many bytes.
    OSError
        If the file cannot be read.

    References
    ----------
    Y. LeCun, C. Cortes and C. Burges, *The MNIST database of handwritten digits*, "File formats".

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from autograd import data
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "labels-idx1-ubyte"
    ...     _ = file.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 3]) + bytes([5, 0, 4]))
    ...     print(data.read_idx(file))
    [5 0 4]
    """
    import numpy as np

    raw = read_bytes("read_idx", path)
    where = f"read_idx: {shown(path)}"
    if len(raw) < 4 or raw[:2] != b"\0\0":
        raise ValueError(f"{where} is no IDX file: it does not begin with two zero bytes")
    code, axes = raw[2], raw[3]
    if code not in _DTYPES:
        raise ValueError(f"{where} is no IDX file: no dtype has the code 0x{code:02x}")
    start = 4 + 4 * axes
    if len(raw) < start:
        raise ValueError(f"{where} ends within the sizes of its {axes} axes")
    dtype = np.dtype(_DTYPES[code])
    shape = tuple(int.from_bytes(raw[i : i + 4], "big") for i in range(4, start, 4))
    wanted, got = math.prod(shape) * dtype.itemsize, len(raw) - start
    if got != wanted:
        raise ValueError(
            f"{where} has {got} bytes of data, and {wanted} are wanted "
            f"for shape {shape} and dtype {dtype.name}"
        )
    try:
        array = np.frombuffer(raw, dtype, math.prod(shape), start).reshape(shape)
    except ValueError as error:
        raise ValueError(f"{where}: shape {shape} is none for NumPy: {error}") from None
    return array.astype(dtype.newbyteorder("="))


def read_mnist(
    folder: str | os.PathLike[str], train: bool = True, dtype: DTypeLike = "float32"
) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Read the images and labels of MNIST, or of a data set in the same files.

    The files are ``train-images-idx3-ubyte`` and ``train-labels-idx1-ubyte``, or
    ``t10k-images-idx3-ubyte`` and ``t10k-labels-idx1-ubyte``; also with a dot before ``idx``, and
    compressed, with ``.gz`` at the end. Fashion-MNIST and KMNIST have files of the same names.

    Parameters
    ----------
    folder : str or path
        Where the files are.
    train : bool, default True
        Whether to read the part to train with, or that to test with.
    dtype : dtype, default float32
        That of the images: float32 or float64.

    Returns
    -------
    images : ndarray
        Brightness from 0 to 1, of shape (n, height, width), which for MNIST is (n, 28, 28).
    labels : ndarray of int64
        Of shape (n,).

    Raises
    ------
    FileNotFoundError
        If a file is missing; the message says what was looked for.
    ValueError
        If a file is damaged, or the two do not fit together.
    OSError
        If a file cannot be read.

    Examples
    --------
    >>> from autograd import data
    >>> images, labels = data.read_mnist("mnist")  # doctest: +SKIP
    >>> images.shape, labels.shape  # doctest: +SKIP
    ((60000, 28, 28), (60000,))
    """
    import numpy as np

    part = "train" if train else "t10k"
    images_path = _find(folder, f"{part}-images", "idx3-ubyte")
    labels_path = _find(folder, f"{part}-labels", "idx1-ubyte")
    images, labels = read_idx(images_path), read_idx(labels_path)
    for path, array, axes in ((images_path, images, 3), (labels_path, labels, 1)):
        if array.ndim != axes or array.dtype != np.uint8:
            raise ValueError(
                f"read_mnist: {path} must have {axes} axes and dtype uint8, "
                f"got shape {array.shape} and dtype {array.dtype}"
            )
    if len(images) != len(labels):
        raise ValueError(
            f"read_mnist: there are {len(images)} images in {images_path} "
            f"and {len(labels)} labels in {labels_path}"
        )
    scaled = images.astype(dtype)
    scaled /= 255
    return scaled, labels.astype(np.int64)


def _find(folder: str | os.PathLike[str], name: str, ending: str) -> Path:
    """Return the path of the first file that is there, of all ways to write its name."""
    from pathlib import Path

    names = [f"{name}{dot}{ending}{gz}" for gz in ("", ".gz") for dot in "-."]
    for candidate in names:
        path = Path(folder, candidate)
        if path.is_file():
            return path
    raise FileNotFoundError(f"read_mnist: none of {', '.join(names)} is in {shown(folder)}")
