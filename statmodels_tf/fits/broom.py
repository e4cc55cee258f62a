"""A fit as plain tables, with the columns of R's broom and broom.mixed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .arguments import one_of
from .predict import common_part
from .student import t_quantile

if TYPE_CHECKING:
    from .mixed.estimate import MixedEstimate
    from .regression.estimate import GLMEstimate, LinearEstimate, RegressionEstimate

_NAMES = {"se": "std.error", "p": "p.value", "lower": "conf.low", "upper": "conf.high", "part": "coef.type"}
_COLUMNS = ["effect", "group", "level", "term", "estimate", "std.error", "statistic", "df", "p.value"]
_COLUMNS += ["conf.low", "conf.high"]


def tidy(fit: MixedEstimate, effects: Sequence[str], level: float) -> pd.DataFrame:
    """Return one row for each coefficient, each sd and correlation, and, if asked, each random effect."""
    parts = {"fixed": _fixed, "ran_pars": lambda fit, _: _parameters(fit), "ran_vals": _values}
    wanted = [effects] if isinstance(effects, str) else list(effects)
    for part in wanted:
        one_of("effects", part, tuple(parts))
    table = pd.concat([parts[part](fit, level) for part in wanted], ignore_index=True)
    return table[[c for c in _COLUMNS if c in table.columns]]


def broomed(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of estimates with broom's names of its columns, the labels of its rows as a column `term`."""
    return table.reset_index(names="term").rename(columns=_NAMES)


def glance(fit: MixedEstimate) -> pd.DataFrame:
    """Return one row of fit statistics."""
    criterion = "REMLcrit" if fit.REML else "deviance"
    row = {
        "nobs": fit.nobs,
        "sigma": fit.sigma,
        "logLik": fit.loglik,
        "AIC": fit.aic,
        "BIC": fit.bic,
        criterion: fit.criterion,
        "df.residual": fit.df_residual,
    }
    return pd.DataFrame([row])


def augment(fit: MixedEstimate) -> pd.DataFrame:
    """Return the model frame with fitted values, residuals, leverage and influence; it has response and offset too."""
    design = fit.model.design
    hat = fit.hatvalues()
    return fit.model_frame().assign(
        **{
            ".fitted": fit.fitted().to_numpy(),
            ".resid": fit.residuals().to_numpy(),
            ".fixed": common_part(design.common, fit.beta, design.offset),
            ".hat": hat.to_numpy(),
            ".cooksd": fit.cooks_distance().to_numpy(),
        }
    )


def _fixed(fit: MixedEstimate, level: float) -> pd.DataFrame:
    """Return the rows of the coefficients."""
    return broomed(fit.coef_table(level)).assign(effect="fixed", group=None)


def _parameters(fit: MixedEstimate) -> pd.DataFrame:
    """Return the rows of the standard deviations and correlations."""
    rows = [
        {
            "effect": "ran_pars",
            "group": row.group,
            "term": "sd__Observation"
            if row.term1 is None
            else f"sd__{row.term1}"
            if row.term2 is None
            else f"cor__{row.term1}.{row.term2}",
            "estimate": row.sdcor,
        }
        for row in fit.varcorr().itertuples()
    ]
    return pd.DataFrame(rows)


def _values(fit: MixedEstimate, level: float) -> pd.DataFrame:
    """Return the rows of the random effects, with their conditional sds."""
    half = float(t_quantile(np.inf, level))
    tables = fit.ranef(se=True)
    parts = []
    for group, values in fit.ranef().items():
        for term in values.columns:
            value, se = values[term].to_numpy(), tables[group][f"se({term})"].to_numpy()
            about = {"effect": "ran_vals", "group": group, "level": values.index, "term": term}
            interval = {"conf.low": value - half * se, "conf.high": value + half * se}
            parts.append(pd.DataFrame({**about, "estimate": value, "std.error": se, **interval}))
    return pd.concat(parts, ignore_index=True)


def tidy_regression(fit: RegressionEstimate, level: float, exponentiate: bool) -> pd.DataFrame:
    """Return one row for each coefficient of a model without group terms."""
    table = broomed(fit.coef_table(level)).drop(columns="df")
    if exponentiate:
        shown = ["estimate", "conf.low", "conf.high"]
        table[shown] = np.exp(table[shown])
    return table


def glance_linear(fit: LinearEstimate) -> pd.DataFrame:
    """Return one row of statistics of a linear model."""
    test = fit.fstatistic
    row = {
        "r.squared": fit.r_squared,
        "adj.r.squared": fit.adj_r_squared,
        "sigma": fit.sigma,
        "statistic": test["value"],
        "p.value": test["p"],
        "df": test["numdf"],
        **_criteria(fit),
    }
    return pd.DataFrame([row])


def glance_glm(fit: GLMEstimate) -> pd.DataFrame:
    """Return one row of statistics of a generalized linear model, with parameters of the family that were estimated."""
    own = fit.family_parameters()["estimate"].to_dict()
    return pd.DataFrame([{"null.deviance": fit.null_deviance, "df.null": fit.df_null, **_criteria(fit), **own}])


def augment_regression(fit: RegressionEstimate, fitted: np.ndarray) -> pd.DataFrame:
    """Return the model frame with fitted values, residuals, leverage and influence."""
    measures = fit.measures
    return fit.model_frame().assign(
        **{
            ".fitted": fitted,
            ".resid": fit.residuals().to_numpy(),
            ".hat": measures.hat,
            ".sigma": measures.sigma,
            ".cooksd": measures.cook,
            ".std.resid": measures.standardised("deviance"),
        }
    )


def _criteria(fit: RegressionEstimate) -> dict[str, float]:
    """Return what broom gives of every model without group terms."""
    return {
        "logLik": fit.loglik,
        "AIC": fit.aic,
        "BIC": fit.bic,
        "deviance": fit.deviance,
        "df.residual": fit.df_residual,
        "nobs": fit.nobs,
    }
