"""Means of the response, and how they change, row by row or averaged: values with their Jacobians.

The mean of row i is mu_i = g⁻¹(x_i'beta + offset). With d = d x_i / dx and s = d'beta (plus the slope of the offset):

    mean                 mu                      Jacobian  mu' x_i
    slope in a column    mu' s                   Jacobian  mu' d + mu'' s x_i

An average of rows has the average Jacobian, a product X'v, so nothing of the size of the data is kept but a chunk.

Where estimates are infinite (`Limit`), a mean whose linear predictor grows without end is the end of its range, with
slope zero and without error; one that the likelihood does not determine is NaN, and so is each average it is in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import pandas as pd

from ...linalg import LinearMap
from ..columns import repeatable
from ..regression.limit import Limit
from .scale import Scale

CHUNK = 65_536
# The step of a central difference relative to the value: the cube root of the rounding error.
_STEP = float(np.finfo(float).eps ** (1 / 3))
_LEAST = 0.05


@dataclass(frozen=True, eq=False)
class Piece:
    """A quantity on m rows: values [m], and the Jacobian as a sum of diag(v) X over `parts`.

    `known` [m] are the rows whose value has an error: all but those at the limits of infinite estimates.
    """

    values: np.ndarray
    parts: tuple[tuple[LinearMap, np.ndarray], ...]
    known: np.ndarray

    def jacobian(self) -> np.ndarray:
        """Return the Jacobian [m, p]."""
        found: np.ndarray = reduce(np.add, (v[:, None] * X.dense() for X, v in self.parts))
        return found


@dataclass(frozen=True, eq=False)
class End:
    """A quantity of G groups of rows, or of G rows.

    Parameters
    ----------
    values : array [G]
    jacobian : array [G, p]
    known : array [G]
        The share of the rows whose value has an error.
    """

    values: np.ndarray
    jacobian: np.ndarray
    known: np.ndarray


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows at which quantities are asked: a table, and what the linear predictor needs.

    Parameters
    ----------
    design : Design
    coefficients : array [p]
        Zero where aliased.
    scale : Scale or None
        None for quantities on the scale of the linear predictor.
    frame : DataFrame [n, ...]
    own_offset : array [n] or None
        The offset of the rows of the fit, where it was an array.
    limit : Limit or None
        That of a fit with infinite estimates.
    """

    design: Any
    coefficients: np.ndarray
    scale: Scale | None
    frame: pd.DataFrame
    own_offset: np.ndarray | None
    limit: Limit | None

    def chunks(self) -> Iterator[tuple[slice, pd.DataFrame]]:
        """Yield the rows in chunks."""
        for start in range(0, len(self.frame), CHUNK):
            rows = slice(start, min(start + CHUNK, len(self.frame)))
            yield rows, self.frame.iloc[rows]

    def at(self, rows: slice, frame: pd.DataFrame) -> tuple[LinearMap, np.ndarray]:
        """Return design and linear predictor of rows."""
        design, shift = repeatable(self.design)
        new = design.on(frame, groups=False)
        eta = new.common.matvec(self.coefficients)
        if new.offset is not None:
            eta = eta + new.offset
        return new.common, eta + (shift if self.own_offset is None else self.own_offset[rows])

    def mean(self, rows: slice, frame: pd.DataFrame) -> Piece:
        """Return the means of rows."""
        X, eta = self.at(rows, frame)
        known, eta = self._reached(eta, X)
        if self.scale is None:
            return Piece(eta, ((X, known.astype(float)),), known)
        return Piece(self.scale.mean(eta), ((X, np.where(known, self.scale.slope(eta), 0.0)),), known)

    def slope(self, rows: slice, frame: pd.DataFrame, x: str, spread: float) -> Piece:
        """Return the slopes of the means in the column `x`, by central differences of its columns in the design."""
        values = frame[x].to_numpy(dtype=float)
        h = _STEP * np.maximum(np.abs(values), _LEAST * spread)
        above, below = values + h, values - h
        width = above - below
        X1, eta1 = self.at(rows, frame.assign(**{x: above}))
        X0, eta0 = self.at(rows, frame.assign(**{x: below}))
        known, s = self._reached((eta1 - eta0) / width, X1, X0)
        if self.scale is None or self.scale.identity:
            per = known / width
            return Piece(s, ((X1, per), (X0, -per)), known)
        X, eta = self.at(rows, frame)
        inside, eta = self._reached(eta, X)
        known, slope = known & inside, self.scale.slope(eta)
        with np.errstate(invalid="ignore"):
            values = np.where(slope == 0, 0.0, slope * s)
        slope, curvature = np.where(known, slope, 0.0), self.scale.curvature(np.where(known, eta, 0.0))
        bent = np.where(known, curvature * np.where(known, s, 0.0), 0.0)
        return Piece(values, ((X1, slope / width), (X0, -slope / width), (X, bent)), known)

    def _reached(
        self, values: np.ndarray, X: LinearMap, less: LinearMap | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return which functions X beta, or (X - less) beta, are determined, and where they lie: see `Limit`."""
        if self.limit is None:
            return np.ones(len(values), dtype=bool), values
        L = X.dense() if less is None else X.dense() - less.dense()
        return self.limit.determined(L), self.limit.reached(L, values)


def averaged(
    rows: Rows, ask: Callable[[slice, pd.DataFrame], Piece], codes: np.ndarray, count: int, weights: np.ndarray | None
) -> End:
    """Return the averages of a quantity in G groups of rows.

    Parameters
    ----------
    rows : Rows
    ask : callable
        The quantity on a chunk of rows.
    codes : int array [n]
        The group of each row.
    count : int
        How many groups, G.
    weights : array [n] or None
    """
    p = len(rows.coefficients)
    total, mass, held, jacobian = np.zeros(count), np.zeros(count), np.zeros(count), np.zeros((count, p))
    for part, frame in rows.chunks():
        piece, code = ask(part, frame), codes[part]
        w = np.ones(len(code)) if weights is None else weights[part]
        with np.errstate(invalid="ignore"):
            total += np.bincount(code, np.where(w > 0, w * piece.values, 0.0), minlength=count)
        mass += np.bincount(code, w, minlength=count)
        held += np.bincount(code, w * piece.known, minlength=count)
        for X, v in piece.parts:
            if count == 1:
                jacobian[0] += X.rmatvec(w * v)
                continue
            for g in np.unique(code):
                jacobian[g] += X.rmatvec(np.where(code == g, w * v, 0.0))
    with np.errstate(invalid="ignore"):
        return End(total / mass, jacobian / mass[:, None], held / mass)
