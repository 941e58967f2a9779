"""A progress bar where somebody watches."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn, Self

if TYPE_CHECKING:
    from tqdm import tqdm


class Progress:
    """A bar on a terminal, if tqdm is installed; nothing in a pipe. Lines are printed past it."""

    def __init__(self, total: int) -> None:
        self._bar = _bar(total)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.close()

    def step(self) -> None:
        """Move on by one."""
        if self._bar is not None:
            self._bar.update()

    def line(self, text: str) -> None:
        """Print a line of output."""
        if self._bar is None:
            print(text)
        else:
            self._bar.write(text, file=sys.stdout)
        sys.stdout.flush()


def _bar(total: int) -> tqdm[NoReturn] | None:
    if not sys.stderr.isatty():
        return None
    try:
        from tqdm import tqdm
    except ModuleNotFoundError:
        return None
    return tqdm(total=total, unit=" steps", leave=False, file=sys.stderr)
