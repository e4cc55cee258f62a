"""Link: g(mu) = eta, on any array library."""

from abc import ABC, abstractmethod
from typing import Any

import numpy as np

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
    def valid(self, eta: np.ndarray) -> bool:
        """Return whether all linear predictors lie where the link has an inverse."""

    @abstractmethod
    def code(self, eta: str) -> str:
        """Return the Python text of g⁻¹ with `tf` and `tfp` in scope."""


class EverywhereLink(Link):
    """A link that has an inverse at every finite linear predictor."""

    def valid(self, eta: np.ndarray) -> bool:
        """Return whether all are finite."""
        return bool(np.isfinite(eta).all())


class PositiveLink(Link):
    """A link that has an inverse at positive linear predictors only."""

    def valid(self, eta: np.ndarray) -> bool:
        """Return whether all are finite and positive."""
        return bool((np.isfinite(eta) & (eta > 0)).all())


class ProbabilityLink(EverywhereLink):
    """A link of means in (0, 1): the inverse is a distribution function, known by its logarithms in both tails."""

    @abstractmethod
    def logs(self, eta: Array, xp: Any) -> tuple[Array, Array, Array]:
        """Return log(mu), log(1 - mu) and log(d mu / d eta), each accurate in both tails."""
