"""Representatives: few rows that show every level that a block of rows has."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import DataError
from ..transforms import Factor
from .table import Table

MOST = 200_000
"""How many different values may be told apart."""


@dataclass(frozen=True, eq=False)
class Representatives:
    """Rows of the data, each kept for what it shows first.

    Attributes
    ----------
    shown : tuple
        For each row what it shows: any values that compare.
    frame : DataFrame [rows, columns]
    """

    shown: tuple
    frame: pd.DataFrame

    def __add__(self, other: "Representatives") -> "Representatives":
        known = set(self.shown)
        new = [i for i, what in enumerate(other.shown) if what not in known]
        if not new:
            return self
        if len(known) + len(new) > MOST:
            raise DataError(f"`{other.shown[new[0]][0]}` has more than {MOST:,} different values; make them numbers.")
        frames = [self.frame, other.frame.iloc[new]] if len(self.frame) else [other.frame.iloc[new]]
        return Representatives((*self.shown, *(other.shown[i] for i in new)), pd.concat(frames, ignore_index=True))


def represent(table: Table, columns: tuple[str, ...], chosen: dict) -> Representatives:
    """Return the rows at the positions that `chosen` gives for what each shows."""
    frame = table.frame(columns, np.fromiter(chosen.values(), dtype=np.int64, count=len(chosen)))
    made = frame.select_dtypes("category").columns
    return Representatives(tuple(chosen), frame.astype(dict.fromkeys(made, object)))


def levels_shown(who: str, factors: list[Factor]) -> dict:
    """Return for each combination of levels that occurs, missing ones too, the first row that shows it.

    Parameters
    ----------
    who : str
        What stands first in the key.
    factors : list of Factor [n]
    """
    codes, first = np.zeros(len(factors[0].codes), dtype=np.int64), None
    combined = np.zeros((1, 0), dtype=np.int64)
    for factor in factors:
        width = len(factor.levels) + 1
        fused = codes * width + np.where(factor.codes < 0, width - 1, factor.codes)
        size = len(combined) * width
        if size <= 4 * len(codes) + 100_000:
            first = np.full(size, -1, dtype=np.int64)
            first[fused[::-1]] = np.arange(len(fused) - 1, -1, -1)
            used = np.flatnonzero(first >= 0)
            lookup = np.cumsum(first >= 0) - 1
            first, codes = first[used], lookup[fused]
        else:
            used, first, codes = np.unique(fused, return_index=True, return_inverse=True)
        combined = np.column_stack([combined[used // width], used % width])
    names = [[*factor.levels, None] for factor in factors]
    keys = ((who, *(name[c] for name, c in zip(names, row, strict=True))) for row in combined.tolist())
    return dict(zip(keys, first.tolist(), strict=True))
