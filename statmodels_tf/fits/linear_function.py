"""Functions of the coefficients: their covariance, degrees of freedom, estimability and joint tests.

L beta is estimable when L takes the same value on all solutions of the normal equations: when L c = 0 for each c with
X c = 0. Where column j depends on the columns E that are kept, x_j = X_E a_j, such a c has 1 at j and -a_j at E.

References
----------
Searle (1971), Linear Models, section 5.4.
Fai & Cornelius (1996). doi:10.1080/00949659608811740
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from .covariance import asked_covariance
from .wald import denominator

_ESTIMABLE = 1e-7


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
    # Where a coefficient is infinite there is no covariance to speak of.
    spread = np.where(endless(fit, L)[:, None], np.nan, L @ V)
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


def endless(fit: Any, L: np.ndarray) -> np.ndarray:
    """Return which rows of L [r, p] rest on infinite coefficients."""
    infinite = np.isinf(np.asarray(fit.estimates, dtype=float))
    return (np.nan_to_num(L[:, infinite]) != 0).any(axis=1)


def value_of(fit: Any, L: np.ndarray) -> np.ndarray:
    """Return L beta [r], aliased coefficients taken as zero; of infinite ones infinite, NaN where two oppose."""
    estimates = np.nan_to_num(np.asarray(fit.estimates, dtype=float), nan=0.0, posinf=np.inf, neginf=-np.inf)
    with np.errstate(invalid="ignore"):
        return np.where(
            endless(fit, L),
            np.sum(np.multiply(L, estimates, where=L != 0, out=np.zeros_like(L)), axis=1),
            L @ np.nan_to_num(fit.beta, nan=0.0),
        )


def estimable(fit: Any, L: np.ndarray) -> np.ndarray:
    """Return which rows of L [r, p] are estimable: finite, and zero on the null space of the design."""
    finite = np.isfinite(L).all(axis=1)
    null = null_space(fit)
    if not null.shape[1]:
        return finite
    L = np.where(finite[:, None], L, 0.0)
    size = np.abs(L) @ np.abs(null)
    return finite & (np.abs(L @ null) <= _ESTIMABLE * np.maximum(size, np.finfo(float).tiny)).all(axis=1)


def estimable_part(fit: Any, L: np.ndarray) -> np.ndarray:
    """Return rows that span those combinations of the rows of L [r, p] that are estimable, and are not zero."""
    null = null_space(fit)
    if null.shape[1]:
        # u'L is estimable where u'L c = 0 for all c: the left null space of L times the null space.
        size = np.abs(L) @ np.abs(null)
        left, values, _ = np.linalg.svd(np.where(np.abs(L @ null) <= _ESTIMABLE * size, 0.0, L @ null))
        L = left[:, int(np.sum(values > _ESTIMABLE * max(size.max(initial=0.0), 1e-300))) :].T @ L
    return L[np.abs(L).max(axis=1, initial=0.0) > 1e-9]


def null_space(fit: Any) -> np.ndarray:
    """Return vectors c [p, a] with X c = 0, one for each aliased column."""
    aliased = np.flatnonzero(np.isnan(fit.beta))
    p = len(fit.beta)
    if p != len(fit.model.design.columns) or not len(aliased):
        return np.zeros((p, 0))
    weights = fit.model.design.weights
    gram = fit.model.design.common.gram(None if weights is None else (weights > 0).astype(float))
    return dependent(gram, np.flatnonzero(~np.isnan(fit.beta)), aliased)


def dependent(gram: np.ndarray, kept: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return vectors c [p, a] with c'X'X c = 0 for X'X [p, p], one for each of `others`, which depend on `kept`."""
    null = np.zeros((len(gram), len(others)))
    if len(kept):
        scale = 1 / np.sqrt(np.maximum(np.diag(gram)[kept], np.finfo(float).tiny))
        scaled = scale[:, None] * gram[np.ix_(kept, kept)] * scale
        null[kept] = -scale[:, None] * np.linalg.solve(scaled, scale[:, None] * gram[np.ix_(kept, others)])
        null[np.abs(null) < 1e-9 * np.abs(null).max(initial=1.0)] = 0.0
    null[others, np.arange(len(others))] = 1.0
    return null


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
