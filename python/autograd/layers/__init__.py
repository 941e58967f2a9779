"""Functions with parameters, and the base class for your own.

>>> from autograd import Variable, functions as F, layers as L
>>> model = L.Sequential(L.Linear(10, rng=0), F.relu, L.Linear(1, rng=1))
>>> model(Variable([[1.0, 2.0]])).shape
(1, 1)
>>> list(model.params())
['layer[0].b', 'layer[0].w', 'layer[2].b', 'layer[2].w']
"""

from autograd.layers._attention import MultiHeadAttention
from autograd.layers._conv import Conv1d, Conv2d
from autograd.layers._conv_transpose import ConvTranspose2d
from autograd.layers._dropout import Dropout
from autograd.layers._embedding import Embedding
from autograd.layers._gru import GRU
from autograd.layers._layer import Layer, Lazy
from autograd.layers._linear import Linear
from autograd.layers._lstm import LSTM
from autograd.layers._norm import BatchNorm, LayerNorm
from autograd.layers._pool import AvgPool2d, Flatten, MaxPool2d
from autograd.layers._rnn import RNN
from autograd.layers._sequential import Sequential

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "AvgPool2d",
    "BatchNorm",
    "Conv1d",
    "Conv2d",
    "ConvTranspose2d",
    "Dropout",
    "Embedding",
    "Flatten",
    "Layer",
    "LayerNorm",
    "Lazy",
    "Linear",
    "MaxPool2d",
    "MultiHeadAttention",
    "Sequential",
]
