"""Families of responses in categories: each row takes one of K outcomes, with its own probability for each.

What other families call the mean is here the matrix of probabilities [n, K].
"""

from abc import abstractmethod
from typing import Any

import numpy as np

from ..errors import article
from .base import Array, Data, Family, Values
from .randomized import normal_score

_FEW = 12
"""Whole numbers of so few values are likelier a scale than a measurement."""


class OutcomeFamily(Family):
    """A family whose response is a factor of three or more levels.

    The observations are `y` [n], the position of each row's outcome among those that occur in a row of positive
    weight (-1 for one that does not), and the weights.
    """

    by_count = True
    has_mean = False

    @abstractmethod
    def log_probabilities(self, eta: Array, values: Values, xp: Any) -> Array:
        """Return the log probability [..., n, K] of each outcome at the linear predictor."""

    @abstractmethod
    def log_chosen(self, eta: Array, values: Values, y: Array, xp: Any) -> Array:
        """Return the log probability [..., n] of the outcomes y [n]."""

    def probabilities(self, eta: np.ndarray, values: Values) -> np.ndarray:
        """Return the probability [..., n, K] of each outcome at the linear predictor."""
        with np.errstate(all="ignore"):
            return np.exp(self.log_probabilities(eta, values, np))

    def refuses(self, response: Any) -> str | None:
        """Return why the response is no factor of three or more levels, or None."""
        name, levels, kind = response.name, response.levels, f"{article(self.name)} {self.name} model"
        if response.trials is not None:
            return f"the response `{name}` has a number of trials; the {self.name} family takes one factor."
        if levels is None:
            values = np.unique(response.values)
            few = len(values) <= _FEW and bool(np.all(values == np.round(values)))
            told = (
                f"if its {len(values)} values are categories, write `factor({name})`"
                if few
                else f"cut it into categories, `cut({name}, ...)`, or choose another family"
            )
            return f"the response `{name}` holds numbers and {kind} needs categories: {told}."
        if len(levels) < 3:
            return (
                f"the response `{name}` has {len(levels)} level{'s' * (len(levels) != 1)} and {kind} is "
                'for three or more; for two use family="binomial".'
            )
        return None

    def outcomes(self, response: Any, weights: np.ndarray | None) -> tuple[str, ...]:
        """Return the levels of the response that a row of positive weight has, in their order."""
        return tuple(response.levels[j] for j in _used(response, weights))

    def data(self, response: Any, weights: np.ndarray | None) -> dict[str, np.ndarray]:
        """Return `y` and `weights`, those that there are."""
        out: dict[str, np.ndarray] = {}
        if response is not None:
            place = np.full(len(response.levels), -1)
            used = _used(response, weights)
            place[used] = np.arange(len(used))
            out["y"] = place[response.values.astype(int)]
        if weights is not None:
            out["weights"] = np.asarray(weights, dtype=float)
        return out

    def default_scale(self, data: Data) -> tuple[float, float]:
        """Return 0 and 1, centre and unit of the latent scale."""
        return 0.0, 1.0

    def log_density(self, eta: Array, values: Values, data: Data, xp: Any) -> Array:
        """Return the log probability of each row's outcome [..., n], times its weight."""
        chosen = self.log_chosen(eta, values, data["y"], xp)
        return data["weights"] * chosen if "weights" in data else chosen

    def distribution(self, eta: Array, values: Values, data: Data, on: Any) -> Any:
        """Return independent categorical variables, each one of 0 .. K-1; weights are no part of it."""
        return on.tfd.Independent(on.tfd.Categorical(logits=self.log_probabilities(eta, values, on.xp)), 1)

    def simulate(self, eta: np.ndarray, values: Values, data: Data, rng: np.random.Generator) -> np.ndarray:
        """Return the position [..., n] of one outcome for each row."""
        below = np.cumsum(self.probabilities(eta, values), axis=-1)
        return np.minimum((rng.random(below.shape[:-1])[..., None] > below).sum(axis=-1), below.shape[-1] - 1)

    def pearson_residuals(self, mu: np.ndarray, values: Values, data: Data) -> np.ndarray:
        """Return (1 - p) / sqrt(p (1 - p)) of each row's outcome of probability p, times the root of its weight."""
        p = own_probability(mu, data)
        return np.sqrt((1 - p) / p * data.get("weights", 1.0))

    def deviance_residuals(self, mu: np.ndarray, values: Values, data: Data) -> np.ndarray:
        """Return sqrt(-2 w log p) of each row's outcome."""
        return np.sqrt(-2 * data.get("weights", 1.0) * np.log(own_probability(mu, data)))

    def quantile_residuals(self, mu: np.ndarray, values: Values, data: Data, rng: np.random.Generator) -> np.ndarray:
        """Return Φ⁻¹ of a uniform draw between the probabilities below and up to each row's outcome, in their order."""
        y = data["y"]
        row = np.maximum(y, 0)[:, None]
        below = np.take_along_axis(np.cumsum(mu, axis=1), row, axis=1)[:, 0]
        above = np.take_along_axis(np.cumsum(mu[:, ::-1], axis=1)[:, ::-1], row, axis=1)[:, 0]
        u, own = rng.uniform(size=len(y)), own_probability(mu, data)
        return normal_score(below - u * own, above - (1 - u) * own)


def own_probability(mu: np.ndarray, data: Data) -> np.ndarray:
    """Return the probability [n] of each row's outcome; NaN of one that is not modelled."""
    y = data["y"]
    return np.where(y < 0, np.nan, np.take_along_axis(mu, np.maximum(y, 0)[:, None], axis=1)[:, 0])


def places(y: Array, count: int) -> Array:
    """Return whether each outcome y [n] is 0 .. count - 1 [n, count]."""
    return y[:, None] == np.arange(count, dtype=np.int32)


def _used(response: Any, weights: np.ndarray | None) -> np.ndarray:
    """Return the positions of the levels that a row of positive weight has; of a complete response, all."""
    if response.complete:
        return np.arange(len(response.levels))
    counts = np.bincount(
        response.values.astype(int),
        weights=None if weights is None else (np.asarray(weights) > 0).astype(float),
        minlength=len(response.levels),
    )
    return np.flatnonzero(counts)
