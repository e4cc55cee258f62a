"""The variational objective on fixed draws: a function like any other, that optimisers minimise and differentiate.

The Kullback-Leibler divergence from q to the posterior is, but for a constant, E[-log p(q)] less the entropy of q. The
expectation over q = t(z) is that over fixed standard normal z_1 .. z_S (and their negatives), the same in every
evaluation, so that it has an optimum with a Hessian of its own.

References
----------
Giordano, Ingram & Broderick (2024), Black box variational inference with a deterministic objective, JMLR 25.
Ong, Nott & Smith (2018), Gaussian variational approximation with a factor covariance structure,
doi:10.1080/10618600.2017.1390472.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import cho_solve
from scipy.optimize import minimize

Gradient = Callable[[np.ndarray], tuple[float, np.ndarray]]


class Shape(ABC):
    """A kind of normal distribution of x [d], its parameters one vector."""

    d: int

    @property
    @abstractmethod
    def begin(self) -> np.ndarray:
        """The parameters of the standard normal distribution."""

    @property
    @abstractmethod
    def width(self) -> int:
        """How many standard normal numbers a draw takes."""

    @abstractmethod
    def points(self, at: np.ndarray, z: np.ndarray) -> np.ndarray:
        """Return x [S, d] at standard normal z [S, width]."""

    @abstractmethod
    def entropy(self, at: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the entropy, but for a constant, and its gradient by the parameters."""

    @abstractmethod
    def pulled(self, at: np.ndarray, z: np.ndarray, g: np.ndarray) -> np.ndarray:
        """Return the gradient by the parameters of Σ g_s · x_s / S, g [S, d] held fixed."""

    @abstractmethod
    def away(self, at: np.ndarray, points: np.ndarray) -> np.ndarray:
        """Return the gradient of -log q by x at points [S, d]: the inverse covariance times their way from the mean."""

    @abstractmethod
    def moments(self, at: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        """Return mean [d], and the factor [d, d] and None, or scale [d] and columns [d, r]."""


@dataclass(frozen=True)
class Independent(Shape):
    """x = m + s z; the parameters are m and log s."""

    d: int

    @property
    def begin(self) -> np.ndarray:
        """Zero, and the log of one."""
        return np.zeros(2 * self.d)

    @property
    def width(self) -> int:
        """One for each coordinate."""
        return self.d

    def points(self, at: np.ndarray, z: np.ndarray) -> np.ndarray:
        """Return m + s z."""
        return at[: self.d] + np.exp(at[self.d :]) * z

    def entropy(self, at: np.ndarray) -> tuple[float, np.ndarray]:
        """Return Σ log s."""
        return float(np.sum(at[self.d :])), np.concatenate([np.zeros(self.d), np.ones(self.d)])

    def pulled(self, at: np.ndarray, z: np.ndarray, g: np.ndarray) -> np.ndarray:
        """Return the means of g and of g z s."""
        return np.concatenate([g.mean(axis=0), (g * z).mean(axis=0) * np.exp(at[self.d :])])

    def away(self, at: np.ndarray, points: np.ndarray) -> np.ndarray:
        """Return (x - m) / s²."""
        return np.asarray((points - at[: self.d]) * np.exp(-2 * at[self.d :]))

    def moments(self, at: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        """Return m, s and no columns."""
        return at[: self.d], np.exp(at[self.d :]), np.zeros((self.d, 0))


@dataclass(frozen=True)
class Full(Shape):
    """x = m + L z; the parameters are m, the log diagonal of L and what lies below it."""

    d: int

    @property
    def begin(self) -> np.ndarray:
        """Zero, and the identity."""
        return np.zeros(2 * self.d + self.d * (self.d - 1) // 2)

    @property
    def width(self) -> int:
        """One for each coordinate."""
        return self.d

    def factor(self, at: np.ndarray) -> np.ndarray:
        """Return L."""
        out = np.diag(np.exp(at[self.d : 2 * self.d]))
        out[np.tril_indices(self.d, -1)] = at[2 * self.d :]
        return out

    def points(self, at: np.ndarray, z: np.ndarray) -> np.ndarray:
        """Return m + L z."""
        return at[: self.d] + z @ self.factor(at).T

    def entropy(self, at: np.ndarray) -> tuple[float, np.ndarray]:
        """Return log |L|."""
        gradient = np.zeros(len(at))
        gradient[self.d : 2 * self.d] = 1.0
        return float(np.sum(at[self.d : 2 * self.d])), gradient

    def pulled(self, at: np.ndarray, z: np.ndarray, g: np.ndarray) -> np.ndarray:
        """Return the mean of g, and the lower triangle of that of g z'."""
        by_factor = g.T @ z / len(z)
        diagonal = np.diag(by_factor) * np.exp(at[self.d : 2 * self.d])
        return np.concatenate([g.mean(axis=0), diagonal, by_factor[np.tril_indices(self.d, -1)]])

    def away(self, at: np.ndarray, points: np.ndarray) -> np.ndarray:
        """Return L'⁻¹ L⁻¹ (x - m)."""
        return np.asarray(cho_solve((self.factor(at), True), (points - at[: self.d]).T).T)

    def moments(self, at: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        """Return m and L."""
        return at[: self.d], self.factor(at), None


@dataclass(frozen=True)
class LowRank(Shape):
    """x = m + s (z + W v); the parameters are m, log s and W [d, r]."""

    d: int
    rank: int

    @property
    def begin(self) -> np.ndarray:
        """Zero, the log of one, and small columns that differ."""
        columns = 0.1 * np.random.default_rng(0).standard_normal(self.d * self.rank)
        return np.concatenate([np.zeros(2 * self.d), columns])

    @property
    def width(self) -> int:
        """One for each coordinate and each column."""
        return self.d + self.rank

    def columns(self, at: np.ndarray) -> np.ndarray:
        """Return W."""
        return at[2 * self.d :].reshape(self.d, self.rank)

    def points(self, at: np.ndarray, z: np.ndarray) -> np.ndarray:
        """Return m + s (z + W v)."""
        along = z[:, : self.d] + z[:, self.d :] @ self.columns(at).T
        return at[: self.d] + np.exp(at[self.d : 2 * self.d]) * along

    def entropy(self, at: np.ndarray) -> tuple[float, np.ndarray]:
        """Return Σ log s + log |I + W'W| / 2, whose gradient by W is W (I + W'W)⁻¹."""
        W = self.columns(at)
        inner = np.eye(self.rank) + W.T @ W
        gradient = np.concatenate([np.zeros(self.d), np.ones(self.d), np.linalg.solve(inner, W.T).T.ravel()])
        return float(np.sum(at[self.d : 2 * self.d])) + 0.5 * float(np.linalg.slogdet(inner)[1]), gradient

    def pulled(self, at: np.ndarray, z: np.ndarray, g: np.ndarray) -> np.ndarray:
        """Return the means of g, of g (x - m) and of s g v'."""
        scaled = g * np.exp(at[self.d : 2 * self.d])
        along = z[:, : self.d] + z[:, self.d :] @ self.columns(at).T
        return np.concatenate([
            g.mean(axis=0), (scaled * along).mean(axis=0), (scaled.T @ z[:, self.d :] / len(z)).ravel(),
        ])  # fmt: skip

    def away(self, at: np.ndarray, points: np.ndarray) -> np.ndarray:
        """Return s⁻¹ (I + W W')⁻¹ s⁻¹ (x - m)."""
        scale, W = np.exp(at[self.d : 2 * self.d]), self.columns(at)
        x = (points - at[: self.d]) / scale
        inner = np.eye(self.rank) + W.T @ W
        return np.asarray((x - np.linalg.solve(inner, W.T @ x.T).T @ W.T) / scale)

    def moments(self, at: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        """Return m, s and W."""
        return at[: self.d], np.exp(at[self.d : 2 * self.d]), self.columns(at)


@dataclass(frozen=True, eq=False)
class Objective:
    """-E[log p] less the entropy, the expectation over fixed draws.

    Attributes
    ----------
    shape : Shape
    density : callable
        log p and its gradient at one x.
    z : array [S, width]
    """

    shape: Shape
    density: Gradient
    z: np.ndarray

    def __call__(self, at: np.ndarray) -> tuple[float, np.ndarray]:
        """Return value and gradient at the parameters; where the density is not finite, infinity."""
        value, g = expected(self.density, self.shape.points(at, self.z))
        if not np.isfinite(value) or not np.isfinite(g).all():
            return np.inf, np.zeros(len(at))
        entropy, by_entropy = self.shape.entropy(at)
        return -value - entropy, -self.shape.pulled(at, self.z, g) - by_entropy

    def minimum(self, iterations: int) -> tuple[np.ndarray, bool, int]:
        """Return where it is least, whether the search settled there, and the evaluations it took."""
        how: dict[str, Any] = {"maxiter": iterations, "maxfun": 2 * iterations, "ftol": 1e-10, "gtol": 1e-4}
        found = minimize(self, self.shape.begin, jac=True, method="L-BFGS-B", options=how)
        return found.x, bool(found.success), int(found.nfev)

    def curvature(self, at: np.ndarray, step: float = 1e-4) -> np.ndarray:
        """Return the Hessian by the parameters, from differences of gradients."""
        rows = []
        for direction in np.eye(len(at)):
            above, below = self(at + step * direction)[1], self(at - step * direction)[1]
            rows.append((above - below) / (2 * step))
        out = np.array(rows)
        return (out + out.T) / 2


def expected(density: Gradient, points: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the mean of log p over points [S, d], and its gradient at each [S, d]."""
    found = [density(x) for x in points]
    return float(np.mean([value for value, _ in found])), np.array([gradient for _, gradient in found])


def antithetic(rng: np.random.Generator, size: int, width: int) -> np.ndarray:
    """Return standard normal numbers [size, width], the second half the negatives of the first."""
    half = rng.standard_normal((-(-size // 2), width))
    return np.concatenate([half, -half])
