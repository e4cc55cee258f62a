"""Distributions of the latent variable behind ordered categories: the probability of an interval, in every tail.

A cumulative model cuts a variable with distribution function F at thresholds; its likelihood is of log(F(u) - F(l)).
The difference loses all digits where both are near 0 or near 1, so each distribution has its own way to compute it.

References
----------
McCullagh (1980), Regression models for ordinal data, doi:10.1111/j.2517-6161.1980.tb01109.x.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit, log_expit, ndtri

from ..priors import LOG_2PI
from ..substrate import special

Array = Any  # an array of NumPy, TensorFlow or JAX

_NARROW = 1e-4
"""Width of an interval, relative to where it lies, within which a density is its Taylor series to double precision."""
_FAR = 1e100
_SMALL, _LARGE = -36.0, 700.0
"""Below the one 1 - exp(-exp(x)) is exp(x); above the other exp(x) is out of range."""


class Latent(ABC):
    """A distribution F on the line with density f. Arguments may be infinite."""

    @abstractmethod
    def quantile(self, p: np.ndarray) -> np.ndarray:
        """Return x with F(x) = p."""

    @abstractmethod
    def log_interval(self, upper: Array, lower: Array, xp: Any = np) -> Array:
        """Return log(F(upper) - F(lower)); -inf where they are equal, NaN where upper is below lower.

        Each branch is evaluated where it is harmless, so that derivatives of the others stay finite.
        """

    @abstractmethod
    def rates(self, upper: np.ndarray, lower: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return log p, f(upper) / p and f(lower) / p of p = F(upper) - F(lower)."""

    @abstractmethod
    def log_density(self, x: np.ndarray) -> np.ndarray:
        """Return log f(x)."""

    @abstractmethod
    def slope(self, x: np.ndarray) -> np.ndarray:
        """Return f'(x) / f(x)."""


def log1mexp(x: Array, xp: Any = np) -> Array:
    """Return log(1 - exp(-x)) for x >= 0."""
    return xp.where(x > 0.7, xp.log1p(-xp.exp(-xp.maximum(x, 0.7))), xp.log(-xp.expm1(-xp.minimum(x, 0.7))))


