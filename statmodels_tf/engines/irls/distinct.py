"""Distinct rows: where all terms are of factors, rows of the same levels are one row with their summed weight.

In an exponential family the deviance of rows of one mean is that of their weighted mean response with their summed
weight, and a constant; so the coefficients, their covariance and every step are the same. What is reported of single
rows, the deviance and the log-likelihood, is added up over all of them in the end.

References
----------
McCullagh & Nelder (1989), Generalized Linear Models, section 4.1.2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...design.recipe import Coder
from ...design.table import Table
from ...families.exponential import ExponentialFamily
from ...linalg.cells import CellRows
from ...model import Model
from .memory import MemoryRows, memory_rows
from .rows import Rows
from .streamed import StreamedRows

MANY = 100_000
"""Rows from which on it pays to look for equal ones."""

MOST = 1_000_000
"""The most combinations of levels, those that do not occur included, that are told apart in a stream."""


@dataclass(frozen=True, eq=False)
class Sums:
    """Summed weights and weighted responses of each combination."""

    weight: np.ndarray
    weighted: np.ndarray

    def __add__(self, other: Sums) -> Sums:
        return Sums(self.weight + other.weight, self.weighted + other.weighted)


def _sums(cells, size, y, a):
    if a is None:
        return Sums(np.bincount(cells, minlength=size).astype(float), np.bincount(cells, y, size))
    return Sums(np.bincount(cells, a, size), np.bincount(cells, a * y, size))


@dataclass(frozen=True, eq=False)
class SumCells:
    """The task that adds up the rows of a table by combination."""

    coder: Coder
    family: ExponentialFamily
    size: int

    def __call__(self, table: Table) -> Sums | None:
        found = self.coder.cells(table)
        if found is None:
            return None
        cells, response, weights = found
        y, a = self.family.observations(self.family.data(response, weights))
        return _sums(cells, self.size, y, a)


def distinct_rows(rows: Rows, model: Model) -> MemoryRows | None:
    """Return the distinct rows of a model in memory, or None where there are none or too many, or it does not pay."""
    design, family = model.design, model.family
    coded = all(design.spec.variables[v.key].coded for term in design.formula.common for v in term.variables)
    if rows.n < MANY or not coded or design.offset is not None or family.own:
        return None
    if isinstance(rows, StreamedRows):
        return _of_stream(rows)
    if isinstance(rows, MemoryRows) and isinstance(rows.common, CellRows):
        return _of_memory(rows, rows.common)
    return None


def _of_memory(rows, common):
    size = common.plan.cells
    if common.numbers or size * 10 > rows.n:
        return None
    sums = _sums(common.cells, size, rows.y, rows.weights)
    first = np.empty(size, dtype=np.int64)
    first[common.cells[::-1]] = np.arange(rows.n - 1, -1, -1)
    return memory_rows(common.take(first), sums.weighted / sums.weight, sums.weight, None)


def _of_stream(rows):
    coder = rows.stream.coder
    size = coder.combinations
    if size > MOST or size * 10 > rows.n:
        return None
    sums = rows.stream.over_tables(SumCells(coder, rows.family, size), "distinct rows")
    used = np.flatnonzero(sums.weight > 0)
    return memory_rows(coder.rows_of(used), sums.weighted[used] / sums.weight[used], sums.weight[used], None)
