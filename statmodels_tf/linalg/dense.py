"""Dense: a block held as an array."""

from dataclasses import dataclass

import numpy as np

from .base import LinearMap


@dataclass(frozen=True)
class Dense(LinearMap):
    """Columns held as they are: `values` [n, p] float64."""

    values: np.ndarray

    @property
    def shape(self):
        return self.values.shape

    def matvec(self, b):
        return self.values @ b

    def rmatvec(self, v):
        return self.values.T @ v

    def gram(self, w=None):
        return self.values.T @ (self.values if w is None else self.values * w[:, None])

    def cross(self, other, w=None):
        return other.rmatvec(self.values if w is None else self.values * w[:, None]).T

    def dense(self, rows=None):
        return self.values if rows is None else self.values[rows]

    def column(self, j):
        return self.values[:, j]

    def take(self, rows):
        return Dense(self.values[rows])
