"""Functions of the coefficients: their covariance, degrees of freedom and joint tests.

References
----------
Fai & Cornelius (1996). doi:10.1080/00949659608811740
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from ..anova.wald import denominator
from ..regression.determined import endless, estimable, held_covariance, undetermined
from ..uncertainty.covariance import asked_covariance


@dataclass(frozen=True, eq=False)
class Functions:
    """What is known of functions of the coefficients with the Jacobian L [r, p].

    Parameters
    ----------
    L : array [r, p]
        All columns of the design; NaN rows are not estimable.
    spread : array [r, p]
        L V, V the covariance of the coefficients; NaN where there is none.
    df : array [r]
    """

    L: np.ndarray
    spread: np.ndarray
    df: np.ndarray

    @property
    def se(self) -> np.ndarray:
        """The standard errors [r]."""
        return np.sqrt(np.maximum(np.einsum("ij,ij->i", self.spread, self.L), 0.0))

    def correlation(self, rows: Any) -> np.ndarray:
        """Return the correlations of some of the rows; NaN of one without variance."""
        se = self.se[rows]
        with np.errstate(invalid="ignore", divide="ignore"):
            return (self.spread[rows] @ self.L[rows].T) / np.outer(se, se)


def functions(fit: Any, L: np.ndarray, vcov: Any = None, df: str | None = None) -> Functions:
    """Return what is known of the functions with the Jacobian L [r, p]; rows that cannot be estimated become NaN.

    Parameters
    ----------
    fit : Estimate
    L : array [r, p]
    vcov : str, mapping, matrix or None
        As in `coef_table`.
    df : str or None
        As in `coef_table`.
    """
    L = np.where(estimable(fit, L)[:, None], L, np.nan)
    V, own = covariance_of(fit, vcov)
    held = held_covariance(fit) if vcov is None else None
    # Where a coefficient is infinite there is no covariance to speak of, but of what the other rows determine.
    lost = endless(fit, L) if held is None else undetermined(fit, L)
    spread = np.where(lost[:, None], np.nan, L @ (V if held is None else held))
    return Functions(L, spread, freedom(fit, L, df, own))


def covariance_of(fit: Any, vcov: Any) -> tuple[np.ndarray, float | None]:
    """Return the covariance [p, p] that is asked for, zero where aliased, and its own degrees of freedom, if any."""
    table = asked_covariance(fit, vcov)
    return np.nan_to_num(table.to_numpy(dtype=float), nan=0.0), table.attrs.get("df")


def freedom(fit: Any, L: np.ndarray, method: str | None = None, own: float | None = None) -> np.ndarray:
    """Return the degrees of freedom [r] of t statistics of L beta; NaN where L is.

    `own` takes the place of finite ones: those of a covariance by clusters.
    """
    method = fit.default_df if method is None else method
    every = fit.degrees_of_freedom(method)
    known = np.isfinite(L).all(axis=1)
    if method == "satterthwaite":
        out = np.full(len(L), np.nan)
        moved = known & (np.abs(np.nan_to_num(L)).max(axis=1, initial=0.0) > 0)
        if moved.any():
            out[moved] = fit.system.satterthwaite(L[moved][:, fit.system.estimable])
        return out
    most = np.nanmax(every) if np.any(~np.isnan(every)) else np.nan
    return np.where(known, own if own is not None and np.isfinite(most) else most, np.nan)


def joint_test(fit: Any, L: np.ndarray, difference: np.ndarray, vcov: Any, df: str | None) -> dict[str, Any]:
    """Return the Wald test that `difference` [r], with the Jacobian L [r, p], is zero.

    F where there are residual degrees of freedom (of mixed models, Fai and Cornelius's), else chi-squared. Directions
    that others imply are left out of the count.
    """
    keep = np.isfinite(L).all(axis=1)
    L, difference = L[keep], difference[keep]
    empty = {"statistic": np.nan, "df1": 0, "df2": np.nan, "p": np.nan}
    if not len(L):
        return {"test": "F", **empty}
    V, own = covariance_of(fit, vcov)
    values, vectors = np.linalg.eigh(L @ V @ L.T)
    used = values > 1e-10 * max(values[-1], 0.0)
    rank = int(used.sum())
    if not rank:
        return {"test": "F", **empty}
    rotated = vectors[:, used].T @ L
    squares = float(np.sum((vectors[:, used].T @ difference) ** 2 / values[used]))
    nu = denominator(freedom(fit, rotated, df, own))
    if np.isinf(nu):
        return {"test": "Chisq", "statistic": squares, "df1": rank, "df2": np.inf, "p": special.chdtrc(rank, squares)}
    F = squares / rank
    return {"test": "F", "statistic": F, "df1": rank, "df2": nu, "p": float(special.fdtrc(rank, nu, F))}
