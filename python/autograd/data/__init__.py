"""Batches, data sets to try things on, and readers of files.

Results are NumPy arrays, which functions and layers take as constants. Nothing is downloaded.

>>> from autograd import data
>>> x, t = data.spirals(n=100, classes=3, rng=0)
>>> x_train, x_test, t_train, t_test = data.train_test_split(x, t, test_size=0.2, rng=0)
>>> loader = data.DataLoader(x_train, t_train, batch_size=100, shuffle=True, rng=0)
>>> [(x.shape, t.shape) for x, t in loader]
[((100, 2), (100,)), ((100, 2), (100,)), ((40, 2), (40,))]
"""

from autograd.data._csv import read_csv
from autograd.data._curve import Curve
from autograd.data._idx import read_idx, read_mnist
from autograd.data._loader import DataLoader
from autograd.data._npz import read_npy, read_npz
from autograd.data._one_hot import one_hot
from autograd.data._planar import circles, moons, spirals
from autograd.data._sequence import SequenceLoader
from autograd.data._split import train_test_split
from autograd.data._standardizer import Standardizer

__all__ = [
    "Curve",
    "DataLoader",
    "SequenceLoader",
    "Standardizer",
    "circles",
    "moons",
    "one_hot",
    "read_csv",
    "read_idx",
    "read_mnist",
    "read_npy",
    "read_npz",
    "spirals",
    "train_test_split",
]
