"""Which functions L beta of the coefficients the data determine.

L beta is estimable when L takes the same value on all solutions of the normal equations: when L c = 0 for each c with
X c = 0. Where column j depends on the columns E that are kept, x_j = X_E a_j, such a c has 1 at j and -a_j at E.

Where some estimates are infinite, the rows that are fitted without error say nothing more once the estimate lies at
infinity; with X_r the other rows, the likelihood is flat along the directions c with X_r c = 0 at the end. L beta has
an estimate and a variance where L c = 0 for each of them: where L is a combination of the rows of X_r.

References
----------
Searle (1971), Linear Models, section 5.4.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .limit import limit_of

_ESTIMABLE = 1e-7


def endless(fit: Any, L: np.ndarray) -> np.ndarray:
    """Return which rows of L [r, p] rest on infinite coefficients, or on what a limit leaves open."""
    limit = limit_of(fit)
    if limit is not None:
        return ~limit.determined(np.nan_to_num(L))
    infinite = np.isinf(np.asarray(fit.estimates, dtype=float))
    return (np.nan_to_num(L[:, infinite]) != 0).any(axis=1)


def value_of(fit: Any, L: np.ndarray) -> np.ndarray:
    """Return L beta [r], aliased coefficients taken as zero; of infinite ones infinite, NaN where two oppose.

    What the data determine has its value, though infinite coefficients are in it.
    """
    limit = limit_of(fit)
    if limit is not None:
        given = np.nan_to_num(L)
        values = given @ np.nan_to_num(fit.beta, nan=0.0)
        return limit.reached(given, np.where(np.isfinite(L).all(axis=1), values, np.nan))
    estimates = np.nan_to_num(np.asarray(fit.estimates, dtype=float), nan=0.0, posinf=np.inf, neginf=-np.inf)
    with np.errstate(invalid="ignore"):
        return np.where(
            undetermined(fit, L),
            np.sum(np.multiply(L, estimates, where=L != 0, out=np.zeros_like(L)), axis=1),
            L @ np.nan_to_num(fit.beta, nan=0.0),
        )


def estimable(fit: Any, L: np.ndarray) -> np.ndarray:
    """Return which rows of L [r, p] are estimable: given, zero on the null space, and infinite only with a sign."""
    finite = np.isfinite(L).all(axis=1)
    limit = limit_of(fit)
    if limit is not None:
        given = np.where(finite[:, None], L, 0.0)
        finite &= limit.determined(given) | (limit.side(given) != 0)
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


def undetermined(fit: Any, L: np.ndarray) -> np.ndarray:
    """Return which rows of L [r, p] rest on a direction that the data leave open; their variance does not exist.

    Parameters
    ----------
    fit : Estimate
        Of one without infinite estimates no row does.
    L : array [r, p]
        Rows of the design, or the Jacobian of functions of the coefficients.
    """
    return endless(fit, L)


def held_covariance(fit: Any) -> np.ndarray | None:
    """Return the covariance [p, p] by which what infinite estimates leave determined has its variance.

    Coefficients that the other rows do not hold count as known, which changes nothing of what is determined. None where
    no estimate is infinite, or the engine did not set the rows apart.
    """
    if limit_of(fit) is None:
        return None
    out = np.zeros((len(fit.beta),) * 2)
    held = fit.system.estimable
    out[np.ix_(held, held)] = fit.dispersion * fit.system.covariance
    return out


def mean_range(family: Any) -> tuple[float, float]:
    """Return the ends of the range of means: where the link goes, and no further than 1 for shares."""
    with np.errstate(all="ignore"):
        ends = np.round(family.link.inverse(np.array([-np.inf, np.inf]), np), 12)
    low, high = float(min(ends)), float(max(ends))
    return low, min(high, 1.0) if family.shares else high
