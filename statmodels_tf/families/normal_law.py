"""The normal law, and that of what has a normal logarithm."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..priors import LOG_2PI
from ..substrate import special
from .base import Array, Data, Values
from .law import ContinuousWithTails, Slopes, Texts
from .randomized import normal_score


class Normal(ContinuousWithTails):
    """mu + sigma z, z standard normal."""

    own = ("sigma",)

    def log_density(self, data: Data, mu: Array, own: Values, xp: Any) -> Array:
        """Return -z²/2 - log(sigma) - log(2π)/2."""
        z = (data["y"] - mu) / own["sigma"]
        return -0.5 * z * z - xp.log(own["sigma"]) - 0.5 * LOG_2PI

    def slopes(self, data: Data) -> Callable[[np.ndarray, Values], Slopes]:
        """Return z / sigma by the mean and (z² - 1) / sigma by sigma."""
        y = data["y"]

        def find(mu: np.ndarray, own: Values) -> Slopes:
            sigma = own["sigma"]
            z = (y - mu) / sigma
            square = z * z
            return Slopes(-0.5 * square - np.log(sigma) - 0.5 * LOG_2PI, z / sigma, {"sigma": (square - 1) / sigma})

        return find

    def log_tails(self, y: Array, mu: Array, own: Values, xp: Any) -> tuple[Array, Array]:
        """Return log Φ(z) and log Φ(-z)."""
        z, log_ndtr = (y - mu) / own["sigma"], special(xp).log_ndtr
        return log_ndtr(z), log_ndtr(-z)

    def moves(self, y: np.ndarray, mu: np.ndarray, own: Values) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Return 1 and z."""
        z = (y - mu) / own["sigma"]
        return np.ones_like(z), {"sigma": z}

    def quantile(self, lower: np.ndarray, upper: np.ndarray, mu: np.ndarray, own: Values) -> np.ndarray:
        """Return mu + sigma Φ⁻¹(lower)."""
        return mu + own["sigma"] * normal_score(lower, upper)

    def draw(self, data: Data, mu: np.ndarray, own: Values, rng: np.random.Generator) -> np.ndarray:
        """Return normal numbers."""
        return mu + own["sigma"] * rng.standard_normal(np.shape(mu))

    def moments(self, data: Data, mu: np.ndarray, own: Values) -> tuple[np.ndarray, np.ndarray]:
        """Return mu and sigma²."""
        return mu, np.square(own["sigma"])

    def made(self, data: Data, mu: Array, own: Values, on: Any) -> Any:
        """Return TFP's normals."""
        return on.tfd.Normal(mu, own["sigma"])

    def text(self, data: Texts, mu: str, own: Texts) -> str:
        """Return the text of TFP's normals."""
        return f"tfd.Normal({mu}, {own['sigma']})"


NORMAL = Normal()


class Lognormal(ContinuousWithTails):
    """exp(mu + sigma z), z standard normal."""

    own = ("sigma",)
    positive = True

    def log_density(self, data: Data, mu: Array, own: Values, xp: Any) -> Array:
        """Return the normal log density of log(y), less log(y)."""
        log = xp.log(data["y"])
        return NORMAL.log_density({"y": log}, mu, own, xp) - log

    def slopes(self, data: Data) -> Callable[[np.ndarray, Values], Slopes]:
        """Return the normal law's at log(y)."""
        log = np.log(data["y"])
        of_log = NORMAL.slopes({"y": log})

        def find(mu: np.ndarray, own: Values) -> Slopes:
            density, location, others = of_log(mu, own)
            return Slopes(density - log, location, others)

        return find

    def log_tails(self, y: Array, mu: Array, own: Values, xp: Any) -> tuple[Array, Array]:
        """Return log Φ(z) and log Φ(-z) of the logarithm; nothing is at 0 or below."""
        inside = y > 0
        lower, upper = NORMAL.log_tails(xp.log(xp.where(inside, y, xp.ones_like(y))), mu, own, xp)
        return xp.where(inside, lower, -np.inf), xp.where(inside, upper, xp.zeros_like(upper))

    def moves(self, y: np.ndarray, mu: np.ndarray, own: Values) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Return y and y z."""
        z = (np.log(y) - mu) / own["sigma"]
        return y + 0 * z, {"sigma": y * z}

    def quantile(self, lower: np.ndarray, upper: np.ndarray, mu: np.ndarray, own: Values) -> np.ndarray:
        """Return exp(mu + sigma Φ⁻¹(lower))."""
        return np.exp(NORMAL.quantile(lower, upper, mu, own))

    def draw(self, data: Data, mu: np.ndarray, own: Values, rng: np.random.Generator) -> np.ndarray:
        """Return exponentials of normal numbers."""
        return np.exp(NORMAL.draw(data, mu, own, rng))

    def moments(self, data: Data, mu: np.ndarray, own: Values) -> tuple[np.ndarray, np.ndarray]:
        """Return exp(mu + sigma²/2) and (exp(sigma²) - 1) times its square."""
        mean = np.exp(mu + 0.5 * np.square(own["sigma"]))
        return mean, np.expm1(np.square(own["sigma"])) * mean * mean

    def made(self, data: Data, mu: Array, own: Values, on: Any) -> Any:
        """Return TFP's log-normals."""
        return on.tfd.LogNormal(mu, own["sigma"])

    def text(self, data: Texts, mu: str, own: Texts) -> str:
        """Return the text of TFP's log-normals."""
        return f"tfd.LogNormal({mu}, {own['sigma']})"


LOGNORMAL = Lognormal()
