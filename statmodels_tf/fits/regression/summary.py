"""The summary of a model without group terms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..summary import coefficient_table, data_lines, engine_line
from ..table import Summary, grouped, p_value
from .check import problems, theta_unbounded
from .linear_figures import wald_f
from .modelled import success_of
from .own import own_parameters

if TYPE_CHECKING:
    from .estimate import GLMEstimate, LinearEstimate, RegressionEstimate

_NOISE = 1e-12
"""The share of the null deviance below which a deviance is rounding error."""


def regression_summary(fit: RegressionEstimate, level: float, df: str, vcov: Any) -> Summary:
    """Return the summary of a model without group terms; see `RegressionEstimate.summary`."""
    table = fit.coef_table(level, df, vcov=vcov)
    statistic = "t" if np.any(np.isfinite(table["df"])) else "z"
    return Summary(
        title=fit.title,
        formula=str(fit.formula),
        lines=(*data_lines(fit), *_outcome(fit), engine_line(fit.diagnostics), *table.attrs.get("covariance", ())),
        tables=(coefficient_table(table.assign(df=np.nan), level, "Coefficients", statistic),),
        footers=fit.statistics(vcov),
        notes=problems(fit),
        table=table,
    )


def _outcome(fit: RegressionEstimate) -> tuple[str, ...]:
    """Return the line that says which levels of the response have the probability modelled."""
    success = success_of(fit)
    return () if success is None else (success.said,)


def linear_statistics(fit: LinearEstimate, vcov: Any) -> tuple[str, ...]:
    """Return the lines of a linear model: the residual, R squared and the F test by the covariance asked for."""
    freedom = f"{fit.df_residual:,} degree{'' if fit.df_residual == 1 else 's'} of freedom"
    parts = [f"residual standard error {significant(fit.sigma)} on {freedom}"]
    test = fit.fstatistic if vcov is None else wald_f(fit, vcov)
    shares = {"R²": fit.r_squared, "adjusted": fit.adj_r_squared} if test["numdf"] > 0 else {}
    parts += [f"{name} {value:.4f}" for name, value in shares.items() if np.isfinite(value)]
    told = _criteria(fit)
    if np.isfinite(test["value"]):
        kind = "" if vcov is None else "Wald "
        f = f"{kind}F({test['numdf']:,.0f}, {test['dendf']:,.0f}) {significant(test['value'])}, p {p_value(test['p'])}"
        told = [f, *told]
    return tuple(" · ".join(line) for line in (parts, told) if line)


def glm_statistics(fit: GLMEstimate) -> tuple[str, ...]:
    """Return the lines of a generalized linear model: deviances; its own parameters, the dispersion, criteria."""
    known = fit.family.known_dispersion
    scale = f"dispersion {significant(fit.dispersion)} (estimated)" if known is None else f"dispersion {known:g}"
    own = [
        f"{name} {significant(value)}" + (f" (se {significant(se)})" if np.isfinite(se) else "")
        for name, (value, se) in own_parameters(fit).items()
    ]
    if theta_unbounded(fit):
        own = ["theta > 1e8"]
    null = f"null deviance {_deviance(fit.null_deviance)} on {fit.df_null:,} · "
    left = 0.0 if fit.deviance < _NOISE * fit.null_deviance else fit.deviance
    deviance = f"residual deviance {_deviance(left)} on {fit.df_residual:,} degrees of freedom"
    return ((null if np.isfinite(fit.null_deviance) else "") + deviance, " · ".join([*own, scale, *_criteria(fit)]))


def _criteria(fit: RegressionEstimate) -> list[str]:
    """Return log-likelihood, AIC and BIC, or that there are none."""
    if not fit.family.likelihood:
        return ["no likelihood, so no AIC"]
    if not np.isfinite(fit.loglik) or fit.df_residual <= 0:
        return []
    statistics = [("log-likelihood", fit.loglik), ("AIC", fit.aic), ("BIC", fit.bic)]
    return [f"{name} {grouped(value)}" for name, value in statistics]


def _deviance(value: float) -> str:
    """Return a deviance to two decimals, a small one to four digits."""
    return grouped(value, 2) if value >= 10 else significant(value)


def significant(value: float) -> str:
    """Return a number to four significant digits, thousands apart.

    >>> significant(2.3), significant(0.0024497), significant(1234567.8), significant(float("nan"))
    ('2.300', '0.002450', '1,234,568', 'not known')
    """
    if not np.isfinite(value):
        return "not known"
    size = abs(value)
    if size == 0 or not 1e-4 <= size < 1e9:
        return "0" if size == 0 else f"{value:.3e}"
    return grouped(value, max(0, 3 - int(np.floor(np.log10(size)))))
