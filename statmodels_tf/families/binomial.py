"""The binomial family: y ~ Binomial(trials, mu)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.special import betainc, gammaln

from ..substrate import special
from .base import Array, Data, Values, family
from .counts import poisson_deviance
from .exponential import WithoutParameters
from .links import Link, ProbabilityLink, as_link
from .randomized import randomized
from .score import Kernel
from .shares import Shares
from .shares_score import KERNELS, logistic_kernel, mean_kernel, tails_kernel
from .stirling import log_peak


@family("binomial")
@dataclass(frozen=True)
class Binomial(WithoutParameters, Shares):
    """Successes in a number of trials, each with probability mu.

    >>> Binomial("probit").link.name
    'probit'
    """

    link: Link = field(default_factory=lambda: as_link("logit"))

    whole = True
    quasi = "quasibinomial"
    overdispersed = '`family="quasibinomial"`, or a group term for what the rows share'
    known_dispersion = 1.0
    scored = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "link", as_link(self.link))

    def log_density(self, eta: Array, values: Values, data: Data, xp: Any) -> Array:
        """Return y log(mu) + (m - y) log(1 - mu) + log C(m, y), times the prior weight."""
        y, m = data["y"], data.get("trials")
        if isinstance(self.link, ProbabilityLink):
            mu, rest, _ = self.link.logs(eta, xp)
        else:
            mean = self.link.inverse(eta, xp)
            mu, rest = xp.log(mean), xp.log1p(-mean)
        if m is None:
            return y * mu + (1 - y) * rest
        gammaln = special(xp).gammaln
        kernel = y * mu + (m - y) * rest + gammaln(m + 1) - gammaln(y + 1) - gammaln(m - y + 1)
        return data["weights"] * kernel if "weights" in data else kernel

    def kernel(self, data: Data) -> Kernel:
        """Return the log-likelihood and its derivative as a function of eta."""
        y, m, constant = data["y"], data.get("trials"), 0.0
        if m is None:
            m = np.ones_like(y)
        else:
            a, each = data.get("weights", 1.0), gammaln(m + 1) - gammaln(y + 1) - gammaln(m - y + 1)
            y, m, constant = a * y, a * m, float(np.sum(a * each))
        if self.link.name == "logit":
            return logistic_kernel(y, m, constant)
        if isinstance(self.link, ProbabilityLink):
            return KERNELS.get(self.link.name, tails_kernel)(self.link, y, m, constant)
        return mean_kernel(self.link, y, m, constant)

    def distribution(self, eta: Array, values: Values, data: Data, on: Any) -> Any:
        """Return independent binomials; prior weights of responses that have trials are no part of it."""
        trials = on.xp.ones_like(eta) if "trials" not in data else data["trials"]
        if self.link.name == "logit":
            return on.tfd.Independent(on.tfd.Binomial(trials, logits=eta), 1)
        return on.tfd.Independent(on.tfd.Binomial(trials, probs=self.link.inverse(eta, on.xp)), 1)

    def simulate(self, eta: np.ndarray, values: Values, data: Data, rng: np.random.Generator) -> np.ndarray:
        """Return numbers of successes; a row not observed has one trial."""
        trials = np.rint(data["trials"]).astype(np.int64) if "trials" in data else 1
        return rng.binomial(trials, self.link.inverse(eta, np)).astype(float)

    def loglik(
        self, y: np.ndarray, mu: np.ndarray, a: np.ndarray | None, data: Data, dispersion: float | None = None
    ) -> np.ndarray:
        """Return (a / m) log Binomial(m y; m, mu), numbers of trials and of successes rounded, as R's `logLik`."""
        if a is None:
            return np.log(np.where(y > 0.5, mu, 1 - mu)) if _binary(y) else _log_binomial(np.rint(y), 1.0, mu)
        m = data["trials"]
        each = _log_binomial(np.rint(m * y), np.rint(m), mu)
        return np.where(m > 0, data.get("weights", 1.0) * each, 0.0)

    def quantile_residuals(self, mu: np.ndarray, values: Values, data: Data, rng: np.random.Generator) -> np.ndarray:
        """Return Φ⁻¹ of a uniform number between the distribution functions at y - 1 and at y."""
        y, m = np.rint(data["y"]), np.rint(data.get("trials", np.ones_like(mu)))
        below = np.where(y > 0, betainc(m - y + 1, np.maximum(y, 1), 1 - mu), 0.0)
        above = np.where(y < m, betainc(y + 1, np.maximum(m - y, 1), mu), 0.0)
        return randomized(below, np.exp(_log_binomial(y, m, mu)), above, rng)

    def code(self, name: str, keys: Mapping[str, str], data: Mapping[str, str]) -> str:
        """Return the text of TFP's distribution of the response."""
        trials = data.get("trials", "f(1)")
        how = "logits=eta" if self.link.name == "logit" else f"probs={self.link.code('eta')}"
        return f'tfd.Independent(tfd.Binomial({trials}, {how}), 1, name="{name}")'


def _binary(y: np.ndarray) -> bool:
    return bool(((y == 0) | (y == 1)).all())


def _log_binomial(y: np.ndarray, m: np.ndarray | float, mu: np.ndarray) -> np.ndarray:
    """Return the log probability of y successes: that of y of a mean of y, less half the deviance."""
    deviance = poisson_deviance(y, m * mu) + poisson_deviance(m - y, m * (1 - mu))
    return log_peak(y) + log_peak(m - y) - log_peak(m) - 0.5 * deviance
