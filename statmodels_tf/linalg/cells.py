"""CellRows: factors fused into one code for each combination of levels that occurs.

Column j of X is u_j[i] t_j[cell_i]: a number of the row times a number of its cell. So X'WX follows from the sums over
each cell of w times each product of two numbers, whatever the number of columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .arrange import Arrangement
from .base import LinearMap
from .coded import Coded
from .normal import Normal
from .symmetric import weighted_gram

MOST_CELLS = 65_536
"""The most combinations of levels for which sums are kept."""

SCAN = 4_000_000
"""The most combinations, those that do not occur included, that are counted to find which do."""


@dataclass(frozen=True, eq=False)
class Piece:
    """Columns of X that multiply one number: `levels` is their part by cell, `places` where in X they stand."""

    levels: Coded
    number: int
    places: np.ndarray


@dataclass(frozen=True, eq=False)
class CellPlan:
    """How the columns of X are made of cells and numbers.

    Attributes
    ----------
    p, cells : int
        Columns, and cells.
    pieces : tuple of Piece
    used : int
        How many numbers multiply factors; number 0 is one.
    numeric : int array [d]
        Where in X the numeric columns stand.
    known : int array [d]
        Which number each numeric column is, or -1.
    """

    p: int
    cells: int
    pieces: tuple[Piece, ...]
    used: int
    numeric: np.ndarray
    known: np.ndarray

    def pair(self, u: int, v: int) -> int:
        """Return the place among the cell sums of the product of numbers u and v."""
        u, v = max(u, v), min(u, v)
        return u * (u + 1) // 2 + v

    def column(self, u: int, j: int) -> int:
        """Return the place among the cell sums of number u times numeric column j."""
        if self.known[j] >= 0:
            return self.pair(u, int(self.known[j]))
        return self.used * (self.used + 1) // 2 + u * len(self.numeric) + j

    def gram(self, sums: np.ndarray, numeric: np.ndarray) -> np.ndarray:
        """Return X'WX from the cell sums and that of the numeric columns alone."""
        out = np.zeros((self.p, self.p))
        out[np.ix_(self.numeric, self.numeric)] = numeric
        for i, left in enumerate(self.pieces):
            if len(self.numeric):
                rows = [self.column(left.number, j) for j in range(len(self.numeric))]
                crossed = left.levels.rmatvec(sums[rows].T)
                out[np.ix_(left.places, self.numeric)] = crossed
                out[np.ix_(self.numeric, left.places)] = crossed.T
            for right in self.pieces[: i + 1]:
                crossed = left.levels.cross(right.levels, sums[self.pair(left.number, right.number)])
                out[np.ix_(left.places, right.places)] = crossed
                out[np.ix_(right.places, left.places)] = crossed.T
        return out

    def score(self, sums: np.ndarray, numeric: np.ndarray) -> np.ndarray:
        """Return X'r from the cell sums of r times each number, and that of the numeric columns."""
        out = np.zeros(self.p)
        out[self.numeric] = numeric
        for piece in self.pieces:
            out[piece.places] = piece.levels.rmatvec(sums[piece.number])
        return out


@dataclass(frozen=True, eq=False)
class CellSums:
    """Sums over cells of some rows: of weights times products of numbers, and of residual scores times numbers."""

    plan: CellPlan
    weights: np.ndarray
    scores: np.ndarray
    gram: np.ndarray
    score: np.ndarray

    def __add__(self, other: CellSums) -> CellSums:
        if self.plan is not other.plan:
            raise ValueError("sums over different cells do not add up; make them portable first.")
        return CellSums(
            self.plan,
            self.weights + other.weights,
            self.scores + other.scores,
            self.gram + other.gram,
            self.score + other.score,
        )

    def portable(self) -> Normal:
        """Return sums that can be added to those of rows with other cells."""
        return self.collected()

    def collected(self) -> Normal:
        """Return X'WX and X'r."""
        return Normal(self.plan.gram(self.weights, self.gram), self.plan.score(self.scores, self.score))


