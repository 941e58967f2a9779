"""Derivatives as functions: what is made of a function rather than of a Variable.

>>> import autograd as ag
>>> from autograd import functions as F
>>> print(ag.grad(ag.grad(F.sin))(0.5))
variable(-0.479425538604203)
"""

from autograd.transforms._checkpoint import checkpoint
from autograd.transforms._custom_vjp import custom_vjp
from autograd.transforms._fixed_point import fixed_point
from autograd.transforms._grad import elementwise_grad, grad, value_and_grad
from autograd.transforms._jacobian import hessian, jacobian, value_and_jacobian
from autograd.transforms._products import hvp, jvp, stop_gradient, vjp
from autograd.transforms._vmap import vmap

__all__ = [
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
]
