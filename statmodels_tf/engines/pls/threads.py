"""BLAS on one thread while a fit runs.

Its matrices are small to middling: two OpenBLAS threads on a loaded machine took 5-9 s of wall time where one took
0.24 s.
"""

from __future__ import annotations

from functools import cache

from threadpoolctl import ThreadpoolController

__all__ = ["one_thread"]


@cache
def _controller() -> ThreadpoolController:
    # Finding the loaded libraries takes 5 ms, limiting them 20 microseconds.
    return ThreadpoolController()


def one_thread():
    """Return a context in which BLAS uses one thread."""
    return _controller().limit(limits=1, user_api="blas")