@dataclass(frozen=True, eq=False)
class CellRows(Arrangement):
    """Rows as cells, numbers that multiply factors, and numeric columns."""

    plan: CellPlan
    cells: np.ndarray
    numbers: tuple[np.ndarray, ...]
    numeric: tuple[np.ndarray, ...]

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.cells), self.plan.p

    @property
    def chunk(self) -> int:
        return max(32_768, 4 * self.plan.cells)

    def matvec(self, b: np.ndarray) -> np.ndarray:
        plan = self.plan
        level = np.zeros((plan.used, plan.cells))
        for piece in plan.pieces:
            level[piece.number] += piece.levels.matvec(b[piece.places])
        total = level[0][self.cells]
        for number, part in zip(self.numbers, level[1:], strict=True):
            total += number * part[self.cells]
        for block, part in self._numeric(b[plan.numeric]):
            total += block @ part
        return total

    def rmatvec(self, v: np.ndarray) -> np.ndarray:
        return self.plan.score(*self._scores(v))

    def normal(self, w: np.ndarray, r: np.ndarray, single: bool = False) -> CellSums:
        plan, size, sums = self.plan, self.plan.cells, []
        weighted = [w, *(w * number for number in self.numbers)]
        for u in range(plan.used):
            for v in range(u + 1):
                product = weighted[u] if v == 0 else weighted[u] * self.numbers[v - 1]
                sums.append(np.bincount(self.cells, product, size))
        columns = [block[:, j] for block in self.numeric for j in range(block.shape[1])]
        others = [u for u in range(plan.used) if (plan.known < 0).any()]
        for u in others:
            for known, column in zip(plan.known, columns, strict=True):
                sums.append(np.zeros(size) if known >= 0 else np.bincount(self.cells, weighted[u] * column, size))
        values = self.numeric[0] if len(self.numeric) == 1 else np.asfortranarray(np.column_stack([
            np.empty((len(self.cells), 0)), *self.numeric]))  # fmt: skip
        return CellSums(plan, np.array(sums), *self._both(r, weighted_gram(values, w, single)))

    def dense(self) -> np.ndarray:
        plan = self.plan
        out = np.empty(self.shape)
        at = 0
        for block in self.numeric:
            out[:, plan.numeric[at : at + block.shape[1]]] = block
            at += block.shape[1]
        for piece in plan.pieces:
            looked = piece.levels.dense()[self.cells]
            out[:, piece.places] = looked * self.numbers[piece.number - 1][:, None] if piece.number else looked
        return out

    def take(self, rows: np.ndarray | slice) -> CellRows:
        return CellRows(
            self.plan,
            self.cells[rows],
            tuple(number[rows] for number in self.numbers),
            tuple(block[rows] for block in self.numeric),
        )

    def _numeric(self, b):
        at = 0
        for block in self.numeric:
            yield block, b[at : at + block.shape[1]]
            at += block.shape[1]

    def _scores(self, r):
        size = self.plan.cells
        sums = [np.bincount(self.cells, r, size), *(np.bincount(self.cells, r * u, size) for u in self.numbers)]
        return np.array(sums), np.concatenate([np.empty(0), *(block.T @ r for block in self.numeric)])

    def _both(self, r, gram):
        sums, score = self._scores(r)
        return sums, gram, score


def cell_rows(blocks: list[tuple[LinearMap, slice]], n: int, p: int) -> CellRows | None:
    """Return the blocks [n, ...] arranged by cells, or None where there are too many."""
    coded = [(block, part) for block, part in blocks if isinstance(block, Coded)]
    fused = _fused([block for block, _ in coded], n)
    if fused is None:
        return None
    cells, count = fused
    dense = [(block.dense(), part) for block, part in blocks if not block.coded]
    numbers: list[np.ndarray] = []
    pieces = []
    for block, part in coded:
        seen = np.zeros(count, dtype=np.int32)
        seen[cells] = block.codes
        table = Coded(seen, block.table)
        k, m = block.table.shape[1], block._width
        order = np.arange(k * m) if block.order is None else block.order
        place = np.empty(k * m, dtype=np.intp)
        place[order] = np.arange(k * m)
        for j in range(m):
            number = 0 if block.values is None else _number(block.values[:, j], numbers)
            pieces.append(Piece(table, number, part.start + place[j::m]))
    columns = [values[:, j] for values, _ in dense for j in range(values.shape[1])]
    known = np.array([_known(column, numbers) for column in columns], dtype=np.intp)
    numeric = np.concatenate([np.empty(0, dtype=np.intp), *(np.arange(s.start, s.stop) for _, s in dense)])
    plan = CellPlan(p, count, tuple(pieces), len(numbers) + 1, numeric.astype(np.intp), known)
    return CellRows(plan, cells, tuple(numbers), tuple(values for values, _ in dense))


def _number(column, numbers):
    """Return the number of a column, noting it if it is new."""
    known = _known(column, numbers)
    if known >= 0:
        return known
    numbers.append(np.ascontiguousarray(column))
    return len(numbers)


def _known(column, numbers):
    """Return which number a column is: 0 for ones, -1 if none."""
    if len(column) and column[0] == 1 and (column == 1).all():
        return 0
    for i, number in enumerate(numbers, 1):
        if np.array_equal(number[:16], column[:16]) and np.array_equal(number, column):
            return i
    return -1


def _fused(blocks: list[Coded], n: int) -> tuple[np.ndarray, int] | None:
    """Return one code for each row's combination of levels, only those that occur, and how many there are."""
    distinct: list[Any] = []
    for block in blocks:
        if not any(block.codes is other.codes for other in distinct):
            distinct.append(block)
    cells, count = np.zeros(n, dtype=np.int32), 1
    for block in sorted(distinct, key=lambda block: -len(block.table)):
        levels = len(block.table)
        if count * levels > SCAN:
            return None
        cells = block.codes if count == 1 else cells * np.int32(levels) + block.codes
        occurs = np.bincount(cells, minlength=count * levels) > 0
        count = int(np.count_nonzero(occurs))
        if count > MOST_CELLS:
            return None
        if count < len(occurs):
            cells = (np.cumsum(occurs, dtype=np.int32) - np.int32(1))[cells]
    return cells, count
