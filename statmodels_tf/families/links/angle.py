"""The link of angles."""

from dataclasses import dataclass
from typing import Any

from .base import Array, EverywhereLink


@dataclass(frozen=True)
class TanHalf(EverywhereLink):
    """eta = tan(mu / 2), of an angle mu between -π and π."""

    name = "tan_half"

    def link(self, mu: Array, xp: Any) -> Array:
        """Return tan(mu / 2)."""
        return xp.tan(mu / 2)

    def inverse(self, eta: Array, xp: Any) -> Array:
        """Return 2 arctan(eta)."""
        return 2 * xp.arctan(eta)

    def derivative(self, eta: Array, xp: Any) -> Array:
        """Return 2 / (1 + eta²)."""
        return 2 / (1 + eta * eta)

    def code(self, eta: str) -> str:
        """Return the text of the angle."""
        return f"2 * tf.atan({eta})"
