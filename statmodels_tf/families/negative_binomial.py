"""The negative binomial family: counts with mean mu and variance mu + mu² / theta."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Self

import numpy as np
from scipy.special import betainc

from ..errors import ModelError
from ..priors import Exponential, Prior
from ..substrate import special
from .base import Array, Data, Values, family
from .counts import refuses_negative
from .exponential import OfNumbers, Working, fisher
from .links import Link, as_link
from .negative_binomial_score import log_kernel, mean_kernel
from .randomized import randomized
from .score import Kernel
from .stirling import NEAR, digamma_less_log, excess, log_peak, near_excess, remainder, trigamma_less

_SMALLEST, _LARGEST = 1e-6, 1e8
"""Where theta is looked for: at the largest the family is Poisson's to all digits that counts of millions have."""

_COUNTED = 1 << 20
"""Counts below this are tallied by their size."""


@family("negative_binomial")
@dataclass(frozen=True)
class NegativeBinomial(OfNumbers):
    """Counts with the variance mu + mu² / theta, theta fixed or estimated by maximum likelihood.

    >>> NegativeBinomial().own, NegativeBinomial(theta=2).own
    (('theta',), ())

    Parameters
    ----------
    theta : float, optional
        Fixed at this; estimated if left out.
    link : str or Link
    reached : float
        The last estimate of a theta that is not fixed.

    References
    ----------
    Venables & Ripley (2002), Modern Applied Statistics with S, section 7.4.
    """

    theta: float | None = None
    link: Link = field(default_factory=lambda: as_link("log"))
    reached: float = 1.0

    canonical = ""  # for a fixed theta the natural parameter is log(mu / (mu + theta)), which is no link here
    whole = True
    own_names = ("theta",)
    known_dispersion = 1.0
    own_links = MappingProxyType({"theta": "log"})
    scored = True

    def __post_init__(self) -> None:
        if self.theta is not None and not (isinstance(self.theta, int | float) and 0 < self.theta < np.inf):
            raise ModelError(f"`theta={self.theta!r}` is not a positive number; leave it out to have it estimated.")
        object.__setattr__(self, "link", as_link(self.link))

    @property
    def values(self) -> dict[str, float]:
        """Return theta: as fixed, or as last estimated."""
        return {"theta": self.reached if self.theta is None else float(self.theta)}

    def values_at(self, dispersion: Any) -> dict[str, np.ndarray]:
        """Return theta, of the shape of the dispersion; none where it is fixed."""
        return {name: np.full(np.shape(dispersion), self.values[name]) for name in self.own}

    def estimated(self, y: np.ndarray, mu: np.ndarray, a: np.ndarray | None) -> Self:
        """Return the family at the theta of largest likelihood at these means.

        Newton's method in log(theta) from the last estimate, kept inside a bracket. Where the counts vary less than
        Poisson counts, theta is the largest that is looked for.
        """
        weights = np.ones_like(y) if a is None else a
        counts, each = _distinct(y, weights)
        low, high = np.log(_SMALLEST), np.log(_LARGEST)
        at = float(np.clip(np.log(self.values["theta"]), low, high))
        for _ in range(100):
            theta = float(np.exp(at))
            slope = _score(theta, counts, each, y, mu, weights) * theta
            low, high = (at, high) if slope > 0 else (low, at)
            curvature = slope - theta * theta * _curvature(theta, counts, each, y, mu, weights)
            step = -slope / curvature if curvature < 0 else np.copysign(1.0, slope)
            new = at + float(np.clip(step, -2.0, 2.0))
            new = new if low < new < high else 0.5 * (low + high)
            if abs(new - at) < 1e-13 * max(1.0, abs(at)) or high - low < 1e-13:
                break
            at = new
        return replace(self, reached=float(np.exp(at)))

    def own_sums(self, y: np.ndarray, mu: np.ndarray, a: np.ndarray | None) -> np.ndarray:
        """Return slope and minus the curvature of the log-likelihood by theta at the last estimate; rows add up."""
        weights, theta = np.ones_like(y) if a is None else a, self.values["theta"]
        return np.array([find(theta, y, weights, y, mu, weights) for find in (_score, _curvature)])

    def moved(self, sums: np.ndarray) -> Self:
        """Return the family one step of Newton's method in log(theta) on, from the `own_sums` of all rows."""
        theta = self.values["theta"]
        slope = theta * float(sums[0])
        curvature = slope - theta * theta * float(sums[1])
        step = -slope / curvature if curvature < 0 else np.copysign(1.0, slope)
        at = np.clip(np.log(theta) + np.clip(step, -2.0, 2.0), np.log(_SMALLEST), np.log(_LARGEST))
        return replace(self, reached=float(np.exp(at)))

    def told(self, values: Values) -> Self:
        """Return the family at the theta of the values, if they have one."""
        return replace(self, reached=values.get("theta", self.reached))

    def information(self, eta: np.ndarray, y: np.ndarray, a: np.ndarray | None) -> tuple[np.ndarray | None, np.ndarray]:
        """Return None, since eta and theta are orthogonal, and the observed information of theta, as MASS."""
        weights = np.ones_like(y) if a is None else a
        mu = self.link.inverse(eta, np)
        return None, np.array([[_curvature(self.values["theta"], y, weights, y, mu, weights)]])

    def refuses(self, response: Any) -> str | None:
        """Return which rows are negative, or that the response is no column of numbers, or None."""
        return refuses_negative(self, response)

    def default_priors(self, data: Data) -> dict[str, Prior]:
        """Return theta ~ exponential(1), as rstanarm's `reciprocal_dispersion`; none where it is fixed."""
        return {"theta": Exponential(1.0)} if self.theta is None else {}

    def default_scale(self, data: Data) -> tuple[float, float]:
        """Return 0 and 1."""
        return 0.0, 1.0

    def log_density(self, eta: Array, values: Values, data: Data, xp: Any) -> Array:
        """Return log Γ(y + θ) - log Γ(θ) - log y! + y log(mu / θ) - (y + θ) log(1 + mu / θ), times the prior weight."""
        y, mu, gammaln = data["y"], self.link.inverse(eta, xp), special(xp).gammaln
        theta = values["theta"] if self.theta is None else self.theta + xp.zeros_like(y)
        log = eta if self.link.name == "log" else xp.log(mu)
        each = gammaln(y + theta) - gammaln(theta) - gammaln(y + 1)
        each = each + y * (log - xp.log(theta)) - (y + theta) * xp.log1p(mu / theta)
        return data["weights"] * each if "weights" in data else each

    def kernel(self, data: Data) -> Kernel:
        """Return the log-likelihood and its derivatives as a function of eta and theta."""
        fixed = None if self.theta is None else np.array([float(self.theta)])
        a = data.get("weights", np.ones_like(data["y"]))
        if self.link.name == "log":
            return log_kernel(data["y"], a, fixed)
        return mean_kernel(self.link, data["y"], a, fixed)

    def distribution(self, eta: Array, values: Values, data: Data, on: Any) -> Any:
        """Return independent negative binomials; prior weights are no part of them."""
        xp = on.xp
        theta = values["theta"] + 0 * eta if self.theta is None else self.theta + 0 * eta
        log = eta if self.link.name == "log" else xp.log(self.link.inverse(eta, xp))
        return on.tfd.Independent(on.tfd.NegativeBinomial(theta, logits=log - xp.log(theta)), 1)

    def simulate(self, eta: np.ndarray, values: Values, data: Data, rng: np.random.Generator) -> np.ndarray:
        """Return a count for each row, Poisson given a gamma rate."""
        theta, mu = np.broadcast_to(self._theta(values), np.shape(eta)), self.link.inverse(eta, np)
        return rng.poisson(mu * rng.standard_gamma(theta) / theta).astype(float)

    def start(self, y: np.ndarray, a: np.ndarray | None) -> np.ndarray:
        """Return the response, a sixth where it is zero, as MASS."""
        return np.where(y > 0, y, 1 / 6)

    def valid(self, mu: np.ndarray) -> bool:
        """Return whether all means are finite and positive."""
        return bool((np.isfinite(mu) & (mu > 0)).all())

    def working(self, eta: np.ndarray, y: np.ndarray, a: np.ndarray | None) -> Working:
        """Return weights, scores and objective of rows at their linear predictor."""
        if self.link.name != "log":
            return fisher(self, eta, y, a)
        theta = self.values["theta"]
        with np.errstate(over="ignore", invalid="ignore"):
            mu = np.exp(eta)
            ratio = mu / theta
            share = 1 / (1 + ratio)
            weight, score = mu * share, (y - mu) * share
            loss = (y + theta) * np.log1p(ratio) - y * eta
        if a is not None:
            weight, score, loss = a * weight, a * score, a * loss
        return Working(weight, score, 2 * float(np.sum(loss)))

    def variance(self, mu: Array) -> Array:
        """Return mu + mu² / theta."""
        return mu + mu * mu / self.values["theta"]

    def deviance(self, y: Array, mu: Array) -> Array:
        """Return 2 (y log(y / mu) - (y + theta) log((y + theta) / (mu + theta)))."""
        return 2 * _half_deviance(y, mu, self.values["theta"])

    def loglik(
        self, y: np.ndarray, mu: np.ndarray, a: np.ndarray | None, data: Data, dispersion: float | None = None
    ) -> np.ndarray:
        """Return the log density of each row times its prior weight, as R's `logLik`."""
        each = _log_density(y, mu, self.values["theta"])
        return each if a is None else a * each

    def quantile_residuals(self, mu: np.ndarray, values: Values, data: Data, rng: np.random.Generator) -> np.ndarray:
        """Return Φ⁻¹ of a uniform number between the distribution functions at y - 1 and at y."""
        theta, y = self._theta(values), np.rint(data["y"])
        share = theta / (theta + mu)
        below = np.where(y > 0, betainc(theta, np.maximum(y, 1), share), 0.0)
        return randomized(below, np.exp(_log_density(y, mu, theta)), betainc(y + 1, theta, mu / (theta + mu)), rng)

    def code(self, name: str, keys: Mapping[str, str], data: Mapping[str, str]) -> str:
        """Return the text of TFP's distribution of the response."""
        theta = keys["theta"] if self.theta is None else f"f({self.theta!r})"
        log = "eta" if self.link.name == "log" else f"tf.math.log({self.link.code('eta')})"
        made = f"tfd.NegativeBinomial({theta} + 0 * eta, logits={log} - tf.math.log({theta}))"
        return f'tfd.Independent({made}, 1, name="{name}")'

    def _theta(self, values: Values) -> np.ndarray:
        """Return theta [..., 1 or n]: that of the values, where it is not fixed."""
        return np.asarray(values.get("theta", self.reached) if self.theta is None else self.theta, dtype=float)


