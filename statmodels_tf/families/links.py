"""Links: g(mu) = eta, on any array library."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from ..errors import ModelError, did_you_mean

Array = Any  # an array of NumPy, TensorFlow or JAX


class Link(ABC):
    """A smooth, monotone map from the mean to the linear predictor."""

    name: str

    @abstractmethod
    def link(self, mu: Array, xp: Any) -> Array:
        """Return g(mu)."""

    @abstractmethod
    def inverse(self, eta: Array, xp: Any) -> Array:
        """Return the mean, g⁻¹(eta)."""

    @abstractmethod
    def derivative(self, eta: Array, xp: Any) -> Array:
        """Return d mu / d eta."""

    @abstractmethod
    def code(self, eta: str) -> str:
        """Return the Python text of g⁻¹ with `tf` in scope."""


@dataclass(frozen=True)
class Identity(Link):
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
class Log(Link):
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

    def code(self, eta: str) -> str:
        """Return the text of the mean."""
        return f"1 / ({eta})"


LINKS: dict[str, Link] = {link.name: link for link in (Identity(), Log(), Inverse())}


def as_link(link: str | Link) -> Link:
    """Return the link of that name.

    >>> as_link("log").inverse(0.0, __import__("numpy"))
    np.float64(1.0)
    """
    if isinstance(link, Link):
        return link
    if link not in LINKS:
        raise ModelError(f"no link `{link}`.{did_you_mean(str(link), LINKS)} Known: {', '.join(LINKS)}.")
    return LINKS[link]
