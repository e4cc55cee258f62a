"""Quantile residuals, randomized where the response is a count."""

from typing import Any

import numpy as np
from scipy.special import ndtri


def normal_score(lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """Return Φ⁻¹(lower) by the smaller of the two tails, so that neither is lost to rounding."""
    low = lower <= upper
    return np.where(low, ndtri(np.where(low, lower, 0.5)), -ndtri(np.where(low, 0.5, upper)))


def randomized(distribution: Any, y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return Φ⁻¹ of a uniform number between F(y - 1) and F(y).

    Parameters
    ----------
    distribution : SciPy's, of counts [n]
    y : array [n]
    rng : Generator

    References
    ----------
    Dunn & Smyth (1996), Randomized quantile residuals, doi:10.1080/10618600.1996.10474708.
    """
    u = rng.uniform(size=np.shape(y))
    lower = distribution.cdf(y - 1) + u * distribution.pmf(y)
    upper = distribution.sf(y) + (1 - u) * distribution.pmf(y)
    return normal_score(lower, upper)
