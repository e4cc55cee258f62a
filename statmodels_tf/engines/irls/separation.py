"""Separation: directions in which the likelihood grows without end, found by linear programmes.

A row whose response lies on the edge of the family's range, y = 0 or, for shares, y = 1, has the side s = -1 or +1;
the others have 0. A direction u with s x'u >= 0 on rows of an edge and x'u = 0 on the others, not all zero, is one along
which the likelihood never falls: the estimate lies at infinity along it. The rows with s x'u > 0 are then fitted
without error and say nothing more, so the search goes on among the remaining ones, and the finite part of the estimate
is theirs.

The programmes see few rows at a time: those that the last direction violates most are added until none is.

References
----------
Konis (2007), Linear programming algorithms for detecting separated data in binary logistic regression models.
Correia, Guimarães & Zylkin (2019), Verifying the existence of maximum likelihood estimates for generalized linear
models.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.optimize import linprog

from ...families.exponential import ExponentialFamily
from ...linalg.arrange import Arrangement
from ...linalg.arranged import arranged
from .passes import chosen, counted
from .rows import Block, Rows

WIDEST = 2_000
"""The most columns for which directions are searched."""
ADDED = 500
"""Rows added to a programme at a time."""
ROUNDS = 40
FLAT = 1e-7
"""|x'u|, relative to the largest, below which a row does not move."""
EXACT = 1e-9


@dataclass(frozen=True)
class Edges:
    """Whether means can come near 0 and near 1 as the linear predictor goes to minus infinity and to infinity."""

    lower: bool
    upper: bool

    def sides(self, y: np.ndarray) -> np.ndarray:
        """Return -1, 0 or 1 for each row."""
        return (np.where(y == 1, 1.0, 0.0) if self.upper else 0.0) - (np.where(y == 0, 1.0, 0.0) if self.lower else 0.0)


def edges_of(family: ExponentialFamily) -> Edges:
    """Return which edges of the range of means the family and the link have at infinity."""
    if family.normal:
        return Edges(False, False)
    with np.errstate(all="ignore"):
        low, high = family.link.inverse(np.array([-1e6]), np)[0], family.link.inverse(np.array([1e6]), np)[0]
        without_loss = family.deviance(np.zeros(1), np.full(1, 1e-200))[0]
    share = not family.valid(np.array([1.5]))
    return Edges(bool(0 <= low < 1e-3 and abs(without_loss) < 1e-6), bool(share and 1 - 1e-3 < high <= 1))


@dataclass(frozen=True, eq=False)
class Direction:
    """A direction u [p], of largest |x'u| about 1, and the least of s x'u among the rows that move."""

    u: np.ndarray

    def moving(self, rows: Arrangement) -> np.ndarray:
        """Return whether each row moves along u."""
        return np.abs(rows.matvec(self.u)) > FLAT


@dataclass(frozen=True, eq=False)
class Remaining:
    """A task on the rows that none of the directions moves."""

    task: Callable[[Block], Any]
    directions: tuple[Direction, ...]

    def __call__(self, block: Block) -> Any:
        block = counted(block)
        block = replace(block, common=arranged(block.common, split=False))
        for direction in self.directions:
            block = chosen(block, np.flatnonzero(~direction.moving(block.common)))
        return self.task(block)


@dataclass(frozen=True, eq=False)
class RemainingRows(Rows):
    """The rows that none of the directions moves."""

    rows: Rows
    directions: tuple[Direction, ...]

    @property
    def n(self) -> int:
        return self.rows.n

    @property
    def p(self) -> int:
        return self.rows.p

    def total(self, task: Callable[[Block], Any], label: str = "") -> Any:
        return self.rows.total(Remaining(task, self.directions), label)

    def sample(self, size: int, seed: int) -> Any:
        return RemainingRows(self.rows.sample(size, seed), self.directions)


@dataclass(frozen=True, eq=False)
class Spread:
    """Grams [p, p] of the rows off the edges and of all, the sum of s x [p], and how many rows there are."""

    inside: np.ndarray
    whole: np.ndarray
    pull: np.ndarray
    n: int

    def __add__(self, other: Spread) -> Spread:
        return Spread(self.inside + other.inside, self.whole + other.whole, self.pull + other.pull, self.n + other.n)


@dataclass(frozen=True, eq=False)
class Spreading:
    """The task that gives the `Spread`."""

    edges: Edges

    def __call__(self, block: Block) -> Spread:
        block = counted(block)
        rows, sides = arranged(block.common, split=False), self.edges.sides(block.y)
        inside = rows.normal((sides == 0).astype(float), sides).collected()
        whole = rows.normal(np.ones(len(sides)), sides).collected()
        return Spread(inside.gram, whole.gram, whole.score, len(sides))


