"""Fits against each other: likelihood-ratio tests, one term left out at a time, refits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import special

from statmodels_tf.errors import DataError, ModelError

from .estimate import Estimate

if TYPE_CHECKING:
    from .mixed import MixedEstimate


def anova(*fits: Estimate, test: str | None = None) -> pd.DataFrame:
    """Return the table that compares fits of the same rows by likelihood-ratio tests, as R's `anova(m1, m2)`.

    Parameters
    ----------
    *fits : Estimate
        Two or more, in any order. Fits by REML are refitted by ML; the heading of the table says so.
    test : {None, "Chisq"}

    Returns
    -------
    DataFrame
        npar, AIC, BIC, logLik, deviance, Chisq, Df, Pr(>Chisq); a row for each fit, the smaller first.
    """
    if not fits:
        raise ModelError("`anova()` was given no fit; write `anova(m1, m2)`.")
    first, *others = fits
    return first.anova(*others, test=test)


def likelihood_ratio(fits: Sequence[Any]) -> pd.DataFrame:
    """Return the likelihood-ratio table of fits of the same rows, smaller models first."""
    for fit in fits:
        if not isinstance(fit, Estimate):
            raise ModelError(f"`anova()` compares fits by maximum likelihood; it was given a {type(fit).__name__}.")
    _same_rows(fits)
    refitted = any(getattr(fit, "REML", False) for fit in fits)
    fits = sorted((_by_ml(fit) for fit in fits), key=lambda fit: fit.df_model)
    npar = np.array([fit.df_model for fit in fits])
    deviance = np.array([-2 * fit.loglik for fit in fits])
    chisq = np.concatenate([[np.nan], -np.diff(deviance)])
    df = np.concatenate([[np.nan], np.diff(npar)])
    columns = {
        "npar": npar,
        "AIC": [fit.aic for fit in fits],
        "BIC": [fit.bic for fit in fits],
        "logLik": [fit.loglik for fit in fits],
        "deviance": deviance,
        "Chisq": chisq,
        "Df": df,
        "Pr(>Chisq)": chi_square_p(chisq, df),
    }
    table = pd.DataFrame(columns, index=[str(fit.formula) for fit in fits])
    note = "refitted by ML instead of REML" if refitted else "fitted by ML"
    table.columns.name = note
    table.attrs["note"] = note
    return table


def drop1(fit: MixedEstimate, test: bool) -> pd.DataFrame:
    """Return the fit without each term that stands in no higher interaction, one row each."""
    full = _by_ml(fit)
    rows = {"<none>": (np.nan, full.aic, np.nan, np.nan)}
    terms = [term for term in fit.formula.common if term.variables]
    for term in terms:
        if any(set(term.variables) < set(other.variables) for other in terms):
            continue
        less = _by_ml(fit.update(f". ~ . - {term.label}"))
        _same_rows([full, less])
        df, statistic = full.df_model - less.df_model, -2 * (less.loglik - full.loglik)
        rows[term.label] = (df, less.aic, statistic, float(chi_square_p(statistic, df)))
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["npar", "AIC", "LRT", "Pr(Chi)"])
    return table if test else table[["npar", "AIC"]]


def refit(fit: MixedEstimate, y: Any, REML: bool | None) -> MixedEstimate:
    """Return the model of `fit` fitted to the response `y`, or by the other criterion."""
    model, engine, call = fit.model, fit.engine, fit.call
    if REML is not None:
        engine = replace(engine, REML=REML)
        call = call and call.keeping(REML=REML)
    if y is not None:
        values = np.asarray(y, dtype=float)
        if values.shape != (fit.nobs,):
            raise DataError(f"`refit(y)` needs the {fit.nobs:,} values of the rows used; it was given {values.shape}.")
        if not np.all(np.isfinite(values)):
            raise DataError("`refit(y)` was given values that are missing or infinite.")
        response = replace(model.design.response, values=values)
        model, call = replace(model, design=replace(model.design, response=response)), None
    return engine.fit(model, call=call)


def chi_square_p(statistic: np.ndarray | float, df: np.ndarray | float) -> np.ndarray:
    """Return the upper tail of the chi-squared distribution; NaN where there is nothing to test.

    >>> chi_square_p(np.array([3.841459, np.nan]), np.array([1.0, 1.0])).round(4)
    array([0.05,  nan])
    """
    statistic, df = np.asarray(statistic, dtype=float), np.asarray(df, dtype=float)
    return np.where(df > 0, special.chdtrc(np.where(df > 0, df, 1.0), np.maximum(statistic, 0.0)), np.nan)


def _by_ml(fit: Any) -> Any:
    """Return the fit by maximum likelihood of the same model."""
    return refit(fit, None, False) if getattr(fit, "REML", False) else fit


def _same_rows(fits: Sequence[Any]) -> None:
    """Say so unless all fits have the same response on the same rows."""
    first = fits[0]
    for fit in fits[1:]:
        if fit.nobs != first.nobs:
            raise DataError(
                f"the fits use {first.nobs:,} and {fit.nobs:,} rows, so their likelihoods cannot be compared. "
                "Missing values in one model's columns often do this: drop those rows from the data first."
            )
        one, other = fit.model.design.response, first.model.design.response
        if not np.array_equal(one.values, other.values):
            raise DataError(
                f"the fits have different responses, `{other.name}` and `{one.name}` (or other rows of it), so their "
                "likelihoods cannot be compared."
            )
