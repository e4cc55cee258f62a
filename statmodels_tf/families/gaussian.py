"""The gaussian family: y ~ Normal(mu, sigma / sqrt(weight))."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..priors import Exponential, Prior
from .base import ExponentialFamily, family
from .links import Array, Link, as_link

LOG_2PI = float(np.log(2 * np.pi))


@family("gaussian")
@dataclass(frozen=True)
class Gaussian(ExponentialFamily):
    """Normal responses with one residual standard deviation `sigma`.

    A row of weight w has the standard deviation sigma / sqrt(w), as in R.

    >>> Gaussian(link="log").link.name
    'log'
    """

    link: Link = field(default="identity")  # type: ignore[assignment]

    scale = "sigma"
    canonical = "identity"

    def __post_init__(self) -> None:
        object.__setattr__(self, "link", as_link(self.link))

    def refuses(self, response: Any) -> str | None:
        """Return why the response is not one column of numbers, or None; truth values count as 0 and 1."""
        name, levels = response.name, response.levels
        if response.trials is not None:
            return (
                f"the response `{name}` has two columns, successes and trials, and a gaussian model needs one column "
                "of numbers; name that column, or write the share of successes as an expression."
            )
        if levels is not None and levels != ("False", "True"):
            shown = ", ".join(map(repr, levels[:3])) + (", ..." if len(levels) > 3 else "")
            return (
                f"the response `{name}` has levels ({shown}) and a gaussian model needs numbers; write a condition "
                f"such as `{name} == {levels[-1]!r}` for its share, or choose a numeric column."
            )
        return None

    def default_priors(self, y: np.ndarray) -> dict[str, Prior]:
        """Return sigma ~ exponential(1 / sd(y)), as rstanarm."""
        return {"sigma": Exponential(1 / self.default_scale(y)[1])}

    def default_scale(self, y: np.ndarray) -> tuple[float, float]:
        """Return mean(y) and sd(y) under the identity link, else 0 and 1."""
        if self.link.name != "identity":
            return 0.0, 1.0
        sd = float(np.std(y, ddof=1)) if len(y) > 1 else 0.0
        return float(np.mean(y)), sd if sd > 0 else 1.0

    def log_density(self, y: Array, eta: Array, values: Mapping[str, Array], weights: Array | None, xp: Any) -> Array:
        """Return -w z²/2 - log(sigma) + log(w)/2 - log(2π)/2, z = (y - mu) / sigma."""
        sigma = values["sigma"][..., None]
        z = (y - self.link.inverse(eta, xp)) / sigma
        if weights is None:
            return -0.5 * z * z - xp.log(sigma) - 0.5 * LOG_2PI
        return -0.5 * weights * z * z - xp.log(sigma) + 0.5 * xp.log(weights) - 0.5 * LOG_2PI

    def distribution(self, tfd: Any, eta: Array, values: Mapping[str, Array], weights: Array | None, xp: Any) -> Any:
        """Return independent normals."""
        sigma = values["sigma"][..., None]
        sd = sigma if weights is None else sigma / xp.sqrt(weights)
        return tfd.Independent(tfd.Normal(self.link.inverse(eta, xp), sd), 1)

    def simulate(
        self, rng: np.random.Generator, eta: np.ndarray, values: Mapping[str, np.ndarray], weights: np.ndarray | None
    ) -> np.ndarray:
        """Return a normal response for each row."""
        sigma = np.asarray(values["sigma"])[..., None]
        sd = sigma if weights is None else sigma / np.sqrt(weights)
        return self.link.inverse(eta, np) + sd * rng.standard_normal(np.shape(eta))

    def variance(self, mu: Array) -> Array:
        """Return one."""
        return mu * 0 + 1

    def deviance(self, y: Array, mu: Array) -> Array:
        """Return the squared residuals."""
        return (y - mu) * (y - mu)

    def code(self, name: str, keys: Mapping[str, str], weights: str | None) -> str:
        """Return the text of TFP's distribution of the response."""
        sd = keys["sigma"] if weights is None else f"{keys['sigma']} / np.sqrt({weights})"
        return f'tfd.Independent(tfd.Normal({self.link.code("eta")}, {sd}), 1, name="{name}")'
