"""Dense: a block held as an array."""

from dataclasses import dataclass

import numpy as np

from .base import LinearMap
from .symmetric import weighted_gram


@dataclass(frozen=True, eq=False)
class Dense(LinearMap):
    """Columns held as they are: `values` [n, p] float64."""

    values: np.ndarray

    @property
    def shape(self) -> tuple[int, int]:
        return self.values.shape

    @property
    def coded(self) -> bool:
        return False

    def matvec(self, b: np.ndarray) -> np.ndarray:
        return self.values @ b

    def rmatvec(self, v: np.ndarray) -> np.ndarray:
        return self.values.T @ v

    def gram(self, w: np.ndarray | None = None) -> np.ndarray:
        if w is not None and (w < 0).any():
            return self.values.T @ (self.values * w[:, None])
        return weighted_gram(self.values, w)

    def cross(self, other: LinearMap, w: np.ndarray | None = None) -> np.ndarray:
        return other.rmatvec(self.values if w is None else self.values * w[:, None]).T

    def dense(self, rows: np.ndarray | slice | None = None) -> np.ndarray:
        return self.values if rows is None else self.values[rows]

    def column(self, j: int) -> np.ndarray:
        return self.values[:, j]

    def take(self, rows: np.ndarray | slice) -> "Dense":
        return Dense(self.values[rows])

    def select(self, columns: np.ndarray) -> "Dense":
        return Dense(self.values[:, columns])
