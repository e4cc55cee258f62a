"""Separation: directions in which the likelihood grows without end.

A row whose response lies on the edge of the family's range, y = 0 or, for shares, y = 1, has the side s = -1 or +1;
the others have 0. A direction u with s x'u >= 0 on rows of an edge and x'u = 0 on the others, not all zero, is one
along which the likelihood never falls: the estimate lies at infinity along it. The rows with s x'u > 0 are then fitted
without error and say nothing more, so the search goes on among the remaining ones, and the finite part of the estimate
is theirs.

Levels of factors that lie on one edge are found by counting (`level.py`). Only for what is left linear programmes are
solved; they see few rows at a time: those that the last direction violates most, each relative to its own size, are
added until none is.

References
----------
Konis (2007), Linear programming algorithms for detecting separated data in binary logistic regression models.
Correia, Guimarães & Zylkin (2019), Verifying the existence of maximum likelihood estimates for generalized linear
models.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from ...linalg.arranged import arranged
from .edges import FLAT, Direction, Edges, remaining, sizes, written
from .mean import Numbers
from .passes import counted
from .rows import Block, Rows

WIDEST = 2_000
"""The most columns for which linear programmes are tried."""
ROUNDS = 40
ADDED = 500
"""Rows added to a programme at a time."""
EXACT = 1e-8
PRECISE = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}


class UndecidedError(Exception):
    """The linear programmes were too large, or did not settle."""


def separation(rows: Rows, edges: Edges, kept: np.ndarray, hint: np.ndarray) -> Direction | None:
    """Return a direction in which the likelihood grows without end, or None if there is none.

    Parameters
    ----------
    rows : Rows
    edges : Edges
    kept : int array [r]
        The columns that are not aliased.
    hint : array [p]
        A direction to look at first: Newton's.
    """
    if len(kept) > WIDEST:
        raise UndecidedError(f"with {len(kept):,} columns no linear programme was tried")
    scale = column_sizes(rows)
    spread = rows.total(Spreading(edges, 1 / scale))
    free = _null(spread.inside[np.ix_(kept, kept)], scale[kept])
    if not (spread.n and free.shape[1]):
        return None
    turn = np.zeros((rows.p, free.shape[1]))
    turn[kept] = free / scale[kept, None]
    pull = turn.T @ spread.pull / spread.n
    known = [rows.total(Violating(edges, u)).rows for u in (turn @ pull, hint)]
    for _ in range(ROUNDS):
        z = _programme(pull, np.vstack(known) @ turn)
        if pull @ z <= EXACT:
            return None
        worst = rows.total(Violating(edges, turn @ z))
        if worst.margins.min(initial=0.0) >= -EXACT:
            return _cleaned(rows, edges, turn @ z, kept, scale)
        known.append(worst.rows[worst.margins < 0])
    raise UndecidedError("the linear programmes did not settle")


def column_sizes(rows: Rows) -> np.ndarray:
    """Return the geometric mean [p] of the numbers of each column that are not zero: no single one outweighs it."""
    logs, many = rows.total(Magnitudes()).values
    return np.exp(logs / np.maximum(many, 1))


def _programme(pull, margins):
    """Return z in [-1, 1]^q with margins z >= 0 that maximises pull'z."""
    margins = margins / np.maximum(np.abs(margins).max(axis=1, keepdims=True), 1e-300)
    distinct = np.unique(np.round(margins, 14), axis=0)
    limits = np.zeros(len(distinct))
    done = linprog(-pull, A_ub=-distinct, b_ub=limits, bounds=(-1, 1), method="highs", options=PRECISE)
    if done.x is None:
        raise UndecidedError(f"the linear programme failed ({done.message})")
    return done.x


def _null(gram, scale):
    """Return an orthonormal basis [r, q], in columns scaled to unit size, of what these rows do not see."""
    scaled = gram / scale / scale[:, None]
    values, vectors = np.linalg.eigh(scaled)
    return vectors[:, values <= 1e-12 * max(float(np.trace(scaled)), 1e-300)]


