"""SplitRows: one factor of very many levels apart, the other columns beside it.

With an indicator for every level of the large factor, its block of X'WX is diagonal, D, and

    S = C - B'D⁻¹B,   δ_rest = S⁻¹(s_rest - B'D⁻¹s_D),   δ_D = D⁻¹(s_D - B δ_rest)

where C is the block of the other columns and B lies between. The user's columns, the intercept and contrasts, are the
indicators times a sparse matrix, whose inverse K turns effects of levels into coefficients.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_array

from .arrange import Arrangement
from .base import LinearMap
from .coded import Coded
from .dense import Dense
from .stacked import Stacked

MANY_LEVELS = 256
"""Levels from which on a factor is worth eliminating, where the columns are many too."""

MANY_COLUMNS = 1_000


@dataclass(frozen=True, eq=False)
class SplitPlan:
    """Which columns the large factor spans, and how.

    Attributes
    ----------
    p, levels : int
    spanned : int array [L]
        The columns of X that the indicators of all levels span: the intercept, if any, then the contrasts.
    rest : int array [r]
        The other columns.
    to_coefficients : sparse array [L, L]
        K: coefficients of the spanned columns = K times effects of levels.
    to_effects : sparse array [L, L]
        Its inverse.
    """

    p: int
    levels: int
    spanned: np.ndarray
    rest: np.ndarray
    to_coefficients: csr_array
    to_effects: csr_array


@dataclass(frozen=True, eq=False)
class SplitSums:
    """D [L], B [L, r], C [r, r] and the two parts of X'r; B in pieces by block of the other columns."""

    plan: SplitPlan
    diagonal: np.ndarray
    between: tuple[np.ndarray, ...]
    tables: tuple[np.ndarray | csr_array | None, ...]
    inner: np.ndarray
    score_levels: np.ndarray
    score_rest: np.ndarray

    def __add__(self, other: SplitSums) -> SplitSums:
        return replace(
            self,
            diagonal=self.diagonal + other.diagonal,
            between=tuple(a + b for a, b in zip(self.between, other.between, strict=True)),
            inner=self.inner + other.inner,
            score_levels=self.score_levels + other.score_levels,
            score_rest=self.score_rest + other.score_rest,
        )

    def portable(self) -> SplitSums:
        """Return these sums as they are: they mean the same for all rows of a design."""
        return self

    def collected(self) -> SplitNormal:
        """Return D, B and C whole."""
        parts = [b if t is None else b @ t for b, t in zip(self.between, self.tables, strict=True)]
        between = np.hstack([np.empty((self.plan.levels, 0)), *parts])
        return SplitNormal(self.plan, self.diagonal, between, self.inner, self.score_levels, self.score_rest)


@dataclass(frozen=True, eq=False)
class SplitNormal:
    """D, B, C and both parts of X'r, all rows counted."""

    plan: SplitPlan
    diagonal: np.ndarray
    between: np.ndarray
    inner: np.ndarray
    score_levels: np.ndarray
    score_rest: np.ndarray


@dataclass(frozen=True, eq=False)
class SplitRows(Arrangement):
    """Rows as levels of the large factor, and the other columns."""

    plan: SplitPlan
    codes: np.ndarray
    rest: tuple[LinearMap, ...]
    paired: tuple[np.ndarray | None, ...]
    whole: LinearMap

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.codes), self.plan.p

    @property
    def chunk(self) -> int:
        return 1 << 19

    @cached_property
    def _columns(self) -> LinearMap:
        return Stacked(self.rest) if self.rest else Dense(np.empty((len(self.codes), 0)))

    def matvec(self, b: np.ndarray) -> np.ndarray:
        effects = self.plan.to_effects @ b[self.plan.spanned]
        return effects[self.codes] + self._columns.matvec(b[self.plan.rest])

    def rmatvec(self, v: np.ndarray) -> np.ndarray:
        out = np.empty(self.plan.p)
        out[self.plan.spanned] = self.plan.to_effects.T @ np.bincount(self.codes, v, self.plan.levels)
        out[self.plan.rest] = self._columns.rmatvec(v)
        return out

    def normal(self, w: np.ndarray, r: np.ndarray, single: bool = False) -> SplitSums:
        levels = self.plan.levels
        between, tables = [], []
        for block, pair in zip(self.rest, self.paired, strict=True):
            if pair is not None and isinstance(block, Coded):
                size = levels * len(block.table)
                between.append(np.bincount(pair, w, size).reshape(levels, len(block.table)))
                tables.append(block._compact)
            else:
                columns = (block.column(j) for j in range(block.shape[1]))
                sums = [np.bincount(self.codes, w * column, levels) for column in columns]
                between.append(np.column_stack([np.empty((levels, 0)), *sums]))
                tables.append(None)
        return SplitSums(
            self.plan,
            np.bincount(self.codes, w, levels),
            tuple(between),
            tuple(tables),
            self._columns.gram(w),
            np.bincount(self.codes, r, levels),
            self._columns.rmatvec(r),
        )

    def others(self) -> np.ndarray:
        """Return the other columns as an array [n, r]."""
        return self._columns.dense()

    def dense(self) -> np.ndarray:
        out = np.empty(self.shape)
        out[:, self.plan.spanned] = self.plan.to_effects.toarray()[self.codes]
        out[:, self.plan.rest] = self._columns.dense()
        return out

    def take(self, rows: np.ndarray | slice) -> SplitRows:
        paired = tuple(None if pair is None else pair[rows] for pair in self.paired)
        return SplitRows(
            self.plan, self.codes[rows], tuple(block.take(rows) for block in self.rest), paired, self.whole.take(rows)
        )


