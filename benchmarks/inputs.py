"""What all sides of a comparison start from: sizes, arrays, parameters."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

STEPS = 1000  # steps of gradient descent, operations of the chain of sines
ELEMENTS = 1_000_000
MATRIX = 1024
TABLE = (2000, 1000)
VARIABLES = {"hessian": 100, "hessian-1000": 1000}
FLOATS = ("float32", "float64")
SIZES = {f"1e{k}": 10**k for k in range(2, 8)}
DEPTHS = {f"1e{k}": 10**k for k in range(3, 8)}

# The small perceptron.
BATCH = 100
HIDDEN = 10
# The large one: batch and pixels, outputs of each layer.
IMAGES = (128, 784)
LAYERS = (1000, 1000, 10)


def by_dtype(name: str) -> dict[str, str]:
    """Return the names of a workload's two versions, with the dtype of each."""
    return {f"{name}{dtype[-2:]}": dtype for dtype in FLOATS}


def random(shape: int | tuple[int, ...], dtype: str = "float64", seed: int = 0) -> Any:
    """Make an array of uniform random numbers."""
    return np.random.default_rng(seed).random(shape).astype(dtype)


def rosenbrock(x: Any, total: Callable[[Any], Any]) -> Any:
    """Compute Rosenbrock's function of many variables, with somebody's operators and sum."""
    return total(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def small_perceptron() -> tuple[list[Any], Any, Any]:
    """Make the parameters, the input and the target."""
    rng = np.random.default_rng(0)
    x, t = rng.random((BATCH, 1)), rng.random((BATCH, 1))
    w1, w2 = rng.standard_normal((1, HIDDEN)), rng.standard_normal((HIDDEN, 1))
    return [w1, np.zeros((1, HIDDEN)), w2, np.zeros((1, 1))], x, t


def large_perceptron(dtype: str) -> tuple[list[Any], Any, Any]:
    """Make the parameters, the input and the labels."""
    rng = np.random.default_rng(0)
    x, t = rng.random(IMAGES).astype(dtype), rng.integers(0, LAYERS[-1], IMAGES[0])
    params = [
        array.astype(dtype)
        for n, m in itertools.pairwise([IMAGES[1], *LAYERS])
        for array in (rng.standard_normal((n, m)) / n**0.5, np.zeros((1, m)))
    ]
    return params, x, t


@dataclass(frozen=True)
class Sine:
    """The example that predicts the next value of a sine, by long short-term memory.

    The maps of the input, their biases and the maps of the state stand side by side, in the order
    ``f, i, o, u``: what the cell keeps, takes in, shows, and what there is to take in.
    """

    wx: Any
    b: Any
    wh: Any
    wo: Any
    bo: Any
    # Chunks of 30 values, and the values that follow: of shape (33, 30, 1).
    xs: Any
    ts: Any
    # After so many chunks comes an update; three chunks are left over.
    steps: int = 30
    hidden: int = 100
    rate: float = 0.01


def sine() -> Sine:
    """Make parameters and data."""
    rng, h = np.random.default_rng(0), Sine.hidden
    wave = np.sin(np.linspace(0, 2 * np.pi, 1000))
    return Sine(
        wx=rng.standard_normal((1, 4 * h)),
        b=np.zeros((1, 4 * h)),
        wh=rng.standard_normal((h, 4 * h)) / h**0.5,
        wo=rng.standard_normal((h, 1)) / h**0.5,
        bo=np.zeros((1, 1)),
        xs=wave[:990].reshape(33, 30, 1),
        ts=wave[1:991].reshape(33, 30, 1),
    )


@dataclass(frozen=True)
class Block:
    """A transformer block: four matrices, scale and shift of two normalisations, and the input."""

    params: list[Any]
    x: Any
    batch: int = 4
    time: int = 128
    width: int = 256
    heads: int = 4


def block(dtype: str) -> Block:
    """Make parameters and input."""
    rng, d = np.random.default_rng(0), Block.width
    shapes = [(d, 3 * d), (d, d), (d, 4 * d), (4 * d, d)]
    params = [rng.standard_normal(shape) * 0.02 for shape in shapes]
    params += [np.ones(d), np.zeros(d), np.ones(d), np.zeros(d)]
    x = rng.standard_normal((Block.batch, Block.time, d))
    return Block([p.astype(dtype) for p in params], x.astype(dtype))


@dataclass(frozen=True)
class Product:
    """A product of matrices: shapes as they lie in memory, and which operand is turned."""

    name: str
    title: str
    left: tuple[int, ...]
    right: tuple[int, ...]
    turned: str = ""

    def operands(self, dtype: str) -> tuple[Any, Any]:
        """Make both, as they lie in memory."""
        return random(self.left, dtype, 0), random(self.right, dtype, 1)

    def oriented(self, a: Any, b: Any) -> tuple[Any, Any]:
        """Turn the operand that is to be turned."""
        return a.T if self.turned == "left" else a, b.T if self.turned == "right" else b


_N, (_M, _K) = LAYERS[0], IMAGES
PRODUCTS = [
    *(
        Product(str(n), f"{n} by {n}", (n, n), (n, n))
        for n in (8, 16, 24, 32, 64, 128, 256, 512, 1024, 2048)
    ),
    Product("tall", f"{_M}x{_K} @ {_K}x{_N}", (_M, _K), (_K, _N)),
    Product("left", f"({_M}x{_K}).T @ {_M}x{_N}", (_M, _K), (_M, _N), "left"),
    Product("right", f"{_M}x{_N} @ ({_K}x{_N}).T", (_M, _N), (_K, _N), "right"),
    Product("thin", "1000x1000 @ vector of 1000", (1000, 1000), (1000,)),
    Product("batch-small", "64 of 32x32 @ 32x32", (64, 32, 32), (64, 32, 32)),
    Product("batch-large", "16 of 128x64 @ 64x128", (16, 128, 64), (16, 64, 128)),
]
PRODUCT_NAMES = {f"product-{p.name}-{dtype}": (p, dtype) for p in PRODUCTS for dtype in FLOATS}
