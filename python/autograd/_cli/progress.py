"""How far a command has come: a progress bar where somebody watches, lines where that is wanted."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn, Self

if TYPE_CHECKING:
    from tqdm import tqdm


class Progress:
    """A bar on a terminal, if tqdm is installed. Lines of output are printed past it.

    Where there is no bar, every ``every`` steps and at the last one a line on standard error says
    how far the command has come, how long it took, and how long the rest will take; by default
    there is nothing. ``unit`` is what a step is called.
    """

    def __init__(self, total: int, unit: str = "step", every: int | None = None) -> None:
        self._total = total
        self._unit = unit
        self._every = every
        self._done = 0
        self._start = time.monotonic()
        self._bar = _bar(total, unit)

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

    def step(self, state: str = "") -> None:
        """Move on by one; ``state`` is shown with it, such as the loss."""
        self._done += 1
        if self._bar is not None:
            if state:
                self._bar.set_postfix_str(state, refresh=False)
            self._bar.update()
        elif self._every is not None and (
            self._done % self._every == 0 or self._done == self._total
        ):
            print(self._report(state), file=sys.stderr, flush=True)

    def line(self, text: str) -> None:
        """Print a line of output."""
        if self._bar is None:
            print(text)
        else:
            self._bar.write(text, file=sys.stdout)
        sys.stdout.flush()

    def _report(self, state: str) -> str:
        elapsed = time.monotonic() - self._start
        left = elapsed / self._done * (self._total - self._done)
        parts = [f"elapsed {clock(elapsed)}", f"ETA {clock(left)}"]
        return f"{self._unit} {self._done}/{self._total}: {', '.join([state, *parts][not state :])}"


def clock(seconds: float) -> str:
    """Return a duration as minutes and seconds, and hours if there are any."""
    minutes, s = divmod(round(seconds), 60)
    hours, m = divmod(minutes, 60)
    return f"{hours}:{m:02}:{s:02}" if hours else f"{m}:{s:02}"


def _bar(total: int, unit: str) -> tqdm[NoReturn] | None:
    if not sys.stderr.isatty():
        return None
    try:
        from tqdm import tqdm
    except ModuleNotFoundError:
        return None
    return tqdm(total=total, unit=f" {unit}s", leave=False, file=sys.stderr)
