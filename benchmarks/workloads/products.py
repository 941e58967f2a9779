"""Products of matrices, of the shapes that occur."""

from typing import Any

from autograd import Variable

from ..catalogue import workload
from ..inputs import MATRIX, PRODUCT_NAMES, Product, random
from ..runs import Run, Timed


def constant(array: Any) -> Variable:
    return Variable(array, requires_grad=False)


MATMUL = "matrix product, 1024 by 1024, {}"


@workload(
    "matmul32",
    "ms",
    MATMUL.format("float32"),
    "float32",
    goal="NumPy",
    yardstick="numpy",
)
@workload(
    "matmul64",
    "ms",
    MATMUL.format("float64"),
    "float64",
    goal="NumPy",
    yardstick="numpy",
)
def matmul(dtype: str) -> Run:
    a, b = (constant(random((MATRIX, MATRIX), dtype, seed)) for seed in range(2))
    return Timed(lambda: a @ b)


def _product(shapes: Product, dtype: str) -> Run:
    a, b = shapes.oriented(*map(constant, shapes.operands(dtype)))
    return Timed(lambda: a @ b)


for _name, (_shapes, _dtype) in PRODUCT_NAMES.items():
    workload(_name, "us", _shapes.title, _shapes, _dtype, goal="NumPy", rounds=8, group="products")(
        _product
    )