def split_rows(blocks: list[tuple[LinearMap, slice]], whole: LinearMap) -> SplitRows | None:
    """Return the blocks of `whole` with the largest factor that can be apart, or None if none is worth it."""
    p = whole.shape[1]
    if p < MANY_COLUMNS:
        return None
    first = blocks[0][0]
    intercept = 0 if not first.coded and first.shape[1] and (first.column(0) == 1).all() else None
    candidates = [(len(block.table), i) for i, (block, _) in enumerate(blocks) if isinstance(block, Coded)
                  and block.values is None and block.order is None]  # fmt: skip
    for levels, i in sorted(candidates, reverse=True):
        if levels < MANY_LEVELS:
            return None
        maps = _full_indicators(blocks[i][0].table, intercept is not None)
        if maps is not None:
            break
    else:
        return None
    large, place = blocks[i]
    spanned = np.arange(place.start, place.stop)
    absorbed = len(spanned) < levels
    if absorbed:
        spanned = np.concatenate([[intercept], spanned])
    rest = np.setdiff1d(np.arange(p), spanned)
    others = [(block, part) for j, (block, part) in enumerate(blocks) if j != i]
    kept = tuple(_without(block, part, intercept) if absorbed else block for block, part in others)
    kept = tuple(block for block in kept if block.shape[1])
    paired = tuple(_pairs(large.codes, block) for block in kept)
    return SplitRows(SplitPlan(p, levels, spanned, rest, *maps), large.codes, kept, paired, whole)


def _without(block, part, intercept):
    """Return the block without the intercept, if it is there."""
    if not part.start <= intercept < part.stop:
        return block
    return block.select(np.arange(1, block.shape[1]))


def _pairs(codes, block):
    """Return one code for each row's pair of levels, or None for a block that has numbers in it."""
    if not isinstance(block, Coded) or block.values is not None or block.order is not None:
        return None
    levels = len(block.table)
    wide = np.int64 if (int(codes.max(initial=0)) + 1) * levels > np.iinfo(np.int32).max else np.int32
    return codes.astype(wide) * wide(levels) + block.codes


def _full_indicators(table, intercept):
    """Return K and its inverse for indicators or treatment contrasts; None for others, or if the intercept lacks."""
    levels, k = table.shape
    if not levels - 1 <= k <= levels or np.count_nonzero(table) != k:
        return None
    columns = np.argmax(table != 0, axis=1)
    rows = np.flatnonzero(table[np.arange(levels), columns])
    columns = columns[rows]
    if not (table[rows, columns] == 1).all() or not np.array_equal(np.sort(columns), np.arange(k)):
        return None
    if k == levels:
        effects = csr_array(table)
        return csr_array(effects.T), effects
    if k != levels - 1 or not intercept:
        return None
    base = int(np.setdiff1d(np.arange(levels), rows)[0])
    effects = csr_array(
        (np.ones(levels + k), (np.r_[np.arange(levels), rows], np.r_[np.zeros(levels, int), columns + 1]))
    )
    ones = np.ones(k)
    backward = csr_array((np.r_[1.0, ones, -ones], (np.r_[0, columns + 1, columns + 1],
                          np.r_[base, rows, np.full(k, base)])))  # fmt: skip
    return backward, effects


def placed(blocks) -> list[tuple[LinearMap, slice]]:
    """Return each block with the columns it makes."""
    ends = np.cumsum([0, *(block.shape[1] for block in blocks)]).tolist()
    return [(block, slice(a, b)) for block, (a, b) in zip(blocks, pairwise(ends), strict=True)]
