"""Parts of densities that keep their digits, on any array library.

Stirling's remainder r(x) = log Γ(x) - (x - ½) log x + x - ½ log 2π goes to zero as x grows, so that densities written
with it lose nothing to the cancellation of their large terms.

References
----------
Loader (2000), Fast and Accurate Computation of Binomial Probabilities.
Abramowitz & Stegun (1964), Handbook of Mathematical Functions, 6.1.40.
"""

import math
from typing import Any

import numpy as np
from scipy.special import gammaln, psi, zeta

Array = Any  # an array of NumPy, TensorFlow or JAX

HALF_LOG_2PI = 0.5 * float(np.log(2 * np.pi))
_SHIFT = 10
"""Stirling's series is summed from here on; smaller arguments come here by Γ(x + 1) = x Γ(x)."""
_COEFFICIENTS = (-691 / 360360, 1 / 1188, -1 / 1680, 1 / 1260, -1 / 360, 1 / 12)
_PLAIN = 1e4
"""Of shapes up to here k log(k) - k - log Γ(k) has an error below 1e-10."""
NEAR = 0.1
"""How near to one a ratio is for its logarithm to be summed as a series."""


def remainder(x: Array, xp: Any) -> Array:
    """Return r(x) = log Γ(x) - (x - ½) log x + x - ½ log 2π for x > 0.

    >>> round(float(remainder(np.float64(1e6), np)) * 12e6, 9)
    1.0
    """
    x = x * 1.0
    small = x < _SHIFT
    # Each branch is evaluated where it is harmless, so that derivatives of the other one stay finite.
    low = xp.where(small, x, xp.ones_like(x))
    high = xp.where(small, low + _SHIFT, x)
    product = low
    for k in range(1, _SHIFT):
        product = product * (low + k)
    shifted = (high - 0.5) * xp.log(high) - _SHIFT - (low - 0.5) * xp.log(low) - xp.log(product)
    return _series(high, xp) + xp.where(small, shifted, xp.zeros_like(x))


def excess(y: Array, mu: Array, xp: Any) -> Array:
    """Return t - 1 - log t for t = y / mu > 0, every digit of it near t = 1, where it is (t - 1)²/2.

    With s = (y - mu) / (y + mu), log t = 2 artanh s = 2 (s + s³/3 + s⁵/5 + ...) and t - 1 - 2s = (t - 1) s.

    >>> float(excess(1 + 2.0**-30, 1.0, np)) * 2.0**61
    0.99999999...
    """
    ratio, left = y / mu, y - mu
    near = xp.abs(left) < NEAR * mu
    # Each branch is evaluated where it is harmless, so that derivatives of the other one stay finite.
    inside = xp.where(near, left / mu, xp.zeros_like(ratio))
    outside = xp.where(near, xp.ones_like(ratio), ratio)
    return xp.where(near, near_excess(inside), outside - 1 - xp.log(outside))


def near_excess(x: Array) -> Array:
    """Return x - log(1 + x) for |x| < 0.1, every digit of it."""
    s = x / (2 + x)
    square, total = s * s, 0.0
    for k in (15, 13, 11, 9, 7, 5, 3):
        total = total * square + 1 / k
    return x * s - 2 * s * square * total


def log_peak(y: np.ndarray | float) -> np.ndarray:
    """Return log(y^y exp(-y) / y!): the log probability of a Poisson count that equals its mean.

    >>> log_peak(np.array([0.0, 1.0]))
    array([ 0., -1.])
    """
    positive = np.where(y > 0, y, 1.0)
    return np.where(y > 0, -HALF_LOG_2PI - 0.5 * np.log(positive) - remainder(positive, np), 0.0)


def _series(x: Array, xp: Any) -> Array:
    inverse = 1 / x
    square, total = inverse * inverse, 0.0
    for coefficient in _COEFFICIENTS:
        total = total * square + coefficient
    return total * inverse


def digamma_less_log(x: np.ndarray | float) -> np.ndarray:
    """Return ψ(x) - log(x), which is -1 / (2x) where x is large."""
    large = np.maximum(x, 30.0)
    square = 1 / (large * large)
    series = -0.5 / large - square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square / 240)))
    small = np.minimum(x, 30.0)
    return np.where(x < 30.0, psi(small) - np.log(small), series)


def log_peak_of_gamma(k: float) -> tuple[float, float]:
    """Return k log(k) - k - log Γ(k), of one shape k, and log(k) - ψ(k), its derivative."""
    if k < 30.0:
        log = math.log(k)
        return k * log - k - math.lgamma(k), log - float(psi(k))
    square = 1 / (k * k)
    r = (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188)))) / k
    slope = square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square * (1 / 240 - square / 132))))
    return 0.5 * math.log(k) - HALF_LOG_2PI - r, 0.5 / k + slope


def log_peaks_of_gamma(k: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the same of many shapes; only where one is large do the plain formulas lose digits."""
    log = np.log(k)
    if k.max() < _PLAIN:
        return k * (log - 1) - gammaln(k), log - psi(k)
    return 0.5 * log - remainder(k, np) - HALF_LOG_2PI, -digamma_less_log(k)


def trigamma_less(x: np.ndarray) -> np.ndarray:
    """Return x² ψ'(x) - x, which is 1/2 where x is large and 1 at zero."""
    large = np.maximum(x, 30.0)
    square = 1 / (large * large)
    series = 0.5 + (1 / 6 - square * (1 / 30 - square * (1 / 42 - square / 30))) / large
    small = np.minimum(x, 30.0)
    return np.where(x < 30.0, 1 + small * small * zeta(2, small + 1) - small, series)
