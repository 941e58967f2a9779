"""Hypothesis profiles, and the ways in which the tests look at the package."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Test modules share `cases` and `support`, and child processes import them too.
sys.path.insert(0, str(Path(__file__).parent))

import autograd as ag

slow_is_fine = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("ci", max_examples=25, derandomize=True, database=None, **slow_is_fine)
settings.register_profile("thorough", max_examples=1000, print_blob=True, **slow_is_fine)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture
def no_gc():
    """Reference counts alone must free what a test drops."""
    import gc

    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def threads():
    """Restores the number of threads of large arrays."""
    yield ag.set_num_threads
    ag.set_num_threads(0)


@pytest.fixture(autouse=True)
def recording():
    """Each test starts, and must end, in the default modes."""
    yield
    assert ag.Variable(1.0) * 2 is not None
    assert (ag.Variable(1.0) * 2).creator is not None, "a test left no_grad on"
