"""Beta regression: numbers strictly between 0 and 1, such as rates and shares without a number of trials."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np
from scipy.special import betainc, betaincc, expit, gammaln, psi, zeta

from ..errors import ModelError
from ..priors import Prior
from .base import Array, Data, Values, family, not_numbers, out_of_range
from .exponential import OfNumbers, Working, beyond
from .links import Link, ProbabilityLink, as_link
from .power_variance import predictor_scale, size
from .randomized import normal_score
from .score import Kernel, Score
from .stirling import HALF_LOG_2PI, digamma_less_log, excess, remainder, trigamma_less

_LIMITS = (-25.0, 32.0)
"""Of log(phi) while it is searched for: nothing is learned outside."""


@family("beta")
@dataclass(frozen=True)
class Beta(OfNumbers):
    """Beta responses of mean mu and precision `phi`: variance mu (1 - mu) / (1 + phi).

    Given phi, the expected information of eta is phi² (ψ'(mu phi) + ψ'((1 - mu) phi)) mu'² and its score
    phi (log(y / (1 - y)) - ψ(mu phi) + ψ((1 - mu) phi)) mu'. Prior weights multiply a row's log-likelihood.

    Parameters
    ----------
    link : str or Link
        "logit", "probit", "cloglog", "loglog", "cauchit" or "log".
    phi : float, optional
        Fixed at this; estimated if left out.
    reached : float
        The last estimate of a precision that is not fixed.

    Examples
    --------
    >>> Beta().own, Beta(phi=20).own
    (('phi',), ())

    References
    ----------
    Ferrari & Cribari-Neto (2004), Beta Regression for Modelling Rates and Proportions, doi:10.1080/0266476042000214501.
    """

    link: Link = field(default_factory=lambda: as_link("logit"))
    phi: float | None = None
    reached: float = 10.0

    canonical = ""  # eta is the natural parameter under no link
    known_dispersion = 1.0
    own_links = MappingProxyType({"phi": "log"})
    scored = True
    own_names = ("phi",)
    own_orthogonal = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "link", as_link(self.link))
        given = self.phi is None or (isinstance(self.phi, int | float) and not isinstance(self.phi, bool))
        if not given or (self.phi is not None and not 0 < self.phi < np.inf):
            raise ModelError(f"`phi={self.phi!r}`: the precision is a positive number; left out, it is estimated.")

    @property
    def values(self) -> dict[str, float]:
        """The precision: as fixed, or as last estimated."""
        return {"phi": self.reached if self.phi is None else float(self.phi)}

    def values_at(self, dispersion: Any) -> dict[str, np.ndarray]:
        """Return the precision; the dispersion is one."""
        return {"phi": np.asarray(self.values["phi"])}

    def refuses(self, response: Any) -> str | None:
        """Return why the response is not one column of numbers between 0 and 1, or None."""
        n = len(response.values)
        needs = (
            "a beta model needs numbers strictly between 0 and 1; where 0 and 1 are rounded, move all a little inside, "
            f"`({response.name} * ({n} - 1) + 0.5) / {n}`; shares of known numbers of trials are binomial"
        )
        y = response.values
        return not_numbers(self, response) or out_of_range(response, ~((y > 0) & (y < 1)), needs)

    def default_priors(self, data: Data) -> dict[str, Prior]:
        """Return phi ~ half_cauchy(m (1 - m) / var(y) - 1), m the mean of y; none where phi is fixed."""
        mean, variance = _moments(data["y"])
        return {} if self.phi is not None else size("phi", max(mean * (1 - mean) / variance - 1, 1.0))

    def default_scale(self, data: Data) -> tuple[float, float]:
        """Return the link of mean(y), and sd(y) in units of the linear predictor there."""
        return predictor_scale(self.link, *_moments(data["y"]))

    def log_density(self, eta: Array, values: Values, data: Data, xp: Any) -> Array:
        """Return the log density, times the prior weight."""
        mu, rest, _ = self._means(eta, xp)
        y = data["y"]
        each = _kernel(y, mu, rest, self._precision(values, eta), xp) - xp.log(y) - xp.log1p(-y)
        return data["weights"] * each if "weights" in data else each

    def kernel(self, data: Data) -> Kernel:
        """Return the log-likelihood and its derivatives as a function of eta and phi."""
        y, a = data["y"], data.get("weights", np.ones_like(data["y"]))
        log_y, log_rest = np.log(y), np.log1p(-y)
        constant, logit = -float(a @ (log_y + log_rest)), self.link.name == "logit"

        def means(eta: np.ndarray) -> tuple[np.ndarray, ...]:
            if not logit:
                return self._means(eta, np)
            mu, rest = expit(eta), expit(-eta)
            return mu, rest, mu * rest

        def evaluate(eta: np.ndarray, values: Values) -> Score:
            phi, (mu, rest, slope) = self._precision(values, eta), means(eta)
            up, down = mu * phi, rest * phi
            each = gammaln(phi) - gammaln(up) - gammaln(down) + up * log_y + down * log_rest
            above, below = psi(up) - log_y, psi(down) - log_rest
            score = a * phi * slope * (below - above)
            if "phi" not in values:
                return Score(constant + float(a @ each), score, {})
            return Score(constant + float(a @ each), score, {"phi": a * (psi(phi) - mu * above - rest * below)})

        return evaluate

    def distribution(self, eta: Array, values: Values, data: Data, on: Any) -> Any:
        """Return independent beta distributions; prior weights are no part of them."""
        mu, rest, _ = self._means(eta, on.xp)
        phi = self._precision(values, eta)
        return on.tfd.Independent(on.tfd.Beta(mu * phi, rest * phi), 1)

    def simulate(self, eta: np.ndarray, values: Values, data: Data, rng: np.random.Generator) -> np.ndarray:
        """Return a beta response for each row, kept from rounding to 0 or 1."""
        mu, rest, _ = self._means(eta, np)
        phi = self._precision(values, eta)
        return np.clip(rng.beta(mu * phi, rest * phi), np.finfo(float).tiny, 1 - 2.0**-53)

    def start(self, y: np.ndarray, a: np.ndarray | None) -> np.ndarray:
        """Return the response."""
        return y

    def valid(self, mu: np.ndarray) -> bool:
        """Return whether all means lie between 0 and 1."""
        return bool(((mu > 0) & (mu < 1)).all())

    def working(self, eta: np.ndarray, y: np.ndarray, a: np.ndarray | None) -> Working:
        """Return expected information, score and -2 log-likelihood at the present precision.

        With ψ(x) = ψ(x + 1) - 1/x neither tail of the mean loses the information.
        """
        if not self.link.valid(eta):
            return beyond(eta)
        mu, rest, slope = self._means(eta, np)
        if not ((mu > 0) & (rest > 0)).all():
            return beyond(eta)
        phi = self.values["phi"]
        up, down, both = slope / mu, slope / rest, phi * slope
        above, below = mu * phi + 1, rest * phi + 1
        weight = up * up + down * down + both * both * (zeta(2, above) + zeta(2, below))
        score = both * (np.log(y) - np.log1p(-y) - psi(above) + psi(below)) + up - down
        each = _kernel(y, mu, rest, phi, np)
        if a is not None:
            weight, score, each = a * weight, a * score, a * each
        return Working(weight, score, -2 * float(np.sum(each)))

    def variance(self, mu: Array) -> Array:
        """Return mu (1 - mu) / (1 + phi)."""
        return mu * (1 - mu) / (1 + self.values["phi"])

    def deviance(self, y: Array, mu: Array) -> Array:
        """Return twice the distance of the log-likelihood from that at mu = y, as betareg.

        The likelihood is largest near mu = y, not there: the difference can be a little below zero.
        """
        phi = self.values["phi"]
        return 2 * np.abs(_kernel(y, y, 1 - y, phi, np) - _kernel(y, mu, 1 - mu, phi, np))

    def loglik(
        self, y: np.ndarray, mu: np.ndarray, a: np.ndarray | None, data: Data, dispersion: float | None = None
    ) -> np.ndarray:
        """Return the log density of each row times its prior weight."""
        each = _kernel(y, mu, 1 - mu, self.values["phi"], np) - np.log(y) - np.log1p(-y)
        return each if a is None else a * each

    def estimated(self, y: np.ndarray, mu: np.ndarray, a: np.ndarray | None) -> "Beta":
        """Return the family with phi where the likelihood is largest at these means.

        The log-likelihood is concave in phi; its derivative is found by Newton's method in log(phi).
        """
        weights = np.ones_like(y) if a is None else a
        distance = float(np.sum(weights * _distance(y, mu, 1 - mu, np)))
        log = np.log(np.sum(weights) / (2 * distance)) if distance > 0 else _LIMITS[1]
        family = self.at(np.exp(np.clip(log, *_LIMITS)))
        for _ in range(100):
            before, family = family, family.moved(family.own_sums(y, mu, a))
            if abs(family.reached - before.reached) < 1e-12 * before.reached:
                break
        return family

    def own_sums(self, y: np.ndarray, mu: np.ndarray, a: np.ndarray | None) -> np.ndarray:
        """Return slope and information of the log-likelihood by phi at the last estimate; rows add up.

        Written with ψ(x) - log(x) and the Kullback-Leibler distance of mu and y, the slope loses nothing where phi is
        large.
        """
        weights, rest, phi = np.ones_like(y) if a is None else a, 1 - mu, self.values["phi"]
        slopes = digamma_less_log(phi) - mu * digamma_less_log(mu * phi) - rest * digamma_less_log(rest * phi)
        slope = np.sum(weights * slopes) - np.sum(weights * _distance(y, mu, rest, np))
        return np.array([slope, self._precision_information(mu, weights)])

    def moved(self, sums: np.ndarray) -> "Beta":
        """Return the family one step of Newton's method in log(phi) on, from the `own_sums` of all rows."""
        phi = self.values["phi"]
        first = phi * float(sums[0])
        second = first - phi * phi * float(sums[1])
        step = np.clip(-first / second if second < 0 else np.sign(first), -2.0, 2.0)
        return self.at(float(np.exp(np.clip(np.log(phi) + step, *_LIMITS))))

    def at(self, phi: float) -> "Beta":
        """Return the family with this estimate of phi."""
        return replace(self, reached=float(phi))

    def told(self, values: Values) -> "Beta":
        """Return the family at the precision of the values, if they have one."""
        return replace(self, reached=values.get("phi", self.reached))

    def information(self, eta: np.ndarray, y: np.ndarray, a: np.ndarray | None) -> tuple[np.ndarray | None, np.ndarray]:
        """Return the expected information between eta and phi, [n, 1], and of phi, [1, 1].

        The first is phi mu' (mu ψ'(mu phi) - (1 - mu) ψ'((1 - mu) phi)), as phi² mu ψ'(mu phi) = 1 / mu + ...
        """
        mu, rest, slope = self._means(eta, np)
        phi, a = self.values["phi"], np.ones_like(y) if a is None else a
        tails = mu * zeta(2, mu * phi + 1) - rest * zeta(2, rest * phi + 1)
        cross = a * (slope * phi * tails + (slope / mu - slope / rest) / phi)
        return cross[:, None], np.array([[float(self._precision_information(mu, a))]])

    def quantile_residuals(self, mu: np.ndarray, values: Values, data: Data, rng: np.random.Generator) -> np.ndarray:
        """Return the normal quantiles of the beta distribution function."""
        phi = self._precision(values, mu)
        shapes = mu * phi, (1 - mu) * phi
        return normal_score(betainc(*shapes, data["y"]), betaincc(*shapes, data["y"]))

    def code(self, name: str, keys: Mapping[str, str], data: Mapping[str, str]) -> str:
        """Return the text of TFP's distribution of the response."""
        mu, phi = self.link.code("eta"), keys.get("phi", f"f({self.phi!r})")
        return f'tfd.Independent(tfd.Beta(({mu}) * {phi}, (1 - ({mu})) * {phi}), 1, name="{name}")'

    def _precision(self, values: Values, eta: Array) -> Array:
        """Return phi of each row: drawn, or the family's own."""
        return values["phi"] if "phi" in values else self.values["phi"]

    def _means(self, eta: Array, xp: Any) -> tuple[Array, Array, Array]:
        """Return mu, 1 - mu and mu', the tails without loss where the link knows them."""
        if isinstance(self.link, ProbabilityLink):
            mu, rest, slope = self.link.logs(eta, xp)
            return xp.exp(mu), xp.exp(rest), xp.exp(slope)
        mu = self.link.inverse(eta, xp)
        return mu, 1 - mu, self.link.derivative(eta, xp)

    def _precision_information(self, mu: np.ndarray, a: np.ndarray) -> np.floating:
        """Return the information of phi: sum of a (mu² ψ'(mu phi) + (1 - mu)² ψ'((1 - mu) phi) - ψ'(phi)).

        With x² ψ'(x) - x in place of x² ψ'(x) its large parts, mu phi + (1 - mu) phi - phi, have cancelled.
        """
        phi = self.values["phi"]
        each = trigamma_less(mu * phi) + trigamma_less((1 - mu) * phi) - trigamma_less(np.asarray(phi))
        return np.sum(a * each) / (phi * phi)


def _moments(y: np.ndarray) -> tuple[float, float]:
    """Return mean and variance of a response, both inside their range."""
    mean = float(np.mean(y))
    variance = float(np.var(y, ddof=1)) if len(y) > 1 else 0.0
    return mean, variance if variance > 0 else mean * (1 - mean) / 2


def _distance(y: Array, mu: Array, rest: Array, xp: Any) -> Array:
    """Return the Kullback-Leibler distance mu log(mu / y) + (1 - mu) log((1 - mu) / (1 - y))."""
    return mu * excess(y, mu, xp) + rest * excess(1 - y, rest, xp)


def _kernel(y: Array, mu: Array, rest: Array, phi: Array, xp: Any) -> Array:
    """Return the log density plus log(y (1 - y)), Stirling's formula for the three gamma functions."""
    tails = remainder(mu * phi, xp) + remainder(rest * phi, xp) - remainder(phi + 0 * mu, xp)
    return 0.5 * (xp.log(phi) + xp.log(mu) + xp.log(rest)) - HALF_LOG_2PI - tails - phi * _distance(y, mu, rest, xp)
