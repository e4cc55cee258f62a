"""The sequential family: P(Y = k | Y >= k) = F((theta_k - eta) / scale), for outcomes reached one after the other."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.special import expit, log_expit

from ..priors import Prior
from .base import Array, Data, family
from .links import ProbabilityLink
from .ordered import OrderedFamily, free_thresholds, ordered_link
from .outcome import places


@family("sequential")
@dataclass(frozen=True)
class Sequential(OrderedFamily):
    """Ordered categories reached by steps: brms's `sratio`, the continuation ratio model.

    A row stops at category k, given that it came so far, with probability F((theta_k - eta) / scale). A positive
    coefficient moves a row on to later levels. The thresholds need not rise; effects of `nominal=` are of each step.

    Parameters
    ----------
    link : {"logit", "probit", "cloglog", "loglog", "cauchit"}
        F is its inverse.

    >>> eta, theta = np.zeros(1), np.zeros((1, 2))
    >>> Sequential().probabilities(eta, {"threshold": theta})
    array([[0.5 , 0.25, 0.25]])

    References
    ----------
    Tutz (1991), Sequential models in categorical regression, doi:10.1016/0167-9473(91)90113-C.
    Bürkner & Vuorre (2019), Ordinal regression models in psychology, doi:10.1177/2515245918823199.
    """

    link: ProbabilityLink = field(default_factory=lambda: ordered_link("sequential", "logit"))

    def __post_init__(self) -> None:
        object.__setattr__(self, "link", ordered_link("sequential", self.link))

    def default_priors(self, data: Data) -> dict[str, Prior]:
        """Return threshold ~ student_t(3, 0, 2.5), each by itself."""
        return free_thresholds(data)

    def log_of_cuts(self, cut: Array, xp: Any) -> Array:
        """Return log F(c_k) + Σ_{j<k} log(1 - F(c_j)) [..., n, K], the last outcome without its first part."""
        stop, on, _ = self.link.logs(cut, xp)
        none = xp.zeros_like(cut[..., :1])
        passed = xp.concatenate([none, xp.cumsum(on, axis=-1)], axis=-1)
        return passed + xp.concatenate([stop, none], axis=-1)

    def log_chosen_of_cuts(self, cut: Array, y: Array, xp: Any) -> Array:
        """Return the log probability [..., n] of the outcomes."""
        stop, on, _ = self.link.logs(cut, xp)
        here, before = places(y, cut.shape[-1]), _before(y, cut.shape[-1])
        return xp.sum(xp.where(here, stop, xp.where(before, on, 0.0)), axis=-1)

    def rates(self, y: np.ndarray, count: int) -> Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]:
        """Return the function of cuts to the log probability of the outcomes and its derivatives."""
        here, before, link = places(y, count), _before(y, count), self.link
        if link.name == "logit":
            return _logistic(np.where(here, 1.0, np.where(before, -1.0, 0.0)))

        def of_cuts(cut: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            stop, on, slope = link.logs(cut, np)
            part = np.where(here, stop, on)
            rate = np.exp(slope - part)
            return np.where(here | before, part, 0.0).sum(axis=1), np.where(here, rate, np.where(before, -rate, 0.0))

        return of_cuts

    def probabilities_code(self) -> str:
        """Return the probabilities as text: F times the product of S before."""
        one = "tf.ones_like(F[..., :1])"
        return f"probs=tf.concat([F, {one}], axis=-1) * tf.concat([{one}, tf.math.cumprod(S, axis=-1)], axis=-1)"


def _logistic(sign: np.ndarray) -> Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Return the function of cuts where each step of `sign` 1 stops, -1 goes on and 0 was not reached."""
    reached = np.abs(sign)

    def of_cuts(cut: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        part = sign * cut
        rate = expit(-part)
        rate *= sign
        return np.einsum("ij,ij->i", log_expit(part), reached), rate

    return of_cuts


def _before(y: Array, count: int) -> Array:
    """Return which of 0 .. count - 1 come before each outcome y [n]: [n, count]."""
    return y[:, None] > np.arange(count, dtype=np.int32)
