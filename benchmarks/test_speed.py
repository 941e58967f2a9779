"""The timed workloads under pytest-benchmark: the package alone, for comparison with itself.

``python -m pytest benchmarks --benchmark-autosave`` keeps a run, ``--benchmark-compare`` shows the
next one beside it. `run` sets the package beside its peers.
"""

from typing import Any

import pytest

from .catalogue import WORKLOADS
from .page import MAIN
from .runs import Timed


@pytest.mark.parametrize("name", [name for name in MAIN if not WORKLOADS[name].full])
def test_workload(benchmark: Any, name: str) -> None:
    run = WORKLOADS[name].setup()
    if not isinstance(run, Timed):
        pytest.skip("measures itself: see benchmarks.run")
    benchmark.extra_info["units per call"] = run.units
    benchmark(run.call)
