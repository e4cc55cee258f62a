"""Links of probabilities: logit, probit, cauchit, complementary log-log and log-log.

A mean is kept from rounding to 1 or to 0, by half a unit in the last place and by the smallest normal number; between
them it is exact in both tails where `logs` is asked.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...priors import LOG_2PI
from ...substrate import special
from .base import Array, ProbabilityLink

_ZERO, _ONE = 2.0**-1022, 1 - 2.0**-53
_LOG_PI = float(np.log(np.pi))
_SMALL, _LARGE = -36.0, 700.0
"""Below the one exp(eta) is lost beside 1; above the other it is out of range."""


def _inside(mu: Array, xp: Any) -> Array:
    return xp.maximum(xp.minimum(mu, _ONE), _ZERO)


@dataclass(frozen=True)
class Logit(ProbabilityLink):
    """eta = log(mu / (1 - mu))."""

    name = "logit"

    def link(self, mu: Array, xp: Any) -> Array:
        """Return log(mu / (1 - mu))."""
        return xp.log(mu) - xp.log1p(-mu)

    def inverse(self, eta: Array, xp: Any) -> Array:
        """Return 1 / (1 + exp(-eta))."""
        return _inside(special(xp).expit(eta), xp)

    def derivative(self, eta: Array, xp: Any) -> Array:
        """Return mu (1 - mu)."""
        expit = special(xp).expit
        return expit(eta) * expit(-eta)

    def logs(self, eta: Array, xp: Any) -> tuple[Array, Array, Array]:
        """Return log(mu), log(1 - mu) and their sum."""
        log_expit = special(xp).log_expit
        mu, rest = log_expit(eta), log_expit(-eta)
        return mu, rest, mu + rest

    def code(self, eta: str) -> str:
        """Return the text of the mean."""
        return f"tf.sigmoid({eta})"


@dataclass(frozen=True)
class Probit(ProbabilityLink):
    """eta = Φ⁻¹(mu), of the standard normal."""

    name = "probit"

    def link(self, mu: Array, xp: Any) -> Array:
        """Return Φ⁻¹(mu)."""
        return special(xp).ndtri(mu)

    def inverse(self, eta: Array, xp: Any) -> Array:
        """Return Φ(eta)."""
        return _inside(special(xp).ndtr(eta), xp)

    def derivative(self, eta: Array, xp: Any) -> Array:
        """Return the normal density."""
        return xp.exp(-0.5 * eta * eta - 0.5 * LOG_2PI)

    def logs(self, eta: Array, xp: Any) -> tuple[Array, Array, Array]:
        """Return log Φ(eta), log Φ(-eta) and the log density."""
        log_ndtr = special(xp).log_ndtr
        return log_ndtr(eta), log_ndtr(-eta), -0.5 * eta * eta - 0.5 * LOG_2PI

    def code(self, eta: str) -> str:
        """Return the text of the mean."""
        return f"tfp.bijectors.NormalCDF().forward({eta})"


@dataclass(frozen=True)
class Cauchit(ProbabilityLink):
    """eta = tan(π (mu - 1/2)), of the standard Cauchy."""

    name = "cauchit"

    def link(self, mu: Array, xp: Any) -> Array:
        """Return tan(π (mu - 1/2))."""
        return xp.tan(np.pi * (mu - 0.5))

    def inverse(self, eta: Array, xp: Any) -> Array:
        """Return 1/2 + arctan(eta) / π, in the lower tail by arctan(-1 / eta) / π."""
        low = eta < -1
        tail = xp.arctan(-1 / xp.where(low, eta, -xp.ones_like(eta))) / np.pi
        return _inside(xp.where(low, tail, 0.5 + xp.arctan(eta) / np.pi), xp)

    def derivative(self, eta: Array, xp: Any) -> Array:
        """Return the Cauchy density."""
        return 1 / (np.pi * (1 + eta * eta))

    def logs(self, eta: Array, xp: Any) -> tuple[Array, Array, Array]:
        """Return the logarithms of both tails and of the density."""
        return xp.log(self.inverse(eta, xp)), xp.log(self.inverse(-eta, xp)), -xp.log1p(eta * eta) - _LOG_PI

    def code(self, eta: str) -> str:
        """Return the text of the mean."""
        return f"0.5 + tf.atan({eta}) / np.pi"


@dataclass(frozen=True)
class CLogLog(ProbabilityLink):
    """eta = log(-log(1 - mu)), the complementary log-log."""

    name = "cloglog"

    def link(self, mu: Array, xp: Any) -> Array:
        """Return log(-log(1 - mu))."""
        return xp.log(-xp.log1p(-mu))

    def inverse(self, eta: Array, xp: Any) -> Array:
        """Return 1 - exp(-exp(eta))."""
        return _inside(-xp.expm1(-xp.exp(xp.minimum(eta, _LARGE))), xp)

    def derivative(self, eta: Array, xp: Any) -> Array:
        """Return exp(eta - exp(eta))."""
        eta = xp.minimum(eta, _LARGE)
        return xp.exp(eta - xp.exp(eta))

    def logs(self, eta: Array, xp: Any) -> tuple[Array, Array, Array]:
        """Return log(1 - exp(-exp(eta))), -exp(eta) and eta - exp(eta)."""
        eta = xp.minimum(eta, _LARGE)
        rate, one = xp.exp(eta), xp.ones_like(eta)
        # Each branch is evaluated where it is harmless, so that derivatives of the other one stay finite.
        low, high = eta < _SMALL, rate > 1
        inner = xp.log(-xp.expm1(-xp.where(low | high, one, rate)))
        upper = xp.log1p(-xp.exp(-xp.where(high, rate, one)))
        return xp.where(low, eta, xp.where(high, upper, inner)), -rate, eta - rate

    def code(self, eta: str) -> str:
        """Return the text of the mean."""
        return f"-tf.math.expm1(-tf.exp({eta}))"


@dataclass(frozen=True)
class LogLog(ProbabilityLink):
    """eta = -log(-log(mu)), the log-log."""

    name = "loglog"

    def link(self, mu: Array, xp: Any) -> Array:
        """Return -log(-log(mu))."""
        return -xp.log(-xp.log(mu))

    def inverse(self, eta: Array, xp: Any) -> Array:
        """Return exp(-exp(-eta))."""
        return _inside(xp.exp(-xp.exp(xp.minimum(-eta, _LARGE))), xp)

    def derivative(self, eta: Array, xp: Any) -> Array:
        """Return exp(-eta - exp(-eta))."""
        return CLogLog().derivative(-eta, xp)

    def logs(self, eta: Array, xp: Any) -> tuple[Array, Array, Array]:
        """Return the logarithms of the complementary log-log at -eta, both tails exchanged."""
        rest, mu, slope = CLogLog().logs(-eta, xp)
        return mu, rest, slope

    def code(self, eta: str) -> str:
        """Return the text of the mean."""
        return f"tf.exp(-tf.exp(-({eta})))"
