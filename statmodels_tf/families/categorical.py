"""The categorical family: multinomial logistic regression against the first outcome."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from ..errors import ModelError
from ..priors import Prior
from .base import Array, Data, Values, family
from .links import Link, as_link
from .outcome import OutcomeFamily, places
from .score import Score
from .softmax import against_first


@family("categorical")
@dataclass(frozen=True)
class Categorical(OutcomeFamily):
    """Unordered categories: log(P(Y = k) / P(Y = first)) = eta_k, each outcome but the first with its own coefficients.

    >>> Categorical().probabilities(np.zeros((1, 2)), {}).round(3)
    array([[0.333, 0.333, 0.333]])

    References
    ----------
    Agresti (2013), Categorical Data Analysis, section 8.1.
    """

    link: Link = field(default_factory=lambda: as_link("logit"))

    by_outcome = True
    scored: ClassVar[bool] = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "link", log_odds(self.name, self.link))

    def default_priors(self, data: Data) -> dict[str, Prior]:
        """Return none: the family has no parameters of its own."""
        return {}

    def log_probabilities(self, eta: Array, values: Values, xp: Any) -> Array:
        """Return the log-softmax [..., n, K] of 0 and the linear predictors eta [..., n, K-1]."""
        return against_first(eta, xp)

    def log_chosen(self, eta: Array, values: Values, y: Array, xp: Any) -> Array:
        """Return the log probability [..., n] of the outcomes y [n]."""
        found = against_first(eta, xp)
        return xp.sum(xp.where(places(y, found.shape[-1]), found, 0.0), axis=-1)

    def kernel(self, data: Data) -> Callable[[np.ndarray, Values], Score]:
        """Return the function of eta [n, K-1] to the log-likelihood and its derivatives, 1{y = k} - p_k."""
        y, weights, rows = data["y"], data.get("weights"), np.arange(len(data["y"]))

        def score(eta: np.ndarray, values: Values) -> Score:
            found = against_first(eta, np)
            density = found[rows, y]
            slope = -np.exp(found)
            slope[rows, y] += 1
            if weights is not None:
                density, slope = weights * density, weights[:, None] * slope
            return Score(float(density.sum()), slope[:, 1:], {})

        return score

    def code(self, name: str, keys: Mapping[str, str], data: Mapping[str, str]) -> str:
        """Return the text of TFP's distribution of the response."""
        return f'tfd.Independent(tfd.Categorical(logits={LOGITS}), 1, name="{name}")'


LOGITS = "tf.concat([tf.zeros_like(eta[..., :1]), eta], axis=-1)"
"""The log odds [n, K] against the first outcome, as text."""


def log_odds(family: str, link: Link | str) -> Link:
    """Return the logit link, the only one of families whose linear predictors are log odds."""
    made = as_link(link)
    if made.name != "logit":
        raise ModelError(f"the {family} family has the logit link only, not `{made.name}`.")
    return made
