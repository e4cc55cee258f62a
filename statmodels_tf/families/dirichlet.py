"""The dirichlet family: K shares that add up to one, in a column each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from scipy.special import gammaln, psi

from ..priors import Prior
from ..substrate import special
from .base import Array, Data, Values, family
from .categorical import LOGITS, log_odds
from .composition import CompositionFamily, weighted
from .links import Link, as_link
from .power_variance import size
from .score import Kernel, Score
from .softmax import against_first

_ROUNDING = 1e-6


@family("dirichlet")
@dataclass(frozen=True)
class Dirichlet(CompositionFamily):
    """Shares `cbind(a, b, c)` of means mu and precision `phi`: variance mu_k (1 - mu_k) / (1 + phi).

    The means are the softmax of 0 and the linear predictors.

    >>> Dirichlet().probabilities(np.zeros((1, 3)), {})
    array([[0.25, 0.25, 0.25, 0.25]])

    References
    ----------
    Maier (2014), DirichletReg: Dirichlet Regression for Compositional Data in R.
    """

    link: Link = field(default_factory=lambda: as_link("logit"))

    needs = (
        "a dirichlet model needs numbers above 0 that add up to 1; divide each by their sum, and where some are 0, "
        "move all a little inside first"
    )
    own_links = MappingProxyType({"phi": "log"})

    def __post_init__(self) -> None:
        object.__setattr__(self, "link", log_odds("dirichlet", self.link))

    def bad(self, y: np.ndarray) -> np.ndarray:
        """Return the rows that are no shares of one."""
        return (y <= 0).any(axis=1) | (np.abs(y.sum(axis=1) - 1) > _ROUNDING)

    def observed(self, y: np.ndarray) -> dict[str, np.ndarray]:
        """Return the shares `y` [n, K]."""
        return {"y": y / y.sum(axis=1, keepdims=True)}

    def default_priors(self, data: Data) -> dict[str, Prior]:
        """Return phi ~ half_cauchy(Σ m (1 - m) / Σ var - 1), m and var the means and variances of the columns."""
        mean, variance = data["y"].mean(axis=0), data["y"].var(axis=0)
        return size("phi", max(float((mean * (1 - mean)).sum() / max(variance.sum(), 1e-12)) - 1, 1.0))

    def log_density(self, eta: Array, values: Values, data: Data, xp: Any) -> Array:
        """Return log Γ(phi) + Σ (phi mu_k - 1) log y_k - log Γ(phi mu_k), times the weight."""
        phi, lgamma = values["phi"], special(xp).gammaln
        alpha = phi[..., None] * xp.exp(against_first(eta, xp))
        density = lgamma(phi) + xp.sum((alpha - 1) * xp.log(data["y"]) - lgamma(alpha), axis=-1)
        return data["weights"] * density if "weights" in data else density

    def kernel(self, data: Data) -> Kernel:
        """Return the function of eta [n, K-1] and phi to the log-likelihood and its derivatives.

        With h_k = log y_k - ψ(phi mu_k) they are phi mu_k (h_k - Σ mu h) by eta_k and ψ(phi) + Σ mu h by phi.
        """
        logs, total = np.log(data["y"]), weighted(data)

        def score(eta: np.ndarray, values: Values) -> Score:
            phi = values["phi"][:, None]
            mu = np.exp(against_first(eta, np))
            alpha = phi * mu
            h = logs - psi(alpha)
            mean = np.einsum("ij,ij->i", mu, h)
            density = gammaln(phi[:, 0]) + ((alpha - 1) * logs - gammaln(alpha)).sum(axis=1)
            return total(density, (alpha * (h - mean[:, None]))[:, 1:], {"phi": psi(phi[:, 0]) + mean})

        return score

    def distribution(self, eta: Array, values: Values, data: Data, on: Any) -> Any:
        """Return independent Dirichlets; weights are no part of them."""
        alpha = values["phi"][..., None] * on.xp.exp(against_first(eta, on.xp))
        return on.tfd.Independent(on.tfd.Dirichlet(alpha), 1)

    def simulate(self, eta: np.ndarray, values: Values, data: Data, rng: np.random.Generator) -> np.ndarray:
        """Return shares [..., n, K]."""
        drawn = rng.standard_gamma(values["phi"][..., None] * self.probabilities(eta, values))
        drawn = np.maximum(drawn, np.finfo(float).tiny)
        shares: np.ndarray = drawn / drawn.sum(axis=-1, keepdims=True)
        return shares

    def pearson_residuals(self, mu: np.ndarray, values: Values, data: Data) -> np.ndarray:
        """Return sqrt(w (1 + phi) Σ (y_k - mu_k)² / mu_k) [n], without a sign."""
        scaled = (1 + values["phi"]) * data.get("weights", 1.0)
        return np.sqrt(scaled * ((data["y"] - mu) ** 2 / mu).sum(axis=1))

    def deviance_residuals(self, mu: np.ndarray, values: Values, data: Data) -> np.ndarray:
        """Return sqrt(2 w (log p(y | mu = y) - log p(y | mu))) [n], without a sign; 0 where it would be negative."""
        y, phi = data["y"], values["phi"][:, None]
        logs = np.log(y)
        gain = ((phi * y - 1) * logs - gammaln(phi * y) - (phi * mu - 1) * logs + gammaln(phi * mu)).sum(axis=1)
        return np.sqrt(2 * data.get("weights", 1.0) * np.maximum(gain, 0.0))

    def code(self, name: str, keys: Mapping[str, str], data: Mapping[str, str]) -> str:
        """Return the text of TFP's distribution of the response."""
        alpha = f"tf.reshape({keys['phi']}, [-1, 1]) * tf.nn.softmax({LOGITS})"
        return f'tfd.Independent(tfd.Dirichlet({alpha}), 1, name="{name}")'
