"""Directions: all of those that lead to infinity, and the rows that are left."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .basis import independent
from .edges import Direction, Edges, remaining
from .level import level_direction
from .rows import Rows
from .separation import separation


@dataclass
class Directions:
    """What is known of the directions so far.

    Attributes
    ----------
    rows : Rows
    edges : Edges
    tolerance : float
        The remaining norm, relative to its own, below which a column is aliased.
    found : tuple of Direction
    left : Rows
        Those that no direction moves.
    kept, held : int array or None
        The columns that all rows tell apart, and those of them that the rows left do; None while there is no direction.
    gram : array [p, p] or None
        X'X of the rows left.
    """

    rows: Rows
    edges: Edges
    tolerance: float
    found: tuple[Direction, ...] = ()
    left: Rows = field(init=False)
    kept: np.ndarray | None = None
    held: np.ndarray | None = None
    gram: np.ndarray | None = None

    def __post_init__(self) -> None:
        self.left = self.rows

    @property
    def possible(self) -> bool:
        """Whether means have an edge to go to."""
        return self.edges.lower or self.edges.upper

    @property
    def empty(self) -> bool:
        """Whether the rows left say nothing."""
        return self.held is not None and not len(self.held)

    def levels(self) -> None:
        """Add the directions of levels that lie on one edge."""
        before = len(self.found)
        while self.possible and (one := level_direction(self.left, self.edges)) is not None:
            self._add(one)
        if len(self.found) > before:
            self._look()

    def programmes(self, kept: np.ndarray, hint: np.ndarray) -> bool:
        """Add the directions that linear programmes find; return whether there was one."""
        any_ = False
        while not self.empty and (one := separation(self.left, self.edges, kept, hint)) is not None:
            any_ = True
            self._add(one)
            self._look()
            self.levels()
            kept = self.held
        return any_

    def _add(self, direction: Direction) -> None:
        self.found = (*self.found, direction)
        self.left = remaining(self.rows, self.found)

    def _look(self) -> None:
        if self.kept is None:
            _, self.kept = independent(self.rows, np.arange(self.rows.p), self.tolerance)
        self.gram, self.held = independent(self.left, self.kept, self.tolerance)
