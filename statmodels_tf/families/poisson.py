"""The Poisson family: y ~ Poisson(mu)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.special import gammainc, gammaincc, gammaln

from ..substrate import special
from .base import Array, Data, Values, family
from .counts import Counts
from .exponential import WithoutParameters
from .links import Link, as_link
from .randomized import randomized
from .score import Kernel, Score, mean_of
from .stirling import log_peak


@family("poisson")
@dataclass(frozen=True)
class Poisson(WithoutParameters, Counts):
    """Counts whose variance is their mean.

    A response that is not whole is warned of, and its log-likelihood is that of the formula with y! = Γ(y + 1); R's is
    minus infinity.

    >>> Poisson().link.name
    'log'
    """

    link: Link = field(default_factory=lambda: as_link("log"))

    whole = True
    quasi = "quasipoisson"
    overdispersed = '`family="negative_binomial"` or `"quasipoisson"`'
    known_dispersion = 1.0
    scored = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "link", as_link(self.link))

    def log_density(self, eta: Array, values: Values, data: Data, xp: Any) -> Array:
        """Return y log(mu) - mu - log(y!), times the prior weight."""
        y, mu = data["y"], self.link.inverse(eta, xp)
        log = eta if self.link.name == "log" else xp.log(mu)
        each = y * log - mu - special(xp).gammaln(y + 1)
        return data["weights"] * each if "weights" in data else each

    def kernel(self, data: Data) -> Kernel:
        """Return the log-likelihood and its derivative as a function of eta."""
        a, y = data.get("weights", np.ones_like(data["y"])), data["y"]
        total, constant, mean = a * y, -float(a @ gammaln(y + 1)), mean_of(self.link)
        plain = "weights" not in data

        def canonical(eta: np.ndarray, values: Values) -> Score:
            mu = np.exp(eta)
            if not plain:
                mu *= a
            return Score(constant + float(total @ eta) - float(np.add.reduce(mu)), total - mu, {})

        def evaluate(eta: np.ndarray, values: Values) -> Score:
            mu, slope = mean(eta)
            return Score(constant + float(total @ np.log(mu)) - float(a @ mu), (total / mu - a) * slope, {})

        return canonical if self.link.name == "log" else evaluate

    def distribution(self, eta: Array, values: Values, data: Data, on: Any) -> Any:
        """Return independent Poisson distributions; prior weights are no part of them."""
        if self.link.name == "log":
            return on.tfd.Independent(on.tfd.Poisson(log_rate=eta), 1)
        return on.tfd.Independent(on.tfd.Poisson(self.link.inverse(eta, on.xp)), 1)

    def simulate(self, eta: np.ndarray, values: Values, data: Data, rng: np.random.Generator) -> np.ndarray:
        """Return a count for each row."""
        return np.asarray(rng.poisson(self.link.inverse(eta, np)), dtype=float)

    def loglik(
        self, y: np.ndarray, mu: np.ndarray, a: np.ndarray | None, data: Data, dispersion: float | None = None
    ) -> np.ndarray:
        """Return the log density of each row times its prior weight, as R's `logLik`."""
        each = log_peak(y) - 0.5 * self.deviance(y, mu)
        return each if a is None else a * each

    def quantile_residuals(self, mu: np.ndarray, values: Values, data: Data, rng: np.random.Generator) -> np.ndarray:
        """Return Φ⁻¹ of a uniform number between the distribution functions at y - 1 and at y."""
        y = np.rint(data["y"])
        below = np.where(y > 0, gammaincc(np.maximum(y, 1), mu), 0.0)
        return randomized(below, np.exp(self.loglik(y, mu, None, data)), gammainc(y + 1, mu), rng)

    def code(self, name: str, keys: Mapping[str, str], data: Mapping[str, str]) -> str:
        """Return the text of TFP's distribution of the response."""
        how = "log_rate=eta" if self.link.name == "log" else self.link.code("eta")
        return f'tfd.Independent(tfd.Poisson({how}), 1, name="{name}")'
