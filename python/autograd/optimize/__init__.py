"""Minima of functions by SciPy's methods, with derivatives by automatic differentiation.

>>> from autograd import optimize
>>> found = optimize.minimize(lambda x: (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2, [0.0, 2.0])
>>> print(found.x.round(4))
[1. 1.]
"""

from autograd.optimize._minimize import minimize

__all__ = ["minimize"]
