"""Counts: what Poisson and quasi-Poisson models have in common."""

from abc import ABC
from typing import Any

import numpy as np

from .base import Array, Data, not_numbers, out_of_range
from .exponential import ExponentialFamily, OfNumbers, Working, fisher
from .stirling import excess


def refuses_negative(family: ExponentialFamily, response: Any) -> str | None:
    """Return why the response is no column of numbers from 0 up, or None."""
    needs = f"a {family.name} model needs numbers from 0 up"
    return not_numbers(family, response) or out_of_range(response, response.values < 0, needs)


class Counts(OfNumbers, ABC):
    """A family of responses from 0 up whose variance is proportional to the mean."""

    canonical = "log"
    mean_name = "rate"

    def refuses(self, response: Any) -> str | None:
        """Return which rows are negative, or that the response is no column of numbers, or None."""
        return refuses_negative(self, response)

    def default_scale(self, data: Data) -> tuple[float, float]:
        """Return 0 and 1."""
        return 0.0, 1.0

    def start(self, y: np.ndarray, a: np.ndarray | None) -> np.ndarray:
        """Return y + 0.1, as R."""
        return y + 0.1

    def valid(self, mu: np.ndarray) -> bool:
        """Return whether all means are finite and positive."""
        return bool((np.isfinite(mu) & (mu > 0)).all())

    def working(self, eta: np.ndarray, y: np.ndarray, a: np.ndarray | None) -> Working:
        """Return weights, scores and objective of rows at their linear predictor."""
        return _poisson(eta, y, a) if self.link.name == "log" else fisher(self, eta, y, a)

    def variance(self, mu: Array) -> Array:
        """Return mu."""
        return mu

    def deviance(self, y: Array, mu: Array) -> Array:
        """Return 2 (y log(y / mu) - (y - mu))."""
        return poisson_deviance(y, mu)


def poisson_deviance(y: np.ndarray, mu: np.ndarray) -> np.ndarray:
    """Return 2 (y log(y / mu) - (y - mu)) as 2 y (t - 1 - log t), t = mu / y, every digit of it near t = 1."""
    positive = np.where(y > 0, y, 1.0)
    with np.errstate(divide="ignore"):
        return 2 * np.where(y > 0, positive * excess(mu, positive, np), mu)


def _poisson(eta: np.ndarray, y: np.ndarray, a: np.ndarray | None) -> Working:
    """Return what a pass needs under the log link: weight mu, score y - mu, objective 2 sum(mu - y eta)."""
    with np.errstate(over="ignore", invalid="ignore"):
        mu = np.exp(eta)
        score = y - mu
        if a is None:
            return Working(mu, score, 2 * (float(np.sum(mu)) - float(y @ eta)))
        score *= a
        objective = 2 * (float(a @ mu) - float((a * y) @ eta))
        mu *= a
        return Working(mu, score, objective)
