"""Design: a formula on a table, as arrays."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ..formula import Formula
from ..linalg import LinearMap
from .groups import GroupBlock
from .newdata import NewDesign, new_design
from .rank import aliased_columns
from .response import Response
from .spec import DesignSpec
from .special import SpecialBlock


@dataclass(frozen=True, eq=False)
class Design:
    """The arrays of a model: n rows used, p common columns, and the grouping factors.

    Attributes
    ----------
    formula : Formula
    response : Response or None
    common : LinearMap [n, p]
        X, in R's order of columns.
    columns : tuple of str
        Names of X's columns: `Intercept`, `x`, `dept[b]`, `wool[B]:tension[M]`, `poly(x, 2)[1]`.
    terms : tuple of (str, slice)
        Each common term and its columns.
    groups : tuple of GroupBlock
        In the order of the formula, `||` expanded.
    specials : tuple of SpecialBlock
        One for each special term.
    offset, weights : array [n] or None
    index : Index [n]
        Labels of the rows used.
    rows : array [n]
        Their positions in the data.
    dropped : int
        Rows left out because something in them was missing.
    missing_by : dict
        Column -> in how many of the rows dropped it was missing.
    undefined_by : dict
        Expression -> in how many of the rows dropped it had no value though its columns had: `log(x)` of a negative
        number.
    levels : dict
        Common factor -> its levels, the first one the reference.
    contrasts : dict
        Common factor -> the name of its contrasts.
    spec : DesignSpec
        What makes the same columns again.
    frame : DataFrame [n, ...]
        The columns of the data that the formula reads, rows used only.
    functions : dict
        The caller's own functions.
    source : Source or None
        Where all rows are, of data that are read block by block; the arrays here are then those of a few rows, which
        show every level. It says `n`, `nobs`, and of what it is made (`said`).
    """

    formula: Formula
    response: Response | None
    common: LinearMap
    columns: tuple[str, ...]
    terms: tuple[tuple[str, slice], ...]
    groups: tuple[GroupBlock, ...]
    specials: tuple[SpecialBlock, ...]
    offset: np.ndarray | None
    weights: np.ndarray | None
    index: pd.Index
    rows: np.ndarray
    dropped: int
    missing_by: dict[str, int]
    undefined_by: dict[str, int]
    levels: dict[str, tuple[str, ...]]
    contrasts: dict[str, str]
    spec: DesignSpec
    frame: pd.DataFrame
    functions: Mapping[str, Callable]
    source: Any = None

    @property
    def n(self) -> int:
        """The number of rows used that are in memory."""
        return len(self.index)

    @property
    def nobs(self) -> int:
        """The number of observations: the rows used, wherever they are, those of weight 0 left out, as in R."""
        if self.source is not None:
            return self.source.nobs
        return len(self.rows) if self.weights is None else int(np.count_nonzero(self.weights))

    @cached_property
    def counted(self) -> np.ndarray:
        """The positions of the rows in memory that count: all but those of weight 0."""
        return np.arange(self.n) if self.weights is None else np.flatnonzero(self.weights > 0)

    @cached_property
    def aliased(self) -> tuple[int, ...]:
        """Columns that depend linearly on earlier ones, by the rule of R's `lm`; X keeps them."""
        return aliased_columns(self.common, self.weights)

    def on(self, newdata: Any, *, new_levels: str = "error", groups: bool = True) -> NewDesign:
        """Return the same columns on other rows: what transforms learned and the levels are repeated.

        Parameters
        ----------
        newdata : table or dict of columns
        new_levels : str
            `"error"`: a group level not seen is a DataError; `"population"`: its code is -1.
        groups : bool
            Whether the grouping factors are wanted; without them their columns need not be there.
        """
        return new_design(self, newdata, new_levels, groups)
