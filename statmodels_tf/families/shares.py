"""Shares: what binomial and quasibinomial models have in common, successes out of trials."""

from abc import ABC
from typing import Any

import numpy as np

from .base import Array, Data, out_of_range
from .counts import poisson_deviance
from .exponential import ExponentialFamily, Working, beyond, fisher
from .links import ProbabilityLink


class Shares(ExponentialFamily, ABC):
    """A family of shares of successes, its mean a probability.

    The response is 0 or 1, truth values, a factor (the first level is failure, all others success), successes and
    failures in two columns, successes out of `trials()`, or a share whose numbers of trials are the weights.
    """

    canonical = "logit"
    mean_name = "prob"
    shares = True

    def refuses(self, response: Any) -> str | None:
        """Return which rows hold no share and no number of successes, or None."""
        y, trials = response.values, response.trials
        if response.levels is not None and len(response.levels) > 2 and trials is not None:
            return f"the response `{response.name}` has more than two levels, and trials count successes."
        if trials is not None:
            needs = f"a {self.name} model needs from 0 to as many successes as trials"
            return out_of_range(response, (y < 0) | (y > trials), needs)
        if response.levels is not None:
            return None
        needs = (
            f"a {self.name} model needs 0 and 1, or shares with their numbers of trials as weights; counts are written "
            "`cbind(successes, failures)` or `y | trials(n)`"
        )
        return out_of_range(response, (y < 0) | (y > 1), needs)

    def data(self, response: Any, weights: np.ndarray | None) -> dict[str, np.ndarray]:
        """Return `y`, the successes, with `trials` where they are not all one and `weights` of what has trials.

        The weights of a response without trials are its trials, as in R.
        """
        if response is None:
            return {} if weights is None else {"trials": np.asarray(weights, dtype=float)}
        y = np.asarray(response.values, dtype=float)
        if response.levels is not None:
            y = np.minimum(y, 1.0)
        if response.trials is not None:
            made = {"y": y, "trials": np.asarray(response.trials, dtype=float)}
            return made if weights is None else made | {"weights": np.asarray(weights, dtype=float)}
        if weights is None:
            return {"y": y}
        trials = np.asarray(weights, dtype=float)
        return {"y": y * trials, "trials": trials}

    def default_scale(self, data: Data) -> tuple[float, float]:
        """Return 0 and 1."""
        return 0.0, 1.0

    def observations(self, data: Data) -> tuple[np.ndarray, np.ndarray | None]:
        """Return the shares, and the trials times the prior weights."""
        y, trials = data["y"], data.get("trials")
        if trials is None:
            return y, None
        share = np.divide(y, trials, out=np.zeros_like(y), where=trials > 0)
        return share, trials * data["weights"] if "weights" in data else trials

    def start(self, y: np.ndarray, a: np.ndarray | None) -> np.ndarray:
        """Return (a y + 1/2) / (a + 1), as R."""
        return start_of_shares(y, a)

    def valid(self, mu: np.ndarray) -> bool:
        """Return whether all means lie between 0 and 1."""
        return bool(((mu > 0) & (mu < 1)).all())

    def working(self, eta: np.ndarray, y: np.ndarray, a: np.ndarray | None) -> Working:
        """Return weights, scores and objective of rows at their linear predictor."""
        if self.link.name == "logit":
            return _logistic(eta, y, a)
        if isinstance(self.link, ProbabilityLink):
            return _by_tails(self.link, eta, y, a)
        return fisher(self, eta, y, a)

    def variance(self, mu: Array) -> Array:
        """Return mu (1 - mu)."""
        return mu * (1 - mu)

    def deviance(self, y: Array, mu: Array) -> Array:
        """Return 2 (y log(y / mu) + (1 - y) log((1 - y) / (1 - mu)))."""
        return binomial_deviance(y, mu)


def start_of_shares(y: np.ndarray, a: np.ndarray | None) -> np.ndarray:
    """Return (a y + 1/2) / (a + 1), as R."""
    m = np.ones_like(y) if a is None else a
    return (m * y + 0.5) / (m + 1.0)


def binomial_deviance(y: np.ndarray, mu: np.ndarray) -> np.ndarray:
    """Return 2 (y log(y / mu) + (1 - y) log((1 - y) / (1 - mu))), of which that of counts has every digit."""
    return poisson_deviance(y, mu) + poisson_deviance(1 - y, 1 - mu)


def _logistic(eta: np.ndarray, y: np.ndarray, a: np.ndarray | None) -> Working:
    """Return what a pass needs under the logit link, from t = exp(-|eta|) and d = 1 / (1 + t).

    mu = d exp(min(eta, 0)) has every digit, and no branch in it, which would take longer than the exponential.
    """
    t = np.abs(eta)
    np.negative(t, out=t)
    np.exp(t, out=t)
    d = t + 1.0
    log = np.log(d)
    np.reciprocal(d, out=d)
    mu = np.minimum(eta, 0.0)
    with np.errstate(invalid="ignore"):
        log += eta
        log -= mu  # max(eta, 0)
        if a is None:
            objective = 2 * float(np.sum(log) - y @ eta)
        else:
            log -= y * eta
            objective = 2 * float(a @ log)
    np.exp(mu, out=mu)
    mu *= d
    t *= d  # the smaller of mu and 1 - mu
    weight = np.multiply(t, d, out=log)
    score = np.subtract(y, mu, out=mu)
    if a is not None:
        weight *= a
        score *= a
    return Working(weight, score, objective)


def _by_tails(link: ProbabilityLink, eta: np.ndarray, y: np.ndarray, a: np.ndarray | None) -> Working:
    """Return what a pass needs from the logarithms of both tails, so that no mean rounds to 0 or 1."""
    if not link.valid(eta):
        return beyond(eta)
    mu, rest, slope = link.logs(eta, np)
    weight = np.exp(2 * slope - mu - rest)
    score = y * np.exp(slope - mu) - (1 - y) * np.exp(slope - rest)
    loss = -(y * mu + (1 - y) * rest)
    if a is not None:
        weight, score, loss = a * weight, a * score, a * loss
    return Working(weight, score, 2 * float(np.sum(loss)))
