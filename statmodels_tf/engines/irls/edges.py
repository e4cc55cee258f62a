"""Edges: rows whose response lies on the edge of its range, and directions of the coefficients that move them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...families.exponential import ExponentialFamily
from ...linalg.arrange import Arrangement
from ...linalg.arranged import arranged
from ...linalg.split import SplitPlan, SplitRows
from .mean import Numbers
from .passes import chosen, counted
from .rows import Block, Rows

ADDED = 500
"""Rows added to a programme at a time."""
FLAT = 1e-7
"""|x'u|, relative to the largest, below which a row does not move."""


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


@dataclass(frozen=True, eq=False)
class LevelSides:
    """The task that adds up, for each level of a factor that stands apart, the sides of its rows, and counts them."""

    edges: Edges

    def __call__(self, block: Block) -> Numbers:
        block = counted(block)
        rows = arranged(block.common)
        if not isinstance(rows, SplitRows):
            return Numbers(np.zeros((2, 0)))
        levels, sides = rows.plan.levels, self.edges.sides(block.y)
        return Numbers(np.array([np.bincount(rows.codes, sides, levels), np.bincount(rows.codes, minlength=levels)]))


def edge_levels(rows: Rows, family: ExponentialFamily, plan: SplitPlan) -> np.ndarray:
    """Return the sides [p] of coefficients that are infinite as all rows of a large factor's level are on one edge."""
    sides, count = rows.total(LevelSides(edges_of(family))).values
    alone = np.where((count > 0) & (np.abs(sides) == count), np.sign(sides), 0.0)
    out = np.zeros(plan.p, dtype=int)
    out[plan.spanned] = np.sign(plan.to_coefficients @ alone).astype(int)
    return out
