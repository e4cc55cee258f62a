"""Edges: rows whose response lies on the edge of its range, and directions of the coefficients that move them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...families.exponential import ExponentialFamily
from ...linalg import LinearMap
from ...linalg.arrange import Arrangement
from .mean import Numbers
from .memory import MemoryRows
from .passes import chosen, counted, linear_predictor
from .rows import Block, Rows

FLAT = 1e-7
"""|x'u|, relative to the sum of |x_j u_j|, below which a row does not move."""
NUMBERS = 1 << 22
"""Numbers of rows written out at a time."""


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


def written(common: LinearMap | Arrangement) -> Iterator[tuple[slice, np.ndarray]]:
    """Yield slices of the rows with these rows written out [k, p], a few at a time."""
    n, p = common.shape
    step = max(NUMBERS // max(p, 1), 1)
    for start in range(0, n, step):
        rows = slice(start, min(start + step, n))
        yield rows, common.take(rows).dense()


def sizes(common: LinearMap | Arrangement, b: np.ndarray) -> np.ndarray:
    """Return the sum of |x_j b_j| of each row: how large x'b is before its parts cancel."""
    out, used = np.empty(common.shape[0]), np.flatnonzero(b)
    for rows, values in written(common):
        out[rows] = np.abs(values[:, used]) @ np.abs(b[used])
    return out


@dataclass(frozen=True, eq=False)
class Direction:
    """A direction u [p].

    Attributes
    ----------
    u : array [p]
    plain : bool
        Whether x'u is -1, 0 or 1 in every row, as it is where whole levels move.
    """

    u: np.ndarray
    plain: bool = False

    def moves(self, rows: LinearMap | Arrangement) -> np.ndarray:
        """Return x'u of each row, exactly zero where that is nothing but rounding of the row's own parts."""
        move = rows.matvec(self.u)
        resting = np.abs(move) < 0.5 if self.plain else np.abs(move) <= FLAT * sizes(rows, self.u)
        return np.where(resting, 0.0, move)


def resting(block: Block, directions: tuple[Direction, ...]) -> Block:
    """Return the rows of positive weight that none of the directions moves, each among those left by the earlier."""
    block = counted(block)
    for direction in directions:
        block = chosen(block, np.flatnonzero(direction.moves(block.common) == 0))
    return block


def moving(common: LinearMap | Arrangement, directions: tuple[Direction, ...]) -> np.ndarray:
    """Return -1, 0 or 1 for each row: where the first direction that moves it takes it."""
    out, left = np.zeros(common.shape[0]), np.arange(common.shape[0])
    for direction in directions:
        move = np.sign(direction.moves(common.take(left)))
        out[left] = move
        left = left[move == 0]
    return out


@dataclass(frozen=True, eq=False)
class Remaining:
    """A task on the rows that none of the directions moves."""

    task: Callable[[Block], Any]
    directions: tuple[Direction, ...]

    def __call__(self, block: Block) -> Any:
        return self.task(resting(block, self.directions))


@dataclass(frozen=True, eq=False)
class Near:
    """The task that counts the rows on an edge whose means are there too, but for `by`."""

    family: ExponentialFamily
    edges: Edges
    beta: np.ndarray
    by: float = 1e-7

    def __call__(self, block: Block) -> Numbers:
        block = counted(block)
        on = self.edges.sides(block.y) != 0
        mu = self.family.link.inverse(linear_predictor(block, self.beta), np)
        return Numbers(np.array([np.count_nonzero(on & (np.abs(mu - block.y) < self.by))]))


@dataclass(frozen=True, eq=False)
class RemainingRows(Rows):
    """The rows that none of the directions moves, found anew in each pass."""

    rows: Rows
    directions: tuple[Direction, ...]

    lasting = False

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


def remaining(rows: Rows, directions: tuple[Direction, ...]) -> Rows:
    """Return the rows that none of the directions moves."""
    if not directions:
        return rows
    if isinstance(rows, MemoryRows):
        left = resting(rows.whole, directions)
        return MemoryRows(left.common, left.y, left.weights, left.offset, rows.chunk)
    return RemainingRows(rows, directions)
