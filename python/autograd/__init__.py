"""Automatic differentiation with a Rust core.

>>> from autograd import Variable, functions as F
>>> x = Variable(1.0)
>>> y = F.sin(x)
>>> y.backward()
>>> print(x.grad)
variable(0.5403023058681398)
"""

from autograd import functions, random
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

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autograd import data, hooks, layers, models, optimizers  # noqa: F401

# Modules that `import autograd` does not load, but that are there when they are asked for.
_MODULES = ("data", "hooks", "layers", "models", "optimizers")


def __getattr__(name: str) -> object:
    if name in _MODULES:
        import importlib

        return importlib.import_module(f"autograd.{name}")
    raise AttributeError(f"module 'autograd' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES})


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
    "random",
    "set_num_threads",
    "test_mode",
    "zeros",
    "zeros_like",
]
