"""Resampling: weighted draws as draws that count alike."""

from __future__ import annotations

import numpy as np


def systematic(weights: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    """Return how often each draw is taken [m]: size times its weight, rounded up or down, `size` in all.

    >>> systematic(np.array([0.5, 0.25, 0.25]), 4, np.random.default_rng(0))
    array([2, 1, 1])

    References
    ----------
    Douc & Cappe (2005), Comparison of resampling schemes for particle filtering, doi:10.1109/ISPA.2005.195385
    """
    ends = np.cumsum(weights)
    return np.diff(np.floor(ends / ends[-1] * size + rng.uniform()), prepend=0.0).astype(int)
