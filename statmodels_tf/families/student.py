"""The student family: y ~ mu + sigma t, t of `nu` degrees of freedom."""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from scipy.special import gammaln, psi, stdtr

from ..priors import Gamma, Prior
from ..substrate import special
from .base import Array, Data, Values, family, not_numbers
from .law import Continuous, Law, Slopes, Texts
from .links import Link, as_link
from .of_law import OfLaw, location_scale, scale_prior


class StudentLaw(Continuous):
    """mu + sigma t; the mean is mu where nu > 1, the variance finite where nu > 2."""

    own = ("sigma", "nu")

    def log_density(self, data: Data, mu: Array, own: Values, xp: Any) -> Array:
        """Return log Γ((ν+1)/2) - log Γ(ν/2) - log(ν π)/2 - log(sigma) - (ν+1)/2 log(1 + z²/ν)."""
        sigma, nu, log_gamma = own["sigma"], own["nu"], special(xp).gammaln
        z = (data["y"] - mu) / sigma
        constant = log_gamma(0.5 * (nu + 1)) - log_gamma(0.5 * nu) - 0.5 * xp.log(nu * np.pi) - xp.log(sigma)
        return constant - 0.5 * (nu + 1) * xp.log1p(z * z / nu)

    def slopes(self, data: Data) -> Callable[[np.ndarray, Values], Slopes]:
        """Return with t = z²/ν the derivatives (ν+1) z / (ν sigma (1 + t)), ((ν+1) t / (1+t) - 1) / sigma, and by ν."""
        y = data["y"]

        def find(mu: np.ndarray, own: Values) -> Slopes:
            sigma, nu = own["sigma"], own["nu"]
            z = (y - mu) / sigma
            t = z * z / nu
            log = np.log1p(t)
            share = (nu + 1) * t / (1 + t)
            constant = gammaln(0.5 * (nu + 1)) - gammaln(0.5 * nu) - 0.5 * np.log(nu * np.pi) - np.log(sigma)
            by_nu = 0.5 * (psi(0.5 * (nu + 1)) - psi(0.5 * nu) - 1 / nu - log + share / nu)
            location = (nu + 1) * z / (nu * sigma * (1 + t))
            return Slopes(constant - 0.5 * (nu + 1) * log, location, {"sigma": (share - 1) / sigma, "nu": by_nu})

        return find

    def tails(self, data: Data, mu: np.ndarray, own: Values) -> tuple[np.ndarray, np.ndarray]:
        """Return both tails of t."""
        z = (data["y"] - mu) / own["sigma"]
        return stdtr(own["nu"], z), stdtr(own["nu"], -z)

    def draw(self, data: Data, mu: np.ndarray, own: Values, rng: np.random.Generator) -> np.ndarray:
        """Return t numbers."""
        return mu + own["sigma"] * rng.standard_t(np.broadcast_to(own["nu"], np.shape(mu)))

    def moments(self, data: Data, mu: np.ndarray, own: Values) -> tuple[np.ndarray, np.ndarray]:
        """Return mu and sigma² ν / (ν - 2), infinite up to ν = 2."""
        nu = np.asarray(own["nu"], dtype=float)
        ratio = np.divide(nu, nu - 2, out=np.full_like(nu, np.inf), where=nu > 2)
        return mu, np.square(own["sigma"]) * ratio

    def made(self, data: Data, mu: Array, own: Values, on: Any) -> Any:
        """Return TFP's student distributions."""
        return on.tfd.StudentT(own["nu"], mu, own["sigma"])

    def text(self, data: Texts, mu: str, own: Texts) -> str:
        """Return the text of TFP's student distributions."""
        return f"tfd.StudentT({own['nu']}, {mu}, {own['sigma']})"


@family("student")
@dataclass(frozen=True)
class Student(OfLaw):
    """Responses with heavier tails than the normal, so that outliers weigh less.

    `sigma` is the scale, not the standard deviation, and `nu` are the degrees of freedom. Priors, as brms:
    nu ~ gamma(2, 0.1); as rstanarm: sigma ~ exponential(1 / sd(y)).

    >>> Student().link.name
    'identity'

    References
    ----------
    Lange, Little & Taylor (1989), Robust Statistical Modeling Using the t Distribution,
    doi:10.1080/01621459.1989.10478852.
    """

    link: Link = field(default_factory=lambda: as_link("identity"))

    scale = "sigma"
    own_links = MappingProxyType({"sigma": "log", "nu": "log"})

    @property
    def law(self) -> Law:
        """Student's law."""
        return StudentLaw()

    def refuses(self, response: Any) -> str | None:
        """Return why the response is not one column of numbers, or None."""
        return not_numbers(self, response)

    def default_priors(self, data: Data) -> dict[str, Prior]:
        """Return sigma ~ exponential(1 / sd(y)) and nu ~ gamma(2, 0.1)."""
        return {"sigma": scale_prior(data["y"]), "nu": Gamma(2.0, 0.1)}

    def default_scale(self, data: Data) -> tuple[float, float]:
        """Return mean(y) and sd(y) under the identity link, else 0 and 1."""
        return location_scale(self.link, data["y"])
