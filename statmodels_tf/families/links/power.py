"""Links of means that are no probabilities: identity, log, the powers, softplus."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import ModelError
from ...substrate import special
from .base import Array, EverywhereLink, Link, PositiveLink


@dataclass(frozen=True)
class Identity(EverywhereLink):
    """eta = mu."""

    name = "identity"

    def link(self, mu: Array, xp: Any) -> Array:
        """Return mu."""
        return mu

    def inverse(self, eta: Array, xp: Any) -> Array:
        """Return eta."""
        return eta

    def derivative(self, eta: Array, xp: Any) -> Array:
        """Return one."""
        return xp.ones_like(eta)

    def code(self, eta: str) -> str:
        """Return the text of the mean."""
        return eta


@dataclass(frozen=True)
class Log(EverywhereLink):
    """eta = log(mu)."""

    name = "log"

    def link(self, mu: Array, xp: Any) -> Array:
        """Return log(mu)."""
        return xp.log(mu)

    def inverse(self, eta: Array, xp: Any) -> Array:
        """Return exp(eta)."""
        return xp.exp(eta)

    def derivative(self, eta: Array, xp: Any) -> Array:
        """Return exp(eta)."""
        return xp.exp(eta)

    def code(self, eta: str) -> str:
        """Return the text of the mean."""
        return f"tf.exp({eta})"


@dataclass(frozen=True)
class Inverse(Link):
    """eta = 1 / mu."""

    name = "inverse"

    def link(self, mu: Array, xp: Any) -> Array:
        """Return 1 / mu."""
        return 1 / mu

    def inverse(self, eta: Array, xp: Any) -> Array:
        """Return 1 / eta."""
        return 1 / eta

    def derivative(self, eta: Array, xp: Any) -> Array:
        """Return -1 / eta²."""
        return -1 / (eta * eta)

    def valid(self, eta: np.ndarray) -> bool:
        """Return whether all are finite and none is zero."""
        return bool((np.isfinite(eta) & (eta != 0)).all())

    def code(self, eta: str) -> str:
        """Return the text of the mean."""
        return f"1 / ({eta})"


@dataclass(frozen=True)
class InverseSquared(PositiveLink):
    """eta = 1 / mu²."""

    name = "1/mu^2"

    def link(self, mu: Array, xp: Any) -> Array:
        """Return 1 / mu²."""
        return 1 / (mu * mu)

    def inverse(self, eta: Array, xp: Any) -> Array:
        """Return 1 / sqrt(eta)."""
        return 1 / xp.sqrt(eta)

    def derivative(self, eta: Array, xp: Any) -> Array:
        """Return -1 / (2 eta^(3/2))."""
        return -0.5 / (eta * xp.sqrt(eta))

    def code(self, eta: str) -> str:
        """Return the text of the mean."""
        return f"tf.math.rsqrt({eta})"


@dataclass(frozen=True)
class Sqrt(PositiveLink):
    """eta = sqrt(mu)."""

    name = "sqrt"

    def link(self, mu: Array, xp: Any) -> Array:
        """Return sqrt(mu)."""
        return xp.sqrt(mu)

    def inverse(self, eta: Array, xp: Any) -> Array:
        """Return eta²."""
        return eta * eta

    def derivative(self, eta: Array, xp: Any) -> Array:
        """Return 2 eta."""
        return 2 * eta

    def code(self, eta: str) -> str:
        """Return the text of the mean."""
        return f"tf.square({eta})"


@dataclass(frozen=True)
class Power(PositiveLink):
    """eta = mu^k.

    >>> Power(0.5).name, float(Power(0.5).inverse(np.float64(3.0), np))
    ('power(0.5)', 9.0)
    """

    k: float

    def __post_init__(self) -> None:
        if isinstance(self.k, bool) or not isinstance(self.k, int | float) or not np.isfinite(self.k) or self.k == 0:
            raise ModelError(f'`power({self.k})`: the power is a number, not 0, as in "power(0.5)"; 0 would be "log".')
        object.__setattr__(self, "name", f"power({self.k!r})")

    def link(self, mu: Array, xp: Any) -> Array:
        """Return mu^k."""
        return mu**self.k

    def inverse(self, eta: Array, xp: Any) -> Array:
        """Return eta^(1 / k)."""
        return eta ** (1 / self.k)

    def derivative(self, eta: Array, xp: Any) -> Array:
        """Return eta^(1 / k - 1) / k."""
        return eta ** (1 / self.k - 1) / self.k

    def code(self, eta: str) -> str:
        """Return the text of the mean."""
        return f"({eta}) ** {1 / self.k!r}"


@dataclass(frozen=True)
class Softplus(EverywhereLink):
    """eta = log(exp(mu) - 1): the mean is positive, and nearly eta where eta is large."""

    name = "softplus"

    def link(self, mu: Array, xp: Any) -> Array:
        """Return log(exp(mu) - 1)."""
        return mu + xp.log(-xp.expm1(-mu))

    def inverse(self, eta: Array, xp: Any) -> Array:
        """Return log(1 + exp(eta))."""
        return -special(xp).log_expit(-eta)

    def derivative(self, eta: Array, xp: Any) -> Array:
        """Return 1 / (1 + exp(-eta))."""
        return special(xp).expit(eta)

    def code(self, eta: str) -> str:
        """Return the text of the mean."""
        return f"tf.nn.softplus({eta})"
