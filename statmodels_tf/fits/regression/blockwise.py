"""Blockwise: what a fit answers whose data were read block by block, and what it cannot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ...design.recipe import CodedRows
from ...errors import ModelError

if TYPE_CHECKING:
    from ...families.exponential import ExponentialFamily, Working
    from ..system import RegressionSystem
    from .base import Regression

__all__ = [
    "Curve",
    "CurveOf",
    "RowScores",
    "in_memory",
    "streamed",
    "streamed_deviance",
    "streamed_information",
    "streamed_meat",
    "working_of",
]


def streamed(fit: Any) -> bool:
    """Return whether only a few of the rows are in memory."""
    return fit.model.design.source is not None


def in_memory(fit: Any, what: str) -> Any:
    """Return the design of a fit whose rows are in memory; say so where only a few are. `what` is plural."""
    if streamed(fit):
        raise ModelError(
            f"{what} need all rows in memory, and this fit read them block by block ({fit.model.design.source.said}). "
            "Write `fit.predict(newdata)` for rows of your choice, compare fits by `st.anova(m1, m2)`, or fit a sample."
        )
    return fit.model.design


def working_of(family: ExponentialFamily, beta: np.ndarray, rows: CodedRows) -> Working:
    """Return weights and scores of rows at coefficients."""
    y, a = family.observations(family.data(rows.response, rows.weights))
    return family.working(_predictor(beta, rows), y, a)


def _predictor(beta, rows):
    return rows.common.matvec(beta) + (0.0 if rows.offset is None else rows.offset)


@dataclass(frozen=True, eq=False)
class Curve:
    """The deviance but for a constant, the score [p] and the information [p, p] at some coefficients."""

    objective: float
    score: np.ndarray
    gram: np.ndarray

    def __add__(self, other: Curve) -> Curve:
        return Curve(self.objective + other.objective, self.score + other.score, self.gram + other.gram)


@dataclass(frozen=True, eq=False)
class CurveOf:
    """The task that adds up the curve of the likelihood at coefficients."""

    family: ExponentialFamily
    beta: np.ndarray

    def __call__(self, rows: CodedRows) -> Curve:
        with np.errstate(all="ignore"):
            work = working_of(self.family, self.beta, rows)
        return Curve(work.objective, rows.common.rmatvec(work.score), rows.common.gram(work.weight))


@dataclass(frozen=True, eq=False)
class RowScores:
    """The task that adds up s s' over rows, s the score of a row, over powers of one less its leverage.

    Attributes
    ----------
    system : RegressionSystem or None
        What gives leverages, where they are asked for.
    power : int
        Of one less the leverage.
    """

    family: ExponentialFamily
    beta: np.ndarray
    system: RegressionSystem | None
    power: int

    def __call__(self, rows: CodedRows) -> np.ndarray:
        work = working_of(self.family, self.beta, rows)
        squares = work.score**2
        if self.system is not None:
            rest = 1 - work.weight * self.system.prediction_variance(rows.common)
            if (rest < 1e-10).any():
                raise ModelError(f'rows of leverage one are fitted exactly, and "HC{self.power + 1}" divides by zero.')
            squares = squares / rest**self.power
        return rows.common.gram(squares)


@dataclass(frozen=True, eq=False)
class OwnInformation:
    """The task that adds up the information of the family's own parameters, below that they share with X."""

    family: Any
    beta: np.ndarray

    def __call__(self, rows: CodedRows) -> np.ndarray:
        y, a = self.family.observations(self.family.data(rows.response, rows.weights))
        cross, own = self.family.information(_predictor(self.beta, rows), y, a)
        return np.atleast_2d(own) if cross is None else np.vstack([rows.common.rmatvec(cross), own])


@dataclass(frozen=True, eq=False)
class DevianceOf:
    """The task that adds up the deviance at coefficients."""

    family: ExponentialFamily
    beta: np.ndarray

    def __call__(self, rows: CodedRows) -> float:
        y, a = self.family.observations(self.family.data(rows.response, rows.weights))
        each = self.family.deviance(y, self.family.link.inverse(_predictor(self.beta, rows), np))
        return float(np.sum(each if a is None else a * each, where=True if a is None else a > 0))


def streamed_deviance(fit: Regression, beta: np.ndarray) -> float:
    """Return the deviance at coefficients [p], in one more pass."""
    return float(fit.model.design.source.total(DevianceOf(fit.family, beta), "deviance"))


def streamed_information(fit: Regression) -> tuple[np.ndarray | None, np.ndarray]:
    """Return X' times the information between eta and the own parameters [p, k], or None where it is zero, and theirs.

    It takes one more pass.
    """
    task, k = OwnInformation(fit.family, np.nan_to_num(fit.beta)), len(fit.family.own)
    both = np.asarray(fit.model.design.source.total(task, " and ".join(fit.family.own)))
    return None if len(both) == k else both[:-k], both[-k:]


def streamed_meat(fit: Regression, type: str) -> np.ndarray:
    """Return M [r, r] of a sandwich with independent rows, in one more pass over data that are read block by block."""
    power = {"HC2": 1, "HC3": 2}.get(type, 0)
    beta = np.nan_to_num(fit.beta)
    task = RowScores(fit.family, beta, fit.system if power else None, power)
    total = fit.model.design.source.total(task, f"covariance {type}")
    keep = fit.system.estimable
    return total[np.ix_(keep, keep)] * (fit.nobs / fit.df_residual if type == "HC1" else 1.0)
