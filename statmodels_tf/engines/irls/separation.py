"""Separation: directions in which the likelihood grows without end, found by linear programmes.

A row whose response lies on the edge of the family's range, y = 0 or, for shares, y = 1, has the side s = -1 or +1;
the others have 0. A direction u with s x'u >= 0 on rows of an edge and x'u = 0 on the others, not all zero, is one
along which the likelihood never falls: the estimate lies at infinity along it. The rows with s x'u > 0 are then fitted
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

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from ...families.exponential import ExponentialFamily
from .edges import ADDED, FLAT, Direction, Moved, Reach, RemainingRows, Spreading, Violating, edges_of
from .rows import Rows

WIDEST = 2_000
"""The most columns for which directions are searched."""
ROUNDS = 40
EXACT = 1e-9


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
