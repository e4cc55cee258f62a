"""The inverse gaussian family: positive numbers with a long upper tail, first passages of Brownian motion."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from scipy.special import erfcx, ndtr

from ..priors import LOG_2PI, Prior
from .base import Array, Data, Values, family, not_numbers, out_of_range
from .links import Link, as_link
from .power_variance import PowerVariance, moments, row_shape, scaled, shape_code, size
from .randomized import normal_score
from .score import Kernel, Score, mean_of

_TINY = 1e-100
_ROOT_HALF = float(np.sqrt(0.5))


@family("inverse_gaussian")
@dataclass(frozen=True)
class InverseGaussian(PowerVariance):
    """Inverse gaussian responses of mean mu and `shape`, the reciprocal of the dispersion: variance mu³ / shape.

    A row of weight w has the shape w times `shape`.

    >>> InverseGaussian().link.name
    '1/mu^2'

    References
    ----------
    Folks & Chhikara (1978), The inverse Gaussian distribution, doi:10.1111/j.2517-6161.1978.tb01039.x.
    """

    link: Link = field(default_factory=lambda: as_link("1/mu^2"))

    canonical = "1/mu^2"
    loglik_by = "weights"
    own_links = MappingProxyType({"shape": "log"})
    scored = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "link", as_link(self.link))

    @property
    def exponent(self) -> float:
        """Three."""
        return 3.0

    def refuses(self, response: Any) -> str | None:
        """Return why the response is not one column of positive numbers, or None."""
        needs = 'an inverse gaussian model needs positive numbers; with exact zeros, family="tweedie" has them'
        tiny = (
            f"an inverse gaussian model needs numbers above {_TINY:g}, whose cubes it divides by; choose another unit"
        )
        return (
            not_numbers(self, response)
            or out_of_range(response, ~(response.values > 0), needs)
            or out_of_range(response, response.values < _TINY, tiny)
        )

    def default_priors(self, data: Data) -> dict[str, Prior]:
        """Return shape ~ half_cauchy(mean(y)³ / var(y))."""
        mean, variance = moments(data["y"])
        return size("shape", mean / variance * mean * mean)

    def log_density(self, eta: Array, values: Values, data: Data, xp: Any) -> Array:
        """Return (log(k / 2π) - 3 log y - k (y - mu)² / (y mu²)) / 2, k the shape."""
        y, k = data["y"], row_shape(values["shape"], data)
        return 0.5 * (xp.log(k) - LOG_2PI - 3 * xp.log(y) - k * self.deviance(y, self.link.inverse(eta, xp)))

    def kernel(self, data: Data) -> Kernel:
        """Return the log-likelihood and its derivatives as a function of eta and shape."""
        y, a, mean, n = data["y"], data.get("weights"), mean_of(self.link), len(data["y"])
        constant = -0.5 * n * LOG_2PI - 1.5 * float(np.sum(np.log(y)))
        constant += 0.0 if a is None else 0.5 * float(np.sum(np.log(a)))

        def evaluate(eta: np.ndarray, values: Values) -> Score:
            k, (mu, slope) = values["shape"], mean(eta)
            relative = y / mu - 1
            pull = relative / mu if a is None else relative * (a / mu)
            half = 0.5 * (relative * pull) * (mu / y)  # half the weighted deviance
            score = k * pull * (slope / mu)
            if len(k) == 1:
                shape, total = float(k[0]), float(np.add.reduce(half))
                density = constant + 0.5 * n * math.log(shape) - shape * total
                return Score(density, score, {"shape": np.array([0.5 * n / shape - total])})
            density = constant + 0.5 * float(np.sum(np.log(k))) - float(k @ half)
            return Score(density, score, {"shape": 0.5 / k - half})

        return evaluate

    def distribution(self, eta: Array, values: Values, data: Data, on: Any) -> Any:
        """Return independent inverse gaussians."""
        k = row_shape(values["shape"], data) + 0 * eta
        return on.tfd.Independent(on.tfd.InverseGaussian(self.link.inverse(eta, on.xp), k), 1)

    def simulate(self, eta: np.ndarray, values: Values, data: Data, rng: np.random.Generator) -> np.ndarray:
        """Return an inverse gaussian response for each row; NaN where the mean is not positive."""
        k, mu = row_shape(values["shape"], data), self.link.inverse(eta, np)
        made = rng.wald(np.where(mu > 0, mu, 1.0), np.broadcast_to(k, np.shape(eta)))
        return np.where(mu > 0, made, np.nan)

    def values_at(self, dispersion: Any) -> dict[str, np.ndarray]:
        """Return the shape at a dispersion."""
        return {"shape": 1 / np.asarray(dispersion)}

    def deviance(self, y: Array, mu: Array) -> Array:
        """Return (y - mu)² / (y mu²)."""
        relative = (y - mu) / mu
        return relative * (relative / y)

    def loglik(
        self, y: np.ndarray, mu: np.ndarray, a: np.ndarray | None, data: Data, dispersion: float | None = None
    ) -> np.ndarray:
        """Return weight times log density [n], all rows with one shape: sum of weights / deviance, as R."""
        a, dispersion, left = scaled(self.deviance(y, mu), a, dispersion)
        with np.errstate(divide="ignore"):
            return -0.5 * (a * (LOG_2PI + np.log(dispersion) + 3 * np.log(y)) + left)

    def quantile_residuals(self, mu: np.ndarray, values: Values, data: Data, rng: np.random.Generator) -> np.ndarray:
        """Return the normal quantiles of the inverse gaussian distribution function."""
        y, k = data["y"], row_shape(values["shape"], data)
        return normal_score(*_tails(y / mu, np.sqrt(k / y)))

    def code(self, name: str, keys: Mapping[str, str], data: Mapping[str, str]) -> str:
        """Return the text of TFP's distribution of the response."""
        k = shape_code(keys["shape"], data)
        return f'tfd.Independent(tfd.InverseGaussian({self.link.code("eta")}, {k} + 0 * eta), 1, name="{name}")'


def _tails(t: np.ndarray, root: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the probabilities of at most y and of more, t = y / mu and root = sqrt(k / y).

    They are Φ(r) + q and Φ(-r) - q with r = root (t - 1), s = root (t + 1) and q = exp(2k / mu) Φ(-s), which is
    exp(-r²/2) erfcx(s / √2) / 2: neither factor of it overflows.
    """
    r, s = root * (t - 1), root * (t + 1)
    half = 0.5 * np.exp(-0.5 * r * r)
    second, above = half * erfcx(s * _ROOT_HALF), np.maximum(r, 0.0)
    upper = np.where(r > 0, half * (erfcx(above * _ROOT_HALF) - erfcx(s * _ROOT_HALF)), ndtr(-r) - second)
    return ndtr(r) + second, upper
