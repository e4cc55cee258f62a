"""The gaussian family: y ~ Normal(mu, sigma / sqrt(weight))."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from ..priors import LOG_2PI, Exponential, Prior
from .base import Array, Data, Values, family, not_numbers
from .exponential import OfNumbers, Working, fisher, where_linked
from .links import Link, as_link
from .score import Kernel, Score, mean_of


@family("gaussian")
@dataclass(frozen=True)
class Gaussian(OfNumbers):
    """Normal responses with one residual standard deviation `sigma`.

    A row of weight w has the standard deviation sigma / sqrt(w), as in R.

    >>> Gaussian(link="log").link.name
    'log'
    """

    link: Link = field(default_factory=lambda: as_link("identity"))

    scale = "sigma"
    normal = True
    canonical = "identity"
    loglik_by = "rows"
    own_links = MappingProxyType({"sigma": "log"})
    scored = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "link", as_link(self.link))

    def refuses(self, response: Any) -> str | None:
        """Return why the response is not one column of numbers, or None; truth values count as 0 and 1."""
        return not_numbers(self, response)

    def default_priors(self, data: Data) -> dict[str, Prior]:
        """Return sigma ~ exponential(1 / sd(y)), as rstanarm; sigma is on the scale of y whatever the link."""
        return {"sigma": Exponential(1 / _spread(data["y"]))}

    def default_scale(self, data: Data) -> tuple[float, float]:
        """Return mean(y) and sd(y) under the identity link, else 0 and 1."""
        return (float(np.mean(data["y"])), _spread(data["y"])) if self.link.name == "identity" else (0.0, 1.0)

    def log_density(self, eta: Array, values: Values, data: Data, xp: Any) -> Array:
        """Return -w z²/2 - log(sigma) + log(w)/2 - log(2π)/2, z = (y - mu) / sigma."""
        sigma, weights = values["sigma"], data.get("weights")
        z = (data["y"] - self.link.inverse(eta, xp)) / sigma
        if weights is None:
            return -0.5 * z * z - xp.log(sigma) - 0.5 * LOG_2PI
        return -0.5 * weights * z * z - xp.log(sigma) + 0.5 * xp.log(weights) - 0.5 * LOG_2PI

    def kernel(self, data: Data) -> Kernel:
        """Return the log-likelihood and its derivatives as a function of eta and sigma."""
        y, w, n, mean = data["y"], data.get("weights"), len(data["y"]), mean_of(self.link)
        constant = -0.5 * n * LOG_2PI + (0.0 if w is None else 0.5 * float(np.sum(np.log(w))))

        def evaluate(eta: np.ndarray, values: Values) -> Score:
            mu, slope = mean(eta)
            sigma, left = values["sigma"], y - mu
            pull = left if w is None else w * left
            if len(sigma) == 1:
                sd = float(sigma[0])
                squares = float(left @ pull) / (sd * sd)
                by_sigma = np.array([(squares - n) / sd])
                return Score(
                    constant - 0.5 * squares - n * math.log(sd), pull * (slope / (sd * sd)), {"sigma": by_sigma}
                )
            pull = pull / (sigma * sigma)
            squares = left * pull
            density = constant - 0.5 * float(np.sum(squares)) - float(np.sum(np.log(sigma)))
            return Score(density, pull * slope, {"sigma": (squares - 1) / sigma})

        return evaluate

    def distribution(self, eta: Array, values: Values, data: Data, on: Any) -> Any:
        """Return independent normals."""
        sigma, weights = values["sigma"], data.get("weights")
        sd = sigma if weights is None else sigma / on.xp.sqrt(weights)
        return on.tfd.Independent(on.tfd.Normal(self.link.inverse(eta, on.xp), sd), 1)

    def simulate(self, eta: np.ndarray, values: Values, data: Data, rng: np.random.Generator) -> np.ndarray:
        """Return a normal response for each row; the weight of a row not observed is one."""
        sigma, weights = values["sigma"], data.get("weights")
        sd = sigma if weights is None else sigma / np.sqrt(weights)
        return self.link.inverse(eta, np) + sd * rng.standard_normal(np.shape(eta))

    def values_at(self, dispersion: Any) -> dict[str, np.ndarray]:
        """Return sigma, the square root of the dispersion."""
        return {"sigma": np.sqrt(dispersion)}

    def start(self, y: np.ndarray, a: np.ndarray | None) -> np.ndarray:
        """Return the response, as R; where the link has no value there, its mean."""
        return where_linked(self.link, y, y)

    def valid(self, mu: np.ndarray) -> bool:
        """Return whether all means are finite."""
        return bool(np.isfinite(mu).all())

    def working(self, eta: np.ndarray, y: np.ndarray, a: np.ndarray | None) -> Working:
        """Return weights, scores and objective of rows at their linear predictor."""
        return fisher(self, eta, y, a)

    def loglik(
        self, y: np.ndarray, mu: np.ndarray, a: np.ndarray | None, data: Data, dispersion: float | None = None
    ) -> np.ndarray:
        """Return the log density [n] at the maximum likelihood estimate of sigma; a row of weight 0 has none."""
        a = np.ones_like(y) if a is None else a
        kept = a > 0
        squares = a * self.deviance(y, mu)
        variance = np.sum(squares) / np.count_nonzero(kept) if dispersion is None else dispersion
        scaled = np.divide(squares, variance, out=np.zeros_like(squares), where=squares > 0)
        return np.where(kept, -0.5 * (scaled + LOG_2PI + np.log(variance / np.where(kept, a, 1.0))), 0.0)

    def variance(self, mu: Array) -> Array:
        """Return one."""
        return mu * 0 + 1

    def deviance(self, y: Array, mu: Array) -> Array:
        """Return the squared residuals."""
        return (y - mu) * (y - mu)

    def quantile_residuals(self, mu: np.ndarray, values: Values, data: Data, rng: np.random.Generator) -> np.ndarray:
        """Return the Pearson residuals over sigma: a normal needs no other transformation."""
        return self.pearson_residuals(mu, values, data) / values["sigma"]

    def code(self, name: str, keys: Mapping[str, str], data: Mapping[str, str]) -> str:
        """Return the text of TFP's distribution of the response."""
        sd = f"{keys['sigma']} / np.sqrt({data['weights']})" if "weights" in data else keys["sigma"]
        return f'tfd.Independent(tfd.Normal({self.link.code("eta")}, {sd}), 1, name="{name}")'


def _spread(y: np.ndarray) -> float:
    """Return the standard deviation of a response; one where it has none."""
    sd = float(np.std(y, ddof=1)) if len(y) > 1 else 0.0
    return sd if sd > 0 else 1.0
