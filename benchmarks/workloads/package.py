"""The package itself."""

from .. import installed
from ..catalogue import workload
from ..runs import Run


@workload("import", "ms", "import, above bare Python", goal=15.0, mark=30.0, yardstick="numpy")
def import_() -> Run:
    return installed.import_time("autograd")


@workload("size", "MB", "installed size, NumPy left out", goal=10.0, rounds=1)
def size() -> Run:
    return installed.installed_size("autograd-rs")
