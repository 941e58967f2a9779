"""Automatic differentiation with a Rust core.

>>> from autograd import Variable, functions as F
>>> x = Variable(1.0)
>>> y = F.sin(x)
>>> y.backward()
>>> print(x.grad)
variable(0.5403023058681398)
"""

from autograd import functions
from autograd._core import (
    Variable,
    __version__,
    empty_cache,
    get_num_threads,
    graph_stats,
    memory_stats,
    set_num_threads,
)
from autograd._creation import (
    arange,
    eye,
    full,
    linspace,
    normal,
    ones,
    ones_like,
    rand,
    randn,
    zeros,
    zeros_like,
)
from autograd._function import Function
from autograd._modes import enable_grad, no_grad, test_mode

__all__ = [
    "Function",
    "Variable",
    "__version__",
    "arange",
    "empty_cache",
    "enable_grad",
    "eye",
    "full",
    "functions",
    "get_num_threads",
    "graph_stats",
    "linspace",
    "memory_stats",
    "no_grad",
    "normal",
    "ones",
    "ones_like",
    "rand",
    "randn",
    "set_num_threads",
    "test_mode",
    "zeros",
    "zeros_like",
]
