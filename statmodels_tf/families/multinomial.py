"""The multinomial family: counts of K outcomes, in a column each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.special import gammaln, xlogy

from ..priors import Prior
from ..substrate import special
from .base import Array, Data, Values, family
from .categorical import LOGITS, log_odds
from .composition import CompositionFamily, weighted
from .links import Link, as_link
from .score import Kernel, Score
from .softmax import against_first


@family("multinomial")
@dataclass(frozen=True)
class Multinomial(CompositionFamily):
    """Counts of outcomes `cbind(a, b, c)` out of their sum: log(p_k / p_first) = eta_k.

    >>> Multinomial().probabilities(np.log([[2.0, 5.0]]), {}).round(3)
    array([[0.125, 0.25 , 0.625]])

    References
    ----------
    Agresti (2013), Categorical Data Analysis, section 8.1.
    """

    link: Link = field(default_factory=lambda: as_link("logit"))

    needs = "a multinomial model needs whole numbers, 0 or more, in each column"

    def __post_init__(self) -> None:
        object.__setattr__(self, "link", log_odds("multinomial", self.link))

    def bad(self, y: np.ndarray) -> np.ndarray:
        """Return the rows with what is no count."""
        found: np.ndarray = ((y < 0) | (y != np.rint(y))).any(axis=1)
        return found

    def observed(self, y: np.ndarray) -> dict[str, np.ndarray]:
        """Return the counts `y` [n, K] and their sums `trials` [n]."""
        return {"y": y, "trials": y.sum(axis=1)}

    def default_priors(self, data: Data) -> dict[str, Prior]:
        """Return none: the family has no parameters of its own."""
        return {}

    def log_density(self, eta: Array, values: Values, data: Data, xp: Any) -> Array:
        """Return Σ y_k log p_k + log(m! / Π y_k!), m the sum of a row's counts, times its weight."""
        y, lgamma = data["y"], special(xp).gammaln
        ways = lgamma(data["trials"] + 1) - xp.sum(lgamma(y + 1), axis=-1)
        density = xp.sum(y * against_first(eta, xp), axis=-1) + ways
        return data["weights"] * density if "weights" in data else density

    def kernel(self, data: Data) -> Kernel:
        """Return the function of eta [n, K-1] to the log-likelihood and its derivatives, y_k - m p_k."""
        y, trials, total = data["y"], data["trials"][:, None], weighted(data)
        ways = gammaln(data["trials"] + 1) - gammaln(y + 1).sum(axis=1)

        def score(eta: np.ndarray, values: Values) -> Score:
            found = against_first(eta, np)
            density = np.einsum("ij,ij->i", y, found) + ways
            return total(density, y[:, 1:] - trials * np.exp(found[:, 1:]), {})

        return score

    def distribution(self, eta: Array, values: Values, data: Data, on: Any) -> Any:
        """Return independent multinomials; weights are no part of them."""
        return on.tfd.Independent(on.tfd.Multinomial(data["trials"], logits=against_first(eta, on.xp)), 1)

    def simulate(self, eta: np.ndarray, values: Values, data: Data, rng: np.random.Generator) -> np.ndarray:
        """Return counts [..., n, K]; a row not observed has one trial."""
        trials = np.rint(data["trials"]).astype(np.int64) if "trials" in data else 1
        return rng.multinomial(trials, self.probabilities(eta, values)).astype(float)

    def pearson_residuals(self, mu: np.ndarray, values: Values, data: Data) -> np.ndarray:
        """Return sqrt(w Σ (y_k - m p_k)² / (m p_k)) [n], without a sign."""
        expected = data["trials"][:, None] * mu
        return np.sqrt(data.get("weights", 1.0) * ((data["y"] - expected) ** 2 / expected).sum(axis=1))

    def deviance_residuals(self, mu: np.ndarray, values: Values, data: Data) -> np.ndarray:
        """Return sqrt(2 w Σ y_k log(y_k / (m p_k))) [n], without a sign."""
        y = data["y"]
        parts = xlogy(y, y / (data["trials"][:, None] * mu)).sum(axis=1)
        return np.sqrt(2 * data.get("weights", 1.0) * np.maximum(parts, 0.0))

    def code(self, name: str, keys: Mapping[str, str], data: Mapping[str, str]) -> str:
        """Return the text of TFP's distribution of the response."""
        return f'tfd.Independent(tfd.Multinomial({data["trials"]}, logits={LOGITS}), 1, name="{name}")'
