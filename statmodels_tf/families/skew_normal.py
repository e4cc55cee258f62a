"""The skew normal family: normal responses leaning to one side, by their mean, standard deviation and `alpha`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from scipy.special import log_ndtr, owens_t
from scipy.special import ndtr as normal_cdf

from ..priors import LOG_2PI, Normal, Prior
from ..substrate import special
from .base import Array, Data, Values, family, not_numbers
from .law import BY_QUANTILE, Continuous, Law, Slopes, Texts, by_quantile
from .links import Link, as_link
from .of_law import OfLaw, location_scale, scale_prior

_LOG_2 = float(np.log(2.0))
_MEAN = float(np.sqrt(2 / np.pi))
"""Of |z|, z standard normal."""
_REACH = 40.0
"""Quantiles are looked for within so many scales."""


class SkewNormalLaw(Continuous):
    """ξ + ω (δ |u| + sqrt(1 - δ²) v), u and v standard normal and δ = alpha / sqrt(1 + alpha²).

    ξ and ω are such that mu is the mean and sigma the standard deviation.
    """

    own = ("sigma", "alpha")

    def log_density(self, data: Data, mu: Array, own: Values, xp: Any) -> Array:
        """Return log 2 - z²/2 - log(2π)/2 - log ω + log Φ(alpha z), z = (y - ξ) / ω."""
        _, omega, centre = _shape(own, xp)
        z = (data["y"] - mu) / omega + centre
        return _LOG_2 - 0.5 * z * z - 0.5 * LOG_2PI - xp.log(omega) + special(xp).log_ndtr(own["alpha"] * z)

    def slopes(self, data: Data) -> Callable[[np.ndarray, Values], Slopes]:
        """Return derivatives from that by z, -z + alpha r with r = φ(alpha z) / Φ(alpha z)."""
        y = data["y"]

        def find(mu: np.ndarray, own: Values) -> Slopes:
            sigma, alpha = own["sigma"], own["alpha"]
            delta, omega, centre = _shape(own, np)
            plain = (y - mu) / omega
            z = plain + centre
            log = log_ndtr(alpha * z)
            ratio = np.exp(-0.5 * np.square(alpha * z) - 0.5 * LOG_2PI - log)
            by_z = alpha * ratio - z
            bend = (1 + alpha * alpha) ** -1.5  # of δ by alpha
            growth = _MEAN**2 * delta * bend / (1 - np.square(_MEAN * delta))  # of log ω by alpha
            density = _LOG_2 - 0.5 * z * z - 0.5 * LOG_2PI - np.log(omega) + log
            by_alpha = by_z * (_MEAN * bend - plain * growth) - growth + z * ratio
            return Slopes(density, -by_z / omega, {"sigma": -(by_z * plain + 1) / sigma, "alpha": by_alpha})

        return find

    def tails(self, data: Data, mu: np.ndarray, own: Values) -> tuple[np.ndarray, np.ndarray]:
        """Return Φ(z) - 2 T(z, alpha) and the rest, T Owen's function."""
        _, omega, centre = _shape(own, np)
        z = (data["y"] - mu) / omega + centre
        beyond = 2 * owens_t(z, own["alpha"])
        return np.maximum(normal_cdf(z) - beyond, 0.0), normal_cdf(-z) + beyond

    def draw(self, data: Data, mu: np.ndarray, own: Values, rng: np.random.Generator) -> np.ndarray:
        """Return sums of a half-normal and a normal number."""
        delta, omega, centre = _shape(own, np)
        u, v = np.abs(rng.standard_normal(np.shape(mu))), rng.standard_normal(np.shape(mu))
        return mu + omega * (delta * u + np.sqrt(1 - delta * delta) * v - centre)

    def moments(self, data: Data, mu: np.ndarray, own: Values) -> tuple[np.ndarray, np.ndarray]:
        """Return mu and sigma²."""
        return mu, np.square(own["sigma"])

    def made(self, data: Data, mu: Array, own: Values, on: Any) -> Any:
        """Return TFP's distribution by the quantile function, whose values are looked for."""
        xp, alpha = on.xp, own["alpha"] + 0 * mu
        _, omega, centre = _shape(own, xp)

        def below(z: Array) -> Array:
            return on.special.ndtr(z) - 2 * on.tfp.math.owens_t(z, alpha)

        def quantile(u: Array) -> Array:
            ends = -_REACH + 0 * u, _REACH + 0 * u
            z = on.tfp.math.find_root_chandrupatla(lambda z: below(z) - u, *ends).estimated_root
            return mu + omega * (z - centre)

        return by_quantile(
            on,
            mu + 0 * omega,
            quantile,
            lambda y: below((y - mu) / omega + centre),
            lambda y: self.log_density({"y": y}, mu, own, xp),
        )

    def text(self, data: Texts, mu: str, own: Texts) -> str:
        """Return the text of that distribution."""
        delta = f"{own['alpha']} / tf.sqrt(1 + {own['alpha']}**2)"
        return _TEXT.format(mu=mu, sigma=own["sigma"], alpha=own["alpha"], delta=delta, reach=_REACH, mean=_MEAN)