def _log_density(y, mu, theta) -> np.ndarray:
    """Return the log probability of y of a mean of y, less half the deviance, so that large terms do not cancel."""
    return log_peak(y) - 0.5 * np.log1p(y / theta) + _less(y, theta) - _half_deviance(y, mu, theta)


def _less(y, theta) -> np.ndarray:
    """Return r(y + theta) - r(theta), of Stirling's remainder r."""
    return np.where(y > 0, remainder(y + theta, np) - remainder(np.asarray(theta, dtype=float), np), 0.0)


def _half_deviance(y, mu, theta) -> np.ndarray:
    """Return y log(1 + u) - theta log(1 + v), u = theta (y - mu) / (mu (y + theta)) and v = (y - mu) / (mu + theta).

    With s = (y + theta) / (mu + theta), 1 + v = s and 1 + u = y / (mu s).

    Near y = mu, where the terms cancel, it is theta u v + theta (v - log(1 + v)) - y (u - log(1 + u)).
    """
    left = y - mu
    near = np.abs(left) < NEAR * mu
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        u, v, s = theta * left / (mu * (y + theta)), left / (mu + theta), (y + theta) / (mu + theta)
        rise, fall = np.where(u < -0.5, np.log(y / mu / s), np.log1p(u)), np.where(v < -0.5, np.log(s), np.log1p(v))
        far = np.where(y > 0, y * rise, 0.0) - theta * fall
    u, v = np.where(near, u, 0.0), np.where(near, v, 0.0)
    return np.where(near, theta * u * v + theta * near_excess(v) - y * near_excess(u), far)