@dataclass(frozen=True, eq=False)
class Worst:
    """The rows s x [k, p] of least s x'u, with that; and the largest |x'u| of all."""

    margins: np.ndarray
    rows: np.ndarray
    most: float

    def __add__(self, other: Worst) -> Worst:
        margins = np.concatenate([self.margins, other.margins])
        first = np.argsort(margins, kind="stable")[:ADDED]
        return Worst(margins[first], np.vstack([self.rows, other.rows])[first], max(self.most, other.most))


@dataclass(frozen=True, eq=False)
class Violating:
    """The task that finds the `Worst` rows of the edges for a direction."""

    edges: Edges
    u: np.ndarray

    def __call__(self, block: Block) -> Worst:
        block = counted(block)
        rows, sides = arranged(block.common, split=False), self.edges.sides(block.y)
        move = rows.matvec(self.u)
        edge = np.flatnonzero(sides)
        margins = sides[edge] * move[edge]
        first = np.argsort(margins, kind="stable")[:ADDED]
        taken = rows.take(edge[first]).dense() * sides[edge[first], None]
        return Worst(margins[first], taken, float(np.abs(move).max(initial=0.0)))


@dataclass(frozen=True, eq=False)
class Moved:
    """The task that finds the `Worst` rows for a direction u among those that any of some directions moves."""

    edges: Edges
    by: tuple[Direction, ...]
    u: np.ndarray

    def __call__(self, block: Block) -> Worst:
        block = counted(block)
        rows = arranged(block.common, split=False)
        moving = np.any([direction.moving(rows) for direction in self.by], axis=0)
        return Violating(self.edges, self.u)(chosen(replace(block, common=rows), np.flatnonzero(moving)))


@dataclass(frozen=True, eq=False)
class Separation:
    """Directions at infinity, and what remains.

    Attributes
    ----------
    directions : tuple of Direction
        Each among the rows that the earlier ones do not move.
    remaining : int
        How many rows none of them moves.
    infinite : int array [p]
        The side of each coefficient whose estimate is infinite, else 0.
    """

    directions: tuple[Direction, ...]
    remaining: int
    infinite: np.ndarray


class UndecidedError(Exception):
    """The linear programmes were too large, or did not settle."""


def separation(rows: Rows, family: ExponentialFamily, kept: np.ndarray, hint: np.ndarray) -> Separation | None:
    """Return the directions in which the likelihood grows without end, or None if there are none.

    Parameters
    ----------
    rows : Rows
    family : ExponentialFamily
    kept : int array [r]
        The columns that are not aliased.
    hint : array [p]
        A direction to look at first: Newton's.
    """
    edges = edges_of(family)
    if not (edges.lower or edges.upper):
        return None
    if len(kept) > WIDEST:
        raise UndecidedError(f"with {len(kept):,} columns no linear programme was tried")
    directions: tuple[Direction, ...] = ()
    left: Rows = rows
    spread = rows.total(Spreading(edges))
    scale = np.sqrt(np.diag(spread.whole)[kept] / max(spread.n, 1))
    while spread.n and (found := _direction(left, edges, spread, kept, scale, hint)) is not None:
        directions = (*directions, found)
        left = RemainingRows(rows, directions)
        spread = left.total(Spreading(edges))
    if not directions:
        return None
    free = _null(spread.whole[np.ix_(kept, kept)], scale) if spread.n else np.eye(len(kept))
    sparse = _sparsest(rows, edges, directions, free, kept, scale)
    directions = directions if sparse is None else (sparse,)
    return Separation(directions, spread.n, _infinite(directions, free, kept, scale, rows.p))


def _direction(rows, edges, spread, kept, scale, hint) -> Direction | None:
    """Return a direction among these rows, or None."""
    free = _null(spread.inside[np.ix_(kept, kept)], scale)
    if not free.shape[1]:
        return None
    turn = np.zeros((rows.p, free.shape[1]))
    turn[kept] = free / scale[:, None]
    pull = turn.T @ spread.pull / spread.n
    known = rows.sample(2 * ADDED, 0).total(Violating(edges, turn @ pull)).rows
    known = np.vstack([known, rows.total(Violating(edges, hint)).rows])
    for _ in range(ROUNDS):
        z = _programme(pull, known @ turn)
        if pull @ z <= EXACT:
            return None
        u = turn @ z
        worst = rows.total(Violating(edges, u))
        if worst.margins.min(initial=0.0) >= -EXACT * max(worst.most, 1.0):
            return _cleaned(rows, edges, u / worst.most, kept, scale)
        known = np.vstack([known, worst.rows[worst.margins < 0]])
    raise UndecidedError("the linear programmes did not settle")


def _programme(pull, margins):
    """Return z in [-1, 1]^q with margins z >= 0 that maximises pull'z."""
    distinct = np.unique(np.round(margins, 14), axis=0)
    done = linprog(-pull, A_ub=-distinct, b_ub=np.zeros(len(distinct)), bounds=(-1, 1), method="highs")
    if done.x is None:
        raise UndecidedError(f"the linear programme failed ({done.message})")
    return done.x


