"""Optimizers: they change parameters so that a loss becomes smaller.

>>> from autograd import Variable, optimizers
>>> x = Variable(3.0)
>>> optimizer = optimizers.SGD(lr=0.1)
>>> for _ in range(100):
...     x.cleargrad()
...     ((x - 1.0) ** 2).backward()
...     optimizer.update([x])
>>> print(round(x.item(), 6))
1.0
"""

from autograd._core import Moments
from autograd.optimizers import schedules
from autograd.optimizers._adagrad import AdaGrad
from autograd.optimizers._adam import Adam, AdamW
from autograd.optimizers._group import Group
from autograd.optimizers._lbfgs import LBFGS
from autograd.optimizers._lion import Lion
from autograd.optimizers._optimizer import Optimizer
from autograd.optimizers._rmsprop import RMSprop
from autograd.optimizers._sgd import SGD, Momentum

__all__ = [
    "LBFGS",
    "SGD",
    "AdaGrad",
    "Adam",
    "AdamW",
    "Group",
    "Lion",
    "Moments",
    "Momentum",
    "Optimizer",
    "RMSprop",
    "schedules",
]
