"""The categorical family: multinomial logistic regression against the first outcome."""

from dataclasses import dataclass, field

import numpy as np
from scipy.special import log_softmax

from ..errors import ModelError
from .base import Values, family
from .links import Link, as_link
from .outcome import OutcomeFamily


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
    unsampled = "models with a linear predictor for each outcome are not sampled yet"

    def __post_init__(self) -> None:
        object.__setattr__(self, "link", as_link(self.link))
        if self.link.name != "logit":
            raise ModelError(f"the categorical family has the logit link only, not `{self.link.name}`.")

    def probabilities(self, eta: np.ndarray, values: Values) -> np.ndarray:
        """Return the softmax [n, K] of 0 and the linear predictors eta [n, K-1]."""
        return np.exp(log_softmax(np.hstack([np.zeros((len(eta), 1)), eta]), axis=1))
