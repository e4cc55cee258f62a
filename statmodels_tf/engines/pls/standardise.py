r"""Columns centred and scaled for the arithmetic, and the way back.

The criterion does not depend on the basis of the columns, its rounding errors do: with x in the millions, X'X and
Z'Z lose every digit that matters. Where a block has a column of ones the others are centred, and all are scaled:

    X_std = X S,   beta = S beta_std;       Z_std = Z T,   b = T b_std,   Sigma = T Sigma_std T'.

Lambda in the user's basis is the lower triangular factor of T Lambda_std, by an orthogonal rotation (which leaves
Sigma as it is and needs no inverse, so that it holds at a singular Lambda).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...linalg.base import LinearMap
from ...linalg.coded import Coded
from ...linalg.dense import Dense
from ...linalg.stacked import Stacked

_ROUNDING = 1e-13  # a column that varies by less, relative to its mean, is constant
_SQUARES = (1e-140, 1e140)  # sizes whose squares, summed, are numbers


def _standardise(values: np.ndarray, constant: int | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (values - centre) / scale, centre and scale; centred only where there is a column of ones to absorb it."""
    out, centre, scale = _moments(values, constant)
    odd = ~np.isfinite(scale) | (scale > _SQUARES[1]) | (scale < _SQUARES[0])
    if odd.any():  # their squares would not be numbers: a power of two is taken out of them first
        unit = np.where(odd, power_of_two(values), 1.0)
        out, centre, scale = _moments(values / unit, constant)
        centre, scale = centre * unit, scale * unit
        out *= unit
    mean = np.abs(centre) if constant is not None else np.abs(values).max(0, initial=0.0)
    fixed = (scale <= _ROUNDING * mean) | (scale == 0.0)
    if fixed.any():
        centre, scale = np.where(fixed, 0.0, centre), np.where(fixed, power_of_two(values, only=_SQUARES), scale)
        out[:, fixed] = values[:, fixed]
    out /= scale
    return out, centre, scale


def _moments(values: np.ndarray, constant: int | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the values less their mean (or as they are), what was taken off, and their root mean square."""
    n, width = values.shape
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        centre = np.ones(n) @ values / max(n, 1) if constant is not None else np.zeros(width)
        out = values - centre
        return out, centre, np.sqrt(np.einsum("nj,nj->j", out, out) / max(n, 1))


def power_of_two(values: np.ndarray, *, only: tuple[float, float] | None = None) -> np.ndarray:
    """Return, for each column, the power of two just below its largest value; 1 for a column of zeros.

    Multiplying by it rounds nothing. With `only`, 1 for columns within these bounds too.
    """
    largest = np.abs(values).max(0, initial=0.0)
    unit = np.ldexp(1.0, np.frexp(largest)[1] - 1)
    usual = largest == 0.0 if only is None else (largest == 0.0) | ((largest > only[0]) & (largest < only[1]))
    return np.where(usual, 1.0, unit)


def _constant(values: LinearMap) -> int | None:
    """Return the first column that is one nonzero number throughout."""
    for j in range(values.shape[1]):
        column = values.column(j)
        if len(column) and column[0] != 0.0 and column[0] == column[-1] and np.all(column == column[0]):
            return j
    return None


def standardise_effects(columns: np.ndarray | None) -> tuple[np.ndarray | None, np.ndarray]:
    """Return the standardised columns of a group term [n, l] and T [l, l]."""
    if columns is None:
        return None, np.eye(1)
    columns = np.asarray(columns, dtype=float)
    constant = _constant(Dense(columns))
    out, centre, scale = _standardise(columns, constant)
    T = np.diag(1.0 / scale)
    if constant is not None:
        T[constant] -= centre / (scale * columns[0, constant])
    return out, T


def standardise_common(common: LinearMap) -> tuple[LinearMap, np.ndarray]:
    """Return the map with its dense blocks standardised, and S [p, p].

    Columns held as codes are indicators and contrasts, of size one already: they stay as they are, and what multiplies
    them is scaled.
    """
    blocks = common.blocks if isinstance(common, Stacked) else (common,)
    starts = np.cumsum([0, *(block.shape[1] for block in blocks)])
    constant, value = None, 1.0
    for block, start in zip(blocks, starts[:-1], strict=True):
        if not block.coded and constant is None:
            found = _constant(block)
            if found is not None:
                constant, value = int(start) + found, float(block.column(found)[0])
    S, out = np.eye(common.shape[1]), []
    for block, start in zip(blocks, starts[:-1], strict=True):
        own = slice(start, start + block.shape[1])
        if isinstance(block, Coded) and block.values is not None:
            values, _, scale = _standardise(block.values, None)
            out.append(replace(block, values=values))
            each = np.tile(scale, block.table.shape[1])
            S[own, own] = np.diag(1.0 / (each if block.order is None else each[block.order]))
            continue
        if block.coded or block.shape[1] == 0:
            out.append(block)
            continue
        values, centre, scale = _standardise(block.dense(), constant)
        out.append(Dense(values))
        S[own, own] = np.diag(1.0 / scale)
        if constant is not None:
            S[constant, own] -= centre / (scale * value)
    return (out[0] if len(out) == 1 else Stacked(tuple(out))), S


def orthogonalise(std: LinearMap, S: np.ndarray, columns: np.ndarray) -> tuple[LinearMap, np.ndarray]:
    """Return orthogonal columns that span those chosen, and S for them.

    Nearly collinear columns lose in X'X twice the digits that they lose in X: a QR factorisation spares them that.
    """
    Q, R = np.linalg.qr(std.dense()[:, columns])
    unit = np.sqrt(len(Q))
    return Dense(Q * unit), np.linalg.solve(R.T, S.T).T * unit


def lower_triangular(matrix: np.ndarray) -> np.ndarray:
    """Return the lower triangular L, diagonal >= 0, with LL' = matrix matrix'; any rank."""
    L = np.asarray(np.linalg.qr(matrix.T, mode="r")).T
    return L * np.where(np.diag(L) < 0.0, -1.0, 1.0)
