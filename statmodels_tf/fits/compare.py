"""Fits against each other: likelihood-ratio tests, one term left out at a time, refits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import special

from ..errors import DataError, ModelError
from .arguments import flag
from .estimate import Estimate
from .wald import drop1_f
from .words import spoken

if TYPE_CHECKING:
    from .mixed import MixedEstimate

# A fit with more parameters that is worse by more than rounding, relative to the deviance.
_WORSE = 1e-9
# What a combination of columns may leave of an offset and still count as equal to it.
_SPANNED = 1e-8


@spoken
def anova(*fits: Any, test: str | None = None) -> pd.DataFrame:
    """Return the table that compares fits of the same rows by likelihood-ratio tests, as R's `anova(m1, m2)`.

    Parameters
    ----------
    *fits : Estimate
        Two or more, in any order, or a list of them. Fits by REML are refitted by ML; the heading of the table says so.
    test : {None, "Chisq"}

    Returns
    -------
    DataFrame
        npar, AIC, BIC, logLik, deviance, Chisq, Df, Pr(>Chisq); a row for each fit, the smaller first.
    """
    given = [fit for each in fits for fit in (each if isinstance(each, (list, tuple)) else [each])]
    if not given:
        raise ModelError("`anova()` was given no fit; write `anova(m1, m2)`.")
    _estimates(given)
    first, *others = given
    return first.anova(*others, test=test)


def likelihood_ratio(fits: Sequence[Any]) -> pd.DataFrame:
    """Return the likelihood-ratio table of fits of the same rows, smaller models first."""
    _estimates(fits)
    _same_rows(fits)
    _same_weights(fits)
    refitted = any(getattr(fit, "REML", False) for fit in fits)
    fits = sorted((_by_ml(fit) for fit in fits), key=lambda fit: fit.df_model)
    _nested_offsets(fits)
    npar = np.array([fit.df_model for fit in fits])
    deviance = np.array([-2 * fit.loglik for fit in fits])
    gain = np.concatenate([[np.nan], -np.diff(deviance)])
    chisq = np.maximum(gain, 0.0) + 0.0  # as R; and no -0.0
    df = np.concatenate([[np.nan], np.diff(npar)])
    columns = {
        "npar": npar,
        "AIC": [fit.aic for fit in fits],
        "BIC": [fit.bic for fit in fits],
        "logLik": [fit.loglik for fit in fits],
        "deviance": deviance,
        "Chisq": chisq,
        "Df": pd.array(df, dtype="Int64"),
        "Pr(>Chisq)": chi_square_p(chisq, df),
    }
    table = pd.DataFrame(columns, index=[str(fit.formula) for fit in fits])
    heading = "refitted by ML instead of REML" if refitted else "fitted by ML"
    table.attrs["heading"] = heading
    if np.any((df > 0) & (gain < -_WORSE * np.maximum(1.0, np.abs(deviance)))):
        heading += "; not nested"
        table.attrs["heading"] = f"{heading}: a model with more parameters fits worse, so no test compares them"
    # Short enough to be printed whole: pandas cuts a label of fifty characters.
    table.index.name = heading
    return table


def drop1(fit: MixedEstimate, test: str | None) -> pd.DataFrame:
    """Return the fit without each term that stands in no higher interaction, one row each."""
    terms = [term for term in fit.formula.common if term.variables]
    free = [term for term in terms if not any(set(term.variables) < set(other.variables) for other in terms)]
    if test == "F":
        return drop1_f(fit, [term.label for term in free])
    full = _by_ml(fit)
    rows = {"<none>": (np.nan, full.aic, np.nan, np.nan)}
    for term in free:
        less = _by_ml(fit.update(f". ~ . - {term.text}"))
        _same_rows([full, less])
        df, statistic = full.df_model - less.df_model, -2 * (less.loglik - full.loglik)
        rows[term.label] = (df, less.aic, max(statistic, 0.0), float(chi_square_p(statistic, df)))
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["npar", "AIC", "LRT", "Pr(Chi)"])
    table = table.astype({"npar": "Int64"})
    table.index.name = table.attrs["heading"] = "single term deletions, by ML"
    return table if test else table[["npar", "AIC"]]


def refit(fit: MixedEstimate, y: Any, REML: bool | None) -> MixedEstimate:
    """Return the model of `fit` fitted to the response `y`, or by the other criterion."""
    model, engine, call = fit.model, fit.engine, fit.call
    if REML is not None:
        REML = flag("REML", REML)
        engine = replace(engine, REML=REML)
        call = call and call.keeping(REML=REML)
    if y is not None:
        values = _response(y, model.design.n)
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


def _response(y: Any, rows: int) -> np.ndarray:
    """Return a new response [rows] as numbers, all finite; a table of one column will do."""
    try:
        values = np.asarray(y, dtype=float)
    except (TypeError, ValueError):
        raise DataError(
            f"`refit(y)` needs numbers, and `y` is a {type(y).__name__} that holds something else."
        ) from None
    if values.shape == (rows, 1):
        values = values[:, 0]
    if values.shape != (rows,):
        raise DataError(f"`refit(y)` needs the {rows:,} values of the rows used; it was given {values.shape}.")
    if not np.all(np.isfinite(values)):
        raise DataError("`refit(y)` was given values that are missing or infinite.")
    return values


def _estimates(fits: Sequence[Any]) -> None:
    """Say so unless all are estimates."""
    for fit in fits:
        if not isinstance(fit, Estimate):
            kind = type(fit).__name__
            raise ModelError(f"`anova()` compares fits by maximum likelihood; it was given a {kind}.")


def _same_rows(fits: Sequence[Any]) -> None:
    """Say so unless all fits have the same response on the same rows."""
    first = fits[0]
    for fit in fits[1:]:
        if fit.nobs != first.nobs:
            raise DataError(
                f"`{first.formula}` uses {_rows(first)} and `{fit.formula}` {_rows(fit)}, so their likelihoods cannot "
                "be compared. Fit both to the same rows: drop those that lack a value in any column of either first, "
                "with `data.dropna(subset=[...])`."
            )
        one, other = fit.model.design.response, first.model.design.response
        if one.name != other.name:
            raise DataError(
                f"the fits have different responses, `{other.name}` and `{one.name}`, so their likelihoods cannot be "
                "compared."
            )
        if not np.array_equal(one.values, other.values):
            raise DataError(
                f"the fits have different values of the response `{one.name}`: other rows of the data, or the same in "
                "another order, so their likelihoods cannot be compared. Fit both to the same table."
            )


def _same_weights(fits: Sequence[Any]) -> None:
    """Say so unless all fits have the same weights, up to a factor that sigma takes up: others are never nested."""
    designs = [fit.model.design for fit in fits]
    weights = [np.ones(design.n) if design.weights is None else design.weights for design in designs]
    for fit, w in zip(fits[1:], weights[1:], strict=True):
        if not np.allclose(w / w.mean(), weights[0] / weights[0].mean(), rtol=1e-10, atol=0):
            raise DataError(
                f"`{fits[0].formula}` and `{fit.formula}` have different weights, so neither contains the other and no "
                "test compares them. Fit both with the same `weights=`; `fit.aic` compares ways to weight."
            )


def _nested_offsets(fits: Sequence[Any]) -> None:
    """Say so unless each fit's offset is the next larger one's plus a combination of that one's columns."""
    for less, more in pairwise(fits):
        one, other = (fit.model.design for fit in (less, more))
        gap = (0.0 if one.offset is None else one.offset) - (0.0 if other.offset is None else other.offset)
        if not np.any(gap):
            continue
        X = other.common.dense()
        left = gap - X @ np.linalg.lstsq(X, gap, rcond=None)[0]
        if np.abs(left).max() > _SPANNED * np.abs(gap).max():
            raise DataError(
                f"`{less.formula}` and `{more.formula}` have different offsets, so the larger does not contain the "
                "smaller and no test compares them. Fit both with the same offset."
            )


def _rows(fit: Any) -> str:
    """Return how many rows a fit uses, and how many it dropped."""
    dropped = fit.model.design.dropped
    return f"{fit.nobs:,} rows" + (f" ({dropped:,} dropped as incomplete)" if dropped else "")
