"""Two Python threads at once: whether one runs while the other is inside a kernel."""

import time
from concurrent.futures import ThreadPoolExecutor

from .runs import Figures, Measured, Run, Setup

CALLS = 4


def two_at_once(setup: Setup) -> Measured:
    """Time a kernel called by one Python thread, and by two at once; the whole is the latter.

    The library itself must use one thread, or its own threads are what is measured.
    """
    runs = [setup() for _ in range(2)]  # with arrays of its own for each thread
    # Kept, since making a thread takes longer than some kernels.
    pool = ThreadPoolExecutor(2)

    def work(run: Run) -> None:
        for _ in range(CALLS):
            run.call()

    def elapsed(threads: int) -> float:
        begin = time.perf_counter()
        for future in [pool.submit(work, run) for run in runs[:threads]]:
            future.result()
        return (time.perf_counter() - begin) / CALLS

    def measure() -> Figures:
        return {"one thread": elapsed(1), "": elapsed(2)}

    return Measured(measure)
