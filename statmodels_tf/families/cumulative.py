"""The cumulative family: P(Y <= k) = F((theta_k - eta) / scale), for outcomes in an order."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..priors import Ordered, Prior, StudentT
from .base import Array, Data, family
from .latent import LATENT, Latent
from .links import Link, as_link
from .ordered import OrderedFamily, ordered_link
from .outcome import places
from .thresholds import check_structure


@family("cumulative")
@dataclass(frozen=True)
class Cumulative(OrderedFamily):
    """Ordered categories that cut a latent variable at thresholds.

    A positive coefficient moves a row to the later levels of the response. Its levels are taken in their order,
    whether or not it is an ordered factor.

    Parameters
    ----------
    link : {"logit", "probit", "cloglog", "loglog", "cauchit"}
        F is its inverse.
    threshold : {"flexible", "symmetric", "symmetric2", "equidistant"}
        How the thresholds are tied to each other; see `threshold_map`.

    >>> Cumulative(link="probit").link.name
    'probit'
    """

    link: Link = field(default_factory=lambda: as_link("logit"))
    threshold: str = "flexible"

    def __post_init__(self) -> None:
        object.__setattr__(self, "link", ordered_link("cumulative", self.link))
        if check_structure(self.threshold) != "flexible":
            reason = f"{self.threshold} thresholds have no prior; leave them flexible"
            object.__setattr__(self, "unsampled", reason)

    @property
    def latent(self) -> Latent:
        """The distribution of the latent variable."""
        return LATENT[self.link.name]

    def default_priors(self, data: Data) -> dict[str, Prior]:
        """Return threshold ~ student_t(3, 0, 2.5), in rising order."""
        return {"threshold": Ordered(StudentT(3.0, 0.0, 2.5), int(np.max(data["y"])))}

    def log_of_cuts(self, cut: Array, xp: Any) -> Array:
        """Return log(F(c_k) - F(c_{k-1})) [..., n, K], c infinite at both ends."""
        end = xp.zeros_like(cut[..., :1]) + np.inf
        upper, lower = xp.concatenate([cut, end], axis=-1), xp.concatenate([-end, cut], axis=-1)
        return self.latent.log_interval(upper, lower, xp)

    def log_chosen_of_cuts(self, cut: Array, y: Array, xp: Any) -> Array:
        """Return the log probability [..., n] of the outcomes; minus infinity where cuts are not in order."""
        count = cut.shape[-1]
        upper = xp.sum(xp.where(places(y, count), cut, 0.0), axis=-1)
        lower = xp.sum(xp.where(places(y - 1, count), cut, 0.0), axis=-1)
        upper, lower = xp.where(y == count, np.inf, upper), xp.where(y == 0, -np.inf, lower)
        rising = upper > lower
        found = self.latent.log_interval(xp.where(rising, upper, lower + 1.0), lower, xp)
        return xp.where(rising, found, -np.inf)

    def rates(self, y: np.ndarray, count: int) -> Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]:
        """Return the function of cuts to the log probability of the outcomes and its derivatives."""
        n, latent = len(y), self.latent
        wide, rows = np.empty((n, count + 2)), (count + 2) * np.arange(n)
        wide[:, 0], wide[:, -1] = -np.inf, np.inf

        def of_cuts(cut: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            wide[:, 1:-1] = cut
            ends = wide.ravel()
            value, by_upper, by_lower = latent.rates(ends[rows + y + 1], ends[rows + y])
            slope = np.zeros(wide.size)
            slope[rows + y + 1] = by_upper
            slope[rows + y] = -by_lower
            return value, slope.reshape(wide.shape)[:, 1:-1]

        return of_cuts

    def probabilities_code(self) -> str:
        """Return the probabilities as text: differences of F, in the upper half of S."""
        steps = "tf.where(F[..., :-1] < 0.5, F[..., 1:] - F[..., :-1], S[..., :-1] - S[..., 1:])"
        return f"probs=tf.concat([F[..., :1], {steps}, S[..., -1:]], axis=-1)"
