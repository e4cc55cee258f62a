"""Student's t: quantiles, p-values and Wald's tables, normal where the degrees of freedom are infinite."""

from __future__ import annotations

import numpy as np
from scipy import special

from .arguments import coverage


def t_quantile(freedom: np.ndarray | float, level: float) -> np.ndarray:
    """Return the half-width of an interval of coverage `level` in standard errors; normal where `freedom` is infinite.

    >>> t_quantile(np.array([np.inf, 10.0]), 0.95).round(4)
    array([1.96  , 2.2281])
    """
    upper = (1 + coverage(level)) / 2
    finite = np.isfinite(freedom)
    return np.where(finite, special.stdtrit(np.where(finite, freedom, 1.0), upper), special.ndtri(upper))


def wald_columns(estimate: np.ndarray, se: np.ndarray, *, df: np.ndarray, level: float) -> dict[str, np.ndarray]:
    """Return the columns of a table of estimates [p]: estimate, se, statistic, df, p, lower, upper.

    The interval of an infinite estimate has no end on its side.
    """
    with np.errstate(divide="ignore", invalid="ignore"):  # where nothing is left for the residuals
        statistic = estimate / se
    half = t_quantile(df, level) * se
    return {
        "estimate": estimate,
        "se": se,
        "statistic": statistic,
        "df": df,
        "p": t_p_value(statistic, df),
        "lower": np.where(estimate == -np.inf, -np.inf, estimate - half),
        "upper": np.where(estimate == np.inf, np.inf, estimate + half),
    }


def t_p_value(statistic: np.ndarray, freedom: np.ndarray) -> np.ndarray:
    """Return the two-sided p-value of t statistics; normal where `freedom` is infinite.

    >>> t_p_value(np.array([1.96, -2.2281]), np.array([np.inf, 10.0])).round(4)
    array([0.05, 0.05])
    """
    finite = np.isfinite(freedom)
    tail = -np.abs(statistic)
    return 2 * np.where(finite, special.stdtr(np.where(finite, freedom, 1.0), tail), special.ndtr(tail))
