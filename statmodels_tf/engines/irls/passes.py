"""Passes: what is added up over blocks of rows. Each task is a frozen dataclass that can be sent to another process."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...families.exponential import ExponentialFamily
from ...linalg.arrange import Arrangement
from ...linalg.arranged import arranged
from ...linalg.normal import triangle_of
from .rows import Block


@dataclass(frozen=True, eq=False)
class Score:
    """X'r [p] alone."""

    score: np.ndarray

    def __add__(self, other: Score) -> Score:
        return Score(self.score + other.score)

    def collected(self) -> Score:
        """Return the score as it is."""
        return self


@dataclass(frozen=True, eq=False)
class Sums:
    """What a pass over some rows gives.

    Attributes
    ----------
    equations : Normal, CellSums, SplitSums, Triangle or Score
        Of the rows, addable; None where a mean has left its range.
    objective : float
        The deviance, less a constant.
    pearson : float
        The sum of squared Pearson residuals; NaN where the dispersion is known.
    weight, signal : float
        Sums of w and of w eta².
    n : int
        Rows of positive weight.
    """

    equations: Any
    objective: float
    pearson: float
    weight: float
    signal: float
    n: int

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            None if self.equations is None or other.equations is None else self.equations + other.equations,
            self.objective + other.objective,
            self.pearson + other.pearson,
            self.weight + other.weight,
            self.signal + other.signal,
            self.n + other.n,
        )


def counted(block: Block) -> Block:
    """Return the rows of positive weight: the others say nothing."""
    if block.weights is None or block.weights.all():
        return block
    return chosen(block, np.flatnonzero(block.weights > 0))


def chosen(block: Block, rows: np.ndarray) -> Block:
    """Return these rows of a block."""
    parts = (None if part is None else part[rows] for part in (block.weights, block.offset))
    return Block(block.common.take(rows), block.y[rows], *parts)


def linear_predictor(block: Block, beta: np.ndarray) -> np.ndarray:
    """Return X beta plus the offset [m]."""
    eta = block.common.matvec(beta)
    return eta if block.offset is None else eta + block.offset


@dataclass(frozen=True, eq=False)
class Pass:
    """One evaluation of the normal equations.

    Attributes
    ----------
    family : ExponentialFamily
    beta : array [p] or None
        Where; None is the family's own starting means, and then the solution is beta itself, not a step.
    want : str
        "gram", "single" (with products in 32 bits), "score" (X'r only), "triangle" (by QR decomposition), "values"
        (sums only).
    split : bool
        Whether a large factor may stand apart.
    mean : float or None
        Without `beta`: the solution is to give all rows this mean, as near as it can.
    """

    family: ExponentialFamily
    beta: np.ndarray | None
    want: str = "gram"
    split: bool = True
    mean: float | None = None

    def __call__(self, block: Block) -> Sums:
        block = counted(block)
        with np.errstate(all="ignore"):
            return self._sums(replace(block, common=arranged(block.common, self.split)), block)

    def _sums(self, block, given):
        family, y, a = self.family, block.y, block.weights
        if self.beta is None:
            start = family.start(y, a) if self.mean is None else np.full(len(y), self.mean)
            eta = family.link.link(start, np)
            work = family.working(eta, y, a)
            known = eta if block.offset is None else eta - block.offset
            target = work.weight * known + (work.score if self.mean is None else 0.0)
        else:
            eta = linear_predictor(block, self.beta)
            work = family.working(eta, y, a)
            target = work.score
        weight, score = work.weight, work.score
        usable = np.isfinite(work.objective)
        pearson = np.nan
        if family.known_dispersion is None:
            square = score * score
            pearson = float(np.sum(np.divide(square, weight, out=np.zeros_like(square), where=weight > 0)))
        weighted = weight * eta
        return Sums(
            self._equations(block.common, weight, target, isinstance(given.common, Arrangement)) if usable else None,
            float(work.objective),
            pearson,
            float(np.sum(weight)),
            float(weighted @ eta),
            len(y),
        )

    def _equations(self, rows, weight, target, lasting):
        if self.want == "score":
            return Score(rows.rmatvec(target))
        if self.want == "triangle":
            return triangle_of(rows.dense(), weight, target)
        sums = rows.normal(weight, target, self.want == "single")
        return sums if lasting else sums.portable()
