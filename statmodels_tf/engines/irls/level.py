"""Levels: directions along which whole levels of a factor, or cells of an interaction, leave for the edge.

Where all rows of a level lie on one edge, and the indicator of the level is a combination X u of the columns, u moves
those rows and no others. That takes one pass of counting, whatever the number of levels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_triangular
from scipy.linalg.lapack import dpstrf

from ...linalg import Coded, Dense, LinearMap, Stacked
from ...linalg.arrange import Arrangement, MappedRows
from ...linalg.cells import CellRows
from ...linalg.split import SplitRows, placed
from .edges import Direction, Edges
from .passes import counted
from .rows import Block, Rows

UNSEEN, SEVERAL = -1, -2
EXACT = 1e-8


@dataclass(frozen=True, eq=False)
class Factor:
    """Columns of X that are a table [L, k] by the code of the row, and their places in X."""

    codes: np.ndarray
    table: np.ndarray
    places: np.ndarray


def factors_of(common: LinearMap | Arrangement) -> tuple[list[Factor], frozenset[int]]:
    """Return the columns that depend on levels only, by factor, and the places of columns of ones."""
    if isinstance(common, CellRows):
        plan = common.plan
        alone = (piece for piece in plan.pieces if piece.number == 0)
        factors = [Factor(a.levels.codes[common.cells], a.levels.table, a.places) for a in alone]
        return factors, frozenset(plan.numeric[plan.known == 0].tolist())
    if isinstance(common, SplitRows):
        common = common.whole
    elif isinstance(common, MappedRows):
        common = common.columns
    if not isinstance(common, LinearMap):
        return [], frozenset()
    factors, ones = [], set()
    for block, part in placed(common.blocks if isinstance(common, Stacked) else (common,)):
        if isinstance(block, Coded) and block.values is None:
            k = block.table.shape[1]
            place = np.arange(k) if block.order is None else np.argsort(block.order)
            factors.append(Factor(block.codes, block.table, part.start + place))
        elif isinstance(block, Dense):
            ones |= {part.start + j for j in range(block.shape[1]) if (block.column(j) == 1).all()}
    return factors, frozenset(ones)


@dataclass(frozen=True, eq=False)
class LevelSums:
    """Of each factor the summed sides of the rows and their number by level, and which level of the others goes along.

    Attributes
    ----------
    tables, places : tuple of array
        Of the factors.
    ones : set of int
        Places of columns of ones.
    sides, counts : tuple of array [L]
    along : tuple of tuple of int array [L]
        For factors b and c, the level of c in the rows of each level of b; `SEVERAL` where it is not one.
    """

    tables: tuple[np.ndarray, ...]
    places: tuple[np.ndarray, ...]
    ones: frozenset[int]
    sides: tuple[np.ndarray, ...]
    counts: tuple[np.ndarray, ...]
    along: tuple[tuple[np.ndarray, ...], ...]

    def __add__(self, other: LevelSums) -> LevelSums:
        return LevelSums(
            self.tables,
            self.places,
            self.ones & other.ones,
            tuple(a + b for a, b in zip(self.sides, other.sides, strict=True)),
            tuple(a + b for a, b in zip(self.counts, other.counts, strict=True)),
            tuple(
                tuple(_merged(a, b) for a, b in zip(left, right, strict=True))
                for left, right in zip(self.along, other.along, strict=True)
            ),
        )


def _merged(one, other):
    """Return which level goes along in the rows of both."""
    both = np.where(one == UNSEEN, other, one)
    return np.where((other == UNSEEN) | (both == other), both, SEVERAL)


@dataclass(frozen=True, eq=False)
class CountLevels:
    """The task that gives the `LevelSums`."""

    edges: Edges

    def __call__(self, block: Block) -> LevelSums:
        block = counted(block)
        factors, ones = factors_of(block.common)
        if not factors:
            return LevelSums((), (), ones, (), (), ())
        sides = self.edges.sides(block.y)
        counts = tuple(np.bincount(f.codes, minlength=len(f.table)) for f in factors)
        summed = tuple(np.bincount(f.codes, sides, len(f.table)) for f in factors)
        along = tuple(
            tuple(_along(f, g, bool((np.abs(s) == c)[c > 0].any())) for g in factors)
            for f, s, c in zip(factors, summed, counts, strict=True)
        )
        return LevelSums(tuple(f.table for f in factors), tuple(f.places for f in factors), ones, summed, counts, along)


def _along(factor, other, wanted):
    """Return the level of `other` in the rows of each level of a factor; unseen where no level is on an edge here."""
    out = np.full(len(factor.table), UNSEEN)
    if not wanted:
        return out
    out[factor.codes] = other.codes
    several = out[factor.codes] != other.codes
    out[factor.codes[several]] = SEVERAL
    return out


def level_direction(rows: Rows, edges: Edges) -> Direction | None:
    """Return the direction that moves all levels with rows on one edge only, of the factor that has most, or None."""
    sums = rows.total(CountLevels(edges), "levels on an edge")
    found = [_certified(sums, b, rows.p) for b in range(len(sums.tables))]
    if not any(many for _, many in found):
        return None
    return Direction(max(found, key=lambda pair: pair[1])[0], plain=True)


def _certified(sums, b, p):
    """Return u [p] with X u the side of each level on an edge whose indicator the columns span, and how many they are.

    The columns that depend on the level only are those of the factor itself and of others that go along with it.
    """
    u = np.zeros(p)
    count, side = sums.counts[b], np.sign(sums.sides[b])
    seen = np.flatnonzero(count)
    edge = np.flatnonzero(np.abs(sums.sides[b])[seen] == count[seen])
    if not len(edge):
        return u, 0
    columns, places = [], []
    if sums.ones:
        columns.append(np.ones((len(seen), 1)))
        places.append([min(sums.ones)])
    for c, along in enumerate(sums.along[b]):
        if b == c or (along[seen] >= 0).all():
            columns.append(sums.tables[c][seen if b == c else along[seen]])
            places.append(sums.places[c])
    W, at = np.hstack(columns), np.concatenate(places)
    wanted = np.zeros((len(seen), len(edge)))
    wanted[edge, np.arange(len(edge))] = 1.0
    found = _solved(W, wanted)
    spanned = np.abs(W @ found - wanted).max(axis=0) < EXACT
    u[at] = found[:, spanned] @ side[seen[edge[spanned]]]
    u[np.abs(u) < EXACT] = 0.0
    return u, int(np.count_nonzero(spanned))


def _solved(W, wanted):
    """Return least-squares solutions of W x = wanted, by the columns of W that a pivoted decomposition keeps."""
    gram = W.T @ W
    lower, pivots, rank, _ = dpstrf(gram, lower=1, tol=1e-10 * max(gram.diagonal().max(initial=0.0), 1e-300))
    keep, lower = pivots[:rank] - 1, np.tril(lower[:rank, :rank])
    out = np.zeros((W.shape[1], wanted.shape[1]))
    half = solve_triangular(lower, (W.T @ wanted)[keep], lower=True)
    out[keep] = solve_triangular(lower, half, lower=True, trans="T")
    return out
