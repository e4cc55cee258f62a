"""LinearMap: a block of columns that is never formed whole unless it must be."""

from abc import ABC, abstractmethod

import numpy as np


class LinearMap(ABC):
    """A matrix X [n, p] known by what it does.

    | verb | value |
    |---|---|
    | `matvec(b)` | X b |
    | `rmatvec(v)` | X'v |
    | `gram(w)` | X' diag(w) X |
    | `cross(other, w)` | X' diag(w) Y |
    | `dense(rows)` | the rows asked for, as an array |
    | `column(j)` | column j |
    | `take(rows)` | the map of these rows |
    | `select(columns)` | the map of these columns |
    """

    @property
    @abstractmethod
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""

    @property
    @abstractmethod
    def coded(self) -> bool:
        """Whether codes of a factor are in it; otherwise its columns are numbers held as such."""

    @abstractmethod
    def matvec(self, b: np.ndarray) -> np.ndarray:
        """Return X b for b [p] or [p, m]."""

    @abstractmethod
    def rmatvec(self, v: np.ndarray) -> np.ndarray:
        """Return X'v for v [n] or [n, m]."""

    @abstractmethod
    def gram(self, w: np.ndarray | None = None) -> np.ndarray:
        """Return X' diag(w) X [p, p]; w [n] is one where not given."""

    @abstractmethod
    def cross(self, other: "LinearMap", w: np.ndarray | None = None) -> np.ndarray:
        """Return X' diag(w) Y [p, m] for the map Y [n, m]."""

    @abstractmethod
    def dense(self, rows: np.ndarray | slice | None = None) -> np.ndarray:
        """Return the rows asked for (all by default) as an array."""

    @abstractmethod
    def column(self, j: int) -> np.ndarray:
        """Return column j [n]."""

    @abstractmethod
    def take(self, rows: np.ndarray | slice) -> "LinearMap":
        """Return the map of these rows only."""

    @abstractmethod
    def select(self, columns: np.ndarray) -> "LinearMap":
        """Return the map of these columns only, given by ascending positions; as coded as this one where it can be."""
