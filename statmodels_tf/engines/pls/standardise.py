r"""Columns centred and scaled for the arithmetic, and the way back.

The criterion does not depend on the basis of the columns, its rounding errors do: with x in the millions, X'X and Z'Z lose
every digit that matters. Where a block has a column of ones the others are centred, and all are scaled:

    X_std = X S,   beta = S beta_std;       Z_std = Z T,   b = T b_std,   Sigma = T Sigma_std T'.

Lambda in the user's basis is the lower triangular factor of T Lambda_std, by an orthogonal rotation (which leaves Sigma as it
is and needs no inverse, so that it holds at a singular Lambda).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from statmodels_tf.linalg.base import LinearMap
from statmodels_tf.linalg.dense import Dense
from statmodels_tf.linalg.stacked import Stacked

__all__ = ["lower_triangular", "standardise_common", "standardise_effects"]


@dataclass(frozen=True)
class _Scaling:
    """Subtract `centre` x the constant column, then divide by `scale`."""

    centre: np.ndarray
    scale: np.ndarray
    constant: int | None
    value: float

    def apply(self, values: np.ndarray) -> np.ndarray:
        return (values - self.centre) / self.scale

    @property
    def matrix(self) -> np.ndarray:
        """Return S with columns_std = columns S."""
        S = np.diag(1.0 / self.scale)
        if self.constant is not None:
            S[self.constant] -= self.centre / (self.scale * self.value)
        return S


def _scaling(values: np.ndarray, constant: int | None, level: float) -> _Scaling:
    width = values.shape[1]
    centre = np.zeros(width)
    if constant is not None:
        centre = values.mean(axis=0)
    first = values[0] if len(values) else np.zeros(width)
    spread = np.abs(values - first).max(axis=0, initial=0.0)
    centre[spread == 0.0] = 0.0
    scale = np.sqrt(np.mean((values - centre) ** 2, axis=0))
    scale[(spread == 0.0) | (scale == 0.0) | ~np.isfinite(scale)] = 1.0
    return _Scaling(centre, scale, constant, level)


def _constant(values: np.ndarray) -> int | None:
    """Return the first column that is one nonzero number throughout."""
    for j in range(values.shape[1]):
        column = values[:, j]
        if len(column) and column[0] != 0.0 and column[0] == column[-1] and np.all(column == column[0]):
            return j
    return None


def standardise_effects(columns: np.ndarray | None) -> tuple[np.ndarray | None, np.ndarray]:
    """Return the standardised columns of a group term [n, l] and T [l, l]."""
    if columns is None:
        return None, np.eye(1)
    columns = np.asarray(columns, dtype=float)
    constant = _constant(columns)
    scaling = _scaling(columns, constant, 1.0 if constant is None else float(columns[0, constant]))
    return scaling.apply(columns), scaling.matrix


def standardise_common(common: LinearMap) -> tuple[LinearMap, np.ndarray]:
    """Return the map with its dense blocks standardised, and S [p, p].

    Columns held as codes are indicators and contrasts, of size one already: they stay as they are.
    """
    blocks = common.blocks if isinstance(common, Stacked) else (common,)
    constant, value, start = None, 1.0, 0
    for block in blocks:
        if isinstance(block, Dense) and constant is None:
            found = _constant(block.values)
            if found is not None:
                constant, value = start + found, float(block.values[0, found])
        start += block.shape[1]
    S, out, start = np.eye(common.shape[1]), [], 0
    for block in blocks:
        stop = start + block.shape[1]
        if isinstance(block, Dense) and block.shape[1]:
            scaling = _scaling(block.values, constant, value)
            out.append(Dense(scaling.apply(block.values)))
            S[start:stop, start:stop] = np.diag(1.0 / scaling.scale)
            if constant is not None:
                S[constant, start:stop] -= scaling.centre / (scaling.scale * value)
        else:
            out.append(block)
        start = stop
    return (out[0] if len(out) == 1 else Stacked(tuple(out))), S


def lower_triangular(matrix: np.ndarray) -> np.ndarray:
    """Return the lower triangular L, diagonal >= 0, with LL' = matrix matrix'; any rank."""
    L = np.linalg.qr(matrix.T, mode="r").T
    return L * np.where(np.diag(L) < 0.0, -1.0, 1.0)
