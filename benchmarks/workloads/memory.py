"""How much memory steps of training need at most."""

from functools import partial

import autograd as ag

from .. import memory
from ..catalogue import workload
from ..inputs import FLOATS
from ..runs import Run, Setup
from . import training


def _peak(setup: Setup) -> Run:
    return memory.peak(lambda: ag.ones(10) @ ag.ones(10), setup)


for _name, _title, _setup in (
    ("memory-mlp", training.LARGE, training.mlp_large),
    ("memory-block", training.BLOCK, training.block),
):
    for _dtype in FLOATS:
        workload(
            f"{_name}{_dtype[-2:]}",
            "MB",
            _title.format(_dtype),
            partial(_setup, _dtype),
            rounds=3,
            fresh=True,
        )(_peak)
