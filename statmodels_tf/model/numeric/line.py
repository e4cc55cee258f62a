"""A linear predictor at work: the sum of its effects, one sum for each outcome where there are several."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..predictor import Predictor
from .layout import Layout
from .work import Gradients, Work, work_of

Values = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Line:
    """A linear predictor.

    Attributes
    ----------
    predictor : Predictor
    branches : tuple of tuple of Work
        The effects of each η.
    rows : int
    """

    predictor: Predictor
    branches: tuple[tuple[Work, ...], ...]
    rows: int

    def forward(self, x: np.ndarray, values: Values) -> tuple[np.ndarray, list[list[Any]]]:
        """Return η [n] or [n, m], and what `backward` needs."""
        parts, kept = [], []
        for branch in self.branches:
            eta, memories = None, []
            for work in branch:
                part, memory = work.forward(x, values)
                eta = part if eta is None else eta + part
                memories.append(memory)
            parts.append(np.zeros(self.rows) if eta is None else eta)
            kept.append(memories)
        return np.stack(parts, axis=-1) if self.predictor.stacked else parts[0], kept

    def backward(
        self, adjoint: np.ndarray, kept: list[list[Any]], values: Values, by_x: np.ndarray, found: Gradients
    ) -> float:
        """Add the gradients of all effects; return what they add to the density."""
        density = 0.0
        for k, (branch, memories) in enumerate(zip(self.branches, kept, strict=True)):
            part = np.ascontiguousarray(adjoint[:, k]) if self.predictor.stacked else adjoint
            for work, memory in zip(branch, memories, strict=True):
                density += work.backward(part, memory, values, by_x, found)
        return density

    def slope(self, eta: np.ndarray, adjoint: np.ndarray) -> np.ndarray:
        """Return the adjoint of η from that of the parameter."""
        link = self.predictor.link
        return adjoint if link is None else adjoint * link.derivative(eta, np)


def line(predictor: Predictor, where: Layout) -> Line:
    """Return a predictor at work."""
    branches = tuple(tuple(work_of(effect, where) for effect in branch) for branch in predictor.branches)
    return Line(predictor, branches, len(predictor.design.rows))
