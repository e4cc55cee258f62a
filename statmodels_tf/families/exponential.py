"""Exponential families: what maximum likelihood by iteratively reweighted least squares asks of a family.

With linear predictor eta, mean mu = g⁻¹(eta), prior weights a and dispersion phi, a row of response y has the variance
phi V(mu) / a, and phi times its log-likelihood has the derivative a (y - mu) mu' / V by eta and the expected second
derivative -a mu'² / V, where mu' = d mu / d eta.

References
----------
McCullagh & Nelder (1989), Generalized Linear Models, sections 2.2 and 2.5.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self, cast

import numpy as np

from ..priors import Prior
from .base import Array, Data, Family, Values
from .links import Link


@dataclass(frozen=True, eq=False)
class Working:
    """What one pass over m rows needs of the family at a linear predictor.

    Attributes
    ----------
    weight : array [m]
        a mu'² / V: the expected information of eta, times the dispersion.
    score : array [m]
        a (y - mu) mu' / V: the derivative of the log-likelihood by eta, times the dispersion.
    objective : float
        The sum of the rows' deviances, less a constant that does not depend on eta. Not finite, or NaN, where a mean
        has left its range.
    """

    weight: np.ndarray
    score: np.ndarray
    objective: float


class ExponentialFamily(Family):
    """A family that iteratively reweighted least squares can fit.

    Attributes
    ----------
    canonical : str
        The name of the link for which eta is the natural parameter.
    known_dispersion : float or None
        Of the Poisson and the binomial family one; None where it is estimated.
    loglik_by : str or None
        What the deviance is divided by for the dispersion that `loglik` takes, "rows" or "weights" (their sum); None
        where the dispersion is known, or is the one of largest likelihood.
    own_names : tuple of str
        The fields that hold the family's own parameters (`theta`, `power`), None where the fit is to estimate them.
    own_orthogonal : bool
        Whether the own parameters have no information in common with the means.
    """

    canonical: ClassVar[str]
    known_dispersion: ClassVar[float | None] = None
    loglik_by: ClassVar[str | None] = None
    own_names: ClassVar[tuple[str, ...]] = ()
    own_orthogonal: ClassVar[bool] = True

    @property
    def own(self) -> tuple[str, ...]:
        """The names of the family's own parameters that the fit estimates besides coefficients and dispersion."""
        return tuple(name for name in self.own_names if getattr(self, name) is None)

    @abstractmethod
    def observations(self, data: Data) -> tuple[np.ndarray, np.ndarray | None]:
        """Return the response [n] on the scale of its mean, and the prior weights [n] (None where all are one)."""

    @abstractmethod
    def values_at(self, dispersion: Any) -> dict[str, np.ndarray]:
        """Return the parameters that `log_density` and `simulate` take, at a dispersion; own ones as they are."""

    @abstractmethod
    def start(self, y: np.ndarray, a: np.ndarray | None) -> np.ndarray:
        """Return means [n] to start from, all inside the family's and the link's range (R's `mustart`)."""

    @abstractmethod
    def valid(self, mu: np.ndarray) -> bool:
        """Return whether all means lie in the family's range."""

    @abstractmethod
    def working(self, eta: np.ndarray, y: np.ndarray, a: np.ndarray | None) -> Working:
        """Return weights, scores and objective of rows at their linear predictor; `fisher` is the general way."""

    @abstractmethod
    def variance(self, mu: Array) -> Array:
        """Return the variance function V(mu); the variance of a row is dispersion V(mu) / weight."""

    @abstractmethod
    def deviance(self, y: Array, mu: Array) -> Array:
        """Return twice the log-likelihood ratio of the saturated model to `mu`, row by row, times the dispersion."""

    @abstractmethod
    def loglik(
        self, y: np.ndarray, mu: np.ndarray, a: np.ndarray | None, data: Data, dispersion: float | None = None
    ) -> np.ndarray:
        """Return the log-likelihood [n] of each row, prior weights counted as R's `logLik` does.

        Parameters
        ----------
        dispersion : float, optional
            Where it is estimated; left out, it is R's own estimate for `logLik`, which these rows give together (see
            `loglik_by`). Given, a row's log-likelihood depends on no other row.
        """

    def pearson_residuals(self, mu: np.ndarray, values: Values, data: Data) -> np.ndarray:
        """Return (y - mu) sqrt(a / V(mu))."""
        y, a = self.observations(data)
        return (y - mu) * np.sqrt((1.0 if a is None else a) / told(self, values).variance(mu))

    def deviance_residuals(self, mu: np.ndarray, values: Values, data: Data) -> np.ndarray:
        """Return sign(y - mu) sqrt(a d(y, mu))."""
        y, a = self.observations(data)
        return np.sign(y - mu) * np.sqrt((1.0 if a is None else a) * told(self, values).deviance(y, mu))