def _cleaned(rows, edges, u, kept, scale) -> Direction:
    """Return the direction, at rest but for rounding on the rows that it hardly moves."""
    still = remaining(rows, (Direction(u),)).total(Spreading(edges, 1 / scale))
    free = _null(still.whole[np.ix_(kept, kept)], scale[kept]) if still.n else np.eye(len(kept))
    clean = np.zeros(rows.p)
    clean[kept] = free @ (free.T @ (u[kept] * scale[kept])) / scale[kept]
    worst = rows.total(Violating(edges, clean))
    return Direction(u if worst.margins.min(initial=0.0) < -EXACT else clean)


@dataclass(frozen=True, eq=False)
class Magnitudes:
    """The task that adds up log |x_j| over the rows where x_j is not zero, and counts them."""

    def __call__(self, block: Block) -> Numbers:
        block = counted(block)
        out = np.zeros((2, block.common.shape[1]))
        for _, values in written(block.common):
            there = values != 0
            out += [np.log(np.abs(values), where=there, out=np.zeros_like(values)).sum(axis=0), there.sum(axis=0)]
        return Numbers(out)


@dataclass(frozen=True, eq=False)
class Spread:
    """Grams [p, p] of the rows off the edges and of all, the sum of s x [p], and how many rows there are.

    Each row is divided by its own size.
    """

    inside: np.ndarray
    whole: np.ndarray
    pull: np.ndarray
    n: int

    def __add__(self, other: Spread) -> Spread:
        return Spread(self.inside + other.inside, self.whole + other.whole, self.pull + other.pull, self.n + other.n)


@dataclass(frozen=True, eq=False)
class Spreading:
    """The task that gives the `Spread`; the size of a row is the sum of |x_j| units_j."""

    edges: Edges
    units: np.ndarray

    def __call__(self, block: Block) -> Spread:
        block = counted(block)
        rows, sides = arranged(block.common, split=False), self.edges.sides(block.y)
        size = np.maximum(sizes(block.common, self.units), 1e-300)
        inside = rows.normal((sides == 0) / size**2, sides / size).collected()
        whole = rows.normal(1 / size**2, sides / size).collected()
        return Spread(inside.gram, whole.gram, whole.score, len(sides))


@dataclass(frozen=True, eq=False)
class Worst:
    """The rows [k, p] that a direction violates most, divided by their size along it, with the margins [k]."""

    margins: np.ndarray
    rows: np.ndarray

    def __add__(self, other: Worst) -> Worst:
        margins = np.concatenate([self.margins, other.margins])
        first = np.argsort(margins, kind="stable")[:ADDED]
        return Worst(margins[first], np.vstack([self.rows, other.rows])[first])


@dataclass(frozen=True, eq=False)
class Violating:
    """The task that finds the `Worst` rows for a direction.

    The margin of a row on an edge is s x'u and that of another -|x'u|, each relative to the sum of |x_j u_j|; one off
    the edges that is below `FLAT` is left out.
    """

    edges: Edges
    u: np.ndarray

    def __call__(self, block: Block) -> Worst:
        block = counted(block)
        sides, move = self.edges.sides(block.y), block.common.matvec(self.u)
        size = sizes(block.common, self.u)
        inside = sides == 0
        sign = np.where(inside, np.where(move > 0, -1.0, 1.0), sides)
        margins = np.divide(sign * move, size, where=size > 0, out=np.zeros_like(move))
        margins[inside & (margins > -FLAT)] = np.inf
        first = np.argsort(margins, kind="stable")[:ADDED]
        first = first[np.isfinite(margins[first])]
        scaled = sign / np.where(size > 0, size, 1.0)
        return Worst(margins[first], block.common.take(first).dense() * scaled[first, None])
