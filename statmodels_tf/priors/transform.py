"""Maps between unconstrained numbers and the support of a prior, in NumPy: the twins of TFP's bijectors.

A `Transform` takes `size` unconstrained numbers q to one draw x of a parameter. A density of x becomes one of q by the
log-Jacobian, and its gradient by `pullback`: d/dq of (g · x(q) + log |dx/dq|). Here are those that map each entry by
itself.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.special import expit, log_expit, logit


class Transform(ABC):
    """A smooth one-to-one map from q [..., size] onto the support [..., *shape]."""

    @property
    @abstractmethod
    def shape(self) -> tuple[int, ...]:
        """The shape of one draw."""

    @property
    @abstractmethod
    def size(self) -> int:
        """The number of unconstrained numbers of one draw."""

    @abstractmethod
    def forward(self, q: np.ndarray) -> np.ndarray:
        """Return x [..., *shape] of q [..., size]."""

    @abstractmethod
    def inverse(self, x: np.ndarray) -> np.ndarray:
        """Return q [..., size] of x [..., *shape]."""

    @abstractmethod
    def log_jacobian(self, q: np.ndarray) -> np.ndarray:
        """Return log |dx/dq| [...]."""

    @abstractmethod
    def pullback(self, q: np.ndarray, x: np.ndarray, gradient: np.ndarray) -> np.ndarray:
        """Return d/dq of (gradient · x(q) + log_jacobian(q)) [size] at one q [size], x = forward(q) [*shape]."""


class Entrywise(Transform):
    """A map of each entry by itself; q holds them row by row."""

    @property
    def size(self) -> int:
        """The number of entries."""
        return int(np.prod(self.shape, dtype=int))

    def shaped(self, q: np.ndarray) -> np.ndarray:
        """Return q as entries [..., *shape]."""
        q = np.asarray(q)
        return q.reshape((*q.shape[:-1], *self.shape))

    def flat(self, x: np.ndarray) -> np.ndarray:
        """Return entries as [..., size]."""
        x = np.asarray(x)
        return x.reshape((*x.shape[: x.ndim - len(self.shape)], self.size))


@dataclass(frozen=True, eq=False)
class Affine(Entrywise):
    """x = loc + scale q.

    Attributes
    ----------
    loc, scale : array [*shape]
    """

    loc: np.ndarray
    scale: np.ndarray

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one draw."""
        return self.loc.shape

    @cached_property
    def _log_scale(self) -> float:
        return float(np.sum(np.log(self.scale)))

    def forward(self, q: np.ndarray) -> np.ndarray:
        """Return loc + scale q."""
        return self.loc + self.scale * self.shaped(q)

    def inverse(self, x: np.ndarray) -> np.ndarray:
        """Return (x - loc) / scale."""
        return self.flat((np.asarray(x) - self.loc) / self.scale)

    def log_jacobian(self, q: np.ndarray) -> np.ndarray:
        """Return Σ log scale."""
        return np.full(np.shape(q)[:-1], self._log_scale)

    def pullback(self, q: np.ndarray, x: np.ndarray, gradient: np.ndarray) -> np.ndarray:
        """Return scale times the gradient."""
        return (self.scale * gradient).ravel()


@dataclass(frozen=True, eq=False)
class Exponentiated(Entrywise):
    """x = unit exp(q).

    Attributes
    ----------
    unit : array [*shape]
    """

    unit: np.ndarray

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one draw."""
        return self.unit.shape

    @cached_property
    def _log_unit(self) -> float:
        return float(np.sum(np.log(self.unit)))

    def forward(self, q: np.ndarray) -> np.ndarray:
        """Return unit exp(q)."""
        return self.unit * np.exp(self.shaped(q))

    def inverse(self, x: np.ndarray) -> np.ndarray:
        """Return log(x / unit)."""
        return self.flat(np.log(np.asarray(x) / self.unit))

    def log_jacobian(self, q: np.ndarray) -> np.ndarray:
        """Return Σ log x."""
        return self._log_unit + np.sum(q, axis=-1)

    def pullback(self, q: np.ndarray, x: np.ndarray, gradient: np.ndarray) -> np.ndarray:
        """Return x times the gradient, plus one."""
        return (x * gradient).ravel() + 1.0


@dataclass(frozen=True, eq=False)
class Between(Entrywise):
    """x = low + (high - low) sigmoid(middle + q), between two bounds.

    Attributes
    ----------
    low, high, middle : array [*shape]
    """

    low: np.ndarray
    high: np.ndarray
    middle: np.ndarray

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one draw."""
        return self.low.shape

    def forward(self, q: np.ndarray) -> np.ndarray:
        """Return high sigmoid(z) + low sigmoid(-z), z = middle + q: no rounding beyond the bounds."""
        z = self.middle + self.shaped(q)
        return self.high * expit(z) + self.low * expit(-z)

    def inverse(self, x: np.ndarray) -> np.ndarray:
        """Return the logit of the share of the way, less the middle."""
        return self.flat(logit((np.asarray(x) - self.low) / (self.high - self.low)) - self.middle)

    def log_jacobian(self, q: np.ndarray) -> np.ndarray:
        """Return Σ log(high - low) + log sigmoid(z) + log sigmoid(-z)."""
        z = self.middle + self.shaped(q)
        return np.sum(self.flat(np.log(self.high - self.low) + log_expit(z) + log_expit(-z)), axis=-1)

    def pullback(self, q: np.ndarray, x: np.ndarray, gradient: np.ndarray) -> np.ndarray:
        """Return (high - low) s (1 - s) times the gradient, plus 1 - 2 s, s the share of the way."""
        share = expit(self.middle + self.shaped(q))
        return ((self.high - self.low) * share * (1 - share) * gradient + 1 - 2 * share).ravel()


@dataclass(frozen=True, eq=False)
class Fixed(Transform):
    """No freedom at all: x is `value` whatever q, which is empty.

    Attributes
    ----------
    value : array [*shape]
    """

    value: np.ndarray

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one draw."""
        return self.value.shape

    @property
    def size(self) -> int:
        """None."""
        return 0

    def forward(self, q: np.ndarray) -> np.ndarray:
        """Return the value."""
        return np.broadcast_to(self.value, (*np.shape(q)[:-1], *self.shape))

    def inverse(self, x: np.ndarray) -> np.ndarray:
        """Return nothing."""
        x = np.asarray(x)
        return np.zeros((*x.shape[: x.ndim - len(self.shape)], 0))

    def log_jacobian(self, q: np.ndarray) -> np.ndarray:
        """Return zero."""
        return np.zeros(np.shape(q)[:-1])

    def pullback(self, q: np.ndarray, x: np.ndarray, gradient: Any) -> np.ndarray:
        """Return nothing."""
        return np.zeros(0)
