r"""Profile-likelihood intervals of the coefficients of a generalized linear model.

With D(b) the least deviance among models whose coefficient j is b, the signed root r(b) = sign(b - beta_j)
sqrt((D(b) - D) / phi) is close to standard normal at the true value; the interval ends where it is a normal quantile,
as in MASS's `confint` (also where phi is estimated). Each D(b) is found by Newton's method over the other coefficients,
started along the tangent of the profile, and the end by Newton's method in b within a bracket: the score u_j of the
coefficient held fixed is the slope, dD/db = -2 u_j.

Where the likelihood never falls far enough, as on the side to which a separated coefficient grows, the end is infinite;
where means leave the family's range first, it is the last value that has a likelihood. A parameter of the family
(theta of the negative binomial) stays at its estimate, as in MASS. Of data that are read block by block each point is a
pass: some 25 for each coefficient.

References
----------
Venables & Ripley (2002), Modern Applied Statistics with S, section 8.4.
Bates & Watts (1988), Nonlinear Regression Analysis, section 6.1.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...families.exponential import Working
from ...linalg import LinearMap
from ..anova.submodel import fixed
from ..arguments import coverage
from ..frame import headed
from ..regression.blockwise import Curve, CurveOf, streamed
from ..student import t_quantile
from .profiled import Profiled

if TYPE_CHECKING:
    from ..regression.base import Regression

_EXACT = 1e-8
"""How close the signed root comes to the quantile."""

_ENDLESS = 1e6
"""How many times its distance from the estimate a step may want to go before the end counts as infinite."""


_FLAT = 1e-4
"""The signed root below which the likelihood has not begun to fall."""

_FAR = 100
"""How many times where an infinite estimate was left its other end is looked for."""


@dataclass(frozen=True, eq=False)
class Point:
    """The best model with one coefficient held fixed.

    Attributes
    ----------
    beta : array [p]
    objective : float
        The deviance, but for a constant; infinite where no mean is in the family's range.
    score : float
        The derivative u_j of the log-likelihood by the coefficient held, times the dispersion.
    gram : array [p, p]
        The information where the last step began: it says how the other coefficients follow the one held.
    """

    beta: np.ndarray
    objective: float
    score: float
    gram: np.ndarray


@dataclass(frozen=True, eq=False)
class CurveHere:
    """What `Curve` holds, of rows in memory: score and information are computed where they are asked for."""

    work: Working
    common: LinearMap

    @property
    def objective(self) -> float:
        """The deviance, but for a constant."""
        return self.work.objective

    @cached_property
    def score(self) -> np.ndarray:
        """The score [p]."""
        return self.common.rmatvec(self.work.score)

    @cached_property
    def gram(self) -> np.ndarray:
        """The information [p, p]."""
        return self.common.gram(self.work.weight)


@dataclass(frozen=True, eq=False)
class Profile:
    """The profile of the deviance of a fit over each of its coefficients."""

    fit: Regression

    @cached_property
    def best(self) -> Point:
        """The estimate."""
        beta = np.nan_to_num(self.fit.beta)
        here = self._curve(beta)
        return Point(beta, here.objective, 0.0, here.gram)

    @cached_property
    def kept(self) -> np.ndarray:
        """The positions of the columns that are not aliased."""
        return np.flatnonzero(~np.isnan(self.fit.beta))

    @cached_property
    def _observed(self) -> tuple[np.ndarray, np.ndarray | None]:
        return self.fit.family.observations(self.fit.data)

    def _curve(self, beta: np.ndarray) -> Curve | CurveHere:
        """Return the likelihood's value, score and information at coefficients."""
        design, family = self.fit.model.design, fixed(self.fit.family)
        if streamed(self.fit):
            return design.source.total(CurveOf(family, beta), "profile")
        eta = design.common.matvec(beta) + (0.0 if design.offset is None else design.offset)
        with np.errstate(all="ignore"):
            return CurveHere(family.working(eta, *self._observed), design.common)

    def at(self, j: int, value: float, near: Point) -> Point:
        """Return the best model with coefficient j at `value`, started from that at a value near by."""
        free = self.kept[self.kept != j]
        step = np.zeros_like(near.beta)
        step[j] = value - near.beta[j]
        step[free] = -_solved(near.gram[np.ix_(free, free)], near.gram[free, j]) * step[j]
        beta = near.beta + step
        here = self._curve(beta)
        if not np.isfinite(here.objective):
            beta = np.where(np.arange(len(beta)) == j, value, near.beta)
            here = self._curve(beta)
        if not np.isfinite(here.objective):
            return replace(near, objective=np.inf, score=np.nan)
        for _ in range(100):
            score, gram = here.score, here.gram
            step = np.zeros_like(beta)
            step[free] = _solved(gram[np.ix_(free, free)], score[free])
            decrement = float(score[free] @ step[free])
            moved, halved = self._curve(beta + step), 0
            slack = 1e-12 * max(abs(here.objective), 1.0)
            while not moved.objective <= here.objective + slack and halved < 30:
                step, halved = step / 2, halved + 1
                moved = self._curve(beta + step)
            if not moved.objective <= here.objective + slack:
                break
            beta, here = beta + step, moved
            if decrement < 1e-11 * self.fit.dispersion:
                break
        return Point(beta, here.objective, float(here.score[j]), gram)

    def root(self, point: Point, side: int) -> float:
        """Return the signed root of the deviance that a point adds to the estimate's."""
        return side * float(np.sqrt(max(point.objective - self.best.objective, 0.0) / self.fit.dispersion))

    def end(self, j: int, side: int, quantile: float) -> float:
        """Return where the signed root of coefficient j is `quantile` on one side (-1 or 1) of the estimate."""
        if self.fit.infinite[j] == side:
            return side * np.inf
        centre = self.best.beta[j]
        near, inner, outer = self.best, 0.0, np.inf
        distance = quantile * self._unit(j)
        for _ in range(200):
            point = self.at(j, centre + side * distance, near)
            reached = abs(self.root(point, side))
            gap = quantile - reached
            if abs(gap) < _EXACT:
                break
            slope = -side * point.score / (self.fit.dispersion * max(reached, _FLAT))
            wanted = distance + gap / slope if slope > 0 else np.inf
            if gap > 0:
                near, inner = point, distance
            else:
                outer = distance
            if np.isfinite(outer):
                distance = wanted if inner < wanted < outer else (inner + outer) / 2
            elif reached < _FLAT or self.fit.infinite[j] == -side:
                # The likelihood is flat for long from where an infinite estimate was left: no slope says how far.
                distance *= 2
                if distance > _FAR * max(abs(centre), 1.0):
                    return side * np.inf
            elif wanted < _ENDLESS * distance:
                distance = min(wanted, 4 * distance)
            else:
                return side * np.inf
            if outer - inner < 1e-14 * max(outer, abs(centre)):
                return centre + side * inner
        return centre + side * distance

    def _unit(self, j: int) -> float:
        """Return a first distance: the standard error, or for an infinite estimate a part of where it was left."""
        variance = self.fit.variances[j]
        return float(np.sqrt(variance)) if variance > 0 else max(abs(self.best.beta[j]) / 16, 1e-3)


