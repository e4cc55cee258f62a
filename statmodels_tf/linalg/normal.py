"""Normal: the sums that least squares needs of rows, addable and unscaled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Normal", "Triangle", "triangle_of", "triangular"]


@dataclass(frozen=True, eq=False)
class Normal:
    """X'WX [p, p] and X'r [p] of some rows."""

    gram: np.ndarray
    score: np.ndarray

    def __add__(self, other: Normal) -> Normal:
        return Normal(self.gram + other.gram, self.score + other.score)

    def portable(self) -> Normal:
        """Return these sums as they are."""
        return self

    def collected(self) -> Normal:
        """Return these sums as they are."""
        return self


@dataclass(frozen=True, eq=False)
class Triangle:
    """The triangular factor R [p + 1, p + 1] of rows [sqrt(W) X, r / sqrt(W)], which merges with that of other rows.

    References
    ----------
    Demmel, Grigori, Hoemmen & Langou (2012), Communication-optimal parallel and sequential QR and LU factorizations.
    doi:10.1137/080731992
    """

    factor: np.ndarray

    def __add__(self, other: Triangle) -> Triangle:
        return Triangle(triangular(np.vstack([self.factor, other.factor])))

    def collected(self) -> Triangle:
        """Return the factor as it is."""
        return self


def triangular(rows: np.ndarray) -> np.ndarray:
    """Return R of the QR decomposition of the rows; the rows themselves where there are fewer than columns."""
    return rows if len(rows) <= rows.shape[1] else np.asarray(np.linalg.qr(rows, mode="r"))


def triangle_of(dense: np.ndarray, w: np.ndarray, r: np.ndarray) -> Triangle:
    """Return the factor of dense rows X [m, p] with weights w and residual scores r; r is 0 where w is."""
    root = np.sqrt(w)
    last = np.divide(r, root, out=np.zeros_like(root), where=root > 0)
    p = dense.shape[1]
    size = max(4096, 2 * p)
    factor = np.empty((0, p + 1))
    for start in range(0, len(root), size):
        rows = slice(start, start + size)
        part = np.empty((len(root[rows]), p + 1))
        np.multiply(dense[rows], root[rows, None], out=part[:, :p])
        part[:, p] = last[rows]
        factor = triangular(np.vstack([factor, part]))
    return Triangle(factor)
