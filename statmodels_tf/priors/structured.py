"""Priors of simplexes and of correlation matrices, for the covariance of group effects."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.special import gammaln

from .base import Array, Prior, literal
from .joint_transform import CorrelationFactor, StickBreaking


@dataclass(frozen=True)
class Dirichlet(Prior):
    """A simplex of `size` shares; one concentration for all, or one for each.

    TFP's default bijector for it (`SoftmaxCentered`) fails with NumPy 2.4, so stick-breaking is named here.
    """

    size: int
    concentration: float | tuple[float, ...]
    support = "simplex"

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one draw."""
        return (self.size,)

    def log_density(self, x: Array, xp: Any) -> Array:
        """Return log Γ(Σ a) - Σ log Γ(a) + Σ (a - 1) log x."""
        a = self._each
        return gammaln(a.sum()) - gammaln(a).sum() + xp.sum((a - 1) * xp.log(x), axis=-1)

    @cached_property
    def _each(self) -> np.ndarray:
        """The concentration of each share."""
        return np.broadcast_to(np.asarray(self.concentration, dtype=float), self.shape)

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Return (a - 1) / x."""
        return (self._each - 1) / x

    @cached_property
    def transform(self) -> StickBreaking:
        """Stick-breaking, in NumPy."""
        return StickBreaking(self.size)

    def distribution(self, on: Any, name: str) -> Any:
        """Return TFP's Dirichlet."""
        return on.tfd.Dirichlet(on.array(self._each), name=name)

    def bijector(self, tfb: Any) -> Any:
        """Return stick-breaking, centred so that zero is the uniform simplex."""
        return tfb.IteratedSigmoidCentered()

    def sample(self, rng: np.random.Generator, lead: tuple[int, ...]) -> np.ndarray:
        """Return independent draws [*lead, size]."""
        return rng.dirichlet(self._each, lead)

    def __str__(self) -> str:
        shown = np.atleast_1d(self.concentration)
        return f"dirichlet({', '.join(f'{a:g}' for a in shown)})"

    def code(self, name: str) -> str:
        """Return the text of TFP's Dirichlet."""
        return f'tfd.Dirichlet({literal(self._each)}, name="{name}")'


@dataclass(frozen=True)
class CholeskyLKJ(Prior):
    """The Cholesky factor of a correlation matrix with density proportional to its determinant to the `eta - 1`.

    References
    ----------
    Lewandowski, Kurowicka & Joe (2009), doi:10.1016/j.jmva.2009.04.008.
    """

    size: int
    eta: float
    support = "cholesky"

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one draw."""
        return (self.size, self.size)

    def log_density(self, x: Array, xp: Any) -> Array:
        """Return Σ_k (l - k + 2 eta - 2) log L_kk for k = 2 .. l, less the log of its integral."""
        order, k = self.size, np.arange(1, self.size)
        constant = np.sum(
            0.5 * k * np.log(np.pi) + gammaln(self.eta + (order - 1 - k) / 2) - gammaln(self.eta + (order - 1) / 2)
        )
        diagonal = xp.sum(x * np.eye(order), axis=-1)
        return xp.sum(self._power * xp.log(diagonal), axis=-1) - constant

    @property
    def _power(self) -> np.ndarray:
        """The exponent of each diagonal entry."""
        return np.concatenate([[0.0], self.size - 1 - np.arange(1, self.size) + 2 * self.eta - 2])

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Return the exponents over the diagonal, on the diagonal."""
        return np.eye(self.size) * (self._power / np.diagonal(x, axis1=-2, axis2=-1))[..., None]

    @cached_property
    def transform(self) -> CorrelationFactor:
        """The map from the strict lower triangle, in NumPy."""
        return CorrelationFactor(self.size)

    def distribution(self, on: Any, name: str) -> Any:
        """Return TFP's CholeskyLKJ."""
        return on.tfd.CholeskyLKJ(self.size, on.array(np.float64(self.eta)), name=name)

    def bijector(self, tfb: Any) -> Any:
        """Return the map from the strict lower triangle; zero is no correlation."""
        return tfb.CorrelationCholesky()

    def sample(self, rng: np.random.Generator, lead: tuple[int, ...]) -> np.ndarray:
        """Return independent draws [*lead, size, size], row by row: a direction, and beta for its squared length."""
        out = np.zeros((*lead, *self.shape))
        out[..., 0, 0] = 1.0
        for i in range(1, self.size):
            squared = rng.beta(i / 2, self.eta + (self.size - 1 - i) / 2, lead)
            direction = rng.standard_normal((*lead, i))
            length = np.sqrt(squared / np.sum(np.square(direction), axis=-1))
            out[..., i, :i] = length[..., None] * direction
            out[..., i, i] = np.sqrt(1 - squared)
        return out

    def __str__(self) -> str:
        return f"lkj({self.eta:g})"

    def code(self, name: str) -> str:
        """Return the text of TFP's CholeskyLKJ."""
        return f'tfd.CholeskyLKJ({self.size}, {literal(self.eta)}, name="{name}")'