def _distinct(y: np.ndarray, a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct counts and the weight of each, without sorting where they are whole and not huge."""
    if y.max(initial=0.0) < _COUNTED and np.array_equal(whole := y.astype(np.int64), y):
        each = np.bincount(whole, weights=a)
        found = np.flatnonzero(each)
        return found.astype(float), each[found]
    counts, place = np.unique(y, return_inverse=True)
    return counts, np.bincount(place, weights=a, minlength=len(counts))


def _score(theta, counts, each, y, mu, a) -> float:
    """Return the derivative of the log-likelihood by theta; `each` counts the distinct `counts`.

    Written as (ψ - log)(y + θ) - (ψ - log)(θ) - (t - 1 - log t), t = (y + θ) / (mu + θ), it keeps digits where theta
    is large and the terms nearly cancel.
    """
    whole = each @ (digamma_less_log(counts + theta) - digamma_less_log(theta))
    return float(whole - a @ excess(y + theta, mu + theta, np))


def _curvature(theta, counts, each, y, mu, a) -> float:
    """Return minus the second derivative of the log-likelihood by theta, its large parts taken out."""
    upper = counts + theta
    whole = each @ (trigamma_less(theta) / theta**2 - trigamma_less(upper) / upper**2)
    return float(whole - a @ ((y - mu) ** 2 / ((y + theta) * (mu + theta) ** 2)))
