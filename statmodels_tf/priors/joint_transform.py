"""Maps from unconstrained numbers onto simplexes, factors of correlation matrices and rising numbers, in NumPy."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import expit, log_expit

from .transform import Transform


@dataclass(frozen=True)
class StickBreaking(Transform):
    """Shares x_k = z_k Π_{j<k} (1 - z_j) that add up to one, z_k = sigmoid(q_k - log(K - k)); zero gives equal shares.

    Attributes
    ----------
    count : int
        K, the number of shares.
    """

    count: int

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one draw."""
        return (self.count,)

    @property
    def size(self) -> int:
        """One less than the number of shares."""
        return self.count - 1

    @cached_property
    def _rest(self) -> np.ndarray:
        """K - k: how many shares follow each."""
        return np.arange(self.count - 1, 0, -1.0)

    def forward(self, q: np.ndarray) -> np.ndarray:
        """Return the shares."""
        z = q - np.log(self._rest)
        left = np.cumprod(expit(-z), axis=-1)
        one = np.ones((*np.shape(q)[:-1], 1))
        return np.concatenate([expit(z), one], axis=-1) * np.concatenate([one, left], axis=-1)

    def inverse(self, x: np.ndarray) -> np.ndarray:
        """Return the log of each share relative to what is left after it."""
        x = np.asarray(x)
        after = np.cumsum(x[..., :0:-1], axis=-1)[..., ::-1]
        return np.log(x[..., :-1]) - np.log(after) + np.log(self._rest)

    def log_jacobian(self, q: np.ndarray) -> np.ndarray:
        """Return Σ_k log z_k + (K - k) log(1 - z_k)."""
        z = q - np.log(self._rest)
        return np.sum(log_expit(z) + self._rest * log_expit(-z), axis=-1)

    def pullback(self, q: np.ndarray, x: np.ndarray, gradient: np.ndarray) -> np.ndarray:
        """Return h_k - z_k Σ_{j>=k} h_j + 1 - z_k (K - k + 1), h = x times the gradient."""
        z, h = expit(q - np.log(self._rest)), x * gradient
        return h[:-1] - z * np.cumsum(h[::-1])[:0:-1] + 1 - z * (self._rest + 1)


@dataclass(frozen=True)
class CorrelationFactor(Transform):
    """The Cholesky factor of a correlation matrix: the row (v_1, .., v_i, 1), divided by its norm.

    Attributes
    ----------
    order : int
        The number of rows.
    """

    order: int

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one draw."""
        return (self.order, self.order)

    @property
    def size(self) -> int:
        """The number of correlations."""
        return self.order * (self.order - 1) // 2

    @cached_property
    def _places(self) -> tuple[np.ndarray, np.ndarray]:
        """Row and column of each number, in the clockwise spiral that TFP fills triangles by."""
        side, numbers = self.order - 1, np.arange(self.size)
        square = np.concatenate([numbers[side:], numbers[::-1]]).reshape(side, side)
        rows, columns = np.tril_indices(side)
        order = np.argsort(square[rows, columns])
        return rows[order] + 1, columns[order]

    def _rows(self, q: np.ndarray) -> np.ndarray:
        """Return the rows before they are divided by their norms."""
        rows, columns = self._places
        out = np.zeros((*np.shape(q)[:-1], *self.shape))
        out[..., rows, columns] = q
        out[..., range(self.order), range(self.order)] = 1.0
        return out

    def forward(self, q: np.ndarray) -> np.ndarray:
        """Return the factor."""
        rows = self._rows(q)
        return rows / np.sqrt(np.sum(rows * rows, axis=-1, keepdims=True))

    def inverse(self, x: np.ndarray) -> np.ndarray:
        """Return the entries below the diagonal, each relative to that of its row."""
        rows, columns = self._places
        x = np.asarray(x)
        return x[..., rows, columns] / x[..., rows, rows]

    def log_jacobian(self, q: np.ndarray) -> np.ndarray:
        """Return -Σ_i (i + 2) log s_i for rows i = 0, 1, .. of norm s_i."""
        rows = self._rows(q)
        return -0.5 * np.sum(np.arange(2, self.order + 2) * np.log(np.sum(rows * rows, axis=-1)), axis=-1)

    def pullback(self, q: np.ndarray, x: np.ndarray, gradient: np.ndarray) -> np.ndarray:
        """Return (g_ij - L_ij (g_i · L_i + i + 2)) L_ii."""
        rows, columns = self._places
        along = np.einsum("ij,ij->i", gradient, x) + np.arange(2, self.order + 2)
        return (gradient[rows, columns] - x[rows, columns] * along[rows]) * x[rows, rows]


@dataclass(frozen=True, eq=False)
class Ascending(Transform):
    """x = loc + scale cumsum(q_1, exp q_2, .., exp q_K), rising numbers.

    Attributes
    ----------
    count : int
        K.
    loc, scale : float
        Zero gives loc, loc + scale, loc + 2 scale, ...
    """

    count: int
    loc: float
    scale: float

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one draw."""
        return (self.count,)

    @property
    def size(self) -> int:
        """As many."""
        return self.count

    def forward(self, q: np.ndarray) -> np.ndarray:
        """Return the rising numbers."""
        q = np.asarray(q)
        return self.loc + self.scale * np.cumsum(np.concatenate([q[..., :1], np.exp(q[..., 1:])], axis=-1), axis=-1)

    def inverse(self, x: np.ndarray) -> np.ndarray:
        """Return the first number and the logs of the steps, in units of the scale."""
        z = (np.asarray(x) - self.loc) / self.scale
        return np.concatenate([z[..., :1], np.log(np.diff(z, axis=-1))], axis=-1)

    def log_jacobian(self, q: np.ndarray) -> np.ndarray:
        """Return K log scale + Σ_{k>1} q_k."""
        return self.count * np.log(self.scale) + np.sum(np.asarray(q)[..., 1:], axis=-1)

    def pullback(self, q: np.ndarray, x: np.ndarray, gradient: np.ndarray) -> np.ndarray:
        """Return the sums of the gradient from each number on, times the step, plus one after the first."""
        after = self.scale * np.cumsum(gradient[::-1])[::-1]
        after[1:] = after[1:] * np.exp(q[1:]) + 1.0
        return after