def _solved(gram: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Return the Newton step; directions in which the rows no longer say anything are left alone."""
    scale = np.sqrt(np.diag(gram))
    scale = np.where(scale > 0, scale, 1.0)
    unit = gram / np.outer(scale, scale)
    try:
        lower = np.linalg.cholesky(unit)
        if np.diag(lower).min(initial=1.0) > 1e-6:
            return np.linalg.solve(unit, score / scale) / scale
    except np.linalg.LinAlgError:
        pass
    return np.linalg.lstsq(unit, score / scale, rcond=1e-12)[0] / scale


def profile_intervals(fit: Regression, level: float) -> pd.DataFrame:
    """Return lower and upper of each coefficient; NaN where aliased."""
    profile, quantile = Profile(fit), quantile_of(fit, level)
    out = np.full((len(fit.beta), 2), np.nan)
    for j in profile.kept:
        out[j] = [profile.end(int(j), side, quantile) for side in (-1, 1)]
    table = pd.DataFrame(out, index=list(fit.names), columns=["lower", "upper"])
    return headed(table, "profile likelihood")


def quantile_of(fit: Regression, level: float) -> float:
    """Return the signed root at the ends of an interval: normal, but of a linear model t, which makes it exact."""
    return float(t_quantile(fit.t_df if fit.least_squares else np.inf, coverage(level)))


def profiled(fit: Regression, level: float, points: int) -> Profiled:
    """Return the profile of each coefficient, out to the interval of `level`."""
    profile, ends, rows = Profile(fit), profile_intervals(fit, level), []
    for j in profile.kept:
        centre, name = profile.best.beta[j], fit.names[j]
        for side, end in zip((-1, 1), ends.iloc[j], strict=True):
            far = end if np.isfinite(end) else centre + side * 4 * profile._unit(int(j))
            near, own = profile.best, []
            for value in np.linspace(centre, far, points + 1)[1:]:
                near = profile.at(int(j), float(value), near)
                own.append(
                    (name, value, profile.root(near, side), fit.deviance + near.objective - profile.best.objective)
                )
            rows += own[::side] if side > 0 else [*own[::-1], (name, centre, 0.0, fit.deviance)]
    ends = pd.DataFrame(ends).iloc[profile.kept]
    ends.insert(0, "estimate", fit.estimates[profile.kept])
    table = pd.DataFrame(rows, columns=["term", "value", "z", "deviance"])
    return Profiled(table, ends, str(fit.formula), level, quantile_of(fit, level))
