"""The tests of a table of analysis of variance or deviance: R's `stat.anova`.

A row's gain is what its terms take off the deviance. With dispersion phi on nu degrees of freedom the statistics are
gain / phi, referred to chi-squared (`"Chisq"`, `"LRT"`; `"Rao"` has the score's gain instead), gain / df / phi referred
to F(df, nu), and Mallows' Cp = residual deviance + 2 phi (parameters).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

from ...errors import ModelError
from ..arguments import one_of

if TYPE_CHECKING:
    from ..regression.base import Regression

TESTS = ("Chisq", "LRT", "F", "Rao", "Cp")


def chosen_test(test: Any, default: str, allowed: tuple[str, ...] = TESTS) -> str | None:
    """Return the name of the test: the default for None, none for False."""
    if test is None:
        return default
    if test is False:
        return None
    for name in allowed:
        if isinstance(test, str) and test.lower() == name.lower():
            return name
    return one_of("test", test, allowed, " `test=False` leaves the test out.")


def chi_square_p(statistic: np.ndarray | float, df: np.ndarray | float) -> np.ndarray:
    """Return the upper tail of the chi-squared distribution; NaN where there is nothing to test.

    >>> chi_square_p(np.array([3.841459, np.nan]), np.array([1.0, 1.0])).round(4)
    array([0.05,  nan])
    """
    statistic, df = np.asarray(statistic, dtype=float), np.asarray(df, dtype=float)
    return np.where(df > 0, special.chdtrc(np.where(df > 0, df, 1.0), np.maximum(statistic, 0.0)), np.nan)


def f_p(statistic: np.ndarray | float, df: np.ndarray | float, df_scale: np.ndarray | float) -> np.ndarray:
    """Return the upper tail of F(df, df_scale), of chi-squared / df where `df_scale` is infinite; else NaN.

    >>> f_p(np.array([4.0, 3.841459]), 1.0, np.array([10.0, np.inf])).round(4)
    array([0.0734, 0.05  ])
    """
    statistic, df, nu = np.broadcast_arrays(*(np.asarray(v, dtype=float) for v in (statistic, df, df_scale)))
    fit, F = (df > 0) & (nu > 0), np.maximum(statistic, 0.0)
    d, finite = np.where(fit, df, 1.0), np.isfinite(nu)
    p = np.where(finite, special.fdtrc(d, np.where(finite & fit, nu, 1.0), F), special.chdtrc(d, d * F))
    return np.where(fit, p, np.nan)


def columns_of_test(
    test: str | None,
    *,
    gain: np.ndarray,
    df: np.ndarray,
    dispersion: float,
    df_dispersion: float,
    residual: np.ndarray,
    parameters: np.ndarray,
) -> dict[str, np.ndarray]:
    """Return the columns [m] of a test.

    Parameters
    ----------
    test : str or None
    gain, df : array [m]
        What each row takes off the deviance (the score statistic for "Rao"), and by how many parameters; negative
        where a row has fewer than the one before.
    dispersion, df_dispersion : float
    residual, parameters : array [m]
        Deviance and number of parameters of each row's model, for "Cp".
    """
    df = np.asarray(df, dtype=float)
    if test is None:
        return {}
    if test == "Cp":
        return {"Cp": residual + 2 * dispersion * parameters}
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = np.where(df != 0, gain * np.sign(df) / dispersion, np.nan)
        statistic = np.where(statistic < 0, np.nan, statistic)
        if test == "F":
            F = statistic / np.abs(df)
            return {"F": F, "Pr(>F)": f_p(F, np.abs(df), df_dispersion)}
    return ({"Rao": gain} if test == "Rao" else {}) | {"Pr(>Chi)": chi_square_p(statistic, np.abs(df))}


def cautions(fit: Regression, test: str | None) -> tuple[str, ...]:
    """Return what a reader of tests of a fit's terms must know of them."""
    lines = [
        f"{name} is held at its estimate, {fit.family.values[name]:.4g}, and not estimated anew without a term"
        for name in fit.family.own
    ]
    if test == "F" and fit.family.known_dispersion is not None:
        quasi = f', or fit family="quasi{fit.family.name}"' if fit.family.name in ("binomial", "poisson") else ""
        lines.append(
            f"F tests are of an estimated dispersion, and that of the {fit.family.name} family is known: "
            f'write test="Chisq"{quasi}'
        )
    return tuple(lines)


def anova_type(kind: Any, known: tuple[str, ...] = ("I", "II", "III")) -> str:
    """Return "I", "II" or "III", or say which of them there are.

    >>> anova_type(2), anova_type("iii")
    ('II', 'III')
    """
    name = {"1": "I", "2": "II", "3": "III"}.get(str(kind), str(kind).upper())
    if name in known:
        return name
    meanings = {
        "I": "each term after those before it",
        "II": "after all that do not contain it",
        "III": "after all others",
    }
    absent = f" Type {name} is not available." if name in meanings else ""
    raise ModelError(
        f"no `type={kind!r}`.{absent} There is " + ", ".join(f'"{k}" ({meanings[k]})' for k in known) + "."
    )
