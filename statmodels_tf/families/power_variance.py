"""Families of positive numbers whose variance is a power of the mean: phi mu^p / weight.

p = 2 is the gamma family, 3 the inverse gaussian one, between 1 and 2 lie Tweedie's.

References
----------
Jørgensen (1987), Exponential dispersion models, doi:10.1111/j.2517-6161.1987.tb01685.x.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping

import numpy as np

from ..priors import HalfCauchy, Prior
from .base import Array, Data
from .exponential import OfNumbers, Working, beyond
from .links import Link


class PowerVariance(OfNumbers, ABC):
    """A family of numbers that are not negative, variance phi mu^p / weight."""

    @property
    @abstractmethod
    def exponent(self) -> float:
        """The power p of the mean."""

    def default_scale(self, data: Data) -> tuple[float, float]:
        """Return the link of mean(y), and sd(y) in units of the linear predictor there."""
        return predictor_scale(self.link, *moments(data["y"]))

    def start(self, y: np.ndarray, a: np.ndarray | None) -> np.ndarray:
        """Return the response, as R; a tenth of its mean where it is zero."""
        zero = y <= 0
        return np.where(zero, 0.1 * moments(y)[0], y) if zero.any() else y

    def valid(self, mu: np.ndarray) -> bool:
        """Return whether all means are positive and finite."""
        return bool(((mu > 0) & (mu < np.inf)).all())

    def working(self, eta: np.ndarray, y: np.ndarray, a: np.ndarray | None) -> Working:
        """Return weights, scores and objective, from ratios to the mean: mu² may be out of range where mu is not."""
        if not self.link.valid(eta):
            return beyond(eta)
        with np.errstate(over="ignore"):
            mu = self.link.inverse(eta, np)
        if not self.valid(mu):
            return beyond(eta)
        with np.errstate(over="ignore", invalid="ignore"):
            weight = np.ones_like(mu) if self.exponent == 2 else mu ** (2 - self.exponent)
            deviance = self.deviance(y, mu)
            if a is not None:
                weight, deviance = a * weight, a * deviance
            if self.link.name == "log":
                return Working(weight, weight * ((y - mu) / mu), float(np.sum(deviance)))
            slope = self.link.derivative(eta, np) / mu
            weight = weight * slope
            return Working(weight * slope, weight * ((y - mu) / mu), float(np.sum(deviance)))

    def variance(self, mu: Array) -> Array:
        """Return mu^p."""
        return mu**self.exponent


def moments(y: np.ndarray) -> tuple[float, float]:
    """Return mean and variance of a response, each positive whatever the response."""
    mean = float(np.mean(y)) if len(y) else 1.0
    mean = mean if mean > 0 else 1.0
    variance = float(np.var(y, ddof=1)) if len(y) > 1 else 0.0
    return mean, variance if variance > 0 else mean * mean


def predictor_scale(link: Link, mean: float, variance: float) -> tuple[float, float]:
    """Return the linear predictor of a mean, and the standard deviation of a response in its units there."""
    centre = link.link(np.float64(mean), np)
    return float(centre), float(np.sqrt(variance) / abs(link.derivative(centre, np)))


def size(name: str, value: float) -> dict[str, Prior]:
    """Return the default prior of a positive parameter of that size: half-Cauchy, as it may be far larger."""
    return {name: HalfCauchy(value)}


def row_shape(shape: Array, data: Data) -> Array:
    """Return the shape of each row [..., 1 or n], times its weight."""
    return shape if "weights" not in data else shape * data["weights"]


def shape_code(key: str, data: Mapping[str, str]) -> str:
    """Return the text of a row's shape."""
    return f"{key} * {data['weights']}" if "weights" in data else key


def scaled(
    deviance: np.ndarray, a: np.ndarray | None, dispersion: float | None
) -> tuple[np.ndarray, float, np.ndarray]:
    """Return weights [n], the dispersion, if not given that of R's `logLik`, and the weighted deviances [n] over it."""
    a = np.ones_like(deviance) if a is None else a
    weighted = a * deviance
    dispersion = float(np.sum(weighted) / np.sum(a)) if dispersion is None else dispersion
    return a, dispersion, np.divide(weighted, dispersion, out=np.zeros_like(weighted), where=weighted > 0)
