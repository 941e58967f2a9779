"""Arrays of numbers: elementwise work, sums, second derivatives."""

import autograd as ag
from autograd import Variable
from autograd import functions as F

from .. import inputs
from ..catalogue import workload
from ..inputs import ELEMENTS, TABLE, random
from ..runs import Run, Timed


def there_and_back(n: int, dtype: str) -> Timed:
    """Compute a function of so many numbers, and its gradient."""
    x = Variable(random(n, dtype))

    def call() -> object:
        x.cleargrad()
        y = F.tanh(F.sin(x) * F.exp(-x * x) + x)
        y.backward()
        return x.grad

    return Timed(call, n)


FORMULA = "`tanh(sin(x)*exp(-x*x)+x)` and gradient, 10^6 {}"


@workload("elementwise", "ms", FORMULA.format("float64"), "float64", goal=9.0, yardstick="numpy")
@workload("elementwise32", "ms", FORMULA.format("float32"), "float32", yardstick="numpy")
def elementwise(dtype: str) -> Run:
    return Timed(there_and_back(ELEMENTS, dtype).call)


@workload("sum-0", "ms", "sum over the first axis, 2000 by 1000, float64", 0, yardstick="numpy")
@workload("sum-1", "ms", "sum over the last axis, 2000 by 1000, float64", 1, yardstick="numpy")
def sum_axis(axis: int) -> Run:
    x = Variable(random(TABLE))
    return Timed(lambda: F.sum(x, axis=axis))


@workload(
    "hessian",
    "ms",
    "Hessian of Rosenbrock's function of 100 variables",
    100,
    goal=0.5,
    mark=1.0,
    yardstick="training64",
)
@workload("hessian-1000", "ms", "the same of 1,000 variables", 1000)
def hessian(variables: int) -> Run:
    second = ag.hessian(lambda x: inputs.rosenbrock(x, F.sum))
    x = random(variables)
    return Timed(lambda: second(x))
