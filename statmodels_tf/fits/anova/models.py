"""Several linear or generalized linear models of the same rows, compared in the order given.

References
----------
Chambers & Hastie (1992), Statistical Models in S, chapters 4 and 6.
Venables & Ripley (2002), Modern Applied Statistics with S, section 7.4.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...errors import DataError
from ..frame import headed
from .compare import described, estimates, likelihood_ratio, numbered, same_rows, same_weights
from .deviance_table import TESTS, cautions, chi_square_p, chosen_test, columns_of_test
from .nesting import nested_offsets
from .score_test import score_statistic
from .terms import default_test

if TYPE_CHECKING:
    from ..regression.base import Regression


def compared(fits: Sequence[Any], test: Any) -> pd.DataFrame:
    """Return the table of several fits; where not all are compared by their deviances, that of likelihood ratios."""
    estimates(fits)
    if not all(fit.by_deviance for fit in fits):
        chosen_test(test, "Chisq", ("Chisq", "LRT"))
        return likelihood_ratio(fits)
    same_rows(fits)
    same_weights(fits)
    _same_families(fits)
    nested_offsets(sorted(fits, key=lambda fit: fit.rank))
    if any(fit.family.own for fit in fits):
        return _own_parameters(fits, test)
    return _variances(fits, test) if all(fit.least_squares for fit in fits) else _deviances(fits, test)


def _variances(fits: Sequence[Regression], test: Any) -> pd.DataFrame:
    """Return the table of linear models: Res.Df, RSS, Df, Sum of Sq, F, Pr(>F)."""
    test = chosen_test(test, "F", ("F", "Chisq", "Cp"))
    left, rss = np.array([fit.df_residual for fit in fits]), np.array([fit.deviance for fit in fits])
    df, gain = _steps(left), _steps(rss)
    largest = fits[int(np.argmin(left))]
    columns = {"Res.Df": left, "RSS": rss, "Df": df, "Sum of Sq": gain}
    columns |= columns_of_test(
        test,
        gain=gain,
        df=df,
        dispersion=largest.deviance / largest.df_residual if largest.df_residual else np.nan,
        df_dispersion=largest.df_residual,
        residual=rss,
        parameters=fits[0].nobs - left,
    )
    table = pd.DataFrame(columns, index=described(fits))
    return headed(table, "analysis of variance", counts=("Res.Df", "Df"), **numbered(table, fits))


def _deviances(fits: Sequence[Regression], test: Any) -> pd.DataFrame:
    """Return the table of generalized linear models: Resid. Df, Resid. Dev, Df, Deviance, and the test."""
    left, residual = np.array([fit.df_residual for fit in fits]), np.array([fit.deviance for fit in fits])
    largest = fits[int(np.argmin(left))]
    test = chosen_test(test, default_test(largest), TESTS)
    df, gain = _steps(left), _steps(residual)
    columns = {"Resid. Df": left, "Resid. Dev": residual, "Df": df, "Deviance": gain}
    gain = np.array([np.nan, *(_score(*pair) for pair in pairwise(fits))]) if test == "Rao" else gain
    columns |= columns_of_test(
        test,
        gain=gain,
        df=df,
        dispersion=largest.dispersion,
        df_dispersion=largest.t_df,
        residual=residual,
        parameters=fits[0].nobs - left,
    )
    table = pd.DataFrame(columns, index=described(fits))
    said = numbered(table, fits)
    said["lines"] += cautions(largest, test)
    return headed(
        table, f"analysis of deviance: {largest.family.name.replace('_', ' ')}", counts=("Resid. Df", "Df"), **said
    )


def _own_parameters(fits: Sequence[Regression], test: Any) -> pd.DataFrame:
    """Return likelihood ratios of models that each estimate parameters of the family, as MASS's `anova.negbin`."""
    chosen_test(test, "Chisq", ("Chisq", "LRT"))
    fits = sorted(fits, key=lambda fit: -fit.df_residual)
    loglik, npar = np.array([2 * fit.loglik for fit in fits]), np.array([fit.df_model for fit in fits])
    names = dict.fromkeys(name for fit in fits for name in fit.family.values)
    columns: dict[str, Any] = {name: [fit.family.values.get(name, np.nan) for fit in fits] for name in names}
    df, statistic = -_steps(npar), -_steps(loglik)
    columns |= {"Resid. df": [fit.df_residual for fit in fits], "2 x log-lik.": loglik, "df": df}
    columns |= {"LR stat.": statistic, "Pr(Chi)": chi_square_p(statistic, df)}
    table = pd.DataFrame(columns, index=described(fits))
    return headed(table, "likelihood ratio tests", counts=("Resid. df", "df"), **numbered(table, fits))


def _score(one: Regression, other: Regression) -> float:
    """Return the score statistic of the columns that the larger of two fits has, signed as R's `anova`."""
    if one.rank == other.rank:
        return float("nan")
    less, more, sign = (one, other, 1) if one.rank < other.rank else (other, one, -1)
    return sign * score_statistic(less, less.beta, more.model.design)


def _steps(values: np.ndarray) -> np.ndarray:
    """Return what each value is less than the one before."""
    return np.concatenate([[np.nan], -np.diff(values)])


def _same_families(fits: Sequence[Regression]) -> None:
    """Say so unless all have one family and one link."""
    for fit in fits[1:]:
        one, other = (f"{each.family.name} with the {each.family.link.name} link" for each in (fits[0], fit))
        if one != other:
            raise DataError(
                f"`{fits[0].formula}` is {one} and `{fit.formula}` is {other}, so neither contains the other and no "
                "test compares them; `fit.aic` does, where both have a likelihood of the same response."
            )