def _null(gram, scale):
    """Return an orthonormal basis [r, q], in columns scaled to unit size, of what these rows do not see."""
    scaled = gram / scale / scale[:, None]
    values, vectors = np.linalg.eigh(scaled)
    return vectors[:, values <= 1e-10 * max(float(np.trace(scaled)), 1e-300)]


def _cleaned(rows, edges, u, kept, scale) -> Direction:
    """Return the direction, at rest but for rounding on the rows that it hardly moves."""
    still = RemainingRows(rows, (Direction(u),)).total(Spreading(edges))
    free = _null(still.whole[np.ix_(kept, kept)], scale) if still.n else np.eye(len(kept))
    clean = np.zeros(rows.p)
    clean[kept] = free @ (free.T @ (u[kept] * scale)) / scale
    worst = rows.total(Violating(edges, clean))
    return Direction(u if worst.margins.min(initial=0.0) < -EXACT * worst.most else clean / worst.most)


def _sparsest(rows, edges, directions, free, kept, scale) -> Direction | None:
    """Return the direction of least sum of |u_j| scale_j that moves all rows that any direction moves, or None.

    It has s x'u >= 1 on those rows; so that the estimates called infinite are as few as can be.
    """
    r, q = free.shape
    known = np.empty((0, rows.p))
    for direction in directions:
        known = np.vstack([known, rows.total(Moved(edges, directions, direction.u)).rows])
    cost = np.concatenate([np.zeros(q), np.ones(r)])
    above = np.vstack([np.hstack([free, -np.eye(r)]), np.hstack([-free, -np.eye(r)])])
    for _ in range(ROUNDS):
        distinct = np.unique(np.round(known, 14), axis=0)[:, kept] / scale
        limits = np.concatenate([np.zeros(2 * r), -np.ones(len(distinct))])
        table = np.vstack([above, np.hstack([-distinct @ free, np.zeros((len(distinct), r))])])
        done = linprog(cost, A_ub=table, b_ub=limits, bounds=[(None, None)] * q + [(0, None)] * r, method="highs")
        if done.x is None:
            return None
        scaled = free @ done.x[:q]
        candidate = np.zeros(rows.p)
        candidate[kept] = np.where(np.abs(scaled) > EXACT * np.abs(scaled).max(), scaled, 0.0) / scale
        worst = rows.total(Moved(edges, directions, candidate))
        if worst.margins.min(initial=1.0) > 10 * FLAT * worst.most:
            return Direction(candidate / worst.most)
        known = np.vstack([known, worst.rows[worst.margins < 1 - EXACT]])
    return None


def _infinite(directions, free, kept, scale, p) -> np.ndarray:
    """Return the side of each coefficient that the directions move and the remaining rows do not hold."""
    out = np.zeros(p, dtype=int)
    held = np.ones(p, dtype=bool)
    held[kept] = np.abs(free).max(axis=1, initial=0.0) < 1e-6
    for direction in directions:
        scaled = np.zeros(p)
        scaled[kept] = direction.u[kept] * scale
        moves = (np.abs(scaled) > FLAT * np.abs(scaled).max()) & ~held & (out == 0)
        out[moves] = np.sign(scaled[moves]).astype(int)
    return out


@dataclass(frozen=True, eq=False)
class Reach:
    """The task that finds how far along a direction every row that it moves is fitted without error."""

    edges: Edges
    beta: np.ndarray
    direction: Direction
    margin: float

    def __call__(self, block: Block) -> Longest:
        block = counted(block)
        rows, sides = arranged(block.common, split=False), self.edges.sides(block.y)
        move = sides * rows.matvec(self.direction.u)
        moving = np.flatnonzero(move > FLAT)
        eta = rows.matvec(self.beta) + (0.0 if block.offset is None else block.offset)
        needed = (self.margin - sides[moving] * eta[moving]) / move[moving]
        return Longest(float(needed.max(initial=0.0)))


@dataclass(frozen=True, eq=False)
class Longest:
    """The largest of some lengths."""

    length: float

    def __add__(self, other: Longest) -> Longest:
        return Longest(max(self.length, other.length))


def far_out(rows: Rows, family: ExponentialFamily, found: Separation, beta: np.ndarray) -> np.ndarray:
    """Return beta moved along the directions until every row that they move is fitted without error."""
    edges, margin = edges_of(family), _margin(family)
    for place in reversed(range(len(found.directions))):
        direction = found.directions[place]
        left = RemainingRows(rows, found.directions[:place])
        beta = beta + left.total(Reach(edges, beta, direction, margin)).length * direction.u
    return beta


def _margin(family) -> float:
    """Return |eta| from which on a row at an edge adds less than rounding to the deviance; less for slow links."""
    for margin in (8.0, 15.0, 30.0, 40.0, 60.0):
        with np.errstate(all="ignore"):
            if 0 <= family.link.inverse(np.array([-margin]), np)[0] < 1e-15:
                return margin
    return 60.0
