"""Distributions of the latent variable behind ordered categories: the probability of an interval, in every tail.

A cumulative model cuts a variable with distribution function F at thresholds; its likelihood is of log(F(u) - F(l)).
The difference loses all digits where both are near 0 or near 1, so each distribution has its own way to compute it.

References
----------
McCullagh (1980), Regression models for ordinal data, doi:10.1111/j.2517-6161.1980.tb01109.x.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from scipy.special import log_expit, log_ndtr, ndtri

_NARROW = 1e-4
"""Width of an interval, relative to where it lies, within which a density is its Taylor series to double precision."""


class Latent(ABC):
    """A distribution F on the line with density f. Arguments may be infinite."""

    @abstractmethod
    def quantile(self, p: np.ndarray) -> np.ndarray:
        """Return x with F(x) = p."""

    @abstractmethod
    def log_interval(self, upper: np.ndarray, lower: np.ndarray) -> np.ndarray:
        """Return log(F(upper) - F(lower)); -inf where they are equal, NaN where upper is below lower."""

    @abstractmethod
    def log_density(self, x: np.ndarray) -> np.ndarray:
        """Return log f(x)."""

    @abstractmethod
    def slope(self, x: np.ndarray) -> np.ndarray:
        """Return f'(x) / f(x)."""


def _log1mexp(x: np.ndarray) -> np.ndarray:
    """Return log(1 - exp(-x)) for x >= 0."""
    return np.where(x > 0.7, np.log1p(-np.exp(-np.maximum(x, 0.7))), np.log(-np.expm1(-x)))


@dataclass(frozen=True)
class Logistic(Latent):
    """F(x) = 1 / (1 + exp(-x)).

    >>> float(Logistic().log_interval(np.array([1.0]), np.array([-np.inf]))[0].round(6))
    -0.313262
    """

    def quantile(self, p: np.ndarray) -> np.ndarray:
        return np.log(p) - np.log1p(-p)

    def log_interval(self, upper: np.ndarray, lower: np.ndarray) -> np.ndarray:
        """Return log F(u) + log(1 - F(l)) + log(1 - exp(l - u))."""
        return log_expit(upper) + log_expit(-lower) + np.log(-np.expm1(lower - upper))

    def log_density(self, x: np.ndarray) -> np.ndarray:
        return log_expit(x) + log_expit(-x)

    def slope(self, x: np.ndarray) -> np.ndarray:
        return -np.tanh(x / 2)


@dataclass(frozen=True)
class Normal(Latent):
    """F is the standard normal distribution function."""

    def quantile(self, p: np.ndarray) -> np.ndarray:
        return ndtri(p)

    def log_interval(self, upper: np.ndarray, lower: np.ndarray) -> np.ndarray:
        """Return log F(u) + log(1 - F(l) / F(u)) of the interval or its mirror image, whichever lies lower."""
        mirrored = upper + lower > 0
        u, low = np.where(mirrored, -lower, upper), np.where(mirrored, -upper, lower)
        top = log_ndtr(u)
        out = top + _log1mexp(top - log_ndtr(low))
        middle, width = (u + low) / 2, u - low
        narrow = (width < _NARROW / (1 + np.abs(middle))) & (width >= 0)
        if np.any(narrow):
            series = self.log_density(middle) + np.log(width) + np.log1p(width**2 * (middle**2 - 1) / 24)
            out = np.where(narrow, series, out)
        return np.where(width < 0, np.nan, out)

    def log_density(self, x: np.ndarray) -> np.ndarray:
        return -0.5 * x * x - 0.5 * np.log(2 * np.pi)

    def slope(self, x: np.ndarray) -> np.ndarray:
        return -x


@dataclass(frozen=True)
class SmallestExtreme(Latent):
    """F(x) = 1 - exp(-exp(x)): the complementary log-log link."""

    def quantile(self, p: np.ndarray) -> np.ndarray:
        return np.log(-np.log1p(-p))

    def log_interval(self, upper: np.ndarray, lower: np.ndarray) -> np.ndarray:
        """Return -exp(l) + log(1 - exp(-(exp(u) - exp(l))))."""
        hazard, width = np.exp(lower), upper - lower
        gap = np.where(width < 1, hazard * np.expm1(np.minimum(width, 1.0)), np.exp(upper) - hazard)
        return np.where(np.isinf(hazard), -np.inf, _log1mexp(gap) - hazard)

    def log_density(self, x: np.ndarray) -> np.ndarray:
        return np.where(np.isinf(x), -np.inf, x - np.exp(x))

    def slope(self, x: np.ndarray) -> np.ndarray:
        return -np.expm1(x)


@dataclass(frozen=True)
class LargestExtreme(Latent):
    """F(x) = exp(-exp(-x)): the log-log link, the mirror image of `SmallestExtreme`."""

    def quantile(self, p: np.ndarray) -> np.ndarray:
        return -np.log(-np.log(p))

    def log_interval(self, upper: np.ndarray, lower: np.ndarray) -> np.ndarray:
        return _SMALLEST.log_interval(-lower, -upper)

    def log_density(self, x: np.ndarray) -> np.ndarray:
        return _SMALLEST.log_density(-x)

    def slope(self, x: np.ndarray) -> np.ndarray:
        return -_SMALLEST.slope(-x)


@dataclass(frozen=True)
class Cauchy(Latent):
    """F(x) = 1/2 + arctan(x) / pi."""

    def quantile(self, p: np.ndarray) -> np.ndarray:
        return np.tan(np.pi * (p - 0.5))

    def log_interval(self, upper: np.ndarray, lower: np.ndarray) -> np.ndarray:
        """Return the log of the angle between the two, by the tangent of a difference."""
        low, high = np.isinf(lower), np.isinf(upper)
        inner = np.arctan2(upper - lower, 1 + upper * lower)
        angle = np.where(high, np.arctan2(1.0, lower), np.where(low, np.arctan2(1.0, -upper), inner))
        return np.log(angle / np.pi)

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
