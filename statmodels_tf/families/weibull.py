"""The Weibull family: times of mean mu whose hazard is a power of time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from scipy.special import gamma, psi

from ..priors import HalfNormal, Prior
from ..substrate import special
from .base import Array, Data, Values, family
from .law import ContinuousWithTails, LawWithTails, Slopes, Texts
from .links import Link, as_link
from .of_law import OfLaw, refuses_unless_positive
from .power_variance import moments, predictor_scale


class WeibullLaw(ContinuousWithTails):
    """λ E^(1/k): E exponential, k the `shape`, and λ = mu / Γ(1 + 1/k), so that mu is the mean."""

    own = ("shape",)
    positive = True

    def log_density(self, data: Data, mu: Array, own: Values, xp: Any) -> Array:
        """Return log k - log y + t - exp(t), t = k log(y / λ)."""
        log = xp.log(data["y"])
        t = own["shape"] * (log - _log_scale(mu, own["shape"], xp))
        return xp.log(own["shape"]) - log + t - xp.exp(t)

    def slopes(self, data: Data) -> Callable[[np.ndarray, Values], Slopes]:
        """Return -k (1 - exp(t)) / mu and 1/k + (1 - exp(t)) dt/dk, dt/dk = t/k - ψ(1 + 1/k)/k."""
        log = np.log(data["y"])

        def find(mu: np.ndarray, own: Values) -> Slopes:
            k = own["shape"]
            each = log - _log_scale(mu, k, np)
            t = k * each
            hazard = np.exp(t)
            rest = 1 - hazard
            by_shape = 1 / k + rest * (each - psi(1 + 1 / k) / k)
            return Slopes(np.log(k) - log + t - hazard, -k * rest / mu, {"shape": by_shape})

        return find

    def log_tails(self, y: Array, mu: Array, own: Values, xp: Any) -> tuple[Array, Array]:
        """Return log(1 - exp(-h)) and -h, h = (y / λ)^k; nothing is at 0 or below."""
        inside = y > 0
        log = xp.log(xp.where(inside, y, xp.ones_like(y)))
        hazard = xp.exp(own["shape"] * (log - _log_scale(mu, own["shape"], xp)))
        lower = xp.log(-xp.expm1(-hazard))
        return xp.where(inside, lower, -np.inf), xp.where(inside, -hazard, xp.zeros_like(hazard))

    def moves(self, y: np.ndarray, mu: np.ndarray, own: Values) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Return y / mu and y (ψ(1 + 1/k) / k - log(y / λ)) / k."""
        k = own["shape"]
        return y / mu, {"shape": y * (psi(1 + 1 / k) / k - np.log(y) + _log_scale(mu, k, np)) / k}

    def quantile(self, lower: np.ndarray, upper: np.ndarray, mu: np.ndarray, own: Values) -> np.ndarray:
        """Return λ (-log(upper))^(1/k)."""
        k = own["shape"]
        return np.exp(_log_scale(mu, k, np)) * waited(lower, upper) ** (1 / k)

    def draw(self, data: Data, mu: np.ndarray, own: Values, rng: np.random.Generator) -> np.ndarray:
        """Return powers of exponential numbers."""
        k = own["shape"]
        return np.exp(_log_scale(mu, k, np)) * rng.standard_exponential(np.shape(mu)) ** (1 / k)

    def moments(self, data: Data, mu: np.ndarray, own: Values) -> tuple[np.ndarray, np.ndarray]:
        """Return mu and mu² (Γ(1 + 2/k) / Γ(1 + 1/k)² - 1)."""
        k = own["shape"]
        return mu, mu * mu * (gamma(1 + 2 / k) / gamma(1 + 1 / k) ** 2 - 1)

    def made(self, data: Data, mu: Array, own: Values, on: Any) -> Any:
        """Return TFP's Weibull distributions."""
        k = own["shape"] + 0 * mu
        return on.tfd.Weibull(k, on.xp.exp(_log_scale(mu, k, on.xp)))

    def text(self, data: Texts, mu: str, own: Texts) -> str:
        """Return the text of TFP's Weibull distributions."""
        k = own["shape"]
        return f"tfd.Weibull({k} + 0 * eta, {mu} * tf.exp(-tf.math.lgamma(1 + 1 / {k})))"


def _log_scale(mu: Array, k: Array, xp: Any) -> Array:
    """Return log λ."""
    return xp.log(mu) - special(xp).gammaln(1 + 1 / k)


def waited(lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """Return the quantile -log(upper) = -log(1 - lower) of a standard exponential, from the smaller tail."""
    low = lower <= upper
    with np.errstate(divide="ignore"):
        return np.where(low, -np.log1p(-np.where(low, lower, 0.5)), -np.log(np.where(low, 0.5, upper)))


@family("weibull")
@dataclass(frozen=True)
class Weibull(OfLaw):
    """Positive responses, such as times until an event, of mean mu and hazard proportional to y^(shape - 1), as brms.

    A shape of 1 is the exponential family. Prior, as rstanarm's `stan_surv`: shape ~ half_normal(2).

    >>> Weibull().link.name
    'log'
    """

    link: Link = field(default_factory=lambda: as_link("log"))

    own_links = MappingProxyType({"shape": "log"})

    @property
    def law(self) -> LawWithTails:
        """Weibull's law."""
        return WeibullLaw()

    def refuses(self, response: Any) -> str | None:
        """Return why the response is no column of positive numbers, or None."""
        return refuses_unless_positive(self, response)

    def default_priors(self, data: Data) -> dict[str, Prior]:
        """Return shape ~ half_normal(2)."""
        return {"shape": HalfNormal(2.0)}

    def default_scale(self, data: Data) -> tuple[float, float]:
        """Return the link of mean(y), and sd(y) in units of the linear predictor there."""
        return predictor_scale(self.link, *moments(data["y"]))
