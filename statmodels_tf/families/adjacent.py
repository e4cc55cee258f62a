"""The adjacent-category family: P(Y = k | Y = k or k + 1) = F((theta_k - eta) / scale), for outcomes in an order."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..priors import Prior
from .base import Array, Data, family
from .links import ProbabilityLink
from .ordered import OrderedFamily, free_thresholds, ordered_link
from .outcome import places
from .softmax import log_softmax


@family("adjacent")
@dataclass(frozen=True)
class Adjacent(OrderedFamily):
    """Ordered categories, each compared with its neighbour: brms's `acat`; with the logit link a partial credit model.

    A positive coefficient moves a row to later levels. The thresholds need not rise, and effects of `nominal=` are of
    each pair of neighbours.

    Parameters
    ----------
    link : {"logit", "probit", "cloglog", "loglog", "cauchit"}
        F is its inverse.

    >>> eta, theta = np.zeros(1), np.zeros((1, 2))
    >>> Adjacent().probabilities(eta, {"threshold": theta}).round(3)
    array([[0.333, 0.333, 0.333]])

    References
    ----------
    Agresti (2013), Categorical Data Analysis, section 8.3.4.
    Bürkner & Vuorre (2019), Ordinal regression models in psychology, doi:10.1177/2515245918823199.
    """

    link: ProbabilityLink = field(default_factory=lambda: ordered_link("adjacent", "logit"))

    def __post_init__(self) -> None:
        object.__setattr__(self, "link", ordered_link("adjacent", self.link))

    def default_priors(self, data: Data) -> dict[str, Prior]:
        """Return threshold ~ student_t(3, 0, 2.5), each by itself."""
        return free_thresholds(data)

    def log_of_cuts(self, cut: Array, xp: Any) -> Array:
        """Return the log-softmax [..., n, K] of Σ_{j<k} log((1 - F(c_j)) / F(c_j))."""
        below, above, _ = self.link.logs(cut, xp)
        none = xp.zeros_like(cut[..., :1])
        return log_softmax(xp.concatenate([none, xp.cumsum(above - below, axis=-1)], axis=-1), xp)

    def log_chosen_of_cuts(self, cut: Array, y: Array, xp: Any) -> Array:
        """Return the log probability [..., n] of the outcomes."""
        found = self.log_of_cuts(cut, xp)
        return xp.sum(xp.where(places(y, cut.shape[-1] + 1), found, 0.0), axis=-1)

    def rates(self, y: np.ndarray, count: int) -> Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]:
        """Return the function of cuts to the log probability of the outcomes and its derivatives.

        By c_j it is (P(Y > j) - 1{y > j}) f(c_j) / (F(c_j) (1 - F(c_j))).
        """
        rows, link, logistic = np.arange(len(y)), self.link, self.link.name == "logit"
        later = (y[:, None] > np.arange(count)).astype(float)
        odds = np.zeros((len(y), count + 1))

        def of_cuts(cut: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            if logistic:  # then both the log of the odds and f / (F (1 - F)) are simple
                np.cumsum(-cut, axis=1, out=odds[:, 1:])
            else:
                below, above, slope = link.logs(cut, np)
                np.cumsum(above - below, axis=1, out=odds[:, 1:])
            found = log_softmax(odds, np)
            beyond = np.cumsum(np.exp(found[:, :0:-1]), axis=1)[:, ::-1]
            beyond -= later
            return found[rows, y], beyond if logistic else beyond * np.exp(slope - below - above)

        return of_cuts

    def probabilities_code(self) -> str:
        """Return the logits as text: the sums of log(S / F) before."""
        return "logits=tf.concat([tf.zeros_like(F[..., :1]), tf.cumsum(tf.math.log(S / F), axis=-1)], axis=-1)"
