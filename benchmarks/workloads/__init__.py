"""The workloads, as this package does them. `peers` has the others' side of each."""

from . import arrays, memory, package, products, scalars, scaling, training

__all__ = ["arrays", "memory", "package", "products", "scalars", "scaling", "training"]
