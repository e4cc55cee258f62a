"""The summary of a model without group terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .own import own_parameters
from .regression_check import problems
from .summary import coefficient_table, data_lines, engine_line
from .table import Summary, grouped, p_value, plural

if TYPE_CHECKING:
    from .regression import GLMEstimate, LinearEstimate, RegressionEstimate


def regression_summary(fit: RegressionEstimate, level: float, df: str) -> Summary:
    """Return the summary of a model without group terms; see `RegressionEstimate.summary`."""
    table = fit.coef_table(level, df)
    statistic = "t" if np.any(np.isfinite(table["df"])) else "z"
    return Summary(
        title=fit.title,
        formula=str(fit.formula),
        lines=(*data_lines(fit), engine_line(fit.diagnostics)),
        tables=(coefficient_table(table.assign(df=np.nan), level, "Coefficients", statistic),),
        footers=fit.statistics(),
        notes=problems(fit),
        table=table,
    )


def linear_statistics(fit: LinearEstimate) -> tuple[str, ...]:
    """Return the lines of a linear model: the residual, R squared and the F test."""
    parts = [f"residual standard error {_short(fit.sigma)} on {plural(fit.df_residual, 'degree')} of freedom"]
    test = fit.fstatistic
    if test["numdf"] > 0 and np.isfinite(fit.r_squared):
        parts += [f"R² {fit.r_squared:.4f}", f"adjusted {fit.adj_r_squared:.4f}"]
    lines = [" · ".join(parts)]
    if np.isfinite(test["value"]):
        lines.append(
            f"F({test['numdf']:,.0f}, {test['dendf']:,.0f}) {_short(test['value'])}, p {p_value(test['p'])}"
            f" · {_criteria(fit)}"
        )
    else:
        lines.append(_criteria(fit))
    return tuple(lines)


def glm_statistics(fit: GLMEstimate) -> tuple[str, ...]:
    """Return the lines of a generalized linear model: its own parameters, the dispersion, deviances, criteria."""
    known = fit.family.known_dispersion is not None
    scale = f"dispersion {_short(fit.dispersion)}{'' if known else ', estimated (Pearson)'}"
    own = [
        f"{name} {_short(value)}" + (f" (se {_short(se)})" if np.isfinite(se) else "")
        for name, (value, se) in own_parameters(fit).items()
    ]
    deviances = [
        f"null deviance {grouped(fit.null_deviance, 2)} on {fit.df_null:,}",
        f"residual deviance {grouped(fit.deviance, 2)} on {fit.df_residual:,} degrees of freedom",
    ]
    lines = [" · ".join([*deviances, scale]), " · ".join([*own, _criteria(fit)])]
    return tuple(line for line in lines if line)


def _criteria(fit: RegressionEstimate) -> str:
    """Return log-likelihood, AIC and BIC, or that there are none."""
    if np.isnan(fit.loglik):
        return "no likelihood, so no AIC"
    statistics = [("log-likelihood", fit.loglik), ("AIC", fit.aic), ("BIC", fit.bic)]
    return " · ".join(f"{name} {grouped(value)}" for name, value in statistics)


def _short(value: float) -> str:
    """Return a number with four significant digits, thousands apart, as people write it."""
    if not np.isfinite(value):
        return "not known"
    size = abs(value)
    if size != 0 and not 1e-4 <= size < 1e6:
        return f"{value:.3e}"
    whole = len(str(int(size)))
    return (
        f"{value:,.{max(0, 4 - (whole if size >= 1 else 0))}f}".rstrip("0").rstrip(".")
        if size < 1000
        else (f"{value:,.0f}")
    )
