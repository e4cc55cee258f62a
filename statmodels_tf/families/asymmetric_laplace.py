"""The asymmetric Laplace family: mu is the quantile asked for, so that its posterior is quantile regression."""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from ..errors import ModelError
from ..priors import Prior
from .base import Array, Data, Values, family, not_numbers
from .law import BY_QUANTILE, ContinuousWithTails, LawWithTails, Slopes, Texts, by_quantile
from .links import Link, as_link
from .of_law import OfLaw, location_scale, scale_prior


@dataclass(frozen=True)
class AsymmetricLaplaceLaw(ContinuousWithTails):
    """mu + sigma z of density p (1 - p) exp(-z (p - [z < 0])): a share p of it lies below mu."""

    p: float

    own = ("sigma",)

    def log_density(self, data: Data, mu: Array, own: Values, xp: Any) -> Array:
        """Return log(p (1 - p)) - log(sigma) - z (p - [z < 0])."""
        z = (data["y"] - mu) / own["sigma"]
        return self._constant - xp.log(own["sigma"]) - xp.maximum(self.p * z, (self.p - 1) * z)

    def slopes(self, data: Data) -> Callable[[np.ndarray, Values], Slopes]:
        """Return (p - [z < 0]) / sigma and (z (p - [z < 0]) - 1) / sigma."""
        y, constant, p = data["y"], self._constant, self.p

        def find(mu: np.ndarray, own: Values) -> Slopes:
            sigma = own["sigma"]
            z = (y - mu) / sigma
            side = np.where(z < 0, p - 1, p)
            loss = z * side
            return Slopes(constant - np.log(sigma) - loss, side / sigma, {"sigma": (loss - 1) / sigma})

        return find

    def log_tails(self, y: Array, mu: Array, own: Values, xp: Any) -> tuple[Array, Array]:
        """Return log p + (1 - p) z and its rest below mu, log(1 - p) - p z and its rest above."""
        z, p = (y - mu) / own["sigma"], self.p
        below, above = np.log(p) + (1 - p) * xp.minimum(z, 0.0), np.log1p(-p) - p * xp.maximum(z, 0.0)
        low = z < 0
        return xp.where(low, below, xp.log1p(-xp.exp(above))), xp.where(low, xp.log1p(-xp.exp(below)), above)

    def moves(self, y: np.ndarray, mu: np.ndarray, own: Values) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Return 1 and z."""
        z = (y - mu) / own["sigma"]
        return np.ones_like(z), {"sigma": z}

    def quantile(self, lower: np.ndarray, upper: np.ndarray, mu: np.ndarray, own: Values) -> np.ndarray:
        """Return mu + sigma log(lower / p) / (1 - p) below mu, mu - sigma log(upper / (1 - p)) / p above."""
        p, low = self.p, lower < self.p
        with np.errstate(divide="ignore"):
            z = np.where(low, np.log(lower / p) / (1 - p), -np.log(upper / (1 - p)) / p)
        return mu + own["sigma"] * z

    def draw(self, data: Data, mu: np.ndarray, own: Values, rng: np.random.Generator) -> np.ndarray:
        """Return differences of two exponential numbers, of means 1/p and 1/(1 - p)."""
        up, down = rng.standard_exponential((2, *np.shape(mu)))
        return mu + own["sigma"] * (up / self.p - down / (1 - self.p))

    def moments(self, data: Data, mu: np.ndarray, own: Values) -> tuple[np.ndarray, np.ndarray]:
        """Return mu + sigma (1 - 2p) / (p (1 - p)) and sigma² (1 - 2p + 2p²) / (p (1 - p))²."""
        p, sigma = self.p, own["sigma"]
        unit = sigma / (p * (1 - p))
        return mu + (1 - 2 * p) * unit, (1 - 2 * p + 2 * p * p) * np.square(unit)

    def made(self, data: Data, mu: Array, own: Values, on: Any) -> Any:
        """Return TFP's distribution by the quantile function."""
        xp, p, sigma = on.xp, self.p, own["sigma"]

        def quantile(u: Array) -> Array:
            return mu + sigma * xp.where(u < p, xp.log(u / p) / (1 - p), -xp.log((1 - u) / (1 - p)) / p)

        return by_quantile(
            on,
            mu + 0 * sigma,
            quantile,
            lambda y: xp.exp(self.log_tails(y, mu, own, xp)[0]),
            lambda y: self.log_density({"y": y}, mu, own, xp),
        )

    def text(self, data: Texts, mu: str, own: Texts) -> str:
        """Return the text of that distribution."""
        return _TEXT.format(mu=mu, sigma=f"{own['sigma']} + 0 * eta", p=f"f({self.p!r})")

    @property
    def _constant(self) -> float:
        return float(np.log(self.p) + np.log1p(-self.p))


_TEXT = (
    "(lambda mu, sigma, p: "
    + BY_QUANTILE.format(
        quantile="mu + sigma * tf.where(u < p, tf.math.log(u / p) / (1 - p), -tf.math.log((1 - u) / (1 - p)) / p)",
        cdf="tf.where(y < mu, p * tf.exp((1 - p) * tf.minimum(y - mu, 0) / sigma), "
        "1 - (1 - p) * tf.exp(-p * tf.maximum(y - mu, 0) / sigma))",
        log_density="np.log(p * (1 - p)) - tf.math.log(sigma) - tf.maximum(p * (y - mu), (p - 1) * (y - mu)) / sigma",
    )
    + ")({mu}, {sigma}, {p})"
)


@family("asymmetric_laplace")
@dataclass(frozen=True)
class AsymmetricLaplace(OfLaw):
    """Responses of which a share `quantile` lies below mu: Bayesian quantile regression, brms's `asym_laplace`.

    The quantile is fixed. The largest likelihood is at the coefficients of quantile regression; the posterior's width
    is that of responses which have this law, and too narrow or too wide where they have another.
    Prior: sigma ~ exponential(1 / sd(y)).

    Parameters
    ----------
    quantile : float
        Between 0 and 1.
    link : str or Link

    >>> AsymmetricLaplace(0.9).quantile
    0.9

    References
    ----------
    Yu & Moyeed (2001), Bayesian quantile regression, doi:10.1016/S0167-7152(01)00124-9.
    """

    quantile: float = 0.5
    link: Link = field(default_factory=lambda: as_link("identity"))

    own_links = MappingProxyType({"sigma": "log"})

    def __post_init__(self) -> None:
        number = isinstance(self.quantile, int | float) and not isinstance(self.quantile, bool)
        if not number or not 0 < self.quantile < 1:
            raise ModelError(f"`quantile={self.quantile!r}`: write a number between 0 and 1, such as 0.9.")
        object.__setattr__(self, "link", as_link(self.link))

    @property
    def law(self) -> LawWithTails:
        """The asymmetric Laplace law of that quantile."""
        return AsymmetricLaplaceLaw(float(self.quantile))

    def refuses(self, response: Any) -> str | None:
        """Return why the response is not one column of numbers, or None."""
        return not_numbers(self, response)

    def default_priors(self, data: Data) -> dict[str, Prior]:
        """Return sigma ~ exponential(1 / sd(y))."""
        return {"sigma": scale_prior(data["y"])}

    def default_scale(self, data: Data) -> tuple[float, float]:
        """Return mean(y) and sd(y) under the identity link, else 0 and 1."""
        return location_scale(self.link, data["y"])
