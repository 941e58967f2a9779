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
from autograd._modes import detect_anomaly, enable_grad, no_grad, test_mode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autograd import (
        data,
        dot,
        hooks,
        layers,
        models,
        numerical,
        optimize,
        optimizers,
        testing,
        transforms,
    )
    from autograd.transforms import (
        checkpoint,
        custom_vjp,
        elementwise_grad,
        fixed_point,
        grad,
        hessian,
        hvp,
        jacobian,
        jvp,
        stop_gradient,
        value_and_grad,
        value_and_jacobian,
        vjp,
        vmap,
    )

# What `import autograd` does not load, but what is there when it is asked for: modules, and
# functions of one of them.
_MODULES = (
    "data",
    "dot",
    "hooks",
    "layers",
    "models",
    "numerical",
    "optimize",
    "optimizers",
    "testing",
    "transforms",
)
_TRANSFORMS = (
    "checkpoint",
    "custom_vjp",
    "elementwise_grad",
    "fixed_point",
    "grad",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "stop_gradient",
    "value_and_grad",
    "value_and_jacobian",
    "vjp",
    "vmap",
)


def __getattr__(name: str) -> object:
    import importlib

    if name in _MODULES:
        return importlib.import_module(f"autograd.{name}")
    if name in _TRANSFORMS:
        value = getattr(importlib.import_module("autograd.transforms"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'autograd' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES, *_TRANSFORMS})


__all__ = [
    "Function",
    "Variable",
    "__version__",
    "arange",
    "checkpoint",
    "custom_vjp",
    "data",
    "detect_anomaly",
    "dot",
    "elementwise_grad",
    "empty_cache",
    "enable_grad",
    "eye",
    "fixed_point",
    "full",
    "functions",
    "get_num_threads",
    "grad",
    "graph_stats",
    "hessian",
    "hooks",
    "hvp",
    "jacobian",
    "jvp",
    "layers",
    "linspace",
    "memory_stats",
    "models",
    "no_grad",
    "normal",
    "numerical",
    "ones",
    "ones_like",
    "optimize",
    "optimizers",
    "rand",
    "randn",
    "random",
    "set_num_threads",
    "stop_gradient",
    "test_mode",
    "testing",
    "transforms",
    "value_and_grad",
    "value_and_jacobian",
    "vjp",
    "vmap",
    "zeros",
    "zeros_like",
]
