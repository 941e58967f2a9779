"""Models put together of layers.

>>> import autograd as ag
>>> from autograd import models
>>> model = models.MLP([10, 1], rng=0)
>>> model(ag.ones((5, 2))).shape
(5, 1)
"""

from autograd.models._lstm import LSTM
from autograd.models._mlp import MLP
from autograd.models._summary import summary, summary_text

__all__ = ["LSTM", "MLP", "summary", "summary_text"]
