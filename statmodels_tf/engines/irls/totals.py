"""Totals: what is reported of a fit besides its coefficients: deviances, Pearson's sum, the log-likelihood."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from ...families.exponential import ExponentialFamily
from ...fits.regression.base import Totals
from ...linalg import Dense
from ...linalg.arranged import arranged
from ...model import Model
from .mean import Mean, Numbers
from .newton import NoStartError, newton
from .passes import counted, linear_predictor
from .rows import Block, Rows

PROMPT = 100_000
"""Rows up to which the totals are added up at once."""


@dataclass(frozen=True, eq=False)
class Deviance:
    """The task that adds up deviance and squared Pearson residuals.

    Attributes
    ----------
    family : ExponentialFamily
    beta : array [p] or None
        Coefficients; None leaves them out.
    mean : float or None
        The mean of all rows, where there are no coefficients; None is that of the offset.
    """

    family: ExponentialFamily
    beta: np.ndarray | None
    mean: float | None = None

    def __call__(self, block: Block) -> Numbers:
        block = counted(block)
        with np.errstate(all="ignore"):
            mu = self._means(block)
            a = 1.0 if block.weights is None else block.weights
            deviance = np.sum(a * self.family.deviance(block.y, mu))
            pearson = np.sum(a * (block.y - mu) ** 2 / self.family.variance(mu)) if self.mean is None else np.nan
            return Numbers(np.array([deviance, pearson]))

    def _means(self, block):
        if self.mean is not None:
            return np.full(len(block.y), self.mean)
        if self.beta is not None:
            eta = linear_predictor(replace(block, common=arranged(block.common)), self.beta)
        else:
            eta = np.zeros(len(block.y)) if block.offset is None else block.offset
        return self.family.link.inverse(eta, np)


@dataclass(frozen=True, eq=False)
class OnOnes:
    """A task on rows of which only an intercept is left."""

    task: Callable[[Block], Any]

    def __call__(self, block: Block) -> Any:
        return self.task(replace(block, common=arranged(Dense(np.ones((len(block.y), 1))))))


@dataclass(frozen=True, eq=False)
class InterceptRows(Rows):
    """The rows of a model with an intercept only."""

    rows: Rows

    @property
    def n(self) -> int:
        return self.rows.n

    @property
    def p(self) -> int:
        return 1

    def total(self, task: Callable[[Block], Any], label: str = "") -> Any:
        return self.rows.total(OnOnes(task), label)

    def sample(self, size: int, seed: int) -> Any:
        return InterceptRows(self.rows.sample(size, seed))


def null_deviance(rows: Rows, family: ExponentialFamily, intercept: bool, offset: bool) -> float:
    """Return the deviance of the model with an intercept, if there is one, and the offset only."""
    if not intercept:
        return float(rows.total(Deviance(family, None)).values[0])
    if not offset:
        total, weighted = rows.total(Mean()).values
        if weighted == 0:  # of a family whose means are positive: every response is its mean
            return 0.0
        return float(rows.total(Deviance(family, None, weighted / total)).values[0])
    try:
        alone = newton(InterceptRows(rows), family)
    except NoStartError:
        return np.nan
    return float(InterceptRows(rows).total(Deviance(family, alone.beta)).values[0])


@dataclass(frozen=True, eq=False)
class MemoryTotals:
    """The `Totals` of a fit whose rows lie in memory, each added up when it is first asked for."""

    rows: Rows
    model: Model
    beta: np.ndarray
    left: Rows
    leaving: Callable[[Any], np.ndarray]

    @cached_property
    def _fit(self):
        return self.left.total(Deviance(self.model.family, self.beta)).values.tolist()

    @property
    def deviance(self) -> float:
        """The deviance of the fit."""
        return self._fit[0]

    @property
    def pearson(self) -> float:
        """The sum of squared Pearson residuals."""
        return self._fit[1]

    @cached_property
    def null_deviance(self) -> float:
        """The deviance of the model with an intercept, if there is one, and the offset only."""
        design = self.model.design
        return null_deviance(self.rows, self.model.family, "Intercept" in design.columns, design.offset is not None)

    @cached_property
    def loglik(self) -> float:
        """The log-likelihood, as R's `logLik`."""
        design, family = self.model.design, self.model.family
        data = family.data(design.response, design.weights)
        y, a = family.observations(data)
        with np.errstate(all="ignore"):
            eta = design.common.matvec(self.beta) + (0.0 if design.offset is None else design.offset)
            rows = family.loglik(y, family.link.inverse(eta, np), a, data)
            return float(np.sum(rows, where=self.leaving(design.common) == 0))


def memory_totals(
    rows: Rows, model: Model, beta: np.ndarray, left: Rows, leaving: Callable[[Any], np.ndarray]
) -> Totals | MemoryTotals:
    """Return what a fit adds up over rows that lie in memory: at once where they are few.

    Only the rows `left` have a deviance; the others, `leaving` for an edge, are fitted without error, and add nothing.
    """
    totals = MemoryTotals(rows, model, beta, left, leaving)
    if rows.n > PROMPT:
        return totals
    return Totals(totals.deviance, totals.null_deviance, totals.loglik, totals.pearson)
