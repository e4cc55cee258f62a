"""Families made of a law and a link; engines that sample fit them."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np

from ..errors import ModelError, article
from ..priors import Exponential, Prior
from .base import Array, Data, Family, Values, not_numbers, out_of_range
from .law import Law
from .links import Link, as_link
from .randomized import normal_score, randomized
from .score import Score


class OfLaw(Family, ABC):
    """A family whose response has a law at the location g⁻¹(eta).

    Prior weights multiply a row's log density, as in brms; TFP's distribution and new responses are without them.
    """

    scored: ClassVar[bool] = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "link", as_link(self.link))

    @property
    @abstractmethod
    def law(self) -> Law:
        """The law of a response."""

    def data(self, response: Any, weights: np.ndarray | None) -> dict[str, np.ndarray]:
        """Return `y`, `trials`, what is known of censored and truncated rows, and `weights`: those that there are."""
        found = {"weights": weights}
        if response is not None:
            found |= {"y": response.values, "trials": response.trials, **response.limits}
        return {name: np.asarray(array, dtype=float) for name, array in found.items() if array is not None}

    def log_density(self, eta: Array, values: Values, data: Data, xp: Any) -> Array:
        """Return the log density of each row times its prior weight."""
        each = self.law.log_density(data, self.link.inverse(eta, xp), values, xp)
        return data["weights"] * each if "weights" in data else each

    def kernel(self, data: Data) -> Callable[[np.ndarray, Values], Score]:
        """Return the function of eta [n] and values that gives the log density and its derivatives."""
        find, link, weights = self.law.slopes(data), self.link, data.get("weights")

        def score(eta: np.ndarray, values: Values) -> Score:
            density, location, own = find(link.inverse(eta, np), values)
            if weights is not None:
                density, location = weights * density, weights * location
                own = {name: weights * slope for name, slope in own.items()}
            total = float(np.sum(np.broadcast_to(density, eta.shape)))
            slopes = {name: np.broadcast_to(slope, eta.shape) for name, slope in own.items()}
            return Score(total, location if link.name == "identity" else location * link.derivative(eta, np), slopes)

        return score

    def distribution(self, eta: Array, values: Values, data: Data, on: Any) -> Any:
        """Return independent distributions of the law; prior weights are no part of them."""
        return on.tfd.Independent(self.law.made(data, self.link.inverse(eta, on.xp), values, on), 1)

    def simulate(self, eta: np.ndarray, values: Values, data: Data, rng: np.random.Generator) -> np.ndarray:
        """Return a response for each row."""
        return np.asarray(self.law.draw(data, self.link.inverse(eta, np), values, rng), dtype=float)

    def expected(self, eta: np.ndarray, values: Values, data: Data) -> np.ndarray:
        """Return the mean of the response [..., n], which the location need not be."""
        return self.law.moments(data, self.link.inverse(eta, np), values)[0]

    def pearson_residuals(self, mu: np.ndarray, values: Values, data: Data) -> np.ndarray:
        """Return (y - mean) / sd; of angles the shorter way around."""
        mean, variance = self.law.moments(data, mu, values)
        apart, period = data["y"] - mean, self.law.period
        if period is not None:
            apart = apart - period * np.round(apart / period)
        return apart / np.sqrt(variance)

    def deviance_residuals(self, mu: np.ndarray, values: Values, data: Data) -> np.ndarray:
        """Say that the family has no deviance."""
        raise no_deviance(self)

    def quantile_residuals(self, mu: np.ndarray, values: Values, data: Data, rng: np.random.Generator) -> np.ndarray:
        """Return the normal quantiles of the distribution function, at random between its ends where it jumps."""
        lower, upper = self.law.tails(data, mu, values)
        jumps = self.law.jumps(data)
        if jumps is False:
            return normal_score(lower, upper)
        at = np.where(jumps, np.exp(self.law.log_density(data, mu, values, np)), 0.0)
        return randomized(np.maximum(lower - at, 0.0), at, upper, rng)

    def code(self, name: str, keys: Mapping[str, str], data: Mapping[str, str]) -> str:
        """Return the text of TFP's distribution of the response."""
        return f'tfd.Independent({self.law.text(data, self.link.code("eta"), keys)}, 1, name="{name}")'


def no_deviance(family: Family) -> ModelError:
    """Return that a family has no deviance, and which residuals it has."""
    return ModelError(
        f'the {family.name} family has no deviance, and so no deviance residuals: write `type="quantile"` or "pearson".'
    )


def spread(y: np.ndarray) -> float:
    """Return the standard deviation of a response; one where it has none."""
    sd = float(np.std(y, ddof=1)) if len(y) > 1 else 0.0
    return sd if sd > 0 else 1.0


def scale_prior(y: np.ndarray) -> Prior:
    """Return the default prior of a residual scale: exponential(1 / sd(y)), as rstanarm."""
    return Exponential(1 / spread(y))


def location_scale(link: Link, y: np.ndarray) -> tuple[float, float]:
    """Return mean and standard deviation of a response under the identity link, else 0 and 1."""
    return (float(np.mean(y)), spread(y)) if link.name == "identity" else (0.0, 1.0)


def refuses_unless_positive(family: Family, response: Any) -> str | None:
    """Return why the response is no column of positive numbers, or None."""
    needs = f"{article(family.name)} {family.name} model needs numbers above 0"
    return not_numbers(family, response) or out_of_range(response, ~(response.values > 0), needs)
