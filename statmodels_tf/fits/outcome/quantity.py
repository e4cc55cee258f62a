"""The probability of one outcome, and how it changes, row by row: values with their Jacobians.

A slope is the central difference of fourth order, (8 (p(x + h) - p(x - h)) - (p(x + 2h) - p(x - 2h))) / 12h, of the
probabilities and of their gradients in all parameters.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ...linalg import Dense
from ..margins.quantity import Piece
from .predict import rows_at

_CELLS = 4_000_000
_STEP, _LEAST = 2e-3, 0.05


@dataclass(frozen=True, eq=False)
class OutcomeRowsAt:
    """The rows at which the probability of an outcome is asked; see `margins.quantity.Rows`.

    Parameters
    ----------
    fit : OutcomeFigures
    outcome : int
        Its place among the outcomes.
    frame : DataFrame [n, ...]
    own_offset : array [n] or None
        The offset of the rows of the fit, where it was an array.
    """

    fit: Any
    outcome: int
    frame: pd.DataFrame
    own_offset: np.ndarray | None

    @property
    def coefficients(self) -> np.ndarray:
        """All parameters [P]."""
        return np.asarray(self.fit.parameters)

    def chunks(self) -> Iterator[tuple[slice, pd.DataFrame]]:
        """Yield the rows in chunks."""
        size = max(1, _CELLS // (len(self.fit.outcomes) * max(1, len(self.coefficients))))
        for start in range(0, len(self.frame), size):
            rows = slice(start, min(start + size, len(self.frame)))
            yield rows, self.frame.iloc[rows]

    def mean(self, rows: slice, frame: pd.DataFrame) -> Piece:
        """Return the probabilities of rows."""
        own = None if self.own_offset is None else self.own_offset[rows]
        p, gradient = self.fit.probabilities(rows_at(self.fit, frame, own), True)
        return Piece(
            p[:, self.outcome], ((Dense(gradient[:, self.outcome]), np.ones(len(p))),), np.ones(len(p), dtype=bool)
        )

    def slope(self, rows: slice, frame: pd.DataFrame, x: str, spread: float) -> Piece:
        """Return the slopes of the probabilities in the column `x`."""
        values = frame[x].to_numpy(dtype=float)
        h = _STEP * np.maximum(np.abs(values), _LEAST * spread)
        total, parts = np.zeros(len(values)), []
        for step, weight in ((1, 8), (-1, -8), (2, -1), (-2, 1)):
            piece = self.mean(rows, frame.assign(**{x: values + step * h}))
            total += weight * piece.values
            parts += [(X, weight * v / (12 * h)) for X, v in piece.parts]
        return Piece(total / (12 * h), tuple(parts), np.ones(len(values), dtype=bool))
