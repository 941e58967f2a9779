"""Other systems that compute the same, where they are installed: JAX and SciPy."""
