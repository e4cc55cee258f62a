"""Likelihood-ratio tests and profile intervals of models of categories: the same model again with something changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from ...errors import DataError, ModelError, did_you_mean
from ...linalg import Dense
from ..anova.deviance_table import chi_square_p
from ..anova.stepwise import addable
from ..anova.submodel import droppable
from ..frame import headed
from ..student import t_quantile

if TYPE_CHECKING:
    from .estimate import OutcomeEstimate
    from .ordinal import OrdinalEstimate

_COLUMNS = ["Df", "logLik", "AIC", "LRT", "Pr(>Chi)"]
_FARTHEST = 40.0
"""Standard errors within which the end of a profile interval is sought."""


def drop1(fit: OutcomeEstimate, test: bool, scope: Any = None, *, k: float = 2.0) -> pd.DataFrame:
    """Return the fit without each term that stands in no higher interaction, or of the scope, one row each."""
    terms = droppable(fit)
    if scope is not None:
        wanted, every = [scope] if isinstance(scope, str) else list(scope), fit.formula.common
        known = {term.label: term for term in every if term.variables}
        for label in wanted:
            if label not in known:
                raise ModelError(f"the fit has no term `{label}`.{did_you_mean(str(label), known)}")
        terms = [known[label] for label in wanted]
    table = _table(fit, {term.label: fit.update(f". ~ . - {term.text}") for term in terms}, -1, k)
    return headed(table if test else table[["Df", "logLik", "AIC"]], "single term deletions")


def add1(fit: OutcomeEstimate, scope: Any, test: bool, *, k: float = 2.0) -> pd.DataFrame:
    """Return the fit with each term of the scope that it lacks, one row each."""
    fits = {term.label: fit.update(f". ~ . + {term.text}") for term in addable(fit, scope)}
    for label, larger in fits.items():
        if larger.nobs != fit.nobs:
            raise DataError(
                f"`{label}` is missing in {fit.nobs - larger.nobs:,} of the observations used, so fits with and "
                "without it cannot be compared; fit to the rows that have all columns first."
            )
    table = _table(fit, fits, 1, k)
    return headed(table if test else table[["Df", "logLik", "AIC"]], "single term additions")


def sequential(fit: OutcomeEstimate) -> pd.DataFrame:
    """Return the fits with no term, with the first, the first two and so on, each tested against the one before."""
    terms = [term for term in fit.formula.common if term.variables]
    left = [" ".join(f"- {term.text}" for term in terms[k:]) for k in range(len(terms))]
    fits: list[Any] = [*(fit.update(f". ~ . {text}") for text in left), fit]
    rows = {"<none>": (np.nan, fits[0].loglik, fits[0].aic, np.nan, np.nan)}
    for term, (less, more) in zip(terms, pairwise(fits), strict=True):
        df, statistic = more.df_model - less.df_model, max(2 * (more.loglik - less.loglik), 0.0)
        rows[term.label] = (df, more.loglik, more.aic, statistic, float(chi_square_p(statistic, df)))
    return headed(pd.DataFrame.from_dict(rows, orient="index", columns=_COLUMNS), "terms added first to last")


def added_tests(fit: OrdinalEstimate, part: str) -> pd.DataFrame:
    """Return tests of each term of the location that `part` ("nominal", "scale") lacks, added there."""
    other = fit.model.predictors.get(part)
    written = [] if other is None else [term.text for term in other.formula.common if term.variables]
    terms = [term for term in fit.formula.common if term.variables and term.text not in written]
    if not terms:
        raise ModelError(f"`{part}=` has every term of the formula already, so there is none to test.")
    fits = {term.label: fit.update(**{part: "~ " + " + ".join([*written, term.text])}) for term in terms}
    return headed(_table(fit, fits, 1), f"tests of {part} effects")


def _table(fit: OutcomeEstimate, fits: dict[str, Any], sign: int, k: float = 2.0) -> pd.DataFrame:
    """Return the likelihood-ratio table of fits with more (sign 1) or fewer (-1) parameters than `fit`."""
    rows = {"<none>": (np.nan, fit.loglik, fit.aic + (k - 2) * fit.df_model, np.nan, np.nan)}
    for label, other in fits.items():
        df, statistic = sign * (other.df_model - fit.df_model), sign * 2 * (other.loglik - fit.loglik)
        statistic = max(statistic, 0.0)
        aic = other.aic + (k - 2) * other.df_model
        rows[label] = (df, other.loglik, aic, statistic, float(chi_square_p(statistic, df)))
    return pd.DataFrame.from_dict(rows, orient="index", columns=_COLUMNS)


def profile_intervals(fit: OutcomeEstimate, level: float) -> pd.DataFrame:
    """Return profile likelihood intervals of the coefficients; NaN where aliased.

    The model is fitted again with a coefficient held at b, its column then part of the offset, and the interval holds
    all b with 2 (log L - log L(b)) below the quantile of chi-squared.
    """
    if fit.family.by_outcome:
        raise ModelError('profile intervals of a categorical model are not there; use method="wald".')
    bound = float(t_quantile(np.inf, level))
    table = np.full((len(fit.beta), 2), np.nan)
    errors = np.sqrt(fit.variances)
    for j, (centre, error, endless) in enumerate(
        zip(fit.beta, errors, fit.infinite[fit.parts["coefficients"]], strict=True)
    ):
        if np.isnan(centre):
            continue
        if endless:
            table[j] = (-np.inf, np.nan) if endless < 0 else (np.nan, np.inf)
            continue
        root = _signed_root(fit, j)
        table[j] = [_end(root, float(centre), side * float(error), bound) for side in (-1, 1)]
    return headed(pd.DataFrame(table, index=list(fit.names), columns=["lower", "upper"]), "profile likelihood")


def _signed_root(fit: OutcomeEstimate, j: int) -> Callable[[float], float]:
    """Return the function sqrt(2 (log L - log L(b))) of the value b of coefficient j."""
    design = fit.model.design
    column, others = design.common.column(j), Dense(np.delete(design.common.dense(), j, axis=1))
    offset = np.zeros(design.n) if design.offset is None else design.offset
    columns = tuple(name for k, name in enumerate(design.columns) if k != j)

    def root(b: float) -> float:
        held = replace(design, common=others, columns=columns, offset=offset + b * column)
        less = fit.engine.fit(replace(fit.model, design=held))
        return float(np.sqrt(max(2 * (fit.loglik - less.loglik), 0.0)))

    return root


def _end(root: Callable[[float], float], centre: float, step: float, bound: float) -> float:
    """Return where the root reaches `bound`, going from the centre in steps; infinite where it never does."""
    inner, width = 0.0, bound
    while root(centre + width * step) < bound:
        inner, width = width, 1.6 * width
        if width > _FARTHEST:
            return float(np.copysign(np.inf, step))
    found = brentq(lambda t: root(centre + t * step) - bound, inner, width, xtol=1e-6 * bound)
    return float(centre + found * step)
