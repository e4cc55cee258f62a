"""A mixed model fitted again: without each of its terms, to another response, or by the other criterion."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...errors import DataError
from ..anova.compare import by_ml, same_rows
from ..anova.deviance_table import chi_square_p
from ..anova.submodel import droppable
from ..anova.wald import drop1_f
from ..arguments import flag
from ..frame import headed

if TYPE_CHECKING:
    from .estimate import MixedEstimate


def drop1(fit: MixedEstimate, test: str | None) -> pd.DataFrame:
    """Return the fit without each term that stands in no higher interaction, one row each."""
    free = droppable(fit)
    if test == "F":
        return drop1_f(fit, [term.label for term in free])
    full = by_ml(fit)
    rows = {"<none>": (np.nan, full.aic, np.nan, np.nan)}
    for term in free:
        less = by_ml(fit.update(f". ~ . - {term.text}"))
        same_rows([full, less])
        df, statistic = full.df_model - less.df_model, -2 * (less.loglik - full.loglik)
        rows[term.label] = (df, less.aic, max(statistic, 0.0), float(chi_square_p(statistic, df)))
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["npar", "AIC", "LRT", "Pr(Chi)"])
    return headed(table if test else table[["npar", "AIC"]], "single term deletions, by ML", counts=("npar",))


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
