"""The von Mises family: angles around a direction mu."""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from scipy.special import i0e, i1e, ive

from ..priors import LOG_2PI, Gamma, Prior
from ..substrate import special
from .base import Array, Data, Values, family, not_numbers, out_of_range
from .law import Continuous, Law, Slopes, Texts
from .links import Link, as_link
from .of_law import OfLaw


class VonMisesLaw(Continuous):
    """An angle from -π to π of density exp(kappa cos(y - mu)) / (2π I0(kappa))."""

    own = ("kappa",)
    period = 2 * np.pi

    def log_density(self, data: Data, mu: Array, own: Values, xp: Any) -> Array:
        """Return -2 kappa sin²((y - mu) / 2) - log(2π) - log(I0(kappa) exp(-kappa))."""
        half = xp.sin(0.5 * (data["y"] - mu))
        return -2 * own["kappa"] * half * half - LOG_2PI - xp.log(special(xp).i0e(own["kappa"]))

    def slopes(self, data: Data) -> Callable[[np.ndarray, Values], Slopes]:
        """Return kappa sin(y - mu) and cos(y - mu) - I1(kappa) / I0(kappa)."""
        y = data["y"]

        def find(mu: np.ndarray, own: Values) -> Slopes:
            kappa, apart = own["kappa"], y - mu
            level = i0e(kappa)
            less = -2 * np.square(np.sin(0.5 * apart))  # cos(y - mu) - 1
            by_kappa = less + (1 - i1e(kappa) / level)
            return Slopes(kappa * less - LOG_2PI - np.log(level), kappa * np.sin(apart), {"kappa": by_kappa})

        return find

    def tails(self, data: Data, mu: np.ndarray, own: Values) -> tuple[np.ndarray, np.ndarray]:
        """Return P(less than y - mu, within half a turn of mu) and the rest, by its Fourier series."""
        kappa = np.broadcast_to(np.asarray(own["kappa"], dtype=float), np.shape(mu))
        apart = data["y"] - mu
        apart = apart - self.period * np.round(apart / self.period)
        total = apart / 2
        for j in range(1, 20 + int(9 * np.sqrt(np.max(kappa, initial=0.0)))):
            total = total + ive(j, kappa) / i0e(kappa) * np.sin(j * apart) / j
        lower = np.clip(0.5 + total / np.pi, 0.0, 1.0)
        return lower, 1 - lower

    def draw(self, data: Data, mu: np.ndarray, own: Values, rng: np.random.Generator) -> np.ndarray:
        """Return angles from -π to π."""
        return rng.vonmises(mu, np.broadcast_to(own["kappa"], np.shape(mu)))

    def moments(self, data: Data, mu: np.ndarray, own: Values) -> tuple[np.ndarray, np.ndarray]:
        """Return the direction mu, and 2 (1 - I1(kappa) / I0(kappa)): the mean of 2 (1 - cos(y - mu))."""
        return mu, 2 * (1 - i1e(own["kappa"]) / i0e(own["kappa"]))

    def made(self, data: Data, mu: Array, own: Values, on: Any) -> Any:
        """Return TFP's von Mises distributions."""
        return on.tfd.VonMises(mu, own["kappa"] + 0 * mu)

    def text(self, data: Texts, mu: str, own: Texts) -> str:
        """Return the text of TFP's von Mises distributions."""
        return f"tfd.VonMises({mu}, {own['kappa']} + 0 * eta)"


@family("von_mises")
@dataclass(frozen=True)
class VonMises(OfLaw):
    """Angles in radians from -π to π around the direction mu, the nearer the larger `kappa`, as brms.

    The default link is eta = tan(mu / 2), so that mu goes once around. Prior, as brms: kappa ~ gamma(2, 0.01).

    >>> VonMises().link.name
    'tan_half'

    References
    ----------
    Fisher & Lee (1992), Regression Models for an Angular Response, doi:10.2307/2532334.
    """

    link: Link = field(default_factory=lambda: as_link("tan_half"))

    own_links = MappingProxyType({"kappa": "log"})

    @property
    def law(self) -> Law:
        """The von Mises law."""
        return VonMisesLaw()

    def refuses(self, response: Any) -> str | None:
        """Return which responses are no angles from -π to π, or None."""
        name = response.name
        needs = f"a von_mises model needs angles in radians from -pi to pi; of degrees write `{name} / 180 * pi`"
        return not_numbers(self, response) or out_of_range(response, np.abs(response.values) > np.pi + 1e-9, needs)

    def default_priors(self, data: Data) -> dict[str, Prior]:
        """Return kappa ~ gamma(2, 0.01)."""
        return {"kappa": Gamma(2.0, 0.01)}

    def default_scale(self, data: Data) -> tuple[float, float]:
        """Return 0 and 1."""
        return 0.0, 1.0
