"""Analysis of variance and deviance: the terms of one linear or generalized linear model.

Type I adds the terms one after the other, as R's `anova`. Type II takes from the model of all terms that do not contain
a term that term; type III takes its columns, as they are coded, from the whole model: both as car's `Anova`, whose
type III therefore asks for contrasts that sum to zero, `contr.sum` or `contr.helmert`.

References
----------
Chambers & Hastie (1992), Statistical Models in S, chapters 4 and 6.
Fox & Weisberg (2019), An R Companion to Applied Regression, section 6.2.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...terms import INTERCEPT
from ..frame import headed
from .deviance_table import TESTS, anova_type, cautions, chi_square_p, chosen_test, columns_of_test, f_p
from .score_test import score_statistic
from .submodel import Reduced, narrowed, own_columns, relatives, tested_terms, whole, with_columns, without_terms

if TYPE_CHECKING:
    from ..regression.base import Regression


def variance_table(fit: Regression, test: Any, kind: Any) -> pd.DataFrame:
    """Return the analysis of variance of a linear model, with F tests."""
    test, kind = chosen_test(test, "F", ("F", "Chisq", "LRT")), anova_type(kind)
    if kind == "I":
        labels, pairs = tested_terms(fit), list(pairwise(_growing(fit)))
    else:
        labels = [INTERCEPT] * (kind == "III" and fit.has_intercept) + tested_terms(fit)
        pairs = [_pair(fit, label, kind) for label in labels]
    # A term whose columns are all aliased has no row, as in R.
    rows = {label: pair for label, pair in zip(labels, pairs, strict=True) if pair[1].rank > pair[0].rank}
    gains = [max(less.deviance - more.deviance, 0.0) for less, more in rows.values()]
    squares = np.array([*gains, fit.deviance])
    df = np.array([*(more.rank - less.rank for less, more in rows.values()), fit.df_residual])
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(df > 0, squares / df, np.nan)  # a saturated fit has no error to test against
        F = np.append(mean[:-1] / mean[-1], np.nan)
    table = pd.DataFrame({"Df": df, "Sum Sq": squares, "Mean Sq": mean}, index=[*rows, "Residuals"])
    if test == "F":
        table["F value"], table["Pr(>F)"] = F, f_p(F, df, fit.df_residual)
    elif test:
        table["Pr(>Chi)"] = chi_square_p(df * F, df)
    perfect = fit.deviance < 1e-10 * (squares.sum() + np.finfo(float).tiny)
    doubt = "; the fit is essentially perfect, its F tests mean nothing" if perfect else ""
    return headed(table, f"analysis of variance, type {kind}{doubt}")


def deviance_table(fit: Regression, test: Any, kind: Any) -> pd.DataFrame:
    """Return the analysis of deviance of a generalized linear model."""
    kind = anova_type(kind)
    test = chosen_test(test, default_test(fit), TESTS if kind == "I" else ("Chisq", "LRT", "F"))
    if kind != "I":
        return _marginal_deviance(fit, test, kind)
    models, labels = _growing(fit), tested_terms(fit)
    rank = np.array([model.rank for model in models])
    residual = np.array([model.deviance for model in models])
    df, gain = (np.concatenate([[np.nan], np.diff(values)]) for values in (rank, -residual))
    columns = {
        "Df": df,
        "Deviance": np.where(gain < 0, 0.0, gain),
        "Resid. Df": [model.df_residual for model in models],
        "Resid. Dev": residual,
    }
    if test == "Rao":
        gain = np.array([np.nan, *_scores(fit, models, labels)])
    columns |= columns_of_test(
        test,
        gain=gain,
        df=df,
        dispersion=fit.dispersion,
        df_dispersion=fit.t_df,
        residual=residual,
        parameters=rank,
    )
    table = pd.DataFrame(columns, index=["NULL", *labels])
    heading = f"analysis of deviance: {fit.family.name.replace('_', ' ')}, {fit.family.link.name} link"
    return headed(table, heading, counts=("Df", "Resid. Df"), lines=cautions(fit, test))


def default_test(fit: Regression) -> str:
    """Return "F" where the dispersion is estimated, else "Chisq"."""
    return "Chisq" if fit.family.known_dispersion is not None else "F"


def _growing(fit: Regression) -> list[Reduced]:
    """Return the model without terms (but the intercept), and those with each further term."""
    own = own_columns(fit)
    columns = own.get(INTERCEPT, np.array([], dtype=int))
    labels = tested_terms(fit)
    if not labels:
        return [whole(fit)]
    models = [with_columns(fit, columns)]
    for label in labels[:-1]:
        columns = np.concatenate([columns, own[label]])
        models.append(with_columns(fit, columns))
    return [*models, whole(fit)]


def _scores(fit: Regression, models: list[Reduced], labels: list[str]) -> list[float]:
    """Return the score statistic of each term at the model before it."""
    own = own_columns(fit)
    columns = own.get(INTERCEPT, np.array([], dtype=int))
    scores = []
    for label, before in zip(labels, models, strict=False):
        columns = np.concatenate([columns, own[label]])
        scores.append(score_statistic(fit, before.beta, narrowed(fit.model.design, columns)))
    return scores


def _pair(fit: Regression, label: str, kind: str) -> tuple[Reduced, Reduced]:
    """Return the models whose difference tests a term: without it and with it."""
    above = relatives(fit, label) if kind == "II" else set()
    return without_terms(fit, {label, *above}), without_terms(fit, above)


def _marginal_deviance(fit: Regression, test: str | None, kind: str) -> pd.DataFrame:
    """Return the table of type II or III, by likelihood ratios or F."""
    labels = tested_terms(fit)
    pairs = [_pair(fit, label, kind) for label in labels]
    gain = np.array([max(less.deviance - more.deviance, 0.0) for less, more in pairs])
    df = np.array([more.rank - less.rank for less, more in pairs])
    if test == "F":
        # As car's Anova: the error is Pearson's, the estimate of the dispersion also where it is taken as known.
        error, nu = fit.totals.pearson, fit.df_residual
        F = np.append(gain / df / (error / nu), np.nan)
        df = np.append(df, nu)
        columns = {"Sum Sq": [*gain, error], "Df": df, "F value": F, "Pr(>F)": f_p(F, df, nu)}
        table = pd.DataFrame(columns, index=[*labels, "Residuals"])
        return headed(table, f"analysis of deviance, type {kind}", lines=cautions(fit, test))
    columns = {"LR Chisq": gain / fit.dispersion, "Df": df}
    if test:
        columns["Pr(>Chisq)"] = chi_square_p(gain / fit.dispersion, df)
    table = pd.DataFrame(columns, index=labels)
    return headed(table, f"analysis of deviance, type {kind}", lines=cautions(fit, test))
