"""Pareto-smoothed importance sampling: the largest weights replaced by quantiles of a Pareto distribution.

With draws s of weight w_s, those above a cut-off u are fitted by the generalised Pareto distribution

    P(w - u > x) = (1 + k x / sigma)^(-1/k),

and its shape k says how far the weighted mean can be trusted: below 0.7 it converges at a useful rate.

References
----------
Vehtari, Simpson, Gelman, Yao & Gabry (2024), Pareto smoothed importance sampling, JMLR 25.
Zhang & Stephens (2009), A new and efficient estimation method for the generalized Pareto distribution.
doi:10.1198/tech.2009.08017
"""

from __future__ import annotations

import numpy as np

_FEWEST = 5
"""Draws that a tail needs."""
_PRIOR_DRAWS, _PRIOR_SHAPE = 10, 0.5
"""The shape is pulled towards 1/2 as by ten more draws."""
_SCALE = 3
_LEAST = float(np.log(np.finfo(float).tiny))
_LOWEST = -700.0
"""Log weight, relative to the largest, below which a draw has none."""


def smoothed(log_ratios: np.ndarray, r_eff: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Return normalised log weights and the shape k of each column's tail.

    Parameters
    ----------
    log_ratios : array [draws, n]
        Log importance ratios, up to a constant in each column.
    r_eff : float
        Effective draws over draws.

    Returns
    -------
    (array [draws, n], array [n])
        k is infinite where the tail has too few draws, or where a ratio is.
    """
    draws = len(log_ratios)
    weights = np.array(np.transpose(log_ratios), dtype=float, order="C")  # each row's draws side by side
    weights -= np.max(weights, axis=1, keepdims=True)
    count = int(np.ceil(min(draws / 5, 3 * np.sqrt(draws / r_eff))))
    shapes = np.full(len(weights), np.inf)
    if count >= _FEWEST and draws > count:
        for j, row in enumerate(weights):
            if np.all(np.isfinite(row)):
                shapes[j] = _smooth(row, count)
    weights -= np.log(np.sum(np.exp(weights), axis=1, keepdims=True))
    return weights.T, shapes


def importance_weights(log_ratios: np.ndarray) -> tuple[np.ndarray, float]:
    """Return normalised log weights [m] of log importance ratios [m], and the shape k of their tail.

    A ratio that is not finite has next to no weight; where all are equal there is nothing to weigh, and k is -inf.
    """
    known = np.where(np.isfinite(log_ratios), log_ratios, -np.inf)
    relative = np.maximum(known - np.max(known), _LOWEST)
    if np.ptp(relative) < 1e-9:
        return np.full(len(relative), -np.log(len(relative))), -np.inf
    weights, shapes = smoothed(relative[:, None])
    return weights[:, 0], float(shapes[0])


def _smooth(column: np.ndarray, count: int) -> float:
    """Smooth the `count` largest of some log ratios, of which the largest is 0, where they lie; return the shape."""
    top = np.argpartition(column, -count - 1)[-count - 1 :]
    top = top[np.argsort(column[top], kind="stable")]
    cut = max(column[top[0]], _LEAST)
    tail = top[1:][column[top[1:]] > cut]
    if len(tail) < _FEWEST:
        return np.inf
    least = np.exp(cut)
    k, sigma = fit_pareto(np.exp(column[tail]) - least)
    if np.isfinite(k):
        chances = (np.arange(len(tail)) + 0.5) / len(tail)
        column[tail] = np.minimum(np.log(_quantile(chances, k, sigma) + least), 0.0)
    return k


def fit_pareto(x: np.ndarray) -> tuple[float, float]:
    """Return shape and scale of the generalised Pareto distribution of sorted exceedances [m].

    The likelihood is profiled over theta = -k / sigma, and theta averaged over a grid by its profile likelihood.
    """
    m = len(x)
    size = 30 + int(np.sqrt(m))
    quartile = x[int(m / 4 + 0.5) - 1]
    theta = 1 / x[-1] + (1 - np.sqrt(size / (np.arange(size) + 0.5))) / (_SCALE * quartile)
    shape = np.mean(np.log1p(-theta[:, None] * x), axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        profile = m * (np.log(-theta / shape) - shape - 1)
    known = np.isfinite(profile)
    if not known.any():
        return np.inf, np.nan
    weight = np.exp(profile[known] - np.max(profile[known]))
    at = float(weight @ theta[known] / weight.sum())
    k = float(np.mean(np.log1p(-at * x)))
    sigma = -k / at
    return (m * k + _PRIOR_DRAWS * _PRIOR_SHAPE) / (m + _PRIOR_DRAWS), sigma


def _quantile(chances: np.ndarray, k: float, sigma: float) -> np.ndarray:
    """Return quantiles of the generalised Pareto distribution."""
    if abs(k) < 1e-12:
        return -sigma * np.log1p(-chances)
    return sigma * np.expm1(-k * np.log1p(-chances)) / k


def good_shape(draws: int) -> float:
    """Return the shape up to which so many draws suffice: 0.7, or less for fewer than 2200.

    >>> round(good_shape(1000), 3), good_shape(4000)
    (0.667, 0.7)
    """
    return min(1 - 1 / float(np.log10(draws)), 0.7)
