"""Tables of numbers in text files."""

from __future__ import annotations

import operator

from autograd.data._files import read_bytes, shown

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any, overload

    import numpy as np
    from numpy.typing import NDArray

    _Column = str | int
    _Table = NDArray[np.float64]
else:
    from autograd._modes import overload

# In small letters; NaN is a number to Python already.
_MISSING = ("", "na", "n/a", "null")


@overload
def read_csv(
    path: str | os.PathLike[str],
    target: None = None,
    columns: Sequence[_Column] | None = None,
    header: bool | None = None,
    delimiter: str = ",",
) -> _Table: ...


@overload
def read_csv(  # noqa: F811
    path: str | os.PathLike[str],
    target: _Column | Sequence[_Column],
    columns: Sequence[_Column] | None = None,
    header: bool | None = None,
    delimiter: str = ",",
) -> tuple[_Table, _Table]: ...


def read_csv(  # noqa: F811
    path: str | os.PathLike[str],
    target: _Column | Sequence[_Column] | None = None,
    columns: Sequence[_Column] | None = None,
    header: bool | None = None,
    delimiter: str = ",",
) -> _Table | tuple[_Table, _Table]:
    r"""Read the numbers of a table, one row a line, compressed by gzip or not.

    Fields may be quoted. Empty ones and NA, N/A, NaN and null, in small letters or capitals, are
    missing values, which are NaN in the result. Empty lines are left out.

    Parameters
    ----------
    path : str or path
        The file, in UTF-8.
    target : str, int, or a list of these, optional
        The columns to be predicted, which are split off: names from the header, or positions, of
        which negative ones count from the end.
    columns : list of str or int, optional
        The columns to read besides; by default all but the target. Others may hold text.
    header : bool, optional
        Whether the first row has names; by default it has if any of its fields is no number.
    delimiter : str, default ","
        What is between fields: one character.

    Returns
    -------
    x : ndarray of float64
        Of shape (rows, columns).
    t : ndarray of float64
        Given a target only: of shape (rows,) for one column, and (rows, columns) for a list.

    Raises
    ------
    ValueError
        If a field that is read is no number, rows differ in length, or there are none; the message
        has the line. Also if there is no such column, or the file is damaged.
    OSError
        If the file cannot be read.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from autograd import data
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "houses.csv"
    ...     _ = file.write_text("rooms,area,price\n3,70.5,200\n4,,310\n")
    ...     x, t = data.read_csv(file, target="price")
    >>> print(x, t)
    [[ 3.  70.5]
     [ 4.   nan]] [200. 310.]
    """
    import csv
    import io
    import itertools

    try:
        if len(delimiter) != 1:
            raise ValueError(f"delimiter must be one character, got {delimiter!r}")
        # With the mark at the beginning that some programs write.
        text = read_bytes("read_csv", path).decode("utf-8-sig")
        file = io.StringIO(text, newline="")
        rows = _rows(csv.reader(file, delimiter=delimiter, skipinitialspace=True, strict=True))
        first = next(rows, None)
        if first is None:
            raise ValueError("the file is empty")
        _, fields = first
        if header is None:
            header = any(_number(field) is None for field in fields)
        names: list[str | None] = [field.strip() if header else None for field in fields]
        targets = [] if target is None else _places(target, names)
        others = [i for i in range(len(fields)) if i not in targets]
        wanted = others if columns is None else _places(columns, names)
        if set(wanted) & set(targets):
            raise ValueError("a column is in columns and in target")
        table = _table(rows if header else itertools.chain([first], rows), wanted + targets, names)
    except (csv.Error, ValueError) as error:
        raise ValueError(f"read_csv: {shown(path)}: {error}") from None
    if target is None:
        return table
    x, t = table[:, : len(wanted)].copy(), table[:, len(wanted) :].copy()
    return x, t[:, 0] if _is_one(target) else t


def _rows(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Go through the rows, each with the number of the line on which it ends."""
    width = 0
    for row in reader:
        # In a table of one column a blank field is a missing value.
        if not row or (len(row) == 1 != width and not row[0].strip()):
            continue
        width = len(row)
        yield reader.line_num, row


def _table(
    rows: Iterable[tuple[int, list[str]]], wanted: list[int], names: list[str | None]
) -> _Table:
    """Read the wanted columns."""
    from array import array

    import numpy as np

    values = array("d")
    count = 0
    for line, row in rows:
        if len(row) != len(names):
            raise ValueError(
                f"line {line} has {len(row)} fields, and the first row has {len(names)}"
            )
        for i in wanted:
            number = _number(row[i])
            if number is None:
                column = i if names[i] is None else repr(names[i])
                raise ValueError(
                    f"line {line}: {row[i]!r} in column {column} is no number; to leave a column "
                    "out, give the others as columns"
                )
            values.append(number)
        count += 1
    if count == 0:
        raise ValueError("there are no rows below the header")
    return np.array(values, np.float64).reshape(count, len(wanted))


def _number(field: str) -> float | None:
    """Return the number in a field, NaN for a missing one, None for text."""
    try:
        number = float(field)
    except ValueError:
        return float("nan") if field.strip().lower() in _MISSING else None
    # Python's own way to group digits is none of tables.
    return None if "_" in field else number


def _is_one(columns: _Column | Sequence[_Column]) -> bool:
    """Return whether it is a single column rather than several."""
    return isinstance(columns, str) or not hasattr(columns, "__iter__")


def _places(columns: Any, names: list[str | None]) -> list[int]:
    """Return the positions of columns that are given by name or position."""
    places = []
    for column in [columns] if _is_one(columns) else columns:
        if isinstance(column, str):
            found = [i for i, name in enumerate(names) if name == column]
            if len(found) != 1:
                number = "several columns" if found else "no column"
                known = ", ".join(repr(name) for name in names if name is not None)
                raise ValueError(
                    f"there is {number} {column!r}; the header has {known or 'no names'}"
                )
            places += found
        else:
            place = operator.index(column)
            if not -len(names) <= place < len(names):
                raise ValueError(f"there is no column {place}: there are {len(names)}")
            places.append(place % len(names))
    return places