def _by_logs(latent: Latent, upper: np.ndarray, lower: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return `rates` from log p and log f."""
    value = latent.log_interval(upper, lower)
    return value, np.exp(latent.log_density(upper) - value), np.exp(latent.log_density(lower) - value)


@dataclass(frozen=True)
class Logistic(Latent):
    """F(x) = 1 / (1 + exp(-x)).

    >>> float(Logistic().log_interval(np.array([1.0]), np.array([-np.inf]))[0].round(6))
    -0.313262
    """

    def quantile(self, p: np.ndarray) -> np.ndarray:
        return np.log(p) - np.log1p(-p)

    def log_interval(self, upper: Array, lower: Array, xp: Any = np) -> Array:
        """Return log F(u) + log(1 - F(l)) + log(1 - exp(l - u))."""
        tail = special(xp).log_expit
        return tail(upper) + tail(-lower) + xp.log(-xp.expm1(lower - upper))

    def rates(self, upper: np.ndarray, lower: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return log p, 1 - F(u) + r and F(l) + r, r = (1 - d) / d and d = 1 - exp(l - u)."""
        rest = -np.expm1(lower - upper)
        ratio = (1 - rest) / rest
        above, value = expit(-upper), log_expit(-lower)
        value += np.log(rest)
        value += log_expit(upper)
        above += ratio
        ratio += expit(lower)
        return value, above, ratio

    def log_density(self, x: np.ndarray) -> np.ndarray:
        return log_expit(x) + log_expit(-x)

    def slope(self, x: np.ndarray) -> np.ndarray:
        return -np.tanh(x / 2)


@dataclass(frozen=True)
class Normal(Latent):
    """F is the standard normal distribution function."""

    def quantile(self, p: np.ndarray) -> np.ndarray:
        return ndtri(p)

    def log_interval(self, upper: Array, lower: Array, xp: Any = np) -> Array:
        """Return log F(u) + log(1 - F(l) / F(u)) of the interval or its mirror image, whichever lies lower."""
        log_ndtr = special(xp).log_ndtr
        mirrored = upper + lower > 0
        u, low = xp.where(mirrored, -lower, upper), xp.where(mirrored, -upper, lower)
        endless = low < -_FAR
        u = xp.where(u > _FAR, _FAR, u)
        low = xp.where(endless, u - 1.0, low)
        middle, width = (u + low) / 2, u - low
        narrow = (width < _NARROW / (1 + xp.abs(middle))) & (width >= 0)
        top = log_ndtr(u)
        drop = xp.where(endless | narrow, 1.0, top - log_ndtr(low))
        wide = top + xp.where(endless, 0.0, log1mexp(drop, xp))
        thin = xp.where(narrow, width, 1.0)
        series = -0.5 * middle * middle - 0.5 * LOG_2PI + xp.log(thin) + xp.log1p(thin**2 * (middle**2 - 1) / 24)
        return xp.where(width < 0, np.nan, xp.where(narrow, series, wide))

    def rates(self, upper: np.ndarray, lower: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return _by_logs(self, upper, lower)

    def log_density(self, x: np.ndarray) -> np.ndarray:
        return -0.5 * x * x - 0.5 * np.log(2 * np.pi)

    def slope(self, x: np.ndarray) -> np.ndarray:
        return -x


@dataclass(frozen=True)
class SmallestExtreme(Latent):
    """F(x) = 1 - exp(-exp(x)): the complementary log-log link."""

    def quantile(self, p: np.ndarray) -> np.ndarray:
        return np.log(-np.log1p(-p))

    def log_interval(self, upper: Array, lower: Array, xp: Any = np) -> Array:
        """Return -exp(l) + log(1 - exp(-(exp(u) - exp(l)))), from the logarithm of that difference."""
        gap = upper + log1mexp(upper - lower, xp)
        low = gap < _SMALL
        inner = log1mexp(xp.exp(xp.minimum(xp.where(low, 0.0, gap), _LARGE)), xp)
        return xp.where(low, gap, inner) - xp.exp(xp.minimum(lower, _LARGE))

    def rates(self, upper: np.ndarray, lower: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return log p, exp(u - d - s) and exp(l - s), d = exp(u) - exp(l) and s = log(1 - exp(-d))."""
        gap = upper + log1mexp(upper - lower)
        width = np.exp(gap)
        rest = np.where(gap < _SMALL, gap, log1mexp(width))
        by_upper = np.where(np.isinf(upper), 0.0, np.exp(upper - width - rest))
        return rest - np.exp(lower), by_upper, np.exp(lower - rest)

    def log_density(self, x: np.ndarray) -> np.ndarray:
        return np.where(np.isinf(x), -np.inf, x - np.exp(x))

    def slope(self, x: np.ndarray) -> np.ndarray:
        return -np.expm1(x)


@dataclass(frozen=True)
class LargestExtreme(Latent):
    """F(x) = exp(-exp(-x)): the log-log link, the mirror image of `SmallestExtreme`."""

    def quantile(self, p: np.ndarray) -> np.ndarray:
        return -np.log(-np.log(p))

    def log_interval(self, upper: Array, lower: Array, xp: Any = np) -> Array:
        return _SMALLEST.log_interval(-lower, -upper, xp)

    def rates(self, upper: np.ndarray, lower: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        value, by_lower, by_upper = _SMALLEST.rates(-lower, -upper)
        return value, by_upper, by_lower

    def log_density(self, x: np.ndarray) -> np.ndarray:
        return _SMALLEST.log_density(-x)

    def slope(self, x: np.ndarray) -> np.ndarray:
        return -_SMALLEST.slope(-x)


@dataclass(frozen=True)
class Cauchy(Latent):
    """F(x) = 1/2 + arctan(x) / pi."""

    def quantile(self, p: np.ndarray) -> np.ndarray:
        return np.tan(np.pi * (p - 0.5))

    def log_interval(self, upper: Array, lower: Array, xp: Any = np) -> Array:
        """Return the log of the angle between the two, by the tangent of a difference."""
        low, high = xp.isinf(lower), xp.isinf(upper)
        u, x = xp.where(high, 1.0, upper), xp.where(low, -1.0, lower)
        rise, run = xp.where(low | high, 1.0, u - x), xp.where(high, x, xp.where(low, -u, 1 + u * x))
        angle = xp.where(low & high, np.pi, xp.arctan2(rise, run))
        return xp.log(angle / np.pi)

    def rates(self, upper: np.ndarray, lower: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return _by_logs(self, upper, lower)

    def log_density(self, x: np.ndarray) -> np.ndarray:
        return -np.log(np.pi) - 2 * np.log(np.hypot(1.0, x))

    def slope(self, x: np.ndarray) -> np.ndarray:
        return -2 * x / (1 + x * x)


_SMALLEST = SmallestExtreme()
LATENT: dict[str, Latent] = {
    "logit": Logistic(),
    "probit": Normal(),
    "cloglog": _SMALLEST,
    "loglog": LargestExtreme(),
    "cauchit": Cauchy(),
}
"""The distribution whose distribution function is the inverse of each link."""
