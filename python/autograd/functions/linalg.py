"""Linear algebra under the names of ``numpy.linalg``: the functions of `autograd.functions`."""

from autograd._core import (
    cholesky,
    det,
    eigh,
    inv,
    matmul,
    outer,
    pinv,
    qr,
    slogdet,
    solve,
    svd,
    tensordot,
)
from autograd.functions._linalg import matrix_power

__all__ = [
    "cholesky",
    "det",
    "eigh",
    "inv",
    "matmul",
    "matrix_power",
    "outer",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "svd",
    "tensordot",
]
