"""Limit: directions at infinity -> which functions of the coefficients are infinite, and where the others lie."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.optimize import linprog

from ...families.exponential import ExponentialFamily
from ...fits.regression.determined import dependent
from ...fits.regression.limit import Limit
from .basis import Crossed
from .edges import Direction, moving
from .passes import counted
from .rows import Block, Rows
from .separation import PRECISE

RAYS, ROUNDS = 500, 20
FARTHEST = 1e9


@dataclass(frozen=True, eq=False)
class Rays:
    """The s x'N [m, q] of moved rows that lie closest to leaving, their margins, and the sum over all moved rows."""

    rays: np.ndarray
    margins: np.ndarray
    pull: np.ndarray

    def __add__(self, other: Rays) -> Rays:
        rays, margins = np.vstack([self.rays, other.rays]), np.concatenate([self.margins, other.margins])
        return _closest(rays, margins, self.pull + other.pull)


def _closest(rays, margins, pull):
    """Return the distinct rays of least margin."""
    most = max(RAYS, 2 * rays.shape[1])
    if len(rays) > 4 * most:
        first = np.argpartition(margins, 4 * most)[: 4 * most]
        rays, margins = rays[first], margins[first]
    _, first = np.unique(np.round(rays, 10), axis=0, return_index=True)
    first = first[np.argsort(margins[first], kind="stable")[:most]]
    return Rays(rays[first], margins[first], pull)


@dataclass(frozen=True, eq=False)
class FindRays:
    """The task that gives the `Rays`, their margins those of z [q]."""

    directions: tuple[Direction, ...]
    open: np.ndarray
    z: np.ndarray

    def __call__(self, block: Block) -> Rays:
        block = counted(block)
        sides = moving(block.common, self.directions)
        there = np.flatnonzero(sides)
        rows = block.common.take(there)
        moved = np.column_stack([rows.matvec(column) for column in self.open.T]) * sides[there, None]
        size = np.linalg.norm(moved, axis=1)
        moved = moved[size > 0] / size[size > 0, None]
        return _closest(moved, moved @ self.z, moved.sum(axis=0))


def cone(rows: Rows, directions: tuple[Direction, ...], open_: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the rays [m, q] that bound where the estimate may go, and the point [q] farthest inside."""
    z = np.zeros(open_.shape[1])
    found = rows.total(FindRays(directions, open_, z), "rows fitted without error")
    rays, z = found.rays, found.pull / max(np.abs(found.pull).max(initial=0.0), 1e-300)
    if len(z) == 1:
        return rays, z
    for _ in range(ROUNDS):
        z, depth = _centre(rays, z)
        found = rows.total(FindRays(directions, open_, z), "rows fitted without error")
        if found.margins.min(initial=np.inf) >= 0.5 * depth:
            break
        rays = np.unique(np.vstack([rays, found.rays[found.margins < depth]]), axis=0)
    return rays, z


def _centre(rays, before):
    """Return the z in the box [-1, 1]^q whose least product with the rays is largest, and that product."""
    q = rays.shape[1]
    table = np.hstack([-rays, np.ones((len(rays), 1))])
    bounds = [(-1, 1)] * q + [(None, None)]
    done = linprog(-np.eye(q + 1)[q], table, np.zeros(len(rays)), bounds=bounds, method="highs", options=PRECISE)
    return (before, 0.0) if done.x is None else (done.x[:q], float(done.x[q]))


def limit(
    rows: Rows, finite, directions: tuple[Direction, ...], kept: np.ndarray, held: np.ndarray, gram: np.ndarray
) -> Limit:
    """Return what lies at infinity.

    Parameters
    ----------
    rows : Rows
        All of them.
    finite : RegressionSystem
        Of those that no direction moves.
    directions : tuple of Direction
    kept, held : int array
        The columns that all rows tell apart, and those of them that the rows that are not moved do.
    gram : array [p, p]
        X'X of the latter rows.
    """
    open_ = dependent(gram, held, np.setdiff1d(kept, held))
    scale = np.sqrt(np.maximum(rows.total(Crossed(), "columns").gram.diagonal(), 1e-300))
    sized = np.abs(open_) * scale[:, None]
    most = sized.max(axis=0, initial=1e-300)
    open_ = np.where(sized < 1e-9 * most, 0.0, open_) / most
    rays, centre = cone(rows, directions, open_)
    return Limit(finite, open_, rays, centre, partial(moving, directions=directions))


def far_out(rows: Rows, family: ExponentialFamily, found: Limit, beta: np.ndarray) -> np.ndarray:
    """Return beta moved to where every row that leaves for an edge is near it, as far as numbers allow."""
    u = found.open @ found.centre
    length, most = rows.total(Reach(beta, u, found.leaving, _margin(family))).values
    return beta + min(length, FARTHEST / max(most, 1e-300)) * u


@dataclass(frozen=True, eq=False)
class Largest:
    """Numbers of which the largest are kept, place by place."""

    values: np.ndarray

    def __add__(self, other: Largest) -> Largest:
        return Largest(np.maximum(self.values, other.values))


@dataclass(frozen=True, eq=False)
class Reach:
    """The task that finds how far along u every row that leaves is within a margin, and the largest |x'u|."""

    beta: np.ndarray
    u: np.ndarray
    leaving: object
    margin: float

    def __call__(self, block: Block) -> Largest:
        block = counted(block)
        sides = self.leaving(block.common)
        there = np.flatnonzero(sides)
        eta = block.common.matvec(self.beta) + (0.0 if block.offset is None else block.offset)
        move = np.maximum(sides * block.common.matvec(self.u), 1e-300)[there]
        needed = (self.margin - (sides * eta)[there]) / move
        return Largest(np.array([needed.max(initial=0.0), move.max(initial=0.0)]))


def _margin(family) -> float:
    """Return |eta| from which on a mean is at either edge but for rounding, or as far as is tried."""
    for margin in (8.0, 15.0, 30.0, 40.0, 60.0):
        with np.errstate(all="ignore"):
            low, high = family.link.inverse(np.array([-margin, margin]), np)
            if 0 <= low < 1e-15 and (not family.shares or 1 - high < 1e-15):
                return margin
    return 60.0
