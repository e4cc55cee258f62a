"""Priors of numbers between two bounds."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import betaln

from .base import Array, Bounded, Named


@dataclass(frozen=True, eq=False)
class Beta(Named, Bounded):
    """`beta(a, b)`: a share, of mean a / (a + b)."""

    a: Any
    b: Any

    word, tfd_name, tfd_arguments = "beta", "Beta", ("concentration1", "concentration0")

    def entries(self, x: Array, xp: Any) -> Array:
        """Return (a - 1) log x + (b - 1) log(1 - x) - log B(a, b)."""
        return (self.a - 1) * xp.log(x) + (self.b - 1) * xp.log1p(-x) - betaln(self.a, self.b)

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Return (a - 1) / x - (b - 1) / (1 - x)."""
        return (self.a - 1) / x - (self.b - 1) / (1 - x)

    def sample(self, rng: np.random.Generator, lead: tuple[int, ...]) -> np.ndarray:
        """Return independent draws [*lead, *shape]."""
        return rng.beta(self.a, self.b, (*lead, *self.shape))

    def edges(self) -> tuple[Any, Any]:
        """Return 0 and 1."""
        return 0.0, 1.0

    def typical(self) -> Any:
        """Return the mean."""
        return self.a / (np.asarray(self.a) + self.b)


@dataclass(frozen=True, eq=False)
class Uniform(Named, Bounded):
    """`uniform(low, high)`."""

    low: Any
    high: Any

    word, tfd_name, tfd_arguments = "uniform", "Uniform", ("low", "high")

    def entries(self, x: Array, xp: Any) -> Array:
        """Return -log(high - low)."""
        return 0.0 * x - np.log(np.asarray(self.high) - self.low)

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Return zero."""
        return np.zeros_like(x)

    def sample(self, rng: np.random.Generator, lead: tuple[int, ...]) -> np.ndarray:
        """Return independent draws [*lead, *shape]."""
        return rng.uniform(self.low, self.high, (*lead, *self.shape))

    def edges(self) -> tuple[Any, Any]:
        """Return the bounds."""
        return self.low, self.high

    def typical(self) -> Any:
        """Return the middle."""
        return (np.asarray(self.low) + self.high) / 2
