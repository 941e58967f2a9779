"""The timed workloads under pytest-benchmark: the package alone, for comparison with itself.

``python -m pytest benchmarks --benchmark-autosave`` keeps a run, ``--benchmark-compare`` shows the
next one beside it. `run` sets the package beside its peers.
"""

import pytest

from .common import Timed
from .workloads import WORKLOADS


@pytest.mark.parametrize("name", [n for n, w in WORKLOADS.items() if not w.full])
def test_workload(benchmark, name):
    run = WORKLOADS[name].setup()
    if not isinstance(run, Timed):
        pytest.skip("measures itself: see benchmarks.run")
    benchmark.extra_info["units per call"] = run.units
    benchmark(run.call)
