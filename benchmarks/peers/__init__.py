"""The workloads as other libraries do them.

A module is imported by the process of its side alone. JAX is measured compiled, as its users run
it: the first call, which compiles, does not count.
"""