_TEXT = (
    "(lambda mu, alpha, omega, centre: "
    + BY_QUANTILE.format(
        quantile="mu + omega * (tfp.math.find_root_chandrupatla("
        "lambda z: tfp.bijectors.NormalCDF().forward(z) - 2 * tfp.math.owens_t(z, alpha) - u, "
        "-{reach} + 0 * u, {reach} + 0 * u).estimated_root - centre)",
        cdf="tfp.bijectors.NormalCDF().forward((y - mu) / omega + centre)"
        " - 2 * tfp.math.owens_t((y - mu) / omega + centre, alpha)",
        log_density="np.log(2) + tfd.Normal(mu - omega * centre, omega).log_prob(y)"
        " + tfd.Normal(0 * eta, 1 + 0 * eta).log_cdf(alpha * ((y - mu) / omega + centre))",
    )
    + ")({mu}, {alpha} + 0 * eta, {sigma} / tf.sqrt(1 - ({mean!r} * {delta})**2),"
    " {mean!r} * {delta} / tf.sqrt(1 + 0 * eta))"
)


def _shape(own: Values, xp: Any) -> tuple[Array, Array, Array]:
    """Return δ, ω and (mu - ξ) / ω."""
    delta = own["alpha"] / xp.sqrt(1 + own["alpha"] * own["alpha"])
    return delta, own["sigma"] / xp.sqrt(1 - (_MEAN * delta) ** 2), _MEAN * delta


@family("skew_normal")
@dataclass(frozen=True)
class SkewNormal(OfLaw):
    """Responses of mean mu and standard deviation `sigma` that lean to the right where `alpha` > 0, as brms.

    Priors: alpha ~ normal(0, 4), as brms; sigma ~ exponential(1 / sd(y)), as rstanarm.

    >>> SkewNormal().link.name
    'identity'

    References
    ----------
    Azzalini (1985), A Class of Distributions Which Includes the Normal Ones. https://www.jstor.org/stable/4615982
    """

    link: Link = field(default_factory=lambda: as_link("identity"))

    scale = "sigma"
    own_links = MappingProxyType({"sigma": "log", "alpha": "identity"})

    @property
    def law(self) -> Law:
        """The skew normal law."""
        return SkewNormalLaw()

    def refuses(self, response: Any) -> str | None:
        """Return why the response is not one column of numbers, or None."""
        return not_numbers(self, response)

    def default_priors(self, data: Data) -> dict[str, Prior]:
        """Return sigma ~ exponential(1 / sd(y)) and alpha ~ normal(0, 4)."""
        return {"sigma": scale_prior(data["y"]), "alpha": Normal(0.0, 4.0)}

    def default_scale(self, data: Data) -> tuple[float, float]:
        """Return mean(y) and sd(y) under the identity link, else 0 and 1."""
        return location_scale(self.link, data["y"])
