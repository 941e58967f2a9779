"""Measurements of this package beside others; ``python -m benchmarks.run --help``."""
