"""Features brought to mean 0 and standard deviation 1."""

from __future__ import annotations

from autograd.data._checks import as_array, check_arrays

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import ArrayLike, NDArray

    from autograd._core import Variable


class Standardizer:
    """Brings features to mean 0 and standard deviation 1, as they are in the data given here.

    Give it what is trained with, and apply it to that and to all that the model sees later.

    Parameters
    ----------
    x : Variable or array_like
        The data, of shape (n, ...): n examples of features.

    Attributes
    ----------
    mean, std : ndarray
        The mean and the (population) standard deviation of each feature, of shape (...); ``std`` is
        1 where a feature has one value only.

    Raises
    ------
    ValueError
        If ``x`` is empty, or what it is applied to has other features.

    Examples
    --------
    >>> from autograd.data import Standardizer
    >>> scale = Standardizer([[1.0, 5.0], [3.0, 5.0]])
    >>> print(scale([[1.0, 5.0], [4.0, 6.0]]))
    [[-1.  0.]
     [ 2.  1.]]
    >>> print(scale.inverse([[-1.0, 0.0]]))
    [[1. 5.]]
    """

    def __init__(self, x: Variable | ArrayLike) -> None:
        import numpy as np

        (array,) = check_arrays("Standardizer", [x])
        wide = array.astype(np.float64)
        dtype = array.dtype if array.dtype.kind == "f" else np.dtype(np.float64)
        # Squares of very large or small features would overflow or vanish, and their sums may.
        largest = np.max(abs(wide), axis=0, initial=0)
        unit = np.ldexp(1.0, np.frexp(np.where(np.isfinite(largest), largest, 1.0))[1] - 1)
        self.mean: NDArray[Any] = np.asarray((wide / unit).mean(axis=0) * unit, dtype)
        std = np.asarray((wide / unit).std(axis=0) * unit, dtype)
        # Rounding can leave a little where all values are the same, and nothing of a little.
        constant = (wide == wide[0]).all(axis=0) | (std == 0)
        self.std: NDArray[Any] = np.where(constant, dtype.type(1), std)

    def __call__(self, x: Variable | ArrayLike) -> NDArray[Any]:
        """Standardize examples of shape (n, ...), or one of shape (...)."""
        scaled: NDArray[Any] = (self._checked(x) - self.mean) / self.std
        return scaled

    def inverse(self, x: Variable | ArrayLike) -> NDArray[Any]:
        """Bring standardized examples back to the scale that they had."""
        restored: NDArray[Any] = self._checked(x) * self.std + self.mean
        return restored

    def _checked(self, x: Variable | ArrayLike) -> NDArray[Any]:
        array = as_array(x)
        axes = self.mean.ndim
        if array.shape[array.ndim - axes :] != self.mean.shape or array.ndim > axes + 1:
            raise ValueError(
                f"Standardizer: features of shape {self.mean.shape} are wanted, "
                f"got an array of shape {array.shape}"
            )
        return array

    def __repr__(self) -> str:
        return f"Standardizer(features of shape {self.mean.shape})"
