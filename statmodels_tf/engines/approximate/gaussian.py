"""Normal distributions of unconstrained coordinates, drawn from and evaluated without forming the covariance."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import cholesky, solve_triangular

from ...priors import LOG_2PI


class Gaussian(ABC):
    """A normal distribution of q [d].

    Attributes
    ----------
    mean : array [d]
    """

    mean: np.ndarray

    @abstractmethod
    def draw(self, rng: np.random.Generator, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Return draws [size, d] and their log densities [size]."""

    @abstractmethod
    def log_density(self, q: np.ndarray) -> np.ndarray:
        """Return the log density [m] at q [m, d]."""


@dataclass(frozen=True, eq=False)
class FullGaussian(Gaussian):
    """q = mean + F z, F [d, d] lower triangular."""

    mean: np.ndarray
    factor: np.ndarray

    def draw(self, rng: np.random.Generator, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Return draws and their log densities."""
        z = rng.standard_normal((size, len(self.mean)))
        return self.mean + z @ self.factor.T, self._of(z)

    def log_density(self, q: np.ndarray) -> np.ndarray:
        """Return -|F⁻¹ (q - mean)|²/2 - log |F| - d log(2π)/2."""
        return self._of(solve_triangular(self.factor, (q - self.mean).T, lower=True).T)

    def _of(self, z: np.ndarray) -> np.ndarray:
        log_size = float(np.sum(np.log(np.abs(np.diag(self.factor)))))
        return -0.5 * np.sum(z * z, axis=-1) - log_size - 0.5 * len(self.mean) * LOG_2PI


@dataclass(frozen=True, eq=False)
class LowRankGaussian(Gaussian):
    """q = mean + D (z + W v), z [d] and v [r] standard normal; the covariance is D (I + W W') D.

    Attributes
    ----------
    scale : array [d]
        D.
    columns : array [d, r]
        W; no columns for independent coordinates.
    """

    mean: np.ndarray
    scale: np.ndarray
    columns: np.ndarray

    @cached_property
    def _inner(self) -> np.ndarray:
        """The factor of I + W'W [r, r]."""
        rank = self.columns.shape[1]
        return np.asarray(cholesky(np.eye(rank) + self.columns.T @ self.columns, lower=True)) if rank else np.eye(0)

    def draw(self, rng: np.random.Generator, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Return draws and their log densities."""
        z = rng.standard_normal((size, len(self.mean)))
        z += rng.standard_normal((size, self.columns.shape[1])) @ self.columns.T
        return self.mean + z * self.scale, self._of(z)

    def log_density(self, q: np.ndarray) -> np.ndarray:
        """Return the log density, the covariance inverted by the matrix of the small side (Woodbury)."""
        return self._of((q - self.mean) / self.scale)

    def _of(self, x: np.ndarray) -> np.ndarray:
        square = np.sum(x * x, axis=-1)
        if self.columns.shape[1]:
            square = square - np.sum(solve_triangular(self._inner, (x @ self.columns).T, lower=True) ** 2, axis=0)
        log_size = float(np.sum(np.log(self.scale)) + np.sum(np.log(np.diag(self._inner))))
        return -0.5 * square - log_size - 0.5 * len(self.mean) * LOG_2PI
