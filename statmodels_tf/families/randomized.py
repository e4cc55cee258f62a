"""Quantile residuals, randomized where the response is a count."""

import numpy as np
from scipy.special import ndtri


def normal_score(lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """Return Φ⁻¹(lower) by the smaller of the two tails, so that neither is lost to rounding."""
    low = lower <= upper
    return np.where(low, ndtri(np.where(low, lower, 0.5)), -ndtri(np.where(low, 0.5, upper)))


def randomized(below: np.ndarray, at: np.ndarray, above: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return Φ⁻¹ of a uniform number between P(Y < y) and P(Y <= y).

    Parameters
    ----------
    below, at, above : array [n]
        P(Y < y), P(Y = y) and P(Y > y).
    rng : Generator

    References
    ----------
    Dunn & Smyth (1996), Randomized quantile residuals, doi:10.1080/10618600.1996.10474708.
    """
    u = rng.uniform(size=np.shape(below))
    return normal_score(below + u * at, above + (1 - u) * at)
