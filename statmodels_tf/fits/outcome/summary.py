"""The summary of a model of categories."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..summary import coefficient_table, data_lines, engine_line
from ..table import Summary, grouped
from .check import problems

if TYPE_CHECKING:
    from .estimate import OutcomeEstimate


def outcome_summary(fit: OutcomeEstimate, level: float) -> Summary:
    """Return the summary: a table for each part of the parameters."""
    table = fit.parameter_table(level)
    shown = table.assign(df=np.nan)
    tables = [
        coefficient_table(shown.iloc[at], level, name.capitalize(), "z")
        for name, at in fit.parts.items()
        if at.stop > at.start
    ]
    formulas = [str(fit.formula), *(f"{name} {other.formula}" for name, other in fit.model.predictors.items())]
    statistics = [("log-likelihood", fit.loglik), ("AIC", fit.aic), ("BIC", fit.bic)]
    return Summary(
        title=fit.title,
        formula=" · ".join(formulas),
        lines=(*data_lines(fit), f"outcomes {', '.join(fit.outcomes)}", engine_line(fit.diagnostics)),
        tables=tuple(tables),
        footers=(" · ".join(f"{name} {grouped(value)}" for name, value in statistics),),
        notes=problems(fit),
        table=table,
    )