class OfNumbers(ExponentialFamily, ABC):
    """A family whose response is one column of numbers, on the scale of its mean."""

    def data(self, response: Any, weights: np.ndarray | None) -> dict[str, np.ndarray]:
        """Return `y` and `weights`, those that there are."""
        given = {"y": None if response is None else response.values, "weights": weights}
        return {name: np.asarray(array, dtype=float) for name, array in given.items() if array is not None}

    def observations(self, data: Data) -> tuple[np.ndarray, np.ndarray | None]:
        """Return the response and the prior weights as they are."""
        return data["y"], data.get("weights")


class WithoutParameters(ExponentialFamily, ABC):
    """A family whose density, if it has one, takes nothing but the mean."""

    def values_at(self, dispersion: Any) -> dict[str, np.ndarray]:
        """Return none: no density has the dispersion in it."""
        return {}

    def default_priors(self, data: Data) -> dict[str, Prior]:
        """Return none: the family has no parameters of its own."""
        return {}


def on_scale_of_mean(family: Family, y: np.ndarray, data: Data) -> np.ndarray:
    """Return responses as data hold them on the scale of their mean: numbers of successes as shares of the trials."""
    if isinstance(family, ExponentialFamily):
        return family.observations({**data, "y": y})[0]
    return y / np.maximum(data["trials"], 1.0) if "trials" in data and not family.by_columns else y


class OwnParameters(Protocol):
    """What a family does whose own parameters, those that `own` names, are estimated with the coefficients."""

    @property
    def values(self) -> dict[str, float]:
        """The own parameters by name: as fixed, or as last estimated."""

    def estimated(self, y: np.ndarray, mu: np.ndarray, a: np.ndarray | None) -> Self:
        """Return the family with its own parameters where the likelihood is largest at these means."""

    def told(self, values: Values) -> Self:
        """Return the family at the own parameters that `values` have: one for all rows, or one for each."""

    def information(self, eta: np.ndarray, y: np.ndarray, a: np.ndarray | None) -> tuple[np.ndarray | None, np.ndarray]:
        """Return the information between each row's eta and the k own parameters, [n, k], and of those, [k, k].

        The first is None where it is zero.
        """


def told(family: ExponentialFamily, values: Values) -> ExponentialFamily:
    """Return the family at the own parameters in `values`; it has its own where they are fixed or it has none."""
    return cast(Any, family).told(values) if family.own else family


def fisher(family: ExponentialFamily, eta: np.ndarray, y: np.ndarray, a: np.ndarray | None) -> Working:
    """Return what a pass needs of any family and link, by their definitions."""
    if not family.link.valid(eta):
        return beyond(eta)
    with np.errstate(over="ignore"):
        mu, slope = family.link.inverse(eta, np), family.link.derivative(eta, np)
    if not family.valid(mu):
        return beyond(eta)
    weight = slope / family.variance(mu)
    score, weight, deviance = weight * (y - mu), weight * slope, family.deviance(y, mu)
    if a is not None:
        score, weight, deviance = a * score, a * weight, a * deviance
    return Working(weight, score, float(np.sum(deviance)))


def where_linked(link: Link, mu: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return means to start from, that of the responses where the link has no value."""
    with np.errstate(all="ignore"):
        usable = np.isfinite(link.link(mu, np))
    return mu if usable.all() else np.where(usable, mu, max(float(np.mean(y)), 1e-3))


def beyond(eta: np.ndarray) -> Working:
    """Return what says that a linear predictor or a mean has left its range."""
    return Working(np.full_like(eta, np.nan), np.full_like(eta, np.nan), np.nan)
