"""Files of NumPy."""

from __future__ import annotations

from autograd.data._files import shown

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from typing import Any

    from numpy.typing import NDArray


def read_npy(path: str | os.PathLike[str]) -> NDArray[Any]:
    """Read the array of a ``.npy`` file, which `numpy.save` wrote.

    Parameters
    ----------
    path : str or path
        The file.

    Raises
    ------
    ValueError
        If it is no such file, is damaged, or holds Python objects, which could run any code.
    OSError
        If the file cannot be read.
    MemoryError
        If there is too little memory for the array that its header tells of.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import numpy as np
    >>> from autograd import data
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "x.npy"
    ...     np.save(file, np.arange(3))
    ...     print(data.read_npy(file))
    [0 1 2]
    """
    import numpy as np

    from autograd._saving import to_read

    with to_read(path) as file:
        try:
            array: NDArray[Any] = np.lib.format.read_array(file, allow_pickle=False)
        except Exception as error:
            raise _damaged("read_npy", path, error) from None
        if file.read(1):
            raise ValueError(f"read_npy: {shown(path)} goes on after its array")
    return array


def read_npz(path: str | os.PathLike[str]) -> dict[str, NDArray[Any]]:
    """Read the arrays of a ``.npz`` file, which `numpy.savez` wrote, by name.

    Parameters
    ----------
    path : str or path
        The file.

    Raises
    ------
    ValueError
        If it is no such file, is damaged, or holds Python objects, which could run any code.
    OSError
        If the file cannot be read.
    MemoryError
        If there is too little memory for an array that a header tells of.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import numpy as np
    >>> from autograd import data
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "xt.npz"
    ...     np.savez(file, x=np.zeros((3, 2)), t=np.arange(3))
    ...     arrays = data.read_npz(file)
    >>> sorted(arrays)
    ['t', 'x']
    >>> arrays["x"].shape
    (3, 2)
    """
    import zipfile

    import numpy as np

    from autograd._saving import to_read

    with to_read(path) as file:
        try:
            if not zipfile.is_zipfile(file):
                raise ValueError("it is no .npz file, or is cut off")
            file.seek(0)
            with np.load(file, allow_pickle=False) as arrays:
                found = {name: arrays[name] for name in arrays.files}
            for name, array in found.items():
                if not isinstance(array, np.ndarray):
                    raise ValueError(f"{name} in it is no array")
        except Exception as error:
            raise _damaged("read_npz", path, error) from None
    return found


def _damaged(what: str, path: str | os.PathLike[str], error: Exception) -> Exception:
    """Return what to raise for a file that opens, but does not read.

    A header is an expression in Python, and a zip file may be packed in any way, so damaged ones
    raise nearly anything. Trouble with the disk stays what it is; a position outside the file is
    no trouble with it.
    """
    import errno

    trouble = isinstance(error, OSError) and error.errno not in (None, errno.EINVAL)
    if trouble or isinstance(error, MemoryError):
        return error
    told = str(error) or type(error).__name__
    return ValueError(f"{what}: {shown(path)} cannot be read: {told}")
